//! New keys from the operating system's randomness.

use zeroize::Zeroizing;

use super::key::{Key, Labels};
use super::material::{Hidden, Parts};
use super::{MAX_BYTES, der};
use crate::alg::{Algorithm, Curve, Family};
use crate::crypto::{self, ecdsa, rsa};
use crate::error::{Code, Error};

const RSA_BITS: [usize; 4] = [2048, 3072, 4096, 8192];

/// Why no key was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenerateError {
    /// The size does not fit the algorithm.
    Bits,
    /// There is no randomness, or no memory.
    Failed(Error),
}

const FAILED: GenerateError = GenerateError::Failed(Error::Plain(Code::KeyInvalid));

impl Key {
    /// Make a private key or a secret for `algorithm`. `bits` is for RSA (2048 unless given, 3072, 4096, 8192) and HMAC (as
    /// the hash unless given, or longer, in whole bytes).
    pub fn generate(algorithm: Algorithm, kid: Option<&str>, bits: Option<usize>) -> Result<Self, GenerateError> {
        let row = algorithm.row();
        let parts = match (row.family, row.curve) {
            (Family::Hmac, _) => secret(bits.unwrap_or(row.min_key_bits), row.min_key_bits)?,
            (Family::RsaPkcs1 | Family::RsaPss, _) => rsa_key(bits.unwrap_or(row.min_key_bits))?,
            (_, _) if bits.is_some() => return Err(GenerateError::Bits),
            (Family::Ecdsa, Some(curve)) => ec_key(curve).ok_or(FAILED)?,
            (Family::EdDsa | Family::Ecdsa, _) => ed25519_key()?,
        };
        let labels = Labels { kid: kid.map(Box::from), ..Labels::default() };
        Self::build(parts, Some(algorithm), labels, false).map_err(GenerateError::Failed)
    }
}

fn secret(bits: usize, min_bits: usize) -> Result<Parts, GenerateError> {
    if !bits.is_multiple_of(8) || !(min_bits..=MAX_BYTES * 8).contains(&bits) {
        return Err(GenerateError::Bits);
    }
    let mut secret = Hidden::new(vec![0; bits / 8]);
    crypto::random(&mut secret).ok_or(FAILED)?;
    Ok(Parts::Secret(secret))
}

fn rsa_key(bits: usize) -> Result<Parts, GenerateError> {
    if !RSA_BITS.contains(&bits) {
        return Err(GenerateError::Bits);
    }
    let pkcs8 = rsa::generate(bits).ok_or(FAILED)?;
    der::parse_pkcs8(&pkcs8).map_err(GenerateError::Failed)
}

fn ec_key(curve: Curve) -> Option<Parts> {
    let signer = ecdsa::Signer::generate(curve)?;
    Some(Parts::EcPrivate { curve, scalar: signer.scalar()?, point: Some(signer.point()) })
}

fn ed25519_key() -> Result<Parts, GenerateError> {
    let mut seed = Zeroizing::new([0; 32]);
    crypto::random(&mut *seed).ok_or(FAILED)?;
    Ok(Parts::Ed25519Private { seed, public: None })
}
