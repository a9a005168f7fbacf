//! Reading a header, against what serde_json's tree says of it.

use rapidjwt::alg::Algorithm;
use rapidjwt::error::Code;
use rapidjwt::header::{Header, read};
use rapidjwt::json::Fault;
use serde_json::Value;

use crate::{edits, model, seeds};

const MAX_DEPTH: usize = 100;
const DEFINED: [&str; 11] = ["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"];

pub fn body(data: &[u8]) {
    let text = edits::one_of(&seeds::HEADERS, data);
    assert_eq!(read(&text, MAX_DEPTH).map_err(|error| error.code()), expected(&text));
}

fn expected(text: &[u8]) -> Result<Header, Code> {
    let members = model::judge(text, MAX_DEPTH, true).map_err(|fault| match fault {
        Fault::Utf8 => Code::HeaderUtf8,
        Fault::TooDeep => Code::HeaderTooDeep,
        Fault::NotObject => Code::HeaderNotObject,
        Fault::Duplicate => Code::HeaderDuplicate,
        Fault::Syntax | Fault::Sink => Code::HeaderJson,
    })?;
    let alg = members.get("alg").ok_or(Code::AlgMissing)?.as_str().ok_or(Code::AlgInvalid)?;
    let text = |name, code| members.get(name).map(|value| value.as_str().ok_or(code)).transpose();
    let kid = text("kid", Code::KidInvalid)?.map(Box::from);
    let typ = text("typ", Code::TypInvalid)?.map(Box::from);
    let names_a_member =
        |name: &Value| name.as_str().is_some_and(|name| !DEFINED.contains(&name) && members.get(name).is_some());
    if let Some(crit) = members.get("crit") {
        let names = crit.as_array().ok_or(Code::CritInvalid)?;
        if names.is_empty() || !names.iter().all(names_a_member) {
            return Err(Code::CritInvalid);
        }
    }
    let extended = members.get("crit").is_some() || members.get("b64").is_some();
    Ok(Header { algorithm: Algorithm::from_name(alg), kid, typ, extended })
}
