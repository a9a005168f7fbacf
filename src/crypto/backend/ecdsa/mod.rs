//! ECDSA with tables of the public key and of the base point: a hash and `r || s` in, a decision out, the same for all curves of
//! the kind. Public data only, in variable time. It decides the ordinary case; every other one is said to be exceptional and
//! left to the library.

pub mod point;
pub mod product;
pub mod residue;
pub mod table;

#[cfg(test)]
pub(super) mod tests;

use point::{Affine, Sum, add_pairs};
use residue::{Prime, Residue};
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
    /// How often points are added up in pairs before the rest is summed: 6 products for an addition in place of 10, and one
    /// inversion each time, which takes as long as about 65 products on P-256, 45 on P-384 (benches/rust/prepared.rs).
    const PAIRINGS: u32;
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
    match ordinary(base, key, hash, signature) {
        Some(true) => Decision::Good,
        Some(false) => Decision::Bad,
        None => Decision::Exceptional,
    }
}

/// None in every exceptional case.
fn ordinary<C: Curve>(base: &Table<C>, key: &Table<C>, hash: &Bytes<C>, signature: &[u8]) -> Option<bool> {
    let signature = Signature::parse(signature)?;
    let Challenge { r, u1, u2 } = Challenge::<C>::new(hash, &signature, &signature.s.invert()?)?;
    let sum = multiply_add(base, &u1, key, &u2)?;
    Some(has_x(&sum, &r))
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

/// The stored signatures, good and bad, with this table of the base point.
pub fn passes_known_answers<C: Curve>(base: &Table<C>) -> bool {
    let Some(key) = known_key() else { return false };
    let is_right = |(hash, signature, decision): &KnownBytes<C>| decide(base, &key, hash, signature) == *decision;
    known_bytes::<C>().iter().all(is_right)
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
    let mut points = Vec::with_capacity(base.windows() + key.windows());
    let (u, is_negative) = odd::<C>(u);
    base.select(&u, is_negative, &mut points)?;
    let (v, is_negative) = odd::<C>(v);
    key.select(&v, is_negative, &mut points)?;
    for _ in 0..C::PAIRINGS {
        add_pairs(&mut points)?;
    }
    let (first, others) = points.split_first()?;
    let mut sum = Sum::from(*first);
    for point in others {
        sum = sum.add(point);
    }
    (!sum.zz.is_zero()).then_some(sum)
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
