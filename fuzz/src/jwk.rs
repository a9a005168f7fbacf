//! JWKs and JWK Sets: what is read can be written and read again, and stays the same key.

use rapidjwt::alg::{Hash, Kty};
use rapidjwt::keys::{JwkMember, Key, KeyOptions, KeySet};

use crate::{edits, seeds};

pub fn body(data: &[u8]) {
    let text = edits::one_of(seeds::jwks(), data);
    for allow_weak in [false, true] {
        let options = KeyOptions { allow_weak, ..KeyOptions::default() };
        if let Ok(key) = Key::from_jwk_text(&text, &options) {
            survives(&key);
        }
        if let Ok(keys) = KeySet::from_jwks_text(&text, allow_weak) {
            assert!(!keys.keys().is_empty());
            assert!(keys.skipped().iter().zip(keys.skipped().iter().skip(1)).all(|(one, next)| one.index < next.index));
            keys.keys().iter().for_each(|key| survives(key));
        }
    }
    let set = [&b"{\"keys\":["[..], &text, b"]}"].concat();
    let one = Key::from_jwk_text(&text, &KeyOptions::default());
    if let (Ok(key), Ok(keys)) = (one, KeySet::from_jwks_text(&set, false)) {
        assert_eq!(keys.keys().first().map(|inner| thumbprint(inner)), Some(thumbprint(&key)));
    }
}

/// Through every form and back.
pub fn survives(key: &Key) {
    let options = KeyOptions { allow_weak: true, ..KeyOptions::default() };
    let wanted = thumbprint(key);
    for private in [false, true].into_iter().filter(|private| !private || key.is_private()) {
        if key.kty() != Kty::Oct {
            let der = key.to_der(private).expect("a checked key can be written");
            let pem = key.to_pem(private).expect("a checked key can be written");
            assert_eq!(Key::from_der(&der, &options).map(|key| thumbprint(&key)).as_ref(), Ok(&wanted));
            assert_eq!(Key::from_pem(pem.as_bytes(), &options).map(|key| thumbprint(&key)).as_ref(), Ok(&wanted));
        }
        if key.kty() != Kty::Oct || private {
            let again = Key::from_jwk_text(jwk_text(key, private).as_bytes(), &options).expect("its own JWK is good");
            assert_eq!(thumbprint(&again), wanted);
            assert_eq!(again.is_private(), private);
            assert_eq!((again.kid(), again.usage(), again.key_ops()), (key.kid(), key.usage(), key.key_ops()));
        }
    }
    match key.public() {
        Ok(public) => {
            assert!(!public.is_private());
            assert_eq!(thumbprint(&public), wanted);
        }
        Err(_) => assert_eq!(key.kty(), Kty::Oct),
    }
}

/// A key's JWK as text.
pub fn jwk_text(key: &Key, private: bool) -> String {
    let members = key.to_jwk(private).expect("a checked key can be written");
    let member = |(name, value): (&str, JwkMember)| {
        let value = match value {
            JwkMember::Text(text) => serde_json::Value::from(text.as_str()),
            JwkMember::List(texts) => serde_json::Value::from(texts),
        };
        (name.to_owned(), value)
    };
    serde_json::Value::Object(members.into_iter().map(member).collect()).to_string()
}

fn thumbprint(key: &Key) -> String {
    key.thumbprint(Hash::Sha256)
}
