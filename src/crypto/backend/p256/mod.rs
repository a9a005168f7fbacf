//! ECDSA on P-256 with tables of the public key and of the base point: a hash and `r || s` in, a decision out. Public data
//! only, in variable time. It decides the ordinary case; every other one is said to be exceptional and left to the library.

pub mod field;
mod known;
pub mod lanes;
pub mod point;
pub mod scalar;
pub mod table;

#[cfg(test)]
mod tests;

use field::Element;
use point::{Affine, Sum, add_pairs};
use scalar::{N, Scalar};
use table::Table;

use super::Decision;
use super::inverse::less_than;
use super::lanes::on_ifma;
use super::sha2::KnownAnswers;
use super::words::{add, from_be_bytes, subtract, to_be_bytes};
use crate::alg::Hash;

/// p - n: below it, r + n is an x-coordinate as well as r.
const P_LESS_N: [u64; 4] = [0x0c46_353d_039c_daae, 0x4319_0553_58e8_617b, 0, 0];

/// How often points are added up in pairs before the rest is summed: 6 products for an addition in place of 10, and one
/// inversion each time (benches/rust/prepared.rs).
const PAIRINGS: u32 = 2;

/// A signature that passed the checks of its form: 1 <= r, s < n.
pub struct Signature {
    r: [u64; 4],
    s: Scalar,
}

impl Signature {
    /// `r || s`, 32 bytes each (RFC 7518 section 3.4). None for every other form and range.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (r, s) = bytes.split_first_chunk::<32>()?;
        let (r, s) = (from_be_bytes(r), from_be_bytes(s.try_into().ok()?));
        if r == [0; 4] || s == [0; 4] || !less_than(&r, &N) {
            return None;
        }
        Some(Self { r, s: Scalar::from_words(s)? })
    }
}

/// Does the signature fit the hash (SEC 1 section 4.1.4)? `base` is a table of the base point, `key` one of the public key.
pub fn decide(base: &Table, key: &Table, hash: &[u8; 32], signature: &[u8]) -> Decision {
    match ordinary(base, key, hash, signature) {
        Some(true) => Decision::Good,
        Some(false) => Decision::Bad,
        None => Decision::Exceptional,
    }
}

/// None in every exceptional case.
fn ordinary(base: &Table, key: &Table, hash: &[u8; 32], signature: &[u8]) -> Option<bool> {
    let signature = Signature::parse(signature)?;
    let Challenge { r, u1, u2 } = Challenge::new(hash, &signature, &signature.s.invert()?)?;
    let sum = multiply_add(base, &u1, key, &u2)?;
    Some(has_x(&sum, &r))
}

/// What is to be shown: u1 G + u2 Q has an x-coordinate congruent to r modulo n.
pub struct Challenge {
    r: [u64; 4],
    u1: Scalar,
    u2: Scalar,
}

impl Challenge {
    /// Of a hash and a signature, and 1 / s. None when u1 or u2 is 0.
    fn new(hash: &[u8; 32], signature: &Signature, inverse: &Scalar) -> Option<Self> {
        let u1 = Scalar::reduce(from_be_bytes(hash))?.mul(inverse);
        let u2 = Scalar::from_words(signature.r)?.mul(inverse);
        (!u1.is_zero() && !u2.is_zero()).then_some(Self { r: signature.r, u1, u2 })
    }

    /// u1 and u2 as tables take them.
    fn multiples(&self) -> [([u64; 4], bool); 2] {
        [odd(&self.u1), odd(&self.u2)]
    }
}

/// A hash and a signature that fits it, for a public key whose private key nobody here knows: with R = aG + bQ, r = R.x,
/// s = r/b and e = ra/b it is u1 = e/s = a and u2 = r/s = b. None for the few a and b that make none.
pub fn signature_without_private_key(
    base: &Table,
    key: &Table,
    a: &Scalar,
    b: &Scalar,
) -> Option<([u8; 32], [u8; 64])> {
    let sum = multiply_add(base, a, key, b)?;
    let r = Scalar::reduce(sum.x.mul(&sum.zz.invert()?).to_words()).filter(|r| !r.is_zero())?;
    let s = r.mul(&b.invert()?);
    let hash = to_be_bytes(&s.mul(a).to_words());
    let mut signature = [0; 64];
    let (first, second) = signature.split_at_mut(32);
    first.copy_from_slice(&to_be_bytes(&r.to_words()));
    second.copy_from_slice(&to_be_bytes(&s.to_words()));
    Some((hash, signature))
}

/// The stored signatures, good and bad, with this table of the base point.
pub fn passes_known_answers(base: &Table) -> bool {
    let Some(key) = known_key() else { return false };
    let is_right = |(hash, signature, decision): &KnownBytes| decide(base, &key, hash, signature) == *decision;
    known_bytes().iter().all(is_right)
}

/// The same in lanes, in both forms and in each lane, and the stored digests of SHA-256; where the machine has none, no.
pub fn passes_known_answers_on_ifma(base: &Table) -> bool {
    let Some(key) = known_key() else { return false };
    on_ifma(KnownAnswers(&[Hash::Sha256])) == Some(true)
        && on_ifma(lanes::Known { base, key: &key, known: &known_bytes() }) == Some(true)
}

/// A hash, the signature and the decision.
pub type KnownBytes = ([u8; 32], [u8; 64], Decision);

fn known_key() -> Option<Table> {
    Table::new(&Affine::new(known::X, known::Y)?, 4)
}

fn known_bytes() -> Vec<KnownBytes> {
    let bytes = |(hash, r, s, decision): &known::Known| {
        let mut signature = [0; 64];
        let (first, second) = signature.split_at_mut(32);
        first.copy_from_slice(&to_be_bytes(r));
        second.copy_from_slice(&to_be_bytes(s));
        (to_be_bytes(hash), signature, *decision)
    };
    known::SIGNATURES.iter().map(bytes).collect()
}

/// `u G + v Q` for scalars that are not 0. None when two points with the same x met in an addition.
pub fn multiply_add(base: &Table, u: &Scalar, key: &Table, v: &Scalar) -> Option<Sum> {
    let mut points = Vec::with_capacity(base.windows() + key.windows());
    let (u, is_negative) = odd(u);
    base.select(&u, is_negative, &mut points)?;
    let (v, is_negative) = odd(v);
    key.select(&v, is_negative, &mut points)?;
    for _ in 0..PAIRINGS {
        add_pairs(&mut points)?;
    }
    let (first, others) = points.split_first()?;
    let sum = others.iter().fold(Sum::from(*first), |sum, point| sum.add(point));
    (!sum.zz.is_zero()).then_some(sum)
}

/// Of a scalar and its negative modulo n, which is odd, exactly one is odd. Is it the negative?
fn odd(scalar: &Scalar) -> ([u64; 4], bool) {
    let words = scalar.to_words();
    if words[0] & 1 == 1 { (words, false) } else { (subtract(&N, &words), true) }
}

/// Is the x-coordinate of a sum that is not infinity congruent to r modulo n? There are at most two such x below p < 2n: r, and
/// r + n when that is below p. x = X / ZZ is compared without a division.
fn has_x(sum: &Sum, r: &[u64; 4]) -> bool {
    let is_x = |x: [u64; 4]| Element::from_words(x).is_some_and(|x| x.mul(&sum.zz).equals(&sum.x));
    is_x(*r) || (less_than(r, &P_LESS_N) && is_x(add(r, &N)))
}
