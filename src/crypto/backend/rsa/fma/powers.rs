//! s^65537 modulo n of four numbers s at once, as `power` has it of one: in the same 18 products, each a whole number at a time, with
//! the same limbs. Lane j of a vector is number j's.
//!
//! Bounds are those of `power`. A column takes at most L halves of each kind, low ones at most 2^50 and high ones at most 2^51: with T's
//! column below 2^59. Zeros beside the limbs are multiplied too, so that six columns have the same number of steps.

#![allow(clippy::indexing_slicing, reason = "places follow from N, which is a constant")]

use std::arch::x86_64::__m256i;

use super::limbs::{Limbs, Modulus, ZEROS};
use super::six::{Carry, Four, SIX, Sums, double, nothing, plus};

/// What a power is computed with.
struct Work<const N: usize> {
    n: Four<N>,
    negated_inverse: Four<N>,
    /// Column i of a product is at place ZEROS + i of both rows.
    columns: [[__m256i; N]; 2],
    /// Twice a number.
    doubles: Four<N>,
    /// Limbs of what a product has below R.
    low: Four<N>,
    q: Four<N>,
}

/// s^65537 modulo n, or that less n, of each s: in absolute value at most 0.52 n.
#[target_feature(enable = "avx2,fma")]
pub fn powers<const N: usize>(modulus: &Modulus<N>, s: &[Limbs<N>; 4]) -> [Limbs<N>; 4] {
    let mut work = Work {
        n: Four::all(&modulus.n),
        negated_inverse: Four::all(&modulus.negated_inverse),
        columns: [[nothing(); N]; 2],
        doubles: Four::zero(),
        low: Four::zero(),
        q: Four::zero(),
    };
    let (s, mut power) = (Four::side_by_side(s), Four::zero());
    work.multiply(&s, &Four::all(&modulus.square_of_r));
    work.reduce(&mut power);
    for _ in 0..16 {
        work.square(&power);
        work.reduce(&mut power);
    }
    work.multiply(&power, &s);
    work.reduce(&mut power);
    power.apart()
}

/// The six columns of a b from `place` on, and what the next one begins with.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn six<const N: usize>(a: &Four<N>, b: &Four<N>, place: usize, below: __m256i) -> ([__m256i; SIX], __m256i) {
    let end = ZEROS + Limbs::<N>::COUNT;
    let (from, to) = ((place + 1).saturating_sub(end), (place + SIX).min(end) - ZEROS);
    let mut sums = Sums::before(to - from, below);
    sums.add(&a.0[ZEROS + from..ZEROS + to], &b.0[place + 1 - to..place + SIX - from]);
    sums.columns()
}

impl<const N: usize> Work<N> {
    /// L.
    const COUNT: usize = Limbs::<N>::COUNT;

    /// Place of the first column that is not below R.
    const END: usize = ZEROS + Self::COUNT;

    /// All columns of a b.
    #[inline(never)]
    #[target_feature(enable = "avx2,fma")]
    fn multiply(&mut self, a: &Four<N>, b: &Four<N>) {
        let (mut below, mut place) = (nothing(), ZEROS);
        let columns = self.columns.as_flattened_mut()[ZEROS..].as_chunks_mut().0;
        for columns in columns.iter_mut().take((2 * Self::COUNT).div_ceil(SIX)) {
            (*columns, below) = six(a, b, place, below);
            place += SIX;
        }
    }

    /// All columns of a a: products of two limbs are taken once and count twice.
    #[inline(never)]
    #[target_feature(enable = "avx2,fma")]
    fn square(&mut self, a: &Four<N>) {
        for (double_of, limb) in self.doubles.0.iter_mut().zip(&a.0) {
            *double_of = double(*limb);
        }
        let doubles = &self.doubles;
        let mut below = nothing();
        let columns = self.columns.as_flattened_mut()[ZEROS..].as_chunks_mut().0;
        for (round, columns) in columns.iter_mut().enumerate().take((2 * Self::COUNT).div_ceil(SIX)) {
            let (place, middle) = (ZEROS + SIX * round, SIX / 2 * round);
            let from = (place + 1).saturating_sub(Self::END).min(middle);
            let mut sums = Sums::before(middle - from, below);
            sums.add(&doubles.0[ZEROS + from..ZEROS + middle], &a.0[place + 1 - middle..place + SIX - from]);
            if let (Some(limbs), Some(doubles)) =
                (a.0[ZEROS + middle..].first_chunk(), doubles.0[ZEROS + middle..].first_chunk())
            {
                sums.add_middle(limbs, doubles);
            }
            (*columns, below) = sums.columns();
        }
    }

    /// (T + q n) / R of T's columns.
    #[inline(never)]
    #[target_feature(enable = "avx2,fma")]
    fn reduce(&mut self, out: &mut Four<N>) {
        let columns = self.columns.as_flattened();
        let mut carry = Carry::none();
        for (limb, column) in self.low.0[ZEROS..Self::END].iter_mut().zip(&columns[ZEROS..]) {
            *limb = carry.limb(*column);
        }
        // Six after six up to the last column below R; the first begin with columns of zeros.
        let (mut below, mut carry) = (nothing(), Carry::none());
        let mut place = ZEROS + Self::COUNT % SIX - if Self::COUNT % SIX == 0 { 0 } else { SIX };
        while place < Self::END {
            let sums;
            (sums, below) = six(&self.negated_inverse, &self.low, place, below);
            for (limb, sum) in self.q.0[place..].iter_mut().zip(sums) {
                *limb = carry.limb(sum);
            }
            place += SIX;
        }
        // T + q n is a multiple of R: of what is below R, which makes a carry only, the last column tells it, with the high halves of
        // the one before, since all that is further down comes to less than 2^10 of its 2^51.
        let (mut below, mut carry) = (nothing(), Carry::none());
        let start = Self::END - 2;
        let places = out.0[ZEROS - 2..].chunks_mut(SIX).zip(columns[start..].chunks(SIX));
        for (round, (limbs, columns)) in places.enumerate().take((Self::COUNT + 2).div_ceil(SIX)) {
            let sums;
            (sums, below) = six(&self.n, &self.q, start + SIX * round, below);
            for ((limb, sum), column) in limbs.iter_mut().zip(sums).zip(columns) {
                *limb = carry.limb(plus(sum, *column));
            }
        }
        let zero = Four::<2>::zero();
        out.0[ZEROS - 2..ZEROS].copy_from_slice(&zero.0);
    }
}
