//! The JOSE header (RFC 7515 section 4): decoded bytes in, what the verifier acts on out. Keys and addresses that a header
//! carries (`jwk`, `jku`, `x5u`, `x5c`) are never looked at.

use std::sync::{Arc, OnceLock};

use crate::alg::Algorithm;
use crate::claims::Likely;
use crate::error::{Code, Error};
use crate::json::{self, Fault, Member, Reader, Sink, Skip, Value};

/// Names that RFC 7515 section 4.1 defines: `crit` must not name them.
const DEFINED: [&str; 11] = ["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"];

/// A header of good form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// None when the table has no such name.
    pub algorithm: Option<Algorithm>,
    /// Key ID, opaque.
    pub kid: Option<Box<str>>,
    /// Media type of the token, as written.
    pub typ: Option<Box<str>>,
    /// `crit` or `b64` is present: the token depends on an extension.
    pub extended: bool,
}

/// A header with its text.
#[derive(Debug)]
pub struct Known {
    /// As it stands in the token.
    encoded: Box<[u8]>,
    /// Its JSON.
    pub decoded: Box<[u8]>,
    /// What it says.
    pub header: Header,
    /// How deep it is nested.
    depth: usize,
    /// What the claims of its tokens are likely called; known from the first accepted one on.
    pub likely: OnceLock<Likely>,
}

impl Known {
    /// Read a header and keep its text.
    pub fn read(encoded: &[u8], decoded: Vec<u8>, max_depth: usize) -> Result<Arc<Self>, Error> {
        let header = read(&decoded, max_depth)?;
        let depth = json::depth(&decoded);
        Ok(Arc::new(Self { encoded: encoded.into(), decoded: decoded.into(), header, depth, likely: OnceLock::new() }))
    }

    /// How long its two texts are.
    pub fn bytes(&self) -> usize {
        self.encoded.len() + self.decoded.len()
    }
}

/// The headers of the first tokens that a set of keys verified. The tokens of one issuer share theirs to the byte, so that
/// one look replaces decoding and parsing. It says no more than "these bytes parse to this header", and learns from accepted
/// tokens only: strangers cannot fill it. A place is written once, so that reading costs no locked instruction; new keys
/// come with an empty memo.
#[derive(Debug, Default)]
pub struct Memo([OnceLock<Arc<Known>>; 16]);

/// A header stands in one of so many places that follow each other.
const PLACES: usize = 4;

impl Memo {
    /// The header with exactly this text, unless it is nested deeper than allowed: policies of different depths share keys.
    #[inline]
    pub fn get(&self, encoded: &[u8], max_depth: usize) -> Option<&Arc<Known>> {
        let known = self.places(encoded).map_while(OnceLock::get).find(|known| *known.encoded == *encoded);
        known.filter(|known| known.depth <= max_depth)
    }

    /// Keep the header of an accepted token with this payload, if there is room.
    pub fn remember(&self, known: &Arc<Known>, payload: &[u8], max_depth: usize) {
        let has_room = self.places(&known.encoded).any(|place| place.set(Arc::clone(known)).is_ok());
        if let Some(likely) = has_room.then(|| Likely::of(payload, max_depth)).flatten() {
            known.likely.get_or_init(|| likely);
        }
    }

    /// Headers of one issuer differ in the kid, wherever it stands.
    #[inline]
    fn places(&self, encoded: &[u8]) -> impl Iterator<Item = &OnceLock<Arc<Known>>> {
        let (words, rest) = encoded.as_chunks::<8>();
        let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        let sum = words.iter().fold(u64::from(json::spread(rest)), |sum, word| mix(sum, u64::from_le_bytes(*word)));
        (0..PLACES).filter_map(move |step| self.0.get((sum as usize + step) % self.0.len()))
    }
}

/// Read a decoded header.
pub fn read(bytes: &[u8], max_depth: usize) -> Result<Header, Error> {
    let members = Members::read(bytes, max_depth).map_err(|fault| {
        let fault = json::classify(bytes, max_depth, true, fault);
        fault_error(fault, max_depth)
    })?;
    members.header(bytes, max_depth)
}

/// The error that a fault of the header's text is.
pub fn fault_error(fault: Fault, max_depth: usize) -> Error {
    match fault {
        Fault::Utf8 => Code::HeaderUtf8.into(),
        Fault::TooDeep => Error::Limit(Code::HeaderTooDeep, max_depth),
        Fault::NotObject => Code::HeaderNotObject.into(),
        Fault::Duplicate => Code::HeaderDuplicate.into(),
        Fault::Syntax | Fault::Sink => Code::HeaderJson.into(),
    }
}

#[derive(Default)]
struct Members<'a> {
    alg: Member<std::borrow::Cow<'a, str>>,
    kid: Member<std::borrow::Cow<'a, str>>,
    typ: Member<std::borrow::Cow<'a, str>>,
    crit: bool,
    b64: bool,
}

impl<'a> Members<'a> {
    fn read(bytes: &'a [u8], max_depth: usize) -> Result<Self, Fault> {
        let sink = &mut Skip::<true>;
        let mut found = Self::default();
        let mut reader = Reader::new(bytes, max_depth)?;
        let mut members = reader.object_start()?;
        while let Some(name) = reader.member::<Skip<true>>(&mut members)? {
            match &*name {
                "alg" => reader.text_member(sink, Skip::string, &mut found.alg)?,
                "kid" => reader.text_member(sink, Skip::string, &mut found.kid)?,
                "typ" => reader.text_member(sink, Skip::string, &mut found.typ)?,
                other => {
                    found.crit |= other == "crit";
                    found.b64 |= other == "b64";
                    reader.value(sink)?;
                }
            }
        }
        reader.end()?;
        Ok(found)
    }

    fn header(self, bytes: &[u8], max_depth: usize) -> Result<Header, Error> {
        let algorithm = match self.alg {
            Member::Absent => return Err(Code::AlgMissing.into()),
            Member::Null | Member::Invalid => return Err(Code::AlgInvalid.into()),
            Member::Is(name) => Algorithm::from_name(&name),
        };
        let kid = optional(self.kid, Code::KidInvalid)?;
        let typ = optional(self.typ, Code::TypInvalid)?;
        if self.crit && !json::parse(bytes, max_depth).is_ok_and(|header| crit_is_well_formed(&header)) {
            return Err(Code::CritInvalid.into());
        }
        Ok(Header { algorithm, kid, typ, extended: self.crit || self.b64 })
    }
}

fn optional(member: Member<std::borrow::Cow<'_, str>>, code: Code) -> Result<Option<Box<str>>, Error> {
    match member {
        Member::Absent => Ok(None),
        Member::Is(text) => Ok(Some(text.into())),
        Member::Null | Member::Invalid => Err(code.into()),
    }
}

/// RFC 7515 section 4.1.11.
fn crit_is_well_formed(header: &Value) -> bool {
    let Some(Value::Array(names)) = header.get("crit") else { return false };
    let names_extension =
        |name: &Value| name.as_str().is_some_and(|name| !DEFINED.contains(&name) && header.get(name).is_some());
    !names.is_empty() && names.iter().all(names_extension)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn code(text: &str) -> Option<Code> {
        read(text.as_bytes(), 8).err().map(Error::code)
    }

    #[test]
    fn what_the_verifier_acts_on() {
        let header = read(br#"{"typ":"JWT","alg":"ES256","kid":"a\u0062","jku":"http://evil/"}"#, 8);
        let wanted = Header {
            algorithm: Some(Algorithm::Es256),
            kid: Some("ab".into()),
            typ: Some("JWT".into()),
            extended: false,
        };
        assert_eq!(header, Ok(wanted));
    }

    #[test]
    fn each_failure_has_its_code() {
        for (text, wanted) in [
            (r#"[]"#, Code::HeaderNotObject),
            (r#""alg""#, Code::HeaderNotObject),
            (r#"{"alg":"HS256""#, Code::HeaderJson),
            (r#"{"alg":"HS256"} x"#, Code::HeaderJson),
            (r#""#, Code::HeaderJson),
            (r#"{"alg":"HS256","\u0061lg":"none"}"#, Code::HeaderDuplicate),
            (r#"{"x":[[[[[[[[1]]]]]]]]}"#, Code::HeaderTooDeep),
            (r#"{}"#, Code::AlgMissing),
            (r#"{"alg":null}"#, Code::AlgInvalid),
            (r#"{"alg":["HS256"]}"#, Code::AlgInvalid),
            (r#"{"alg":"HS256","kid":null}"#, Code::KidInvalid),
            (r#"{"alg":"HS256","kid":1}"#, Code::KidInvalid),
            (r#"{"alg":"HS256","typ":{}}"#, Code::TypInvalid),
            (r#"{"alg":"HS256","crit":[]}"#, Code::CritInvalid),
            (r#"{"alg":"HS256","crit":"b64","b64":true}"#, Code::CritInvalid),
            (r#"{"alg":"HS256","crit":["b64"]}"#, Code::CritInvalid),
            (r#"{"alg":"HS256","crit":["alg"]}"#, Code::CritInvalid),
            (r#"{"alg":"HS256","crit":[1]}"#, Code::CritInvalid),
            (r#"{"alg":"HS256","crit":null}"#, Code::CritInvalid),
        ] {
            assert_eq!(code(text), Some(wanted), "{text}");
        }
        assert_eq!(read(b"{\"alg\":\"HS256\",\"x\":\"\xff\"}", 8).map_err(Error::code), Err(Code::HeaderUtf8));
    }

    #[test]
    fn the_memo_answers_for_the_same_bytes_only() {
        let memo = Memo::default();
        let known = |encoded: &[u8]| Known::read(encoded, br#"{"alg":"HS256"}"#.to_vec(), 8);
        assert!(memo.get(b"aaaa", 8).is_none());
        for text in ["aaaa", "baaa", ""] {
            memo.remember(&known(text.as_bytes()).unwrap(), b"{}", 8);
            assert!(memo.get(text.as_bytes(), 8).is_some_and(|found| *found.encoded == *text.as_bytes()));
        }
        // All four-letter texts meet in 16 places: a stranger's text never finds another's header.
        for text in ["aaab", "caaa", "aaaaa", "a"] {
            assert!(memo.get(text.as_bytes(), 8).is_none(), "{text}");
        }
    }

    #[test]
    fn the_memo_does_not_answer_for_a_header_that_is_too_deep() {
        let memo = Memo::default();
        let known = Known::read(b"aaaa", br#"{"alg":"HS256","x":[[]]}"#.to_vec(), 8).unwrap();
        memo.remember(&known, b"{}", 8);
        assert!(memo.get(b"aaaa", 3).is_some());
        assert!(memo.get(b"aaaa", 2).is_none());
    }

    #[test]
    fn extensions_are_seen() {
        for text in [r#"{"alg":"HS256","b64":true}"#, r#"{"alg":"HS256","crit":["b64"],"b64":false}"#] {
            assert_eq!(read(text.as_bytes(), 8).map(|header| header.extended), Ok(true));
        }
    }
}
