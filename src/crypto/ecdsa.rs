//! ECDSA on the three NIST curves and secp256k1, signatures as `r || s` of fixed length (RFC 7518 section 3.4, RFC 8812
//! section 3.2). A point is looked at by the library: off the curve or at infinity, it makes no key.

use aws_lc_rs::digest::{Digest, SHA256, SHA384};
use aws_lc_rs::encoding::{AsBigEndian, AsDer, EcPrivateKeyBin, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair, ParsedPublicKey,
};
use zeroize::Zeroizing;

use super::backend::{Choice, Library, Public, Slot};
use crate::alg::Curve;

/// A public key.
pub struct Verifier {
    key: ParsedPublicKey,
    /// On P-256 and P-384.
    slot: Option<Slot>,
}

impl Library for ParsedPublicKey {
    fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        self.verify_sig(input, signature).is_ok()
    }

    fn verify_hash(&self, hash: &[u8], signature: &[u8]) -> bool {
        let algorithm = if hash.len() == 48 { &SHA384 } else { &SHA256 };
        // The library looks whether that is the key's.
        Digest::import_less_safe(hash, algorithm).is_ok_and(|hash| self.verify_digest_sig(&hash, signature).is_ok())
    }
}

impl Verifier {
    /// Take a point of SEC 1 section 2.3.3, compressed or not; and give it back uncompressed.
    pub fn new(curve: Curve, point: &[u8]) -> Option<(Self, Vec<u8>)> {
        let length = field_bytes(curve)?;
        let form = match point.first()? {
            0x04 => 1 + 2 * length,
            0x02 | 0x03 => 1 + length,
            _ => return None,
        };
        if point.len() != form {
            return None;
        }
        let key = ParsedPublicKey::new(verification(curve)?, point).ok()?;
        // The library writes a SubjectPublicKeyInfo that ends in the uncompressed point.
        let spki: PublicKeyX509Der<'_> = key.as_der().ok()?;
        let spki = spki.as_ref();
        let uncompressed = spki.get(spki.len().checked_sub(1 + 2 * length)?..)?.to_vec();
        let coordinates = uncompressed.strip_prefix(&[0x04])?;
        let public = match curve {
            Curve::P256 => coordinates.try_into().ok().map(Public::P256),
            Curve::P384 => coordinates.try_into().ok().map(Public::P384),
            _ => None,
        };
        Some((Self { key, slot: public.map(Slot::new) }, uncompressed))
    }

    /// Does `signature` fit `input`?
    pub fn verify(&self, choice: Choice, input: &[u8], signature: &[u8]) -> bool {
        match &self.slot {
            Some(slot) => slot.verify(choice, &self.key, input, signature),
            None => self.key.verify(input, signature),
        }
    }

    /// Does it decide many signatures at once faster than one after the other?
    pub fn decides_together(&self, choice: Choice) -> bool {
        self.slot.as_ref().is_some_and(|slot| slot.decides_together(choice))
    }

    /// As `verify`, of each input and the signature to it.
    pub fn verify_all(&self, choice: Choice, items: &[(&[u8], &[u8])]) -> Vec<bool> {
        match &self.slot {
            Some(slot) => slot.verify_all(choice, &self.key, items),
            None => items.iter().map(|(input, signature)| self.key.verify(input, signature)).collect(),
        }
    }

    /// Count a token that was accepted.
    pub fn accepted(&self, choice: Choice) {
        if let Some(slot) = &self.slot {
            slot.accepted(choice, &self.key);
        }
    }
}

/// A private key.
pub struct Signer(EcdsaKeyPair);

impl Signer {
    /// Take a scalar as long as the field and the point that belongs to it. None unless they fit.
    pub fn new(curve: Curve, scalar: &[u8], point: &[u8]) -> Option<Self> {
        EcdsaKeyPair::from_private_key_and_public_key(signing(curve)?, scalar, point).ok().map(Self)
    }

    /// Take an `ECPrivateKey` (RFC 5915) or PKCS#8; the library derives the point where it is absent.
    pub fn from_der(curve: Curve, der: &[u8]) -> Option<Self> {
        EcdsaKeyPair::from_private_key_der(signing(curve)?, der).ok().map(Self)
    }

    /// Make a new one.
    pub fn generate(curve: Curve) -> Option<Self> {
        EcdsaKeyPair::generate(signing(curve)?).ok().map(Self)
    }

    /// The public point, uncompressed.
    pub fn point(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    /// The private scalar, as long as the field.
    pub fn scalar(&self) -> Option<Zeroizing<Vec<u8>>> {
        let scalar: EcPrivateKeyBin<'_> = self.0.private_key().as_be_bytes().ok()?;
        Some(Zeroizing::new(scalar.as_ref().to_vec()))
    }

    /// Sign `input`.
    pub fn sign(&self, input: &[u8]) -> Option<Vec<u8>> {
        self.0.sign(&SystemRandom::new(), input).ok().map(|signature| signature.as_ref().to_vec())
    }
}

/// Length in bytes of a coordinate, and of a scalar: the same on these curves.
pub fn field_bytes(curve: Curve) -> Option<usize> {
    match curve {
        Curve::P256 | Curve::Secp256k1 => Some(32),
        Curve::P384 => Some(48),
        Curve::P521 => Some(66),
        Curve::Ed25519 => None,
    }
}

fn verification(curve: Curve) -> Option<&'static EcdsaVerificationAlgorithm> {
    Some(match curve {
        Curve::P256 => &signature::ECDSA_P256_SHA256_FIXED,
        Curve::P384 => &signature::ECDSA_P384_SHA384_FIXED,
        Curve::P521 => &signature::ECDSA_P521_SHA512_FIXED,
        Curve::Secp256k1 => &signature::ECDSA_P256K1_SHA256_FIXED,
        Curve::Ed25519 => return None,
    })
}

fn signing(curve: Curve) -> Option<&'static EcdsaSigningAlgorithm> {
    Some(match curve {
        Curve::P256 => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &signature::ECDSA_P384_SHA384_FIXED_SIGNING,
        Curve::P521 => &signature::ECDSA_P521_SHA512_FIXED_SIGNING,
        Curve::Secp256k1 => &signature::ECDSA_P256K1_SHA256_FIXED_SIGNING,
        Curve::Ed25519 => return None,
    })
}
