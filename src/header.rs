//! The JOSE header (RFC 7515 section 4): decoded bytes in, what the verifier acts on out. Keys and addresses that a header
//! carries (`jwk`, `jku`, `x5u`, `x5c`) are never looked at.

use crate::alg::Algorithm;
use crate::error::{Code, Error};
use crate::json::{self, Fault, Member, Reader, Skip, Value};

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
                "alg" => found.alg = reader.text_member(sink)?.0,
                "kid" => found.kid = reader.text_member(sink)?.0,
                "typ" => found.typ = reader.text_member(sink)?.0,
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
    let names_extension = |name: &Value| {
        name.as_str().is_some_and(|name| !DEFINED.contains(&name) && header.get(name).is_some())
    };
    !names.is_empty() && names.iter().all(names_extension)
}

#[cfg(test)]
mod tests {
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
    fn extensions_are_seen() {
        for text in [r#"{"alg":"HS256","b64":true}"#, r#"{"alg":"HS256","crit":["b64"],"b64":false}"#] {
            assert_eq!(read(text.as_bytes(), 8).map(|header| header.extended), Ok(true));
        }
    }
}
