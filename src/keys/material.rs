//! What a key consists of: `Parts` as some format gave them, `Material` when they are checked and canonical.

use zeroize::Zeroizing;

use crate::alg::{AlgorithmSet, Curve, Kty};
use crate::crypto::{Pair, Prepared, ecdsa, eddsa, hmac, rsa};
use crate::error::{Code, Error};
use crate::keys::numbers;

/// A big-endian number without leading zeros, or a text, that nobody may see.
pub type Hidden = Zeroizing<Vec<u8>>;

/// The public numbers of an RSA key, big-endian without leading zeros.
#[derive(Clone)]
#[allow(missing_docs, reason = "the names are those of RFC 8017 section 3.1")]
pub struct RsaPublic {
    pub n: Box<[u8]>,
    pub e: Box<[u8]>,
}

/// The private numbers of an RSA key, big-endian.
#[derive(Clone)]
#[allow(missing_docs, reason = "the names are those of RFC 7518 section 6.3.2")]
pub struct RsaPrivate {
    pub d: Hidden,
    pub p: Hidden,
    pub q: Hidden,
    pub dp: Hidden,
    pub dq: Hidden,
    pub qi: Hidden,
}

/// A key as read: the form was right, the numbers are not looked at yet.
pub enum Parts {
    /// An HMAC secret.
    Secret(Hidden),
    /// An RSA key.
    Rsa { public: RsaPublic, private: Option<RsaPrivate> },
    /// A public key on a curve, in any encoding of the point.
    Ec { curve: Curve, point: Vec<u8> },
    /// A private key on a curve; some formats leave the point out.
    EcPrivate { curve: Curve, scalar: Hidden, point: Option<Vec<u8>> },
    /// An Ed25519 public key.
    Ed25519 { public: [u8; 32] },
    /// An Ed25519 private key; some formats leave the public key out.
    Ed25519Private { seed: Zeroizing<[u8; 32]>, public: Option<[u8; 32]> },
}

/// A key in canonical form: points uncompressed, scalars as long as the field, numbers without leading zeros.
#[derive(Clone)]
pub enum Material {
    /// An HMAC secret.
    Secret(Hidden),
    /// An RSA key.
    Rsa { public: RsaPublic, private: Option<RsaPrivate> },
    /// A key on a curve.
    Ec { curve: Curve, point: Vec<u8>, scalar: Option<Hidden> },
    /// An Ed25519 key.
    Ed25519 { public: [u8; 32], seed: Option<Zeroizing<[u8; 32]>> },
}

impl Parts {
    /// Key type and curve.
    pub fn kind(&self) -> (Kty, Option<Curve>) {
        match self {
            Self::Secret(_) => (Kty::Oct, None),
            Self::Rsa { .. } => (Kty::Rsa, None),
            Self::Ec { curve, .. } | Self::EcPrivate { curve, .. } => (Kty::Ec, Some(*curve)),
            Self::Ed25519 { .. } | Self::Ed25519Private { .. } => (Kty::Okp, Some(Curve::Ed25519)),
        }
    }

    /// Check the numbers, narrow `algorithms` to those that the key is large enough for, and prepare it for them.
    pub fn check(
        self,
        algorithms: AlgorithmSet,
        allow_weak: bool,
    ) -> Result<(Material, AlgorithmSet, Prepared), Error> {
        match self {
            Self::Secret(secret) => check_secret(secret, algorithms, allow_weak),
            Self::Rsa { public, private } => check_rsa(public, private, algorithms, allow_weak),
            Self::Ec { curve, point } => check_point(curve, &point).map(|(verifier, point)| {
                let pair = Pair { verifier, signer: None };
                (Material::Ec { curve, point, scalar: None }, algorithms, Prepared::Ecdsa(pair))
            }),
            Self::EcPrivate { curve, scalar, point } => {
                let (verifier, signer, material) = check_scalar(curve, &scalar, point.as_deref())?;
                Ok((material, algorithms, Prepared::Ecdsa(Pair { verifier, signer: Some(signer) })))
            }
            Self::Ed25519 { public } => {
                let pair = Pair { verifier: check_ed25519(&public)?, signer: None };
                Ok((Material::Ed25519 { public, seed: None }, algorithms, Prepared::EdDsa(pair)))
            }
            Self::Ed25519Private { seed, public } => {
                let (verifier, signer, public) = check_seed(&seed, public)?;
                let pair = Pair { verifier, signer: Some(signer) };
                Ok((Material::Ed25519 { public, seed: Some(seed) }, algorithms, Prepared::EdDsa(pair)))
            }
        }
    }
}

fn invalid() -> Error {
    Code::KeyInvalid.into()
}

fn check_secret(
    secret: Hidden,
    algorithms: AlgorithmSet,
    allow_weak: bool,
) -> Result<(Material, AlgorithmSet, Prepared), Error> {
    super::secret::check(&secret)?;
    let fits = |min_bits| allow_weak || secret.len() * 8 >= min_bits;
    let algorithms: AlgorithmSet = algorithms.iter().filter(|algorithm| fits(algorithm.row().min_key_bits)).collect();
    if algorithms.is_empty() {
        return Err(Code::KeyWeak.into());
    }
    let prepared = Prepared::Hmac(Box::new(hmac::Mac::new(&secret, algorithms)));
    Ok((Material::Secret(secret), algorithms, prepared))
}

fn check_rsa(
    public: RsaPublic,
    private: Option<RsaPrivate>,
    algorithms: AlgorithmSet,
    allow_weak: bool,
) -> Result<(Material, AlgorithmSet, Prepared), Error> {
    let small = numbers::check_rsa(&public)?;
    let algorithms = match small {
        false => algorithms,
        true if allow_weak && private.is_none() => {
            algorithms.iter().filter(|algorithm| numbers::SMALL_RSA.contains(algorithm)).collect()
        }
        true => AlgorithmSet::default(),
    };
    if algorithms.is_empty() {
        return Err(Code::KeyWeak.into());
    }
    let verifier = rsa::Verifier::new(&public, algorithms, small).ok_or_else(invalid)?;
    let signer = match &private {
        None => None,
        // The library would multiply numbers of any length before it finds them wrong.
        Some(private) if !numbers::fits_modulus(&public, private) => return Err(invalid()),
        Some(private) => Some(rsa::Signer::new(&public, private).ok_or_else(invalid)?),
    };
    Ok((Material::Rsa { public, private }, algorithms, Prepared::Rsa(Pair { verifier, signer })))
}

fn check_point(curve: Curve, point: &[u8]) -> Result<(ecdsa::Verifier, Vec<u8>), Error> {
    ecdsa::Verifier::new(curve, point).ok_or_else(invalid)
}

fn check_scalar(
    curve: Curve,
    scalar: &[u8],
    point: Option<&[u8]>,
) -> Result<(ecdsa::Verifier, ecdsa::Signer, Material), Error> {
    let length = ecdsa::field_bytes(curve).ok_or_else(invalid)?;
    let scalar = numbers::padded(scalar, length).ok_or_else(invalid)?;
    let point = match point {
        Some(point) => point.to_vec(),
        None => super::der::derive_point(curve, &scalar)?,
    };
    let (verifier, point) = check_point(curve, &point)?;
    let signer = ecdsa::Signer::new(curve, &scalar, &point).ok_or_else(invalid)?;
    Ok((verifier, signer, Material::Ec { curve, point, scalar: Some(scalar) }))
}

fn check_ed25519(public: &[u8; 32]) -> Result<eddsa::Verifier, Error> {
    if !numbers::is_good_ed25519(public) {
        return Err(invalid());
    }
    eddsa::Verifier::new(public).ok_or_else(invalid)
}

fn check_seed(seed: &[u8; 32], public: Option<[u8; 32]>) -> Result<(eddsa::Verifier, eddsa::Signer, [u8; 32]), Error> {
    let signer = eddsa::Signer::new(seed).ok_or_else(invalid)?;
    let derived = signer.public().ok_or_else(invalid)?;
    if public.is_some_and(|public| public != derived) {
        return Err(invalid());
    }
    Ok((check_ed25519(&derived)?, signer, derived))
}

impl Material {
    /// Key type and curve.
    pub fn kind(&self) -> (Kty, Option<Curve>) {
        match self {
            Self::Secret(_) => (Kty::Oct, None),
            Self::Rsa { .. } => (Kty::Rsa, None),
            Self::Ec { curve, .. } => (Kty::Ec, Some(*curve)),
            Self::Ed25519 { .. } => (Kty::Okp, Some(Curve::Ed25519)),
        }
    }

    /// The modulus, the curve's field or the secret, in bits. Ed25519 counts as 256, as its keys have.
    pub fn bits(&self) -> usize {
        match self {
            Self::Secret(secret) => secret.len() * 8,
            Self::Rsa { public, .. } => numbers::bits(&public.n),
            Self::Ec { curve: Curve::P384, .. } => 384,
            Self::Ec { curve: Curve::P521, .. } => 521,
            Self::Ec { .. } | Self::Ed25519 { .. } => 256,
        }
    }

    /// Can it sign?
    pub fn is_private(&self) -> bool {
        match self {
            Self::Secret(_) => true,
            Self::Rsa { private, .. } => private.is_some(),
            Self::Ec { scalar, .. } => scalar.is_some(),
            Self::Ed25519 { seed, .. } => seed.is_some(),
        }
    }

    /// The public part, to be made a key of. None for a secret.
    pub fn public_parts(&self) -> Option<Parts> {
        Some(match self {
            Self::Secret(_) => return None,
            Self::Rsa { public, .. } => Parts::Rsa { public: public.clone(), private: None },
            Self::Ec { curve, point, .. } => Parts::Ec { curve: *curve, point: point.clone() },
            Self::Ed25519 { public, .. } => Parts::Ed25519 { public: *public },
        })
    }
}
