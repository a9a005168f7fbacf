//! s^65537 modulo n in Montgomery form (P. L. Montgomery, "Modular multiplication without trial division", 1985), a whole number at a
//! time: for a product T, q = -T / n modulo R, and (T + q n) / R. 18 products: into Montgomery form, 16 squares, and once by s itself,
//! which leads out of it.
//!
//! Bounds. L limbs of 51 bits, R = 2^(51 L), n < R / 2^34. Limbs are at most 2^50 + 2^10 in absolute value where a product or q has been
//! carried, and in 0..2^51 elsewhere: products of two are below 2^102, those of a square's doubled ones too. A column takes at most L + 11 <
//! 2^7 halves of each kind, at most 2^51 each, the columns of T and a carry: below 2^60. |T| < n^2, so |(T + q n) / R| < n^2 / R + 0.51 n <
//! 0.52 n, and that again for every later T. What is above limb L is 0.

#![allow(clippy::indexing_slicing, reason = "places follow from N, which is a constant")]

use super::columns::{Doubles, Integers, Sums, last, nothing};
use super::limbs::{Limbs, Modulus, TWELVE, ZEROS};

/// Column i of a product is at place ZEROS + i of both rows.
struct Columns<const N: usize>([[i64; N]; 2]);

/// s^65537 modulo n, or that less n: in absolute value at most 0.52 n.
#[target_feature(enable = "avx2,fma")]
pub fn power<const N: usize>(modulus: &Modulus<N>, s: &Limbs<N>) -> Limbs<N> {
    let mut columns = Columns([[0; N]; 2]);
    let mut power = Limbs::ZERO;
    multiply(s, &modulus.square_of_r, &mut columns);
    reduce(modulus, &mut columns, &mut power);
    for _ in 0..16 {
        square(&power, &mut columns);
        reduce(modulus, &mut columns, &mut power);
    }
    multiply(&power, s, &mut columns);
    reduce(modulus, &mut columns, &mut power);
    power
}

/// Limbs `from..to` of a times b, in the twelve columns from `place` on.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn add<const N: usize>(sums: &mut Sums, a: &Limbs<N>, b: &Limbs<N>, place: usize, (from, to): (usize, usize)) {
    let b = &b.0[place + 1 - to..place + TWELVE - from];
    for (a, twelve) in a.0[ZEROS + from..ZEROS + to].iter().zip(b.array_windows().rev()) {
        sums.add(*a, Doubles::load(twelve));
    }
}

/// The twelve columns of a b from `place` on.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn twelve<const N: usize>(a: &Limbs<N>, b: &Limbs<N>, place: usize) -> Sums {
    let range = ((place + 1).saturating_sub(ZEROS + Limbs::<N>::COUNT), place.min(Limbs::<N>::COUNT));
    let mut sums = Sums::before(range.1 - range.0);
    add(&mut sums, a, b, place, range);
    sums
}

/// All columns of a b.
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
fn multiply<const N: usize>(a: &Limbs<N>, b: &Limbs<N>, columns: &mut Columns<N>) {
    let mut below = nothing();
    let places = columns.0.as_flattened_mut()[ZEROS..].as_chunks_mut().0;
    for (round, place) in places.iter_mut().enumerate().take((2 * Limbs::<N>::COUNT).div_ceil(TWELVE)) {
        twelve(a, b, ZEROS + TWELVE * round).columns(&mut below).store(place);
    }
}

/// Of limbs m + u and m + l - u, for u in 0..6 and l in 0..12, whose product belongs to column 2m + l: none, where the first is the
/// later one; once, where they are the same; else twice.
const TIMES: [[f64; TWELVE]; TWELVE / 2] = [
    [1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0],
    [0.0, 0.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0],
    [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0],
];

/// All columns of a a: products of two limbs are taken once and count twice.
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
fn square<const N: usize>(a: &Limbs<N>, columns: &mut Columns<N>) {
    let count = Limbs::<N>::COUNT;
    let twice = Limbs(a.0.map(|limb| limb + limb));
    let mut below = nothing();
    let places = columns.0.as_flattened_mut()[ZEROS..].as_chunks_mut().0;
    for (round, place) in places.iter_mut().enumerate().take((2 * count).div_ceil(TWELVE)) {
        let (from, middle) = ((TWELVE * round + 1).saturating_sub(count), TWELVE / 2 * round);
        let mut sums = Sums::before(middle.saturating_sub(from) + TIMES.len());
        if from < middle {
            add(&mut sums, &twice, a, ZEROS + TWELVE * round, (from, middle));
        }
        let later = &a.0[ZEROS + middle..];
        let windows = a.0[ZEROS + middle + 1 - TIMES.len()..ZEROS + middle + TWELVE].array_windows().rev();
        for ((limb, twelve), times) in later.iter().zip(windows).zip(&TIMES) {
            sums.add(*limb, Doubles::load(twelve).times(Doubles::load(times)));
        }
        sums.columns(&mut below).store(place);
    }
}

/// (T + q n) / R of T's columns, which are used up.
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
fn reduce<const N: usize>(modulus: &Modulus<N>, columns: &mut Columns<N>, out: &mut Limbs<N>) {
    let (end, columns) = (ZEROS + Limbs::<N>::COUNT, columns.0.as_flattened_mut());
    // Twelve after twelve up to the last column below R; the first begin with columns of zeros.
    let start = end % TWELVE;
    let (mut low, mut q) = (Limbs::<N>::ZERO, Limbs::<N>::ZERO);
    let mut carry = nothing();
    for (place, twelve) in low.0[start..end].as_chunks_mut().0.iter_mut().zip(columns[start..end].as_chunks().0) {
        Integers::load(twelve).limbs(&mut carry).store(place);
    }
    columns[end] += last(carry);
    let (mut below, mut carry) = (nothing(), nothing());
    for (round, place) in q.0[start..end].as_chunks_mut().0.iter_mut().enumerate() {
        let sums = twelve(&low, &modulus.negated_inverse, start + TWELVE * round);
        sums.columns(&mut below).limbs(&mut carry).store(place);
    }
    // T + q n is a multiple of R: of what is below R, which makes a carry only, the last limb tells it, and of the limb before the high
    // halves, since all that is further down comes to less than 2^10 of the last one.
    let start = end - 2;
    (columns[start], columns[start + 1]) = (0, low.0[start + 1] as i64);
    let (mut below, mut carry) = (nothing(), nothing());
    let places = out.0[ZEROS - 2..].as_chunks_mut().0.iter_mut().zip(columns[start..].as_chunks().0);
    for (round, (place, twelve_of_t)) in places.enumerate().take((Limbs::<N>::COUNT + 2).div_ceil(TWELVE)) {
        let sums = twelve(&q, &modulus.n, start + TWELVE * round);
        sums.columns(&mut below).plus(Integers::load(twelve_of_t)).limbs(&mut carry).store(place);
    }
    out.0[ZEROS - 2..ZEROS].fill(0.0);
}
