//! Signing and verifying together, with every algorithm.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is a failed test")]

use std::sync::Arc;

use super::{Choice, SignatureVerified, sign};
use crate::alg::{Algorithm, Family, Kty, TABLE};
use crate::error::{Code, Error};
use crate::keys::{Candidates, Key, KeyOptions, KeySet};

const INPUT: &[u8] = b"eyJhbGciOiJub25lIn0.e30";

/// A private key for each algorithm; the RSA ones are one key.
fn keys() -> Vec<(Algorithm, Arc<Key>)> {
    let rsa = Key::generate(Algorithm::Rs256, None, None).unwrap().to_der(true).unwrap();
    let key = |algorithm: Algorithm| match algorithm.row().family.kty() {
        Kty::Rsa => Key::from_der(&rsa, &KeyOptions { algorithm: Some(algorithm), ..KeyOptions::default() }).unwrap(),
        _ => Key::generate(algorithm, None, None).unwrap(),
    };
    TABLE.iter().map(|row| (row.algorithm, Arc::new(key(row.algorithm)))).collect()
}

fn verify(
    candidates: &Candidates<'_>,
    algorithm: Algorithm,
    input: &[u8],
    signature: &[u8],
) -> Result<SignatureVerified, Error> {
    super::verify(candidates, algorithm, Choice::Auto, input, signature).map(|(proof, _)| proof)
}

fn accepts(key: &Arc<Key>, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> bool {
    match verify(&Candidates::one(key), algorithm, input, signature) {
        Ok(SignatureVerified { .. }) => true,
        Err(error) => {
            assert_eq!(error.code(), Code::BadSignature);
            false
        }
    }
}

#[test]
fn what_is_signed_verifies_and_nothing_else() {
    for (algorithm, key) in keys() {
        let public = Arc::new(key.public().unwrap_or_else(|_| Key::generate(Algorithm::Hs256, None, None).unwrap()));
        let verifier = if key.kty() == Kty::Oct { &key } else { &public };
        let signature = sign(&key, algorithm, INPUT).unwrap();
        let length = algorithm.row().signature_bytes.unwrap_or(256);
        assert_eq!(signature.len(), length);
        assert!(accepts(verifier, algorithm, INPUT, &signature), "{algorithm:?}");
        assert!(accepts(&key, algorithm, INPUT, &signature), "{algorithm:?}");
        for place in [0, 1, length / 2, length - 1] {
            for bit in [1, 0x80] {
                let mut other = signature.clone();
                other[place] ^= bit;
                assert!(!accepts(verifier, algorithm, INPUT, &other), "{algorithm:?} {place}");
            }
        }
        for other in [
            &[][..],
            &[0],
            &signature[1..],
            &signature[..length - 1],
            &[&signature[..], &[0]].concat(),
            &[&[0], &signature[..]].concat(),
            &vec![0; length],
            &vec![0xff; length],
            &[&signature[..], &signature[..]].concat(),
        ] {
            assert!(!accepts(verifier, algorithm, INPUT, other), "{algorithm:?}");
        }
        for input in [&b""[..], &INPUT[1..], &[INPUT, b"="].concat()] {
            assert!(!accepts(verifier, algorithm, input, &signature), "{algorithm:?}");
        }
    }
}

#[test]
fn a_signature_is_good_for_its_algorithm_only() {
    let keys = keys();
    for (signing, key) in &keys {
        let signature = sign(key, *signing, INPUT).unwrap();
        for (claimed, other) in &keys {
            let twins = signing.row().family == Family::EdDsa && claimed.row().family == Family::EdDsa;
            assert_eq!(
                accepts(key, *claimed, INPUT, &signature),
                signing == claimed || twins,
                "{signing:?} {claimed:?}"
            );
            if signing != claimed {
                assert!(!accepts(other, *claimed, INPUT, &signature), "{signing:?} {claimed:?}");
            }
        }
    }
}

#[test]
fn an_unbound_rsa_key_verifies_all_six() {
    let private = Key::generate(Algorithm::Rs256, None, None).unwrap().to_der(true).unwrap();
    let private = Key::from_der(&private, &KeyOptions::default()).unwrap();
    let public = Arc::new(private.public().unwrap());
    for row in TABLE.iter().filter(|row| row.family.kty() == Kty::Rsa) {
        let signature = sign(&private, row.algorithm, INPUT).unwrap();
        // Twice: the second time it is prepared.
        assert!(accepts(&public, row.algorithm, INPUT, &signature));
        assert!(accepts(&public, row.algorithm, INPUT, &signature));
    }
}

#[test]
fn each_candidate_is_tried() {
    let secret = |fill| {
        let options = KeyOptions { algorithm: Some(Algorithm::Hs256), ..KeyOptions::default() };
        Arc::new(Key::from_secret(&[fill; 32], &options).unwrap())
    };
    let set = KeySet::new((b'a'..=b'd').map(secret).collect());
    let candidates = set.select(None, Algorithm::Hs256).unwrap();
    for fill in b'a'..=b'e' {
        let signature = sign(&secret(fill), Algorithm::Hs256, INPUT).unwrap();
        assert_eq!(verify(&candidates, Algorithm::Hs256, INPUT, &signature).is_ok(), fill != b'e');
    }
}

#[test]
fn what_cannot_sign() {
    let code = |result: Result<Vec<u8>, Error>| result.err().map(Error::code);
    for (algorithm, key) in keys() {
        let other = if algorithm == Algorithm::Es256 { Algorithm::Hs256 } else { Algorithm::Es256 };
        assert_eq!(code(sign(&key, other, INPUT)), Some(Code::KeyAlgorithm));
        if let Ok(public) = key.public() {
            assert_eq!(code(sign(&public, algorithm, INPUT)), Some(Code::KeyPublic));
            assert_eq!(code(sign(&public, other, INPUT)), Some(Code::KeyAlgorithm));
        }
    }
}

#[test]
fn the_proof_takes_no_space() {
    assert_eq!(size_of::<SignatureVerified>(), 0);
}
