//! The seam to the crypto library: prepared keys in, signatures or the proof of a good one out. Nothing outside this
//! folder names the library. A computation that fails for whatever reason is a bad signature, never a good one.

pub mod ahead;
pub mod backend;
pub mod ecdsa;
pub mod eddsa;
pub mod hmac;
mod proof;
pub mod rsa;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wycheproof;

use aws_lc_rs::{digest, rand};

pub use backend::Choice;
pub use proof::{SignatureVerified, accepted, verify, verify_asked};

use crate::alg::{Algorithm, Hash};
use crate::error::{Code, Error};
use crate::keys::Key;

/// A key as the library wants it, made once.
pub enum Prepared {
    /// A secret; boxed, since its contexts take some kilobytes.
    Hmac(Box<hmac::Mac>),
    /// An RSA key, for PKCS#1 v1.5 and PSS.
    Rsa(Pair<rsa::Verifier, rsa::Signer>),
    /// A key on one of the four curves.
    Ecdsa(Pair<ecdsa::Verifier, ecdsa::Signer>),
    /// An Ed25519 key.
    EdDsa(Pair<eddsa::Verifier, eddsa::Signer>),
}

/// The public half and, where there is one, the private half.
pub struct Pair<V, S> {
    /// Checks signatures.
    pub verifier: V,
    /// Makes them.
    pub signer: Option<S>,
}

impl Prepared {
    fn verify(&self, algorithm: Algorithm, choice: Choice, input: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Hmac(mac) => mac.verify(algorithm, input, signature),
            Self::Rsa(pair) => pair.verifier.verify(algorithm, choice, input, signature),
            Self::Ecdsa(pair) => pair.verifier.verify(choice, input, signature),
            Self::EdDsa(pair) => pair.verifier.verify(choice, input, signature),
        }
    }

    /// Does it decide many signatures at once faster than one after the other?
    fn decides_together(&self, algorithm: Algorithm, choice: Choice) -> bool {
        match self {
            Self::Ecdsa(pair) => pair.verifier.decides_together(choice),
            Self::EdDsa(pair) => pair.verifier.decides_together(choice),
            Self::Rsa(pair) => pair.verifier.decides_together(algorithm, choice),
            Self::Hmac(_) => false,
        }
    }

    /// Inputs and signatures to them, of a key that does; of another key, no decisions.
    fn verify_all(&self, algorithm: Algorithm, choice: Choice, items: &[(&[u8], &[u8])]) -> Vec<bool> {
        match self {
            Self::Ecdsa(pair) => pair.verifier.verify_all(choice, items),
            Self::EdDsa(pair) => pair.verifier.verify_all(choice, items),
            Self::Rsa(pair) => pair.verifier.verify_all(algorithm, choice, items),
            Self::Hmac(_) => Vec::new(),
        }
    }

    /// Count a token that was accepted.
    fn accepted(&self, algorithm: Algorithm, choice: Choice) {
        match self {
            Self::Ecdsa(pair) => pair.verifier.accepted(choice),
            Self::EdDsa(pair) => pair.verifier.accepted(choice),
            Self::Rsa(pair) => pair.verifier.accepted(algorithm, choice),
            Self::Hmac(_) => {}
        }
    }

    /// None without a private half, or when the library fails.
    fn sign(&self, algorithm: Algorithm, input: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Hmac(mac) => mac.sign(algorithm, input),
            Self::Rsa(pair) => pair.signer.as_ref()?.sign(algorithm, input),
            Self::Ecdsa(pair) => pair.signer.as_ref()?.sign(input),
            Self::EdDsa(pair) => pair.signer.as_ref()?.sign(input),
        }
    }
}

/// Sign `input` as a JWS does (RFC 7518 section 3): `key_algorithm` when the key is not for `algorithm`, `key_public` when
/// it has no private part.
pub fn sign(key: &Key, algorithm: Algorithm, input: &[u8]) -> Result<Vec<u8>, Error> {
    if !key.algorithms().contains(algorithm) {
        return Err(Code::KeyAlgorithm.into());
    }
    if !key.is_private() {
        return Err(Code::KeyPublic.into());
    }
    // A checked private key signs; the library fails only when memory or randomness does.
    key.prepared().sign(algorithm, input).ok_or(Code::KeyInvalid.into())
}

/// Hash `bytes`.
pub fn hash(hash: Hash, bytes: &[u8]) -> Vec<u8> {
    let algorithm = match hash {
        Hash::Sha256 => &digest::SHA256,
        Hash::Sha384 => &digest::SHA384,
        Hash::Sha512 => &digest::SHA512,
    };
    digest::digest(algorithm, bytes).as_ref().to_vec()
}

/// Fill `out` from the operating system's randomness. None when there is none.
pub fn random(out: &mut [u8]) -> Option<()> {
    rand::fill(out).ok()
}
