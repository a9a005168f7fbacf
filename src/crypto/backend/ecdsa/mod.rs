//! ECDSA with tables of the public key and of the base point: hashes and `r || s` in, decisions out, of one signature or of
//! several together, the same for all curves of the kind. Public data only, in variable time. It decides the ordinary case; every
//! other one is said to be exceptional and left to the library.

pub mod point;
pub mod product;
pub mod residue;
pub mod sums;
pub mod table;

#[cfg(test)]
pub(super) mod tests;

use point::{Affine, Sum};
use residue::{Prime, Residue, invert_all_checked};
use sums::Sums;
use table::Table;

use super::Decision;
use super::words::{Words, add, from_be_bytes, less_than, subtract, to_be_bytes};

/// A curve y^2 = x^3 - 3x + b over the integers modulo p, whose points are n: a prime, with n < p < 2n. p and n have the bits of
/// the hash that its signatures are made of (RFC 7518 section 3.4).
pub trait Curve: Copy + 'static {
    /// A coordinate, a scalar or a hash, the least significant word first.
    type Words: Words;
    /// p.
    type Field: Prime<Words = Self::Words>;
    /// n.
    type Order: Prime<Words = Self::Words>;
    /// Where points of tables begin in memory.
    type Alignment: Copy + Default;

    /// b.
    const B: Self::Words;
    /// The base point.
    const G: [Self::Words; 2];
    /// As many products take as long as an inversion modulo p.
    const INVERSION: usize;
    /// p - n: below it, r + n is an x-coordinate as well as r.
    const P_LESS_N: Self::Words;
    /// The bits of p, of n and of a hash.
    const BITS: usize = 8 * size_of::<Self::Words>();
    /// A public key, and signatures with what is to be decided about them.
    const KNOWN: ([Self::Words; 2], &'static [Known<Self::Words>]);
}

/// A coordinate.
pub type Element<C> = Residue<<C as Curve>::Field>;

/// An integer modulo n.
pub type Scalar<C> = Residue<<C as Curve>::Order>;

/// As many bytes as a coordinate, a scalar or a hash has.
pub type Bytes<C> = <<C as Curve>::Words as Words>::Bytes;

/// A hash and the signature to it, `r || s`.
pub type Item<'a, C> = (&'a Bytes<C>, &'a [u8]);

/// A hash, r, s and the decision.
pub type Known<W> = (W, W, W, Decision);

/// A hash, a signature and the decision.
pub type KnownBytes<C> = (Bytes<C>, Vec<u8>, Decision);

/// A signature that passed the checks of its form: 1 <= r, s < n.
pub struct Signature<C: Curve> {
    r: C::Words,
    /// s.
    pub s: Scalar<C>,
}

impl<C: Curve> Signature<C> {
    /// `r || s`, each as long as n (RFC 7518 section 3.4). None for every other form and range.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (r, s) = bytes.split_at_checked(C::BITS / 8)?;
        let (r, s): (C::Words, C::Words) = (from_be_bytes(&r.try_into().ok()?), from_be_bytes(&s.try_into().ok()?));
        if r == C::Words::ZERO || s == C::Words::ZERO || !less_than(&r, &C::Order::PRIME) {
            return None;
        }
        Some(Self { r, s: Scalar::<C>::from_words(s)? })
    }
}

/// Does the signature fit the hash (SEC 1 section 4.1.4)? `base` is a table of the base point, `key` one of the public key.
pub fn decide<C: Curve>(base: &Table<C>, key: &Table<C>, hash: &Bytes<C>, signature: &[u8]) -> Decision {
    let mut decisions = [Decision::Exceptional];
    let decided = together(base, key, &[(hash, signature)], &mut decisions);
    let [decision] = decisions;
    decided.map_or(Decision::Exceptional, |()| decision)
}

/// Do these signatures of one key fit their hashes? Where points meet, which the key's owner can bring about, each is decided
/// alone.
pub fn decide_all<C: Curve>(base: &Table<C>, key: &Table<C>, items: &[Item<'_, C>]) -> Vec<Decision> {
    let mut decisions = vec![Decision::Exceptional; items.len()];
    if together(base, key, items, &mut decisions).is_none() {
        decisions = items.iter().map(|(hash, signature)| decide(base, key, hash, signature)).collect();
    }
    decisions
}

/// Decides all that is not exceptional. None when points with the same x met, whosever they were: then no decision counts.
fn together<C: Curve>(
    base: &Table<C>,
    key: &Table<C>,
    items: &[Item<'_, C>],
    decisions: &mut [Decision],
) -> Option<()> {
    let parsed: Vec<_> = items
        .iter()
        .zip(decisions)
        .filter_map(|((hash, signature), decision)| Some((decision, *hash, Signature::<C>::parse(signature)?)))
        .collect();
    let mut inverses: Vec<Scalar<C>> = parsed.iter().map(|(.., signature)| signature.s).collect();
    invert_all_checked(&mut inverses)?;
    let challenges: Vec<(&mut Decision, Challenge<C>)> = parsed
        .into_iter()
        .zip(&inverses)
        .filter_map(|((decision, hash, signature), w)| Some((decision, Challenge::<C>::new(hash, &signature, w)?)))
        .collect();
    let sums = Sums::new(base, key, challenges.iter().map(|(_, challenge)| challenge.multiples()))?;
    for ((decision, challenge), sum) in challenges.into_iter().zip(sums.iter()) {
        *decision = if has_x(&sum?, &challenge.r) { Decision::Good } else { Decision::Bad };
    }
    Some(())
}

/// What is to be shown: u1 G + u2 Q has an x-coordinate congruent to r modulo n.
pub struct Challenge<C: Curve> {
    /// r.
    pub r: C::Words,
    u1: Scalar<C>,
    u2: Scalar<C>,
}

impl<C: Curve> Challenge<C> {
    /// Of a hash and a signature, and 1 / s. None when u1 or u2 is 0.
    pub fn new(hash: &Bytes<C>, signature: &Signature<C>, inverse: &Scalar<C>) -> Option<Self> {
        let u1 = Scalar::<C>::reduce(from_be_bytes(hash))?.mul(inverse);
        let u2 = Scalar::<C>::from_words(signature.r)?.mul(inverse);
        (!u1.is_zero() && !u2.is_zero()).then_some(Self { r: signature.r, u1, u2 })
    }

    /// u1 and u2 as tables take them.
    pub fn multiples(&self) -> [(C::Words, bool); 2] {
        [odd::<C>(&self.u1), odd::<C>(&self.u2)]
    }
}

/// A hash and a signature that fits it, for a public key whose private key nobody here knows: with R = aG + bQ, r = R.x,
/// s = r/b and e = ra/b it is u1 = e/s = a and u2 = r/s = b. None for the few a and b that make none.
pub fn signature_without_private_key<C: Curve>(
    base: &Table<C>,
    key: &Table<C>,
    a: &Scalar<C>,
    b: &Scalar<C>,
) -> Option<(Bytes<C>, Vec<u8>)> {
    let sum = multiply_add(base, a, key, b)?;
    let r = Scalar::<C>::reduce(sum.x.mul(&sum.zz.invert()?).to_words()).filter(|r| !r.is_zero())?;
    let s = r.mul(&b.invert()?);
    Some((to_be_bytes(&s.mul(a).to_words()), encoded(&r.to_words(), &s.to_words())))
}

/// `r || s`.
fn encoded<W: Words>(r: &W, s: &W) -> Vec<u8> {
    [to_be_bytes(r).as_ref(), to_be_bytes(s).as_ref()].concat()
}

/// The stored signatures, good and bad, one by one and together, with this table of the base point.
pub fn passes_known_answers<C: Curve>(base: &Table<C>) -> bool {
    let Some(key) = known_key() else { return false };
    let known = known_bytes::<C>();
    let is_right = |(hash, signature, decision): &KnownBytes<C>| decide(base, &key, hash, signature) == *decision;
    let items: Vec<Item<'_, C>> = known.iter().map(|(hash, signature, _)| (hash, &signature[..])).collect();
    let wanted = known.iter().map(|(.., decision)| *decision);
    known.iter().all(is_right) && decide_all(base, &key, &items).into_iter().eq(wanted)
}

/// A table of the stored public key.
pub fn known_key<C: Curve>() -> Option<Table<C>> {
    let ([x, y], _) = C::KNOWN;
    Table::new(&Affine::new(x, y)?, 4)
}

/// The stored signatures.
pub fn known_bytes<C: Curve>() -> Vec<KnownBytes<C>> {
    let (_, known) = C::KNOWN;
    known.iter().map(|(hash, r, s, decision)| (to_be_bytes(hash), encoded(r, s), *decision)).collect()
}

/// `u G + v Q` for scalars that are not 0. None when two points with the same x met in an addition.
pub fn multiply_add<C: Curve>(base: &Table<C>, u: &Scalar<C>, key: &Table<C>, v: &Scalar<C>) -> Option<Sum<C>> {
    Sums::new(base, key, std::iter::once([odd::<C>(u), odd::<C>(v)]))?.iter().next()?
}

/// Of a scalar and its negative modulo n, which is odd, exactly one is odd. Is it the negative?
fn odd<C: Curve>(scalar: &Scalar<C>) -> (C::Words, bool) {
    let words = scalar.to_words();
    let is_odd = words.as_ref().first().is_some_and(|word| word & 1 == 1);
    if is_odd { (words, false) } else { (subtract(&C::Order::PRIME, &words), true) }
}

/// Is the x-coordinate of a sum that is not infinity congruent to r modulo n? There are at most two such x below p < 2n: r, and
/// r + n when that is below p. x = X / ZZ is compared without a division.
fn has_x<C: Curve>(sum: &Sum<C>, r: &C::Words) -> bool {
    let is_x = |x: C::Words| Element::<C>::from_words(x).is_some_and(|x| x.mul(&sum.zz).equals(&sum.x));
    is_x(*r) || (less_than(r, &C::P_LESS_N) && is_x(add(r, &C::Order::PRIME)))
}
