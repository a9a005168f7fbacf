//! HMAC with SHA-2 (RFC 7518 section 3.2): a secret in, tags out. Tags are compared in constant time.

use aws_lc_rs::hmac;

use crate::alg::{Algorithm, AlgorithmSet};

/// A secret, expanded once for each algorithm that it may be used with.
pub struct Mac(Vec<(Algorithm, hmac::Key)>);

impl Mac {
    /// Expand `secret` for those of `algorithms` that are HMAC.
    pub fn new(secret: &[u8], algorithms: AlgorithmSet) -> Self {
        let key = |algorithm| Some((algorithm, hmac::Key::new(hash(algorithm)?, secret)));
        Self(algorithms.iter().filter_map(key).collect())
    }

    fn key(&self, algorithm: Algorithm) -> Option<&hmac::Key> {
        self.0.iter().find(|(known, _)| *known == algorithm).map(|(_, key)| key)
    }

    /// Is `tag` the whole tag of `input`?
    pub fn verify(&self, algorithm: Algorithm, input: &[u8], tag: &[u8]) -> bool {
        self.key(algorithm).is_some_and(|key| hmac::verify(key, input, tag).is_ok())
    }

    /// The tag of `input`.
    pub fn sign(&self, algorithm: Algorithm, input: &[u8]) -> Option<Vec<u8>> {
        self.key(algorithm).map(|key| hmac::sign(key, input).as_ref().to_vec())
    }
}

fn hash(algorithm: Algorithm) -> Option<hmac::Algorithm> {
    match algorithm {
        Algorithm::Hs256 => Some(hmac::HMAC_SHA256),
        Algorithm::Hs384 => Some(hmac::HMAC_SHA384),
        Algorithm::Hs512 => Some(hmac::HMAC_SHA512),
        _ => None,
    }
}
