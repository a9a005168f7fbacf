//! RSA signatures, PKCS#1 v1.5 and PSS with a salt as long as the hash (RFC 7518 sections 3.3 and 3.5). The numbers of the
//! public key are checked before they come here.

use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeyPairComponents, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{self, ParsedPublicKey, RsaEncoding, RsaParameters};
use zeroize::Zeroizing;

use super::backend::{Choice, FMA, IFMA, Library, Public, Slot, is_rsa_prepared};
use crate::alg::{Algorithm, AlgorithmSet, Hash};
use crate::keys::{RsaPrivate, RsaPublic};

/// How many algorithms an RSA key can be used with.
const ALGORITHMS: usize = 6;

/// A public key. The library wants one parsed key for each algorithm: the first is made at once, which proves the key, the
/// others when they are needed. Most keys are only ever used with one.
pub struct Verifier {
    spki: Box<[u8]>,
    small: bool,
    parsed: Box<[OnceLock<ParsedPublicKey>; ALGORITHMS]>,
    /// For PKCS#1 v1.5 of a key of usual form, where there are instructions for it.
    slot: Option<Slot>,
}

/// The library's key for PKCS#1 v1.5 with one hash.
struct Pkcs1<'a> {
    key: &'a ParsedPublicKey,
    hash: Hash,
}

impl Library for Pkcs1<'_> {
    fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        self.key.verify(input, signature)
    }

    fn verify_hash(&self, hash: &[u8], signature: &[u8]) -> bool {
        self.key.verify_hash(hash, signature)
    }

    fn hash(&self) -> Hash {
        self.hash
    }
}

impl Verifier {
    /// Prepare `public` for `algorithms`, with `small` for a key of 1024 to 2047 bits.
    pub fn new(public: &RsaPublic, algorithms: AlgorithmSet, small: bool) -> Option<Self> {
        let first = algorithms.iter().find_map(|algorithm| Some((slot(algorithm)?, parameters(algorithm, small)?)));
        let ((place, _), parameters) = first?;
        let components = PublicKeyComponents { n: &*public.n, e: &*public.e };
        let key = components.to_parsed_public_key(parameters).ok()?;
        let is_prepared =
            is_rsa_prepared(&public.n, &public.e) && algorithms.iter().any(|one| pkcs1_hash(one).is_some());
        let slot = is_prepared.then(|| Slot::new(Public::Rsa((*public.n).into())));
        let verifier = Self { spki: key.as_ref().into(), small, parsed: Default::default(), slot };
        verifier.parsed.get(place)?.set(key).ok()?;
        Some(verifier)
    }

    /// Does `signature` fit `input`?
    pub fn verify(&self, algorithm: Algorithm, choice: Choice, input: &[u8], signature: &[u8]) -> bool {
        let Some(key) = self.parsed(algorithm) else { return false };
        match self.prepared(algorithm, choice) {
            Some((slot, hash)) => slot.verify(choice, &Pkcs1 { key, hash }, input, signature),
            None => key.verify(input, signature),
        }
    }

    /// Does it decide many signatures at once faster than one after the other?
    pub fn decides_together(&self, algorithm: Algorithm, choice: Choice) -> bool {
        self.prepared(algorithm, choice).is_some_and(|(slot, _)| slot.decides_together(choice))
    }

    /// As `verify`, of each input and the signature to it.
    pub fn verify_all(&self, algorithm: Algorithm, choice: Choice, items: &[(&[u8], &[u8])]) -> Vec<bool> {
        match (self.parsed(algorithm), self.prepared(algorithm, choice)) {
            (Some(key), Some((slot, hash))) => slot.verify_all(choice, &Pkcs1 { key, hash }, items),
            (key, _) => {
                items.iter().map(|(input, signature)| key.is_some_and(|key| key.verify(input, signature))).collect()
            }
        }
    }

    /// Count a token that was accepted.
    pub fn accepted(&self, algorithm: Algorithm, choice: Choice) {
        if let Some((slot, hash)) = self.prepared(algorithm, choice)
            && let Some(key) = self.parsed(algorithm)
        {
            slot.accepted(choice, &Pkcs1 { key, hash });
        }
    }

    /// Where numbers that depend on the key alone may be, for PKCS#1 v1.5 and who does not ask for other arithmetic.
    fn prepared(&self, algorithm: Algorithm, choice: Choice) -> Option<(&Slot, Hash)> {
        Some((
            self.slot.as_ref().filter(|_| IFMA.are_wanted_by(choice) || FMA.are_wanted_by(choice))?,
            pkcs1_hash(algorithm)?,
        ))
    }

    fn parsed(&self, algorithm: Algorithm) -> Option<&ParsedPublicKey> {
        let (place, _) = slot(algorithm)?;
        let cell = self.parsed.get(place)?;
        if let Some(key) = cell.get() {
            return Some(key);
        }
        let key = ParsedPublicKey::new(parameters(algorithm, self.small)?, &self.spki).ok()?;
        Some(cell.get_or_init(|| key))
    }
}

/// A private key, checked by the library to fit together.
pub struct Signer(KeyPair);

impl Signer {
    /// Take the numbers of a two-prime key. None unless they fit each other and the public key.
    pub fn new(public: &RsaPublic, private: &RsaPrivate) -> Option<Self> {
        let components = KeyPairComponents {
            public_key: PublicKeyComponents { n: &*public.n, e: &*public.e },
            d: private.d.as_slice(),
            p: private.p.as_slice(),
            q: private.q.as_slice(),
            dP: private.dp.as_slice(),
            dQ: private.dq.as_slice(),
            qInv: private.qi.as_slice(),
        };
        KeyPair::from_components(&components).ok().map(Self)
    }

    /// Sign `input`.
    pub fn sign(&self, algorithm: Algorithm, input: &[u8]) -> Option<Vec<u8>> {
        let (_, encoding) = slot(algorithm)?;
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(encoding, &SystemRandom::new(), input, &mut signature).ok()?;
        Some(signature)
    }
}

/// Make a new key; its PKCS#8. None for a size that the library does not make.
pub fn generate(bits: usize) -> Option<Zeroizing<Vec<u8>>> {
    let size = match bits {
        2048 => KeySize::Rsa2048,
        3072 => KeySize::Rsa3072,
        4096 => KeySize::Rsa4096,
        8192 => KeySize::Rsa8192,
        _ => return None,
    };
    let der = KeyPair::generate(size).ok()?.as_der().ok()?;
    Some(Zeroizing::new(der.as_ref().to_vec()))
}

/// What PKCS#1 v1.5 hashes with; None for PSS.
fn pkcs1_hash(algorithm: Algorithm) -> Option<Hash> {
    match algorithm {
        Algorithm::Rs256 => Some(Hash::Sha256),
        Algorithm::Rs384 => Some(Hash::Sha384),
        Algorithm::Rs512 => Some(Hash::Sha512),
        _ => None,
    }
}

/// Where the parsed key of an algorithm stands, and how it signs.
fn slot(algorithm: Algorithm) -> Option<(usize, &'static dyn RsaEncoding)> {
    Some(match algorithm {
        Algorithm::Rs256 => (0, &signature::RSA_PKCS1_SHA256),
        Algorithm::Rs384 => (1, &signature::RSA_PKCS1_SHA384),
        Algorithm::Rs512 => (2, &signature::RSA_PKCS1_SHA512),
        Algorithm::Ps256 => (3, &signature::RSA_PSS_SHA256),
        Algorithm::Ps384 => (4, &signature::RSA_PSS_SHA384),
        Algorithm::Ps512 => (5, &signature::RSA_PSS_SHA512),
        _ => return None,
    })
}

fn parameters(algorithm: Algorithm, small: bool) -> Option<&'static RsaParameters> {
    Some(match (algorithm, small) {
        (Algorithm::Rs256, false) => &signature::RSA_PKCS1_2048_8192_SHA256,
        (Algorithm::Rs384, false) => &signature::RSA_PKCS1_2048_8192_SHA384,
        (Algorithm::Rs512, false) => &signature::RSA_PKCS1_2048_8192_SHA512,
        (Algorithm::Ps256, false) => &signature::RSA_PSS_2048_8192_SHA256,
        (Algorithm::Ps384, false) => &signature::RSA_PSS_2048_8192_SHA384,
        (Algorithm::Ps512, false) => &signature::RSA_PSS_2048_8192_SHA512,
        (Algorithm::Rs256, true) => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        (Algorithm::Rs512, true) => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        _ => return None,
    })
}
