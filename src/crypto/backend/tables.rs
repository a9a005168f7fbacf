//! The prepared form of a public key, whatever its curve: built from the key's bytes, proved against the library, asked for
//! decisions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwapOption;
use aws_lc_rs::digest::{self, SHA256, SHA384, digest};

use super::ecdsa::{self, Bytes, Curve, KnownBytes, Scalar, table::Table};
use super::ed25519::{self, point::Point};
use super::guard::{WATCH, random};
use super::instructions::{FMA, Family, IFMA, Instructions};
use super::lanes::on_ifma;
use super::p256::{self, P256};
use super::p384::{self, P384};
use super::rsa::{self, fma::Fma};
use super::sha2::{self, Digests, Message};
use super::slot::Library;
use super::words::{Words, from_be_bytes};
use super::{Decision, Path};
use crate::alg::Hash;

/// Fewer signatures than this are decided one by one: eight side by side take as long as four or five that are each spread over
/// the lanes, by the number of their additions.
const WORTH_LANES: usize = 5;

/// How many inputs are hashed, and signatures decided, at once. More would save little: of sixteen ECDSA signatures inversions are a
/// twentieth of the work.
pub const AT_ONCE: usize = 16;

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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Public {
    /// x and y on P-256, big-endian.
    P256([u8; 64]),
    /// x and y on P-384, big-endian.
    P384([u8; 96]),
    /// An encoded point of edwards25519.
    Ed25519([u8; 32]),
    /// An RSA modulus, big-endian without leading zeros, of 2048, 3072 or 4096 bits. e is 65537.
    Rsa(Arc<[u8]>),
}

impl Public {
    /// How much memory its tables take, in bytes.
    pub fn bytes(&self, size: Size) -> usize {
        match self {
            Self::P256(_) => Table::<P256>::bytes(size.width()),
            Self::P384(_) => Table::<P384>::bytes(size.width()),
            Self::Ed25519(_) => ed25519::table::Table::bytes(size.width()),
            Self::Rsa(n) if FMA.are_to_be_tested() => rsa::fma::Key::bytes(n.len()),
            Self::Rsa(n) => rsa::Key::bytes(n.len()),
        }
    }
}

/// Tables of a public key.
pub enum Tables {
    /// ECDSA with SHA-256 on P-256.
    P256 {
        /// The base point's, shared by all keys.
        base: Arc<Table<P256>>,
        /// The public key's.
        key: Table<P256>,
    },
    /// ECDSA with SHA-384 on P-384, which has no lanes.
    P384 {
        /// The base point's, shared by all keys.
        base: Arc<Table<P384>>,
        /// The public key's.
        key: Table<P384>,
    },
    /// Ed25519.
    Ed25519 {
        /// The base point's, shared by all keys.
        base: Arc<ed25519::table::Table>,
        /// The public key's.
        key: ed25519::Key,
    },
    /// RSA with PKCS#1 v1.5, which has no tables but numbers that depend on the modulus alone: for lanes,
    Rsa(rsa::Key),
    /// and for AVX2 with FMA.
    RsaInDoubles(rsa::fma::Key),
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
            Public::P256(point) => Some(Self::P256 { base: base_p256(size)?, key: table_of(point, size)? }),
            Public::P384(point) => Some(Self::P384 { base: base_p384(size)?, key: table_of(point, size)? }),
            Public::Ed25519(point) => {
                Some(Self::Ed25519 { base: base_ed25519(size)?, key: ed25519::Key::new(point, size.width())? })
            }
            Public::Rsa(n) if passes_known_rsa_answers_in_lanes(n.len()) => rsa::Key::new(n, &rsa::E).map(Self::Rsa),
            Public::Rsa(n) if passes_known_rsa_answers_in_doubles(n.len()) => {
                rsa::fma::Key::new(n, &rsa::E).map(Self::RsaInDoubles)
            }
            Public::Rsa(_) => None,
        }
    }

    /// Does the signature fit the input? `Path::Ifma` and `Path::Fma` are taken where the machine has them; `hash` is for RSA.
    pub fn decide(&self, path: Path, hash: Hash, input: &[u8], signature: &[u8]) -> Decision {
        match self {
            Self::P256 { base, key } => {
                let hash = digest(&SHA256, input);
                let Ok(hash) = hash.as_ref().try_into() else { return Decision::Exceptional };
                let in_lanes = || on_ifma(p256::lanes::One { base, key, item: (hash, signature) });
                let decision = if path == Path::Ifma { in_lanes() } else { None };
                decision.unwrap_or_else(|| ecdsa::decide(base, key, hash, signature))
            }
            Self::P384 { base, key } => {
                let hash = digest(&SHA384, input);
                let Ok(hash) = hash.as_ref().try_into() else { return Decision::Exceptional };
                ecdsa::decide(base, key, hash, signature)
            }
            Self::Ed25519 { base, key } => {
                let in_lanes = || on_ifma(ed25519::lanes::One { base, key, item: (input, signature) });
                let decision = if path == Path::Ifma { in_lanes() } else { None };
                decision.unwrap_or_else(|| key.decide(base, input, signature))
            }
            Self::Rsa(key) if path == Path::Ifma => {
                let digest = digest(sha2::function_of(hash), input);
                on_ifma(rsa::One { key, item: (hash, digest.as_ref(), signature) }).unwrap_or(Decision::Exceptional)
            }
            Self::RsaInDoubles(key) if path == Path::Fma => {
                let digest = digest(sha2::function_of(hash), input);
                Fma::detect().map_or(Decision::Exceptional, |fma| key.decide(fma, (hash, digest.as_ref(), signature)))
            }
            Self::Rsa(_) | Self::RsaInDoubles(_) => Decision::Exceptional,
        }
    }

    /// Are many signatures decided faster at once than one after the other?
    pub fn decides_together(&self, path: Path) -> bool {
        match self {
            Self::P256 { .. } | Self::P384 { .. } => true,
            Self::Ed25519 { .. } | Self::Rsa(_) => path == Path::Ifma,
            Self::RsaInDoubles(_) => path == Path::Fma,
        }
    }

    /// Do these signatures fit their inputs? None where they are not decided together.
    pub fn decide_all(&self, path: Path, hash: Hash, items: &[(&[u8], &[u8])]) -> Option<Vec<Decision>> {
        match (self, path) {
            (Self::P256 { base, key }, Path::Portable | Path::Fma) => decide_ecdsa(base, key, &SHA256, items),
            (_, Path::Library) => None,
            (Self::P384 { base, key }, _) => decide_ecdsa(base, key, &SHA384, items),
            (Self::RsaInDoubles(key), Path::Fma) => Some(decide_rsa(key, Fma::detect()?, hash, items)),
            (_, Path::Ifma) => self.decide_in_lanes(hash, items),
            _ => None,
        }
    }

    /// The same in lanes; none where there are none.
    fn decide_in_lanes(&self, hash: Hash, items: &[(&[u8], &[u8])]) -> Option<Vec<Decision>> {
        match self {
            Self::P256 { base, key } => {
                let digests = digests(Hash::Sha256, items)?;
                let hashed = digests.iter().zip(items);
                let items: Option<Vec<p256::lanes::Item<'_>>> =
                    hashed.map(|(digest, (_, signature))| Some((digest.first_chunk()?, *signature))).collect();
                let eight = |items: &[_]| on_ifma(p256::lanes::Eight { base, key, items });
                by_eights(&items?, eight, |item| on_ifma(p256::lanes::One { base, key, item }))
            }
            Self::Ed25519 { base, key } => {
                let eight = |items: &[_]| on_ifma(ed25519::lanes::Eight { base, key, items });
                by_eights(items, eight, |item| on_ifma(ed25519::lanes::One { base, key, item }))
            }
            Self::P384 { .. } | Self::RsaInDoubles(_) => None,
            Self::Rsa(key) => {
                let digests = digests(hash, items)?;
                let hashed = digests.iter().zip(items);
                let items: Option<Vec<rsa::Item<'_>>> = hashed
                    .map(|(digest, (_, signature))| Some((hash, digest.get(..sha2::length_of(hash))?, *signature)))
                    .collect();
                by_eights(&items?, |items| on_ifma(rsa::Eight { key, items }), |item| on_ifma(rsa::One { key, item }))
            }
        }
    }

    /// Relations that need no private key. For ECDSA signatures made from the public key alone (R = aG + bQ, r = R.x, s = r/b,
    /// e = ra/b), which the library must accept too; for Ed25519 SB - hA for random S and h, by doubling and adding; for RSA
    /// s^e modulo n for random s, by plain arithmetic.
    fn is_proved(&self, library: &impl Library) -> bool {
        let is_proved = match self {
            Self::P256 { base, key } => prove_ecdsa(base, key, library, |known| {
                if IFMA.are_to_be_tested() { on_ifma(p256::lanes::Known { base, key, known }) } else { Some(true) }
            }),
            Self::P384 { base, key } => prove_ecdsa(base, key, library, |_| Some(true)),
            Self::Ed25519 { base, key } => prove_ed25519(base, key),
            Self::Rsa(key) => on_ifma(rsa::Proof { key, words: &random_words(), lane: random() as usize % 8 }),
            Self::RsaInDoubles(key) => Fma::detect().map(|fma| key.agrees(fma, &random_words())),
        };
        if is_proved == Some(false) {
            WATCH.disagree();
        }
        is_proved.unwrap_or(false)
    }
}

/// None in an exceptional case.
fn prove_ed25519(base: &ed25519::table::Table, key: &ed25519::Key) -> Option<bool> {
    let agree = key.agrees(base, random_words(), random_words())?;
    let scalars =
        std::array::from_fn(|_| [ed25519::scalar::reduce(random_words()), ed25519::scalar::reduce(random_words())]);
    let agree_in_lanes = !IFMA.are_to_be_tested() || on_ifma(ed25519::lanes::Agree { base, key, scalars: &scalars })?;
    Some(agree && agree_in_lanes)
}

fn random_words<const N: usize>() -> [u64; N] {
    std::array::from_fn(|_| random())
}

/// None in an exceptional case. `in_lanes` tells whether lanes decide these as they should, too.
fn prove_ecdsa<C: Curve>(
    base: &Table<C>,
    key: &Table<C>,
    library: &impl Library,
    in_lanes: impl FnOnce(&[KnownBytes<C>]) -> Option<bool>,
) -> Option<bool> {
    let (a, b) = (random_scalar::<C>()?, random_scalar::<C>()?);
    let (hash, signature) = ecdsa::signature_without_private_key(base, key, &a, &b)?;
    let mut other = hash;
    *other.as_mut().last_mut()? ^= 1;
    let agree = ecdsa::decide(base, key, &hash, &signature) == Decision::Good
        && ecdsa::decide(base, key, &other, &signature) == Decision::Bad
        && library.verify_hash(hash.as_ref(), &signature);
    let known = [(hash, signature.clone(), Decision::Good), (other, signature, Decision::Bad)];
    Some(agree && in_lanes(&known)?)
}

fn random_scalar<C: Curve>() -> Option<Scalar<C>> {
    let mut words = C::Words::ZERO;
    words.as_mut().fill_with(random);
    Scalar::<C>::reduce(words).filter(|scalar| !scalar.is_zero())
}

/// The table of a point, given as its coordinates one after the other. None when it is not on the curve.
fn table_of<C: Curve>(coordinates: &[u8], size: Size) -> Option<Table<C>> {
    let (x, y) = coordinates.split_at_checked(C::BITS / 8)?;
    let point = ecdsa::point::Affine::new(from_be_bytes(&x.try_into().ok()?), from_be_bytes(&y.try_into().ok()?))?;
    Table::new(&point, size.width())
}

/// Of one key: as many as there are, at once.
fn decide_ecdsa<C: Curve>(
    base: &Table<C>,
    key: &Table<C>,
    function: &'static digest::Algorithm,
    items: &[(&[u8], &[u8])],
) -> Option<Vec<Decision>> {
    let hashed = |(input, _): &(&[u8], &[u8])| digest(function, input).as_ref().try_into().ok();
    let hashes: Vec<Bytes<C>> = items.iter().map(hashed).collect::<Option<_>>()?;
    let items: Vec<_> = hashes.iter().zip(items).map(|(hash, (_, signature))| (hash, *signature)).collect();
    Some(ecdsa::decide_all(base, key, &items))
}

/// Of one key: four at a time, where that many pay.
fn decide_rsa(key: &rsa::fma::Key, fma: Fma, hash: Hash, items: &[(&[u8], &[u8])]) -> Vec<Decision> {
    let mut decisions = Vec::with_capacity(items.len());
    for four in items.chunks(4) {
        let digests: Vec<_> = four.iter().map(|(input, _)| digest(sha2::function_of(hash), input)).collect();
        let hashed = digests.iter().zip(four);
        let items: Vec<rsa::Item<'_>> =
            hashed.map(|(digest, (_, signature))| (hash, digest.as_ref(), *signature)).collect();
        if items.len() >= key.worth_four() {
            decisions.extend(key.decide_four(fma, &items).iter().take(items.len()));
        } else {
            decisions.extend(items.iter().map(|item| key.decide(fma, *item)));
        }
    }
    decisions
}

/// The inputs' digests.
fn digests(hash: Hash, items: &[(&[u8], &[u8])]) -> Option<Vec<sha2::Digest>> {
    let messages: Vec<Message<'_>> = items.iter().map(|(input, _)| Message::new([input, &[], &[]])).collect();
    on_ifma(Digests { hash, messages: &messages })
}

/// Eight at a time; of the last ones each alone, if they are too few.
fn by_eights<T: Copy>(
    items: &[T],
    decide_eight: impl Fn(&[T]) -> Option<[Decision; 8]>,
    decide: impl Fn(T) -> Option<Decision>,
) -> Option<Vec<Decision>> {
    let mut decisions = Vec::with_capacity(items.len());
    for eight in items.chunks(8) {
        if eight.len() >= WORTH_LANES {
            decisions.extend(decide_eight(eight)?.iter().take(eight.len()));
        } else {
            for item in eight {
                decisions.push(decide(*item)?);
            }
        }
    }
    Some(decisions)
}

/// Is an RSA key, of big-endian numbers without leading zeros, of a form that is prepared, and has the machine instructions for it?
pub fn is_rsa_prepared(n: &[u8], e: &[u8]) -> bool {
    (IFMA.are_to_be_tested() || FMA.are_to_be_tested()) && rsa::is_usual(n, e)
}

/// Have the instructions tested with which no key has been hot yet: some milliseconds. Where there are none to be tested nothing
/// happens.
pub fn test_instructions() {
    if IFMA.are_to_be_tested() {
        // What is built here stays for the first hot key.
        let _ = (base_p256(Size::Small), base_ed25519(Size::Small));
    }
    for modulus in [256, 384, 512] {
        let _ = passes_known_rsa_answers_in_lanes(modulus) || passes_known_rsa_answers_in_doubles(modulus);
    }
}

/// In tests a thread without lanes may have built the base point's table first, so that nobody tested them.
#[cfg(test)]
pub fn test_lanes_of_p256() {
    let base = base_p256(Size::Small);
    if let Some(base) = base.filter(|_| IFMA.standing(Family::P256) == super::instructions::Standing::Untested) {
        IFMA.tested(Family::P256, p256::passes_known_answers_on_ifma(&base));
    }
}

/// Which sizes of RSA keys passed, of 2048, 3072 and 4096 bits.
type Sizes = [AtomicBool; 3];

fn passes_known_rsa_answers_in_lanes(modulus: usize) -> bool {
    static PASSED: Sizes = [const { AtomicBool::new(false) }; 3];
    passes_once(&IFMA, &PASSED, modulus, || on_ifma(rsa::KnownAnswers(modulus)))
}

fn passes_known_rsa_answers_in_doubles(modulus: usize) -> bool {
    static PASSED: Sizes = [const { AtomicBool::new(false) }; 3];
    passes_once(&FMA, &PASSED, modulus, || Fma::detect().map(|fma| rsa::fma::passes_known_answers(fma, modulus)))
}

/// Do instructions decide the stored signatures of this size as they should? Asked once a process and size, unless two threads are
/// at it at once.
fn passes_once(
    instructions: &Instructions,
    sizes: &Sizes,
    modulus: usize,
    passes: impl FnOnce() -> Option<bool>,
) -> bool {
    let Some(passed) = sizes.get((modulus / 128).wrapping_sub(2)) else { return false };
    if !instructions.are_to_be_tested() {
        return false;
    }
    if !passed.load(Ordering::Acquire) {
        let is_right = passes().unwrap_or(false);
        instructions.tested(Family::Rsa, is_right);
        passed.store(is_right, Ordering::Release);
    }
    passed.load(Ordering::Acquire)
}

type Bases<T> = [ArcSwapOption<T>; 2];

fn base_p256(size: Size) -> Option<Arc<Table<P256>>> {
    static BASES: Bases<Table<P256>> = [const { ArcSwapOption::const_empty() }; 2];
    let build = || Table::new(&p256::Affine::base()?, size.base_width());
    let passes = |base: &Table<P256>| {
        if IFMA.are_to_be_tested() {
            IFMA.tested(Family::P256, p256::passes_known_answers_on_ifma(base));
        }
        ecdsa::passes_known_answers(base)
    };
    base(&BASES, size, build, passes)
}

fn base_p384(size: Size) -> Option<Arc<Table<P384>>> {
    static BASES: Bases<Table<P384>> = [const { ArcSwapOption::const_empty() }; 2];
    let build = || Table::new(&p384::Affine::base()?, size.base_width());
    base(&BASES, size, build, ecdsa::passes_known_answers)
}

fn base_ed25519(size: Size) -> Option<Arc<ed25519::table::Table>> {
    static BASES: Bases<ed25519::table::Table> = [const { ArcSwapOption::const_empty() }; 2];
    let build = || ed25519::table::Table::new(&Point::base()?, size.base_width());
    let passes = |base: &ed25519::table::Table| {
        if IFMA.are_to_be_tested() {
            IFMA.tested(Family::Ed25519, ed25519::passes_known_answers_on_ifma(base));
        }
        ed25519::passes_known_answers(base)
    };
    base(&BASES, size, build, passes)
}

/// The base point's table of a size, after the known answers came out right with it. Two threads may build it at once, and one
/// table stays: nobody waits for another, who might be gone after a fork.
fn base<T>(
    bases: &Bases<T>,
    size: Size,
    build: impl FnOnce() -> Option<T>,
    passes: impl FnOnce(&T) -> bool,
) -> Option<Arc<T>> {
    let place = bases.get(size as usize)?;
    if let Some(table) = &*place.load() {
        return Some(Arc::clone(table));
    }
    let table = Arc::new(build()?);
    if !passes(&table) {
        WATCH.disagree();
        return None;
    }
    place.store(Some(Arc::clone(&table)));
    Some(table)
}
