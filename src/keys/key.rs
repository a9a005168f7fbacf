//! `Key`: read in one of the formats, bound to an algorithm, checked and prepared once; then only asked. Cheap to share, safe
//! to share between threads, cleared when it goes away.

use std::fmt;
use std::sync::OnceLock;

use zeroize::Zeroizing;

use super::jwk::{Jwk, Members};
use super::material::{Hidden, Material, Parts};
use super::{check_length, der, jwk, openssh, pem, secret, thumbprint};
use crate::alg::{Algorithm, AlgorithmSet, Curve, Family, Hash, Kty, TABLE};
use crate::crypto::Prepared;
use crate::error::{Code, Error};
use crate::json::Value;

/// What the caller says about a key that it hands in.
#[derive(Clone, Copy, Default)]
pub struct KeyOptions<'a> {
    /// The one algorithm that the key is for.
    pub algorithm: Option<Algorithm>,
    /// The key ID, in place of the JWK's.
    pub kid: Option<&'a str>,
    /// Opens encrypted PKCS#8.
    pub password: Option<&'a [u8]>,
    /// Admit RSA public keys from 1024 bits, and secrets shorter than the hash.
    pub allow_weak: bool,
}

/// What a key says about itself, besides its algorithm (RFC 7517 section 4).
#[derive(Clone, Default)]
pub struct Labels {
    /// `kid`.
    pub kid: Option<Box<str>>,
    /// `use`.
    pub usage: Option<Box<str>>,
    /// `key_ops`.
    pub key_ops: Option<Box<[Box<str>]>>,
    /// `issuer`, as multi-tenant providers write it (Microsoft Entra); no RFC has it.
    pub issuer: Option<Box<str>>,
}

/// A key: public, private or secret.
pub struct Key {
    material: Material,
    prepared: Prepared,
    algorithms: AlgorithmSet,
    algorithm: Option<Algorithm>,
    labels: Labels,
    /// The thumbprint, made when it is asked for.
    identity: OnceLock<String>,
}

impl Key {
    /// Read the first key of a PEM text, or an OpenSSH public key line.
    pub fn from_pem(text: &[u8], options: &KeyOptions<'_>) -> Result<Self, Error> {
        check_length(text)?;
        Self::from_parts(pem::parse(text, options.password)?, options)
    }

    /// Read a key in DER, of any of the structures that have a PEM label.
    pub fn from_der(der: &[u8], options: &KeyOptions<'_>) -> Result<Self, Error> {
        check_length(der)?;
        Self::from_parts(der::parse(der, options.password)?, options)
    }

    /// Read an OpenSSH public key line.
    pub fn from_openssh(line: &[u8], options: &KeyOptions<'_>) -> Result<Self, Error> {
        check_length(line)?;
        Self::from_parts(openssh::parse(line)?, options)
    }

    /// Read the text of a JWK.
    pub fn from_jwk_text(text: &[u8], options: &KeyOptions<'_>) -> Result<Self, Error> {
        Self::from_jwk(&jwk::parse_text(text)?, options)
    }

    /// Read a JWK.
    pub fn from_jwk(jwk: &Value, options: &KeyOptions<'_>) -> Result<Self, Error> {
        let Jwk { parts, mut labels, algorithm } = jwk::parse(jwk)?;
        let bound = agreed(algorithm?, options.algorithm)?;
        labels.kid = options.kid.map(Box::from).or(labels.kid);
        Self::build(parts, bound, labels, options.allow_weak)
    }

    /// Take an HMAC secret, for the one algorithm that the options name.
    pub fn from_secret(secret: &[u8], options: &KeyOptions<'_>) -> Result<Self, Error> {
        if options.algorithm.is_none_or(|algorithm| algorithm.row().family != Family::Hmac) {
            return Err(Code::KeyAlgorithm.into());
        }
        check_length(secret)?;
        Self::from_parts(Parts::Secret(Hidden::new(secret.to_vec())), options)
    }

    /// Read the content of a key file, whatever it is. For an HMAC algorithm that is a JWK, or else the raw secret, less one
    /// line end at its end.
    pub fn from_file_content(bytes: &[u8], options: &KeyOptions<'_>) -> Result<Self, Error> {
        check_length(bytes)?;
        if options.algorithm.is_some_and(|algorithm| algorithm.row().family == Family::Hmac) {
            return match jwk::parse_text(bytes) {
                Ok(jwk) if jwk.get("kty").is_some() => Self::from_jwk(&jwk, options),
                _ => Self::from_secret(without_line_end(bytes), options),
            };
        }
        if secret::looks_like_der(bytes) {
            Self::from_der(bytes, options)
        } else if pem::is_pem(bytes) {
            Self::from_pem(bytes, options)
        } else if bytes.trim_ascii_start().starts_with(b"{") {
            Self::from_jwk_text(bytes, options)
        } else {
            Self::from_openssh(bytes, options)
        }
    }

    fn from_parts(parts: Parts, options: &KeyOptions<'_>) -> Result<Self, Error> {
        let labels = Labels { kid: options.kid.map(Box::from), ..Labels::default() };
        Self::build(parts, options.algorithm, labels, options.allow_weak)
    }

    /// Bind, check and prepare: `key_algorithm` comes before anything that is wrong with the numbers.
    pub(super) fn build(
        parts: Parts,
        bound: Option<Algorithm>,
        labels: Labels,
        allow_weak: bool,
    ) -> Result<Self, Error> {
        let wanted = fitting(parts.kind(), bound);
        if wanted.is_empty() {
            return Err(Code::KeyAlgorithm.into());
        }
        let (material, algorithms, prepared) = parts.check(wanted, allow_weak)?;
        let mut members = algorithms.iter();
        let only = members.next().filter(|_| members.next().is_none());
        Ok(Self { material, prepared, algorithms, algorithm: bound.or(only), labels, identity: OnceLock::new() })
    }

    /// Key type.
    pub fn kty(&self) -> Kty {
        self.material.kind().0
    }

    /// Curve, for elliptic curves.
    pub fn curve(&self) -> Option<Curve> {
        self.material.kind().1
    }

    /// The one algorithm that the key is bound to, or fits.
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    /// Every algorithm that the key may be used with.
    pub fn algorithms(&self) -> AlgorithmSet {
        self.algorithms
    }

    /// Key ID.
    pub fn kid(&self) -> Option<&str> {
        self.labels.kid.as_deref()
    }

    /// The JWK's `use`.
    pub fn usage(&self) -> Option<&str> {
        self.labels.usage.as_deref()
    }

    /// The JWK's `key_ops`.
    pub fn key_ops(&self) -> Option<&[Box<str>]> {
        self.labels.key_ops.as_deref()
    }

    /// The JWK's `issuer`: whose tokens the key is for.
    pub fn issuer(&self) -> Option<&str> {
        self.labels.issuer.as_deref()
    }

    /// Size in bits: the modulus, the curve's field, the secret.
    pub fn bits(&self) -> usize {
        self.material.bits()
    }

    /// Can it sign?
    pub fn is_private(&self) -> bool {
        self.material.is_private()
    }

    /// May it verify a token with this algorithm? Asks `use` and `key_ops` too.
    pub fn admits(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(algorithm)
            && self.usage().is_none_or(|usage| usage == "sig")
            && self.key_ops().is_none_or(|names| names.iter().any(|name| &**name == "verify"))
    }

    /// The public part, with the same labels; what could sign can then verify. `key_unsupported` for a secret.
    pub fn public(&self) -> Result<Self, Error> {
        let parts = self.material.public_parts().ok_or(Code::KeyUnsupported)?;
        let labels = self.public_labels();
        // Weak keys were admitted when they were read.
        Self::build(parts, self.algorithm, labels, true)
    }

    /// The labels of the public part: what could sign can then verify.
    fn public_labels(&self) -> Labels {
        let mut labels = self.labels.clone();
        if self.is_private() {
            labels.key_ops = labels.key_ops.as_deref().map(public_key_ops);
        }
        labels
    }

    /// Write SubjectPublicKeyInfo, or with `private` PKCS#8: `key_unsupported` for a secret, `key_public`.
    pub fn to_der(&self, private: bool) -> Result<Zeroizing<Vec<u8>>, Error> {
        der::write(&self.material, private)
    }

    /// As `to_der`, in PEM.
    pub fn to_pem(&self, private: bool) -> Result<Zeroizing<String>, Error> {
        pem::write(&self.to_der(private)?, private)
    }

    /// Write a JWK, as its members in order: `key_public`, and `key_private` for a secret without `private`.
    pub fn to_jwk(&self, private: bool) -> Result<Members, Error> {
        let labels = if private { self.labels.clone() } else { self.public_labels() };
        jwk::write(&self.material, &labels, self.algorithm, private)
    }

    /// The thumbprint of RFC 7638, in base64url.
    pub fn thumbprint(&self, hash: Hash) -> String {
        thumbprint::thumbprint(&self.material, hash)
    }

    /// Is it the same key, wherever the two were read from? What it may be used for is not part of that.
    pub fn is_same(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.identity() == other.identity()
    }

    /// Tells keys apart (RFC 7638).
    fn identity(&self) -> &str {
        self.identity.get_or_init(|| self.thumbprint(Hash::Sha256))
    }

    /// The key as the library wants it.
    pub(crate) fn prepared(&self) -> &Prepared {
        &self.prepared
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("kty", &self.kty()).field("bits", &self.bits()).finish_non_exhaustive()
    }
}

/// The algorithm of the JWK and the one that the caller names must be one; for Ed25519 its two names are.
fn agreed(own: Option<Algorithm>, wanted: Option<Algorithm>) -> Result<Option<Algorithm>, Error> {
    match (own, wanted) {
        (Some(own), Some(wanted)) if !bound_set(own).contains(wanted) => Err(Code::KeyAlgorithm.into()),
        _ => Ok(wanted.or(own)),
    }
}

/// What binding a key to `algorithm` admits.
fn bound_set(algorithm: Algorithm) -> AlgorithmSet {
    match algorithm {
        Algorithm::EdDsa | Algorithm::Ed25519 => [Algorithm::EdDsa, Algorithm::Ed25519].into_iter().collect(),
        other => AlgorithmSet::default().with(other),
    }
}

/// The algorithms for this kind of key, of those that it is bound to.
fn fitting((kty, curve): (Kty, Option<Curve>), bound: Option<Algorithm>) -> AlgorithmSet {
    let rows = TABLE.iter().filter(|row| row.family.kty() == kty && row.curve == curve);
    let allowed = |algorithm| bound.is_none_or(|bound| bound_set(bound).contains(algorithm));
    rows.map(|row| row.algorithm).filter(|&algorithm| allowed(algorithm)).collect()
}

/// `sign` becomes `verify` (RFC 7517 section 4.3), each operation stands once; the others stay.
fn public_key_ops(names: &[Box<str>]) -> Box<[Box<str>]> {
    let mut public: Vec<Box<str>> = Vec::with_capacity(names.len());
    for name in names {
        let name = if &**name == "sign" { "verify" } else { name };
        if !public.iter().any(|known| &**known == name) {
            public.push(name.into());
        }
    }
    public.into()
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    match bytes {
        [rest @ .., b'\r', b'\n'] | [rest @ .., b'\n'] => rest,
        _ => bytes,
    }
}
