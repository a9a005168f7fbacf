//! Keys made, written in every format and read again.

use super::{KINDS, assert_same, bound, code, free, json};
use crate::alg::{Algorithm, Hash, TABLE};
use crate::error::Code;
use crate::keys::{GenerateError, Key, KeyOptions};

#[test]
fn every_algorithm_has_keys() {
    for row in TABLE {
        let key = Key::generate(row.algorithm, Some("k"), None).unwrap();
        assert_eq!((key.kty(), key.curve()), (row.family.kty(), row.curve));
        assert_eq!((key.algorithm(), key.kid(), key.bits()), (Some(row.algorithm), Some("k"), row.min_key_bits));
        assert!(key.is_private() && key.admits(row.algorithm));
    }
}

#[test]
fn keys_differ() {
    for algorithm in [Algorithm::Hs256, Algorithm::Es256, Algorithm::EdDsa] {
        let print = || Key::generate(algorithm, None, None).unwrap().thumbprint(Hash::Sha256);
        assert_ne!(print(), print());
    }
}

#[test]
fn sizes() {
    for (algorithm, bits, fits) in [
        (Algorithm::Hs256, 256, true),
        (Algorithm::Hs256, 264, true),
        (Algorithm::Hs512, 504, false),
        (Algorithm::Hs256, 257, false),
        (Algorithm::Hs256, 0, false),
        (Algorithm::Hs256, usize::MAX & !7, false),
        (Algorithm::Rs256, 3072, true),
        (Algorithm::Ps512, 2048, true),
        (Algorithm::Rs256, 1024, false),
        (Algorithm::Rs256, 2056, false),
        (Algorithm::Es256, 256, false),
        (Algorithm::EdDsa, 256, false),
    ] {
        match Key::generate(algorithm, None, Some(bits)) {
            Ok(key) => assert_eq!((key.bits(), fits), (bits, true)),
            Err(error) => assert_eq!((error, fits), (GenerateError::Bits, false)),
        }
    }
}

#[test]
fn der_and_pem_go_round() {
    for algorithm in KINDS {
        let options = bound(algorithm);
        let key = Key::generate(algorithm, None, None).unwrap();
        for (written, private) in [(key.public().unwrap(), false), (key, true)] {
            let der = written.to_der(private).unwrap();
            let pem = written.to_pem(private).unwrap();
            for read in [
                Key::from_der(&der, &options),
                Key::from_pem(pem.as_bytes(), &options),
                Key::from_file_content(&der, &options),
                Key::from_file_content(pem.as_bytes(), &options),
            ] {
                assert_same(&read.unwrap(), &written);
            }
            let label = if private { "PRIVATE KEY" } else { "PUBLIC KEY" };
            assert!(pem.starts_with(&format!("-----BEGIN {label}-----\n")));
            assert!(pem.ends_with(&format!("\n-----END {label}-----\n")));
        }
    }
}

#[test]
fn jwks_go_round() {
    // One RSA key is enough.
    for row in TABLE.iter().filter(|row| row.algorithm == Algorithm::Ps384 || row.min_key_bits < 2048) {
        let key = Key::generate(row.algorithm, Some("k"), None).unwrap();
        let text = json(&key.to_jwk(true).unwrap());
        assert_same(&Key::from_jwk_text(text.as_bytes(), &free()).unwrap(), &key);
        assert_same(&Key::from_file_content(format!("\n {text}\t").as_bytes(), &free()).unwrap(), &key);
        if let Ok(public) = key.public() {
            let text = json(&public.to_jwk(false).unwrap());
            assert_eq!(text, json(&key.to_jwk(false).unwrap()));
            assert_same(&Key::from_jwk_text(text.as_bytes(), &free()).unwrap(), &public);
        }
    }
}

#[test]
fn secrets_have_no_public_form() {
    let key = Key::generate(Algorithm::Hs256, None, None).unwrap();
    assert_eq!(code(key.public()), Some(Code::KeyUnsupported));
    for private in [false, true] {
        assert_eq!(code(key.to_der(private)), Some(Code::KeyUnsupported));
        assert_eq!(code(key.to_pem(private)), Some(Code::KeyUnsupported));
    }
    assert_eq!(code(key.to_jwk(false)), Some(Code::KeyPrivate));
    assert!(json(&key.to_jwk(true).unwrap()).starts_with(r#"{"kty":"oct","k":""#));
}

#[test]
fn public_keys_have_no_private_form() {
    for algorithm in KINDS {
        let key = Key::generate(algorithm, Some("k"), None).unwrap().public().unwrap();
        assert_eq!((key.kid(), key.algorithm(), key.is_private()), (Some("k"), Some(algorithm), false));
        assert_eq!(code(key.to_der(true)), Some(Code::KeyPublic));
        assert_eq!(code(key.to_pem(true)), Some(Code::KeyPublic));
        assert_eq!(code(key.to_jwk(true)), Some(Code::KeyPublic));
        assert_same(&key.public().unwrap(), &key);
    }
}

#[test]
fn debug_shows_no_key_material() {
    let key = Key::generate(Algorithm::Rs256, None, None).unwrap();
    assert_eq!(format!("{key:?}"), "Key { kty: Rsa, bits: 2048, .. }");
}

#[test]
fn keys_are_shared_between_threads() {
    fn is_shareable<T: Send + Sync>() {}
    is_shareable::<Key>();
    is_shareable::<crate::keys::KeySet>();
    let _ = KeyOptions::default();
}
