//! The claims (RFC 7519 section 4): a payload and the proof of its signature in; the registered claims out, and all claims to
//! the sink, in one pass.

use std::borrow::Cow;
use std::ops::Range;

use crate::crypto::SignatureVerified;
use crate::error::{Code, Error};
use crate::json::{self, Fault, Member, Reader, Sink};

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
    /// Where each claim stands, if `Some`.
    pub places: Option<Places>,
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
    const MOST: usize = 24;

    /// `name` is None for one with escapes.
    fn note(&mut self, payload: &[u8], name: Option<&str>, value: Range<usize>) {
        let Some(name) = name else {
            self.escaped = true;
            return;
        };
        if self.places.capacity() == 0 {
            self.places.reserve(Self::MOST);
        }
        let start = name.as_ptr().addr() - payload.as_ptr().addr();
        self.places.push(Place { name: short(start..start + name.len()), value: short(value) });
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
            places: self.places,
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
}

impl Audience<'_> {
    /// Is one of the recipients `name`?
    pub fn names(&self, name: &str) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::Many(many) => many.iter().any(|one| one == name),
        }
    }
}

/// Read the payload of a token whose signature is good. `watch` are further names whose presence matters. What is found goes
/// into `found`, which starts empty.
pub fn read<'p, S: Sink>(
    payload: &'p [u8],
    _proof: &SignatureVerified,
    (watch, max_depth): (&[Box<str>], usize),
    sink: &mut S,
    found: &mut Registered<'p>,
) -> Result<S::Value, Error> {
    read_unverified(payload, (watch, max_depth), sink, found)
}

/// Read a payload, whoever wrote it.
pub fn read_unverified<'p, S: Sink>(
    payload: &'p [u8],
    (watch, max_depth): (&[Box<str>], usize),
    sink: &mut S,
    found: &mut Registered<'p>,
) -> Result<S::Value, Error> {
    members(payload, watch, max_depth, sink, found)
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
    watch: &[Box<str>],
    max_depth: usize,
    sink: &mut S,
    found: &mut Registered<'p>,
) -> Result<S::Value, Fault> {
    found.watched = vec![false; watch.len()];
    let mut reader = Reader::new(payload, max_depth)?;
    let mut members = reader.object_start()?;
    let mut object = sink.object()?;
    while let Some(name) = reader.member::<S>(&mut members)? {
        let start = reader.position();
        let value = match &*name {
            "iss" => reader.text_member(sink, S::repeated, &mut found.iss)?,
            "sub" => reader.text_member(sink, S::string, &mut found.sub)?,
            "jti" => reader.text_member(sink, S::string, &mut found.jti)?,
            "aud" => audience(&mut reader, sink, &mut found.aud)?,
            "exp" => reader.number_member(sink, &mut found.exp)?,
            "nbf" => reader.number_member(sink, &mut found.nbf)?,
            "iat" => reader.number_member(sink, &mut found.iat)?,
            other => {
                if !watch.is_empty() {
                    note(&mut found.watched, watch, other, reader.peek() != Some(b'n'));
                }
                reader.value(sink)?
            }
        };
        if let Some(places) = &mut found.places {
            let plain = if let Cow::Borrowed(name) = name { Some(name) } else { None };
            places.note(payload, plain, start..reader.position());
        }
        sink.insert(&mut object, &name, value)?;
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
