//! Key sets: JWK Sets in, and the choice of keys.

use std::sync::Arc;

use super::rfc::{ED_JWK, P256_JWK};
use super::{code, free};
use crate::alg::Algorithm;
use crate::error::Code;
use crate::keys::{Key, KeyOptions, KeySet, Skipped};

fn secret(fill: u8, algorithm: Algorithm, kid: Option<&str>) -> Arc<Key> {
    let options = KeyOptions { algorithm: Some(algorithm), kid, ..free() };
    Arc::new(Key::from_secret(&[fill; 64], &options).unwrap())
}

/// The places of the candidates in the set, or why there are none.
fn selected(set: &KeySet, kid: Option<&str>, algorithm: Algorithm) -> Result<Vec<usize>, Code> {
    let place = |key: &Arc<Key>| set.keys().iter().position(|known| Arc::ptr_eq(known, key)).unwrap();
    set.select(kid, algorithm).map(|found| found.iter().map(place).collect()).map_err(|error| error.code())
}

#[test]
fn a_lone_key() {
    let set = KeySet::new(vec![secret(b'a', Algorithm::Hs256, None)]);
    assert_eq!(selected(&set, Some("any"), Algorithm::Hs256), Ok(vec![0]));
    assert_eq!(selected(&set, None, Algorithm::Hs256), Ok(vec![0]));
    assert_eq!(selected(&set, None, Algorithm::Hs384), Err(Code::KeyUnknown));
    let set = KeySet::new(vec![secret(b'a', Algorithm::Hs256, Some("a"))]);
    assert_eq!(selected(&set, Some("any"), Algorithm::Hs256), Err(Code::KeyUnknown));
    assert_eq!(selected(&set, Some("a"), Algorithm::Hs256), Ok(vec![0]));
    assert_eq!(selected(&set, None, Algorithm::Hs256), Ok(vec![0]));
}

#[test]
fn several_keys() {
    let keys = |letters: &[u8]| -> Vec<_> {
        letters.iter().map(|&letter| secret(letter, Algorithm::Hs256, Some(&char::from(letter).to_string()))).collect()
    };
    let mut all = keys(b"abcd");
    all.insert(1, secret(b'x', Algorithm::Hs512, None));
    let set = KeySet::new(all.clone());
    assert_eq!(selected(&set, None, Algorithm::Hs256), Ok(vec![0, 2, 3, 4]));
    assert_eq!(selected(&set, None, Algorithm::Hs512), Ok(vec![1]));
    assert_eq!(selected(&set, None, Algorithm::Es256), Err(Code::KeyUnknown));
    assert_eq!(selected(&set, Some("c"), Algorithm::Hs256), Ok(vec![3]));
    assert_eq!(selected(&set, Some("c"), Algorithm::Hs512), Err(Code::KeyUnknown));
    assert_eq!(selected(&set, Some("C"), Algorithm::Hs256), Err(Code::KeyUnknown));
    assert_eq!(selected(&set, Some(""), Algorithm::Hs512), Err(Code::KeyUnknown));
    // The same kid for another algorithm is no trouble, for the same one it is.
    all.push(secret(b'y', Algorithm::Hs512, Some("c")));
    let set = KeySet::new(all.clone());
    assert_eq!(selected(&set, Some("c"), Algorithm::Hs256), Ok(vec![3]));
    assert_eq!(set.get("c").map(|key| key.algorithm()), Some(Some(Algorithm::Hs256)));
    all.push(secret(b'z', Algorithm::Hs256, Some("c")));
    let set = KeySet::new(all);
    assert_eq!(selected(&set, Some("c"), Algorithm::Hs256), Err(Code::KeyAmbiguous));
    assert_eq!(selected(&set, None, Algorithm::Hs256), Err(Code::KeyAmbiguous));
}

#[test]
fn no_keys() {
    let set = KeySet::new(Vec::new());
    assert_eq!(selected(&set, None, Algorithm::Hs256), Err(Code::KeyUnknown));
    assert_eq!(selected(&set, Some("a"), Algorithm::Hs256), Err(Code::KeyUnknown));
    assert!(set.get("").is_none());
}

#[test]
fn ten_thousand_keys() {
    let key = |number: usize| {
        let options = KeyOptions { algorithm: Some(Algorithm::Hs256), kid: Some(&number.to_string()), ..free() };
        Arc::new(Key::from_secret(format!("{number:064}").as_bytes(), &options).unwrap())
    };
    let set = KeySet::new((0..10_000).map(key).collect());
    assert_eq!(selected(&set, Some("9999"), Algorithm::Hs256), Ok(vec![9999]));
    assert_eq!(selected(&set, None, Algorithm::Hs256), Err(Code::KeyAmbiguous));
}

#[test]
fn documents() {
    let text = format!(
        r#"{{"keys":[{P256_JWK},7,{ED_JWK},{{"kty":"XYZ"}},{{"kty":"oct"}},{{"kty":"oct","k":"AA"}}],"more":1}}"#
    );
    let set = KeySet::from_jwks_text(text.as_bytes(), false).unwrap();
    assert_eq!(set.keys().len(), 2);
    let skipped = [(1, Code::JwkInvalid), (3, Code::KeyUnsupported), (4, Code::JwkInvalid), (5, Code::KeyWeak)];
    assert_eq!(set.skipped(), skipped.map(|(index, code)| Skipped { index, code }));
    assert_eq!(KeySet::from_jwks_text(text.as_bytes(), true).unwrap().keys().len(), 3);

    let refusal = |text: &str| code(KeySet::from_jwks_text(text.as_bytes(), false));
    for text in
        ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":null}"#, r#"{"keys":[],"keys":[]}"#, P256_JWK, "\u{feff}{}"]
    {
        assert_eq!(refusal(text), Some(Code::JwksInvalid), "{text}");
    }
    for text in [r#"{"keys":[]}"#, r#"{"keys":[{}]}"#] {
        assert_eq!(refusal(text), Some(Code::JwksEmpty), "{text}");
    }
    let numbers = |count: usize| format!("{{\"keys\":[{}]}}", vec!["1"; count].join(","));
    assert_eq!(refusal(&numbers(10_000)), Some(Code::JwksEmpty));
    assert_eq!(refusal(&numbers(10_001)), Some(Code::KeyTooLarge));
    assert_eq!(refusal(&" ".repeat(crate::keys::MAX_BYTES + 1)), Some(Code::KeyTooLarge));
}
