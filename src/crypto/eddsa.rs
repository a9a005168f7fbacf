//! Ed25519 (RFC 8032, RFC 8037 section 3.1). Encodings that are not canonical and points of small order are refused before
//! they come here.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};

use super::backend::{Choice, Public, Slot};

/// A public key.
pub struct Verifier {
    key: ParsedPublicKey,
    slot: Slot,
}

impl Verifier {
    /// Take an encoded point.
    pub fn new(public: &[u8; 32]) -> Option<Self> {
        let key = ParsedPublicKey::new(&ED25519, public).ok()?;
        Some(Self { key, slot: Slot::new(Public::Ed25519(*public)) })
    }

    /// Does `signature` fit `input`?
    pub fn verify(&self, choice: Choice, input: &[u8], signature: &[u8]) -> bool {
        self.slot.verify(choice, &self.key, input, signature)
    }

    /// Does it decide many signatures at once faster than one after the other?
    pub fn decides_together(&self, choice: Choice) -> bool {
        self.slot.decides_together(choice)
    }

    /// As `verify`, of each input and the signature to it.
    pub fn verify_all(&self, choice: Choice, items: &[(&[u8], &[u8])]) -> Vec<bool> {
        self.slot.verify_all(choice, &self.key, items)
    }

    /// Count a token that was accepted.
    pub fn accepted(&self, choice: Choice) {
        self.slot.accepted(choice, &self.key);
    }
}

/// A private key.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// Take a seed, and derive the public key.
    pub fn new(seed: &[u8; 32]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(seed).ok().map(Self)
    }

    /// The public key.
    pub fn public(&self) -> Option<[u8; 32]> {
        self.0.public_key().as_ref().try_into().ok()
    }

    /// Sign `input`.
    pub fn sign(&self, input: &[u8]) -> Option<Vec<u8>> {
        self.0.try_sign(input).ok().map(|signature| signature.as_ref().to_vec())
    }
}
