//! JWK (RFC 7517, RFC 7518 section 6, RFC 8037 section 2): a JSON object in, parts of a key and what it says about itself
//! out, and back. Members of the wrong type or form are `jwk_invalid`; unknown members are ignored.

use zeroize::Zeroizing;

use super::key::Labels;
use super::material::{Hidden, Material, Parts, RsaPrivate, RsaPublic};
use super::{MAX_JSON_DEPTH, check_length, numbers};
use crate::alg::{Algorithm, Curve, Kty};
use crate::base64url;
use crate::crypto::ecdsa;
use crate::error::{Code, Error};
use crate::json::{self, Value};

/// The value of a member of a JWK.
pub enum JwkMember {
    /// A string; it may be secret.
    Text(Zeroizing<String>),
    /// `key_ops`.
    List(Vec<String>),
}

/// Names and values, in order.
pub type Members = Vec<(&'static str, JwkMember)>;

/// A JWK as read.
pub struct Jwk {
    /// The key.
    pub parts: Parts,
    /// What it says about itself.
    pub labels: Labels,
    /// What it says that it is for; `key_algorithm` when that is nothing that we know.
    pub algorithm: Result<Option<Algorithm>, Error>,
}

/// Read the text of a JWK.
pub fn parse_text(text: &[u8]) -> Result<Value, Error> {
    check_length(text)?;
    json::parse(text, MAX_JSON_DEPTH).map_err(|_| invalid())
}

/// Read a JWK. First the types of all members that every JWK has, then the kind of key, then its own members.
pub fn parse(jwk: &Value) -> Result<Jwk, Error> {
    let kty = needed_text(jwk, "kty")?;
    let algorithm = optional_text(jwk, "alg")?.map(|name| Algorithm::from_name(name).ok_or(Code::KeyAlgorithm.into()));
    let algorithm = algorithm.transpose();
    let labels = Labels {
        kid: optional_text(jwk, "kid")?.map(Box::from),
        usage: optional_text(jwk, "use")?.map(Box::from),
        key_ops: optional_list(jwk, "key_ops")?,
        issuer: optional_text(jwk, "issuer")?.map(Box::from),
    };
    let parts = match kty {
        "oct" => Parts::Secret(octets(jwk, "k")?),
        "RSA" => parse_rsa(jwk)?,
        "EC" => parse_ec(jwk)?,
        "OKP" => parse_okp(jwk)?,
        _ => return Err(Code::KeyUnsupported.into()),
    };
    Ok(Jwk { parts, labels, algorithm })
}

fn invalid() -> Error {
    Code::JwkInvalid.into()
}

fn optional_text<'a>(jwk: &'a Value, name: &str) -> Result<Option<&'a str>, Error> {
    jwk.get(name).map(|value| value.as_str().ok_or_else(invalid)).transpose()
}

fn needed_text<'a>(jwk: &'a Value, name: &str) -> Result<&'a str, Error> {
    optional_text(jwk, name)?.ok_or_else(invalid)
}

fn optional_list(jwk: &Value, name: &str) -> Result<Option<Box<[Box<str>]>>, Error> {
    let items = match jwk.get(name) {
        None => return Ok(None),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(invalid()),
    };
    items.iter().map(|item| item.as_str().map(Box::from).ok_or_else(invalid)).collect::<Result<_, _>>().map(Some)
}

fn octets(jwk: &Value, name: &str) -> Result<Hidden, Error> {
    base64url::decode(needed_text(jwk, name)?.as_bytes()).map(Hidden::new).ok_or_else(invalid)
}

/// A public Base64urlUInt has as few octets as it can (RFC 7518 section 2), and at least one.
fn public_number(jwk: &Value, name: &str) -> Result<Box<[u8]>, Error> {
    let number = octets(jwk, name)?;
    if matches!(number.first(), None | Some(0)) { Err(invalid()) } else { Ok(number.as_slice().into()) }
}

/// A private one may have leading zeros: libraries write them, and its length is nobody's business.
fn private_number(jwk: &Value, name: &str) -> Result<Hidden, Error> {
    let number = octets(jwk, name)?;
    if number.is_empty() { Err(invalid()) } else { Ok(Hidden::new(numbers::stripped(&number).to_vec())) }
}

fn parse_rsa(jwk: &Value) -> Result<Parts, Error> {
    let public = RsaPublic { n: public_number(jwk, "n")?, e: public_number(jwk, "e")? };
    if jwk.get("d").is_none() {
        return Ok(Parts::Rsa { public, private: None });
    }
    if jwk.get("oth").is_some() {
        return Err(Code::KeyUnsupported.into());
    }
    let private = RsaPrivate {
        d: private_number(jwk, "d")?,
        p: private_number(jwk, "p")?,
        q: private_number(jwk, "q")?,
        dp: private_number(jwk, "dp")?,
        dq: private_number(jwk, "dq")?,
        qi: private_number(jwk, "qi")?,
    };
    Ok(Parts::Rsa { public, private: Some(private) })
}

fn parse_ec(jwk: &Value) -> Result<Parts, Error> {
    let curve = match needed_text(jwk, "crv")? {
        "P-256" => Curve::P256,
        "P-384" => Curve::P384,
        "P-521" => Curve::P521,
        "secp256k1" => Curve::Secp256k1,
        _ => return Err(Code::KeyUnsupported.into()),
    };
    let length = ecdsa::field_bytes(curve);
    let coordinate = |name| octets(jwk, name).and_then(|number| exact(number, length));
    let point = [&[4], coordinate("x")?.as_slice(), coordinate("y")?.as_slice()].concat();
    if jwk.get("d").is_none() {
        return Ok(Parts::Ec { curve, point });
    }
    Ok(Parts::EcPrivate { curve, scalar: coordinate("d")?, point: Some(point) })
}

fn exact(number: Hidden, length: Option<usize>) -> Result<Hidden, Error> {
    if length == Some(number.len()) { Ok(number) } else { Err(invalid()) }
}

fn parse_okp(jwk: &Value) -> Result<Parts, Error> {
    if needed_text(jwk, "crv")? != "Ed25519" {
        return Err(Code::KeyUnsupported.into());
    }
    let point =
        |name| octets(jwk, name).and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| invalid()));
    let public = point("x")?;
    if jwk.get("d").is_none() {
        return Ok(Parts::Ed25519 { public });
    }
    Ok(Parts::Ed25519Private { seed: Zeroizing::new(point("d")?), public: Some(public) })
}

/// Key type, and the members that make the key: public ones, private ones.
pub fn members(material: &Material) -> (Kty, Members, Members) {
    let bytes = |name, bytes: &[u8]| (name, JwkMember::Text(Zeroizing::new(base64url::encode(bytes))));
    let name = |name, value: &str| (name, JwkMember::Text(Zeroizing::new(value.to_owned())));
    match material {
        Material::Secret(secret) => (Kty::Oct, vec![], vec![bytes("k", secret)]),
        Material::Rsa { public, private } => {
            let private = private.iter().flat_map(|private| {
                let RsaPrivate { d, p, q, dp, dq, qi } = private;
                [("d", d), ("p", p), ("q", q), ("dp", dp), ("dq", dq), ("qi", qi)]
            });
            let private = private.map(|(name, number)| bytes(name, number)).collect();
            (Kty::Rsa, vec![bytes("n", &public.n), bytes("e", &public.e)], private)
        }
        Material::Ec { curve, point, scalar } => {
            let coordinates = point.get(1..).unwrap_or_default();
            let (x, y) = coordinates.split_at(coordinates.len() / 2);
            let public = vec![name("crv", curve.name()), bytes("x", x), bytes("y", y)];
            (Kty::Ec, public, scalar.iter().map(|scalar| bytes("d", scalar)).collect())
        }
        Material::Ed25519 { public, seed } => {
            let public = vec![name("crv", Curve::Ed25519.name()), bytes("x", public)];
            (Kty::Okp, public, seed.iter().map(|seed| bytes("d", &**seed)).collect())
        }
    }
}

/// Write a JWK: `key_public` when the private part is wanted and there is none, `key_private` for a secret unless wanted.
pub fn write(
    material: &Material,
    labels: &Labels,
    algorithm: Option<Algorithm>,
    private: bool,
) -> Result<Members, Error> {
    match (material, private) {
        (Material::Secret(_), false) => return Err(Code::KeyPrivate.into()),
        (_, true) if !material.is_private() => return Err(Code::KeyPublic.into()),
        _ => {}
    }
    let text = |name, value: &str| (name, JwkMember::Text(Zeroizing::new(value.to_owned())));
    let (kty, mut public_members, private_members) = members(material);
    let mut jwk = vec![text("kty", kty.name())];
    jwk.append(&mut public_members);
    if private {
        jwk.extend(private_members);
    }
    jwk.extend(labels.kid.as_deref().map(|kid| text("kid", kid)));
    jwk.extend(labels.usage.as_deref().map(|usage| text("use", usage)));
    let list = |names: &[Box<str>]| JwkMember::List(names.iter().map(|name| name.to_string()).collect());
    jwk.extend(labels.key_ops.as_deref().map(|names| ("key_ops", list(names))));
    jwk.extend(algorithm.map(|algorithm| text("alg", algorithm.name())));
    jwk.extend(labels.issuer.as_deref().map(|issuer| text("issuer", issuer)));
    Ok(jwk)
}
