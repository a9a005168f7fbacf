//! The prepared form of a public key, whatever its curve: built from the key's bytes, proved against the library, asked for
//! decisions.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use aws_lc_rs::digest::{SHA256, digest};

use super::Decision;
use super::guard::WATCH;
use super::p256::{self, point::Affine, scalar::Scalar};
use super::slot::Library;
use super::words::from_be_bytes;

/// The two sizes of table that are built, by the width of their windows in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// Soon paid for.
    Small,
    /// For the hottest keys.
    Large,
}

impl Size {
    fn width(self) -> u32 {
        match self {
            Self::Small => 5,
            Self::Large => 8,
        }
    }

    /// There is one base point for all keys, so that it may have wider windows.
    fn base_width(self) -> u32 {
        match self {
            Self::Small => 5,
            Self::Large => 10,
        }
    }
}

/// A public key in its canonical bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Public {
    /// x and y on P-256, big-endian.
    P256([u8; 64]),
}

impl Public {
    /// How much memory its tables take, in bytes.
    pub fn bytes(&self, size: Size) -> usize {
        match self {
            Self::P256(_) => p256::table::Table::bytes(size.width()),
        }
    }
}

/// Tables of a public key.
pub enum Tables {
    /// ECDSA with SHA-256 on P-256.
    P256 {
        /// The base point's, shared by all keys.
        base: Arc<p256::table::Table>,
        /// The public key's.
        key: p256::table::Table,
    },
}

impl Tables {
    /// Build and prove tables. None when the proof fails, or the key is not one: then there will never be any.
    pub fn build(public: &Public, size: Size, library: &impl Library) -> Option<Self> {
        let tables = Self::build_unproved(public, size)?;
        tables.is_proved(library).then_some(tables)
    }

    /// Build tables that nobody has compared with the library.
    pub fn build_unproved(public: &Public, size: Size) -> Option<Self> {
        match public {
            Public::P256(point) => {
                let (x, y) = point.split_first_chunk::<32>()?;
                let point = Affine::new(from_be_bytes(x), from_be_bytes(y.try_into().ok()?))?;
                Some(Self::P256 { base: base(size)?, key: p256::table::Table::new(&point, size.width())? })
            }
        }
    }

    /// Does the signature fit the input?
    pub fn decide(&self, input: &[u8], signature: &[u8]) -> Decision {
        match self {
            Self::P256 { base, key } => digest(&SHA256, input)
                .as_ref()
                .try_into()
                .map_or(Decision::Exceptional, |hash| p256::decide(base, key, hash, signature)),
        }
    }

    /// Signatures made from the public key alone: R = aG + bQ, r = R.x, s = r/b, e = ra/b. The library must accept them too.
    fn is_proved(&self, library: &impl Library) -> bool {
        match self {
            Self::P256 { base, key } => (0..2).all(|_| prove_p256(base, key, library).unwrap_or(false)),
        }
    }
}

fn prove_p256(base: &p256::table::Table, key: &p256::table::Table, library: &impl Library) -> Option<bool> {
    let (a, b) = (random_scalar()?, random_scalar()?);
    let (hash, signature) = p256::signature_without_private_key(base, key, &a, &b)?;
    let mut other = hash;
    other[31] ^= 1;
    let agree = p256::decide(base, key, &hash, &signature) == Decision::Good
        && p256::decide(base, key, &other, &signature) == Decision::Bad
        && library.verify_hash(&hash, &signature);
    if !agree {
        WATCH.disagree();
    }
    Some(agree)
}

fn random_scalar() -> Option<Scalar> {
    let mut bytes = [0; 32];
    crate::crypto::random(&mut bytes)?;
    Scalar::reduce(from_be_bytes(&bytes)).filter(|scalar| !scalar.is_zero())
}

/// The base point's table of a size. Two threads may build it at once, and one table stays: nobody waits for another, who
/// might be gone after a fork.
fn base(size: Size) -> Option<Arc<p256::table::Table>> {
    static BASES: [ArcSwapOption<p256::table::Table>; 2] =
        [const { ArcSwapOption::const_empty() }, const { ArcSwapOption::const_empty() }];
    let place = BASES.get(size as usize)?;
    if let Some(table) = &*place.load() {
        return Some(Arc::clone(table));
    }
    let table = Arc::new(p256::table::Table::new(&Affine::base()?, size.base_width())?);
    if !p256::passes_known_answers(&table) {
        WATCH.disagree();
        return None;
    }
    place.store(Some(Arc::clone(&table)));
    Some(table)
}
