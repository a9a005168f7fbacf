//! The claims (RFC 7519 section 4): a payload and the proof of its signature in; the registered claims out, and all claims to
//! the sink, in one pass.

use std::borrow::Cow;
use std::ops::Range;

use crate::crypto::SignatureVerified;
use crate::error::{Code, Error};
use crate::json::{self, Fault, Member, Outline, Passed, Reader, Shape, Sink, Skip};

/// The registered claims that the policy looks at, and which of the watched other names were given.
#[derive(Debug, Default)]
#[allow(missing_docs, reason = "the names are those of RFC 7519 section 4.1")]
pub struct Registered<'p> {
    pub iss: Member<Cow<'p, str>>,
    pub sub: Member<Cow<'p, str>>,
    pub jti: Member<Cow<'p, str>>,
    pub aud: Member<Audience<'p>>,
    pub exp: Member<f64>,
    pub nbf: Member<f64>,
    pub iat: Member<f64>,
    /// For each watched name: is it present and not null? Empty when none is watched.
    pub watched: Vec<bool>,
}

/// Where the claims stand in a payload, for whoever wants a few of them later.
#[derive(Clone, Debug, Default)]
pub struct Places {
    places: Vec<Place>,
    /// A name is written with escapes: comparing text with text does not find it.
    escaped: bool,
}

#[derive(Clone, Debug)]
struct Place {
    name: Range<u32>,
    value: Range<u32>,
}

impl Places {
    /// So many claims have room without a second allocation.
    const MOST: usize = 32;

    /// The places in the payload of an accepted token.
    pub fn of(payload: &[u8], max_depth: usize, likely: Option<&Likely>) -> Self {
        let mut found = Self { places: Vec::with_capacity(Self::MOST), escaped: false };
        // What was accepted is read again without a fault; if not, whoever asks looks for himself.
        found.escaped |= found.fill(payload, max_depth, likely).is_err();
        found
    }

    fn fill(&mut self, payload: &[u8], max_depth: usize, likely: Option<&Likely>) -> Result<(), Fault> {
        let mut reader = Reader::new(payload, max_depth)?;
        let mut members = reader.object_like(likely.map(|likely| &likely.shape))?;
        while let Some(name) = reader.member::<Skip<false>>(&mut members)? {
            reader.peek();
            let start = reader.position();
            reader.member_value(&mut Skip::<false>, &members)?;
            // Comparing text with text does not find a name that is written with escapes.
            let Cow::Borrowed(name) = name else {
                self.escaped = true;
                continue;
            };
            let first = name.as_ptr().addr() - payload.as_ptr().addr();
            let name = short(first..first + name.len());
            self.places.push(Place { name, value: short(start..reader.position()) });
        }
        Ok(())
    }

    /// The text of one claim's value, of the payload that was read. `None`: look for yourself.
    pub fn find<'p>(&self, payload: &'p [u8], name: &str) -> Option<Option<&'p [u8]>> {
        let text = |range: &Range<u32>| payload.get(range.start as usize..range.end as usize);
        let place = self.places.iter().find(|place| text(&place.name) == Some(name.as_bytes()));
        match place {
            Some(place) => text(&place.value).map(Some),
            None if self.escaped => None,
            None => Some(None),
        }
    }
}

/// A payload is shorter than the longest token, which is shorter than this.
fn short(range: Range<usize>) -> Range<u32> {
    range.start as u32..range.end as u32
}

impl Registered<'_> {
    /// The same, with texts of its own.
    pub fn into_owned(self) -> Registered<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let audience = |audience| match audience {
            Audience::One(one) => Audience::One(own(one)),
            Audience::Many(many) => Audience::Many(many.into_iter().map(own).collect()),
            Audience::Again(known) => known.clone(),
        };
        Registered {
            iss: self.iss.map(own),
            sub: self.sub.map(own),
            jti: self.jti.map(own),
            aud: self.aud.map(audience),
            exp: self.exp,
            nbf: self.nbf,
            iat: self.iat,
            watched: self.watched,
        }
    }
}

/// `aud`: one recipient or several (RFC 7519 section 4.1.3).
#[derive(Clone, Debug, PartialEq)]
pub enum Audience<'p> {
    /// A string.
    One(Cow<'p, str>),
    /// An array of strings.
    Many(Vec<Cow<'p, str>>),
    /// What an earlier token had, letter by letter.
    Again(&'p Audience<'static>),
}

impl Audience<'_> {
    /// Is one of the recipients `name`?
    pub fn names(&self, name: &str) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::Many(many) => many.iter().any(|one| one == name),
            Self::Again(known) => known.names(name),
        }
    }
}

/// Which of the claims a name is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Claim {
    Iss,
    Sub,
    Jti,
    Aud,
    Exp,
    Nbf,
    Iat,
    Other,
}

impl Claim {
    fn named(name: &str) -> Self {
        match name {
            "iss" => Self::Iss,
            "sub" => Self::Sub,
            "jti" => Self::Jti,
            "aud" => Self::Aud,
            "exp" => Self::Exp,
            "nbf" => Self::Nbf,
            "iat" => Self::Iat,
            _ => Self::Other,
        }
    }
}

/// What the claims of the next token are likely called: as those of an accepted one.
#[derive(Debug)]
pub struct Likely {
    shape: Shape,
    claims: Box<[Claim]>,
    outline: Outline<Claim>,
    /// What its registered claims are.
    registered: Registered<'static>,
    /// How deep it is nested: what is passed over is as deep.
    depth: usize,
}

impl Likely {
    /// From the payload of an accepted token.
    pub fn of(payload: &[u8], max_depth: usize) -> Option<Self> {
        let shape = Shape::of(payload, max_depth)?;
        let claims = shape.names().map(Claim::named).collect();
        let outline = Outline::of(&shape, Claim::named, Claim::Other)?;
        let mut registered = Registered::default();
        members(payload, (&[], None), max_depth, &mut Skip::<true>, &mut registered).ok()?;
        Some(Self { shape, claims, outline, registered: registered.into_owned(), depth: json::depth(payload) })
    }

    /// Write down a claim whose value is passed over. False when it has to be read.
    #[inline(always)]
    fn note<'p>(&'p self, claim: Claim, value: Passed<'p>, found: &mut Registered<'p>) -> bool {
        let known = &self.registered;
        match (claim, value) {
            (Claim::Other, _) => {}
            (Claim::Iss, Passed::Same) => found.iss = again(&known.iss, |text| Cow::Borrowed(&**text)),
            (Claim::Sub, Passed::Same) => found.sub = again(&known.sub, |text| Cow::Borrowed(&**text)),
            (Claim::Jti, Passed::Same) => found.jti = again(&known.jti, |text| Cow::Borrowed(&**text)),
            (Claim::Aud, Passed::Same) => found.aud = again(&known.aud, Audience::Again),
            (Claim::Exp, Passed::Same) => found.exp = known.exp.clone(),
            (Claim::Nbf, Passed::Same) => found.nbf = known.nbf.clone(),
            (Claim::Iat, Passed::Same) => found.iat = known.iat.clone(),
            (Claim::Iss, Passed::Text(text)) => found.iss = Member::Is(Cow::Borrowed(text)),
            (Claim::Sub, Passed::Text(text)) => found.sub = Member::Is(Cow::Borrowed(text)),
            (Claim::Jti, Passed::Text(text)) => found.jti = Member::Is(Cow::Borrowed(text)),
            (Claim::Aud, Passed::Text(text)) => found.aud = Member::Is(Audience::One(Cow::Borrowed(text))),
            (Claim::Exp, Passed::Integer(seconds)) => found.exp = Member::Is(seconds as f64),
            (Claim::Nbf, Passed::Integer(seconds)) => found.nbf = Member::Is(seconds as f64),
            (Claim::Iat, Passed::Integer(seconds)) => found.iat = Member::Is(seconds as f64),
            _ => return false,
        }
        true
    }
}

fn again<'p, T, U>(known: &'p Member<T>, borrow: impl FnOnce(&'p T) -> U) -> Member<U> {
    match known {
        Member::Absent => Member::Absent,
        Member::Null => Member::Null,
        Member::Invalid => Member::Invalid,
        Member::Is(value) => Member::Is(borrow(value)),
    }
}

/// Read the payload of a token whose signature is good. `watch` are further names whose presence matters. What is found goes
/// into `found`, which starts empty.
pub fn read<'p, S: Sink>(
    payload: &'p [u8],
    _proof: &SignatureVerified,
    (watch, max_depth, likely): (&[Box<str>], usize, Option<&'p Likely>),
    sink: &mut S,
    found: &mut Registered<'p>,
) -> Result<S::Value, Error> {
    members(payload, (watch, likely), max_depth, sink, found)
        .map_err(|fault| fault_error(json::classify(payload, max_depth, true, fault), max_depth))
}

/// Read a payload, whoever wrote it.
pub fn read_unverified<'p, S: Sink>(
    payload: &'p [u8],
    (watch, max_depth): (&[Box<str>], usize),
    sink: &mut S,
    found: &mut Registered<'p>,
) -> Result<S::Value, Error> {
    members(payload, (watch, None), max_depth, sink, found)
        .map_err(|fault| fault_error(json::classify(payload, max_depth, true, fault), max_depth))
}

fn fault_error(fault: Fault, max_depth: usize) -> Error {
    match fault {
        Fault::Utf8 => Code::PayloadUtf8.into(),
        Fault::TooDeep => Error::Limit(Code::PayloadTooDeep, max_depth),
        Fault::NotObject => Code::PayloadNotObject.into(),
        Fault::Duplicate => Code::PayloadDuplicate.into(),
        Fault::Syntax | Fault::Sink => Code::PayloadJson.into(),
    }
}

fn members<'p, S: Sink>(
    payload: &'p [u8],
    (watch, likely): (&[Box<str>], Option<&'p Likely>),
    max_depth: usize,
    sink: &mut S,
    found: &mut Registered<'p>,
) -> Result<S::Value, Fault> {
    found.watched = vec![false; watch.len()];
    let likely = likely.filter(|likely| likely.depth <= max_depth);
    let mut reader = Reader::new(payload, max_depth)?;
    let mut members = reader.object_like(likely.map(|likely| &likely.shape))?;
    let mut object = sink.object()?;
    // What is like the last token's, and nobody keeps, is passed over.
    let passed = likely.filter(|_| S::KEEPS_NOTHING && watch.is_empty());
    loop {
        if let Some(likely) = passed
            && reader.pass_over(&mut members, &likely.outline, |claim, value| likely.note(claim, value, found))
        {
            return sink.object_end(object, members.count());
        }
        let Some(name) = reader.member::<S>(&mut members)? else { break };
        let known = members.guessed().zip(likely).and_then(|(number, likely)| likely.claims.get(number));
        let claim = known.map_or_else(|| Claim::named(&name), |&claim| claim);
        let is_noted = claim != Claim::Other && members.value_is_known();
        let value = match claim {
            _ if is_noted && likely.is_some_and(|likely| likely.note(claim, Passed::Same, found)) => {
                reader.member_value(sink, &members)?
            }
            Claim::Iss => reader.text_member(sink, S::repeated, &mut found.iss)?,
            Claim::Sub => reader.text_member(sink, S::string, &mut found.sub)?,
            Claim::Jti => reader.text_member(sink, S::string, &mut found.jti)?,
            Claim::Aud => audience(&mut reader, sink, &mut found.aud)?,
            Claim::Exp => reader.number_member(sink, &mut found.exp)?,
            Claim::Nbf => reader.number_member(sink, &mut found.nbf)?,
            Claim::Iat => reader.number_member(sink, &mut found.iat)?,
            Claim::Other => {
                if !watch.is_empty() {
                    note(&mut found.watched, watch, &name, reader.peek() != Some(b'n'));
                }
                reader.member_value(sink, &members)?
            }
        };
        members.insert(sink, &mut object, &name, value)?;
    }
    reader.end()?;
    sink.object_end(object, members.count())
}

/// Write down whether a watched name was given a value.
fn note(given: &mut [bool], watch: &[Box<str>], name: &str, is_given: bool) {
    for (given, _) in given.iter_mut().zip(watch).filter(|(_, watched)| ***watched == *name) {
        *given = is_given;
    }
}

fn audience<'p, S: Sink>(
    reader: &mut Reader<'p>,
    sink: &mut S,
    found: &mut Member<Audience<'p>>,
) -> Result<S::Value, Fault> {
    match reader.peek() {
        Some(b'"') => {
            let text = reader.string()?;
            let value = sink.repeated(&text)?;
            *found = Member::Is(Audience::One(text));
            Ok(value)
        }
        Some(b'[') => audience_list(reader, sink, found),
        _ => reader.other_member(sink, found),
    }
}

fn audience_list<'p, S: Sink>(
    reader: &mut Reader<'p>,
    sink: &mut S,
    found: &mut Member<Audience<'p>>,
) -> Result<S::Value, Fault> {
    let mut names = Some(Vec::new());
    let mut array = sink.array()?;
    let mut first = true;
    reader.array_start()?;
    while reader.element(&mut first)? {
        let mut name = Member::Absent;
        let value = reader.text_member(sink, S::string, &mut name)?;
        sink.push(&mut array, value)?;
        match (&mut names, name) {
            (Some(names), Member::Is(name)) => names.push(name),
            _ => names = None,
        }
    }
    *found = names.map_or(Member::Invalid, |names| Member::Is(Audience::Many(names)));
    sink.array_end(array)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const TEXTS: [&str; 27] = [
        r#"{"iss":"i","sub":"s","aud":["a","b"],"exp":100,"nbf":1,"iat":1,"jti":"j","x":{"y":[1,2],"z":{"q":null}}}"#,
        r#"{"iss":"i","sub":"t","aud":["a","c"],"exp":1000,"nbf":1,"iat":1,"jti":"j2","x":{"y":[1,2],"z":{"q":null}}}"#,
        r#"{"iss":"i","sub":"t","aud":"a","exp":1000,"nbf":12,"x":{"y":[1,2,3],"z":{"q":null,"q":1}}}"#,
        r#"{"iss":"i","sub":"s","x":{"y":[1,2],"z":{"q":nul}}}"#,
        r#"{"iss":"i","sub":"s","iss":"i"}"#,
        r#"{"iss":"i","sub":"s","x":1,"sub":"s"}"#,
        r#"{"iss":"i","sub":"s","\u0069ss":"i"}"#,
        r#"{"\u0069ss":"i","sub":"s"}"#,
        r#"{"iss":"i","sub":"s","aud":["a","b"],"exp":100,"nbf":1}"#,
        r#"{"iss":"i","sub":"s","aud":["a","b"],"exp":100.5,"nbf":1}"#,
        r#"{"iss":"i","sub":"s","aud":["a","b"],"exp":1005,"nbf":1,}"#,
        r#"{"iss":"i","sub":"s","aud":["a","b"],"exp":100"#,
        r#"{"iss":"i","sub":"s"} "#,
        r#"{"iss":"i","sub":"s"}x"#,
        r#" { "iss" : "i" , "sub" : "s" , "x" : { } } "#,
        r#" { "iss" : "i" , "sub" : "s" , "x" : { "y" : 1 } } "#,
        r#"{"iss":"i","sub":7,"exp":null}"#,
        r#"{"iss":"i","sub":"s","x":{"a":{"b":{"c":{"d":{"e":1}}}}}}"#,
        r#"{"iss":"i","sub":"s","x":{"a":{"b":{"c":{"d":{"e":1,"e":1}}}}}}"#,
        r#"{"iss":"i","sub":"\u0073\n","x":"\ud83d\ude00"}"#,
        r#"{"a":{"b":10,"c":["r","s"],"d":{"e":"f"}},"exp":100,"g":true,"h":[1],"i":{"j":{}},"iat":20,"k":{"l":null}}"#,
        r#"{"a":{"b":7,"c":["r"],"d":{"e":"fg"}},"exp":200,"g":null,"h":[1],"i":{"j":{}},"iat":20,"k":{"l":false}}"#,
        r#"{"a":{"b":7,"c":["r","s"],"d":{"e":"f"},"b":1},"exp":200,"g":true,"h":[1],"i":{"j":{}},"iat":20,"k":{"l":0}}"#,
        r#"{"aud":"a","iss":"i","a":{"\u0062":1},"sub":"s","\u0061b":1,"exp":5,"k":{"l":1.5}}"#,
        r#"{"aud":["a"],"iss":null,"sub":{"a":"b"},"jti":["j"],"exp":5.5,"nbf":-1,"iat":12345678901234567890}"#,
        r#"{}"#,
        r#"[]"#,
    ];

    /// All that reading a payload comes to.
    fn reading(payload: &[u8], max_depth: usize, likely: Option<&Likely>) -> String {
        let watch = [Box::from("x")];
        let classified = |fault| json::classify(payload, max_depth, true, fault);
        let mut skipped = Registered::default();
        let result = members(payload, (&[], likely), max_depth, &mut Skip::<true>, &mut skipped);
        let mut watched = Registered::default();
        let again = members(payload, (&watch, likely), max_depth, &mut json::ValueSink, &mut watched);
        let (result, again) = (result.map_err(classified), again.map_err(classified));
        let names = ["iss", "sub", "x", "exp", "nothing"];
        let found = Places::of(payload, max_depth, likely);
        let found = names.map(|name| result.is_ok().then(|| found.find(payload, name)));
        let (skipped, watched) = (skipped.into_owned(), watched.into_owned());
        let registered = if result.is_ok() { format!("{skipped:?} {watched:?}") } else { String::new() };
        format!("{result:?} {again:?} {registered} {found:?}")
    }

    #[test]
    fn what_the_last_token_was_like_changes_nothing() {
        for last in TEXTS {
            let likely = Likely::of(last.as_bytes(), 8);
            for (text, depth) in TEXTS.iter().flat_map(|text| [1, 2, 3, 8].map(|depth| (text.as_bytes(), depth))) {
                assert_eq!(
                    reading(text, depth, likely.as_ref()),
                    reading(text, depth, None),
                    "{last} {text:?} {depth}"
                );
            }
        }
    }

    #[test]
    fn nor_for_texts_that_differ_from_it_a_little() {
        let bytes = br#" "\,:{}[]019-.eEntu"#;
        let mut state = 1_u32;
        let mut random = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % below
        };
        for round in 0..60_000 {
            let last = TEXTS[round % TEXTS.len()].as_bytes();
            let mut text = last.to_vec();
            for _ in 0..=random(3) {
                let place = random(text.len());
                match random(4) {
                    0 => drop(text.remove(place)),
                    1 => text.insert(place, bytes[random(bytes.len())]),
                    2 => text[place] = bytes[random(bytes.len())],
                    _ => text.splice(place..place, last[place.min(last.len())..].to_vec()).for_each(drop),
                }
                if text.is_empty() {
                    break;
                }
            }
            let likely = Likely::of(last, 8);
            let shown = String::from_utf8_lossy(&text);
            assert_eq!(reading(&text, 8, likely.as_ref()), reading(&text, 8, None), "{shown}");
        }
    }

    #[test]
    fn large_texts_are_no_guess() {
        let large = format!(r#"{{"x":"{}"}}"#, "y".repeat(16_384));
        assert!(Likely::of(large.as_bytes(), 8).is_none());
        let many: Vec<_> = (0..500).map(|number| format!(r#""{number}":{number}"#)).collect();
        let many = format!("{{{}}}", many.join(","));
        let likely = Likely::of(many.as_bytes(), 8).unwrap();
        assert_eq!(likely.claims.len(), 128);
        assert_eq!(reading(many.as_bytes(), 8, Some(&likely)), reading(many.as_bytes(), 8, None));
    }
}
