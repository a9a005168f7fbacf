//! The one table of algorithms (RFC 7518 section 3.1, RFC 8037, RFC 8812, RFC 9864). A name is resolved here once;
//! below this everybody gets the row. `none` has no row.

/// A JWS algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are those of the RFCs")]
pub enum Algorithm {
    Hs256,
    Hs384,
    Hs512,
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    Es256k,
    EdDsa,
    Ed25519,
}

/// What kind of computation an algorithm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the RFCs")]
pub enum Family {
    Hmac,
    RsaPkcs1,
    RsaPss,
    Ecdsa,
    EdDsa,
}

/// A hash function of the SHA-2 family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of FIPS 180-4")]
pub enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// An elliptic curve, by its JWK name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the RFCs")]
pub enum Curve {
    P256,
    P384,
    P521,
    Secp256k1,
    Ed25519,
}

/// A JWK key type (RFC 7518 section 6.1, RFC 8037 section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the RFCs")]
pub enum Kty {
    Oct,
    Rsa,
    Ec,
    Okp,
}

/// All that is known about one algorithm.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which one.
    pub algorithm: Algorithm,
    /// The `alg` value.
    pub name: &'static str,
    /// The computation.
    pub family: Family,
    /// Its hash.
    pub hash: Hash,
    /// The curve, for elliptic curves.
    pub curve: Option<Curve>,
    /// Length of every signature in bytes; RSA's is the modulus's.
    pub signature_bytes: Option<usize>,
    /// Smallest key that is accepted without being asked, in bits.
    pub min_key_bits: usize,
}

const fn row(
    algorithm: Algorithm,
    name: &'static str,
    family: Family,
    hash: Hash,
    curve: Option<Curve>,
    signature_bytes: Option<usize>,
    min_key_bits: usize,
) -> Row {
    Row { algorithm, name, family, hash, curve, signature_bytes, min_key_bits }
}

/// The table, in the order of `Algorithm`.
#[rustfmt::skip]
pub const TABLE: [Row; 15] = [
    row(Algorithm::Hs256,   "HS256",   Family::Hmac,     Hash::Sha256, None,                   Some(32),  256),
    row(Algorithm::Hs384,   "HS384",   Family::Hmac,     Hash::Sha384, None,                   Some(48),  384),
    row(Algorithm::Hs512,   "HS512",   Family::Hmac,     Hash::Sha512, None,                   Some(64),  512),
    row(Algorithm::Rs256,   "RS256",   Family::RsaPkcs1, Hash::Sha256, None,                   None,      2048),
    row(Algorithm::Rs384,   "RS384",   Family::RsaPkcs1, Hash::Sha384, None,                   None,      2048),
    row(Algorithm::Rs512,   "RS512",   Family::RsaPkcs1, Hash::Sha512, None,                   None,      2048),
    row(Algorithm::Ps256,   "PS256",   Family::RsaPss,   Hash::Sha256, None,                   None,      2048),
    row(Algorithm::Ps384,   "PS384",   Family::RsaPss,   Hash::Sha384, None,                   None,      2048),
    row(Algorithm::Ps512,   "PS512",   Family::RsaPss,   Hash::Sha512, None,                   None,      2048),
    row(Algorithm::Es256,   "ES256",   Family::Ecdsa,    Hash::Sha256, Some(Curve::P256),      Some(64),  256),
    row(Algorithm::Es384,   "ES384",   Family::Ecdsa,    Hash::Sha384, Some(Curve::P384),      Some(96),  384),
    row(Algorithm::Es512,   "ES512",   Family::Ecdsa,    Hash::Sha512, Some(Curve::P521),      Some(132), 521),
    row(Algorithm::Es256k,  "ES256K",  Family::Ecdsa,    Hash::Sha256, Some(Curve::Secp256k1), Some(64),  256),
    row(Algorithm::EdDsa,   "EdDSA",   Family::EdDsa,    Hash::Sha512, Some(Curve::Ed25519),   Some(64),  256),
    row(Algorithm::Ed25519, "Ed25519", Family::EdDsa,    Hash::Sha512, Some(Curve::Ed25519),   Some(64),  256),
];

impl Algorithm {
    /// Find an `alg` value, exactly as written.
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.algorithm)
    }

    /// The algorithm's row.
    pub fn row(self) -> &'static Row {
        #[allow(clippy::indexing_slicing, reason = "a test holds that the table stands in the order of the enum")]
        &TABLE[self as usize]
    }

    /// The `alg` value.
    pub fn name(self) -> &'static str {
        self.row().name
    }
}

impl Family {
    /// The key type that the family needs.
    pub fn kty(self) -> Kty {
        match self {
            Self::Hmac => Kty::Oct,
            Self::RsaPkcs1 | Self::RsaPss => Kty::Rsa,
            Self::Ecdsa => Kty::Ec,
            Self::EdDsa => Kty::Okp,
        }
    }

    /// The name that `algorithm_table` shows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hmac => "HMAC",
            Self::RsaPkcs1 => "RSA-PKCS1",
            Self::RsaPss => "RSA-PSS",
            Self::Ecdsa => "ECDSA",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl Hash {
    /// The name of FIPS 180-4.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }
}

impl Kty {
    /// The JWK `kty`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Oct => "oct",
            Self::Rsa => "RSA",
            Self::Ec => "EC",
            Self::Okp => "OKP",
        }
    }
}

impl Curve {
    /// The JWK `crv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Secp256k1 => "secp256k1",
            Self::Ed25519 => "Ed25519",
        }
    }
}

/// A set of algorithms, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlgorithmSet(u16);

impl AlgorithmSet {
    /// With one more member.
    #[must_use]
    pub fn with(self, algorithm: Algorithm) -> Self {
        Self(self.0 | 1 << algorithm as u16)
    }

    /// Without one member.
    #[must_use]
    pub fn without(self, algorithm: Algorithm) -> Self {
        Self(self.0 & !(1 << algorithm as u16))
    }

    /// Is it a member?
    pub fn contains(self, algorithm: Algorithm) -> bool {
        self.0 & 1 << algorithm as u16 != 0
    }

    /// Has it no member?
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Have the two a member in common?
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The members in table order.
    pub fn iter(self) -> impl Iterator<Item = Algorithm> {
        TABLE.iter().map(|row| row.algorithm).filter(move |&algorithm| self.contains(algorithm))
    }
}

impl FromIterator<Algorithm> for AlgorithmSet {
    fn from_iter<I: IntoIterator<Item = Algorithm>>(algorithms: I) -> Self {
        algorithms.into_iter().fold(Self::default(), Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_enum() {
        for row in TABLE {
            assert_eq!(row.algorithm.name(), row.name);
            assert_eq!(Algorithm::from_name(row.name), Some(row.algorithm));
        }
    }

    #[test]
    fn there_is_no_none() {
        for name in ["none", "None", "NONE", "nOnE", "", "HS256 ", "hs256", "HS256\0", "ES521"] {
            assert_eq!(Algorithm::from_name(name), None, "{name:?}");
        }
    }
}
