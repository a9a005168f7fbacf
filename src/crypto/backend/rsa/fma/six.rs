//! Six neighbouring columns of the products of four numbers, in AVX2 with FMA: lane j of every vector is number j's, so that nothing
//! moves between lanes. Halves of products are those of `columns`. The high ones of a column are added to the column above, where they
//! belong, together with its low ones: seven sums for six columns.

#![allow(clippy::indexing_slicing, reason = "places are constants")]

use std::arch::x86_64::{
    __m256d, __m256i, _mm_cvtsd_f64, _mm_unpackhi_pd, _mm256_add_epi64, _mm256_add_pd, _mm256_and_si256,
    _mm256_castpd_si256, _mm256_castpd256_pd128, _mm256_castsi256_pd, _mm256_extractf128_pd, _mm256_fmadd_pd,
    _mm256_set_pd, _mm256_set1_epi64x, _mm256_set1_pd, _mm256_setzero_pd, _mm256_setzero_si256, _mm256_srli_epi64,
    _mm256_sub_pd,
};

use super::columns::{ONES, TOP};
use super::limbs::{BITS, Limbs};

/// Columns that are computed at once.
pub const SIX: usize = 6;

/// Four numbers: limb i of all, at the place where `Limbs` has it, is a vector.
#[derive(Clone, Copy)]
pub struct Four<const N: usize>(pub [__m256d; N]);

impl<const N: usize> Four<N> {
    /// 0 in every lane.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn zero() -> Self {
        Self([_mm256_setzero_pd(); N])
    }

    /// The same number in every lane.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn all(number: &Limbs<N>) -> Self {
        Self(number.0.map(|limb| _mm256_set1_pd(limb)))
    }

    /// A number in each lane.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn side_by_side([a, b, c, d]: &[Limbs<N>; 4]) -> Self {
        Self(std::array::from_fn(|place| _mm256_set_pd(d.0[place], c.0[place], b.0[place], a.0[place])))
    }

    /// The number of each lane.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn apart(&self) -> [Limbs<N>; 4] {
        let mut numbers = [Limbs::ZERO; 4];
        for (place, vector) in self.0.iter().enumerate() {
            for (number, limb) in numbers.iter_mut().zip(lanes(*vector)) {
                number.0[place] = limb;
            }
        }
        numbers
    }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn lanes(vector: __m256d) -> [f64; 4] {
    let [lower, upper] = [_mm256_castpd256_pd128(vector), _mm256_extractf128_pd::<1>(vector)];
    [lower, _mm_unpackhi_pd(lower, lower), upper, _mm_unpackhi_pd(upper, upper)].map(|half| _mm_cvtsd_f64(half))
}

/// Sums of halves of products.
pub struct Sums([__m256i; SIX + 1]);

/// What so many doubles of the size of `ONES`, and of `TOP`, are as integers: to be taken off.
const fn less(ones: usize, tops: usize) -> i64 {
    let ones = (ones as i64).wrapping_mul(ONES.to_bits() as i64);
    0_i64.wrapping_sub(ones).wrapping_sub((tops as i64).wrapping_mul(TOP.to_bits() as i64))
}

impl Sums {
    /// What the columns start with before so many steps in each: 0, when these are done, and in the first `below`.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn before(steps: usize, below: __m256i) -> Self {
        let mut sums = [_mm256_set1_epi64x(less(steps, steps)); SIX + 1];
        sums[0] = _mm256_add_epi64(_mm256_set1_epi64x(less(steps, 0)), below);
        sums[SIX] = _mm256_set1_epi64x(less(0, steps));
        Self(sums)
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn step(&mut self, column: usize, a: __m256d, b: __m256d) {
        let product = _mm256_fmadd_pd(a, b, _mm256_set1_pd(TOP));
        let rest = _mm256_fmadd_pd(a, b, _mm256_sub_pd(_mm256_set1_pd(TOP + ONES), product));
        self.0[column + 1] = _mm256_add_epi64(self.0[column + 1], _mm256_castpd_si256(product));
        self.0[column] = _mm256_add_epi64(self.0[column], _mm256_castpd_si256(rest));
    }

    /// A step in each column for each limb of a: the first meets the last six of b, each further one those one place below.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn add(&mut self, a: &[__m256d], b: &[__m256d]) {
        for (a, six) in a.iter().zip(b.array_windows::<SIX>().rev()) {
            for (column, b) in six.iter().enumerate() {
                self.step(column, *a, *b);
            }
        }
    }

    /// Of a number's limbs from m on and their doubles, what belongs to the square's columns from 2m on: limbs m + u and m + l - u in
    /// column 2m + l, the first not the later one. What its steps leave over is taken off.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn add_middle(&mut self, limbs: &[__m256d; SIX], doubles: &[__m256d; SIX]) {
        const LESS: [i64; SIX + 1] =
            [less(1, 0), less(1, 1), less(2, 1), less(2, 2), less(3, 2), less(3, 3), less(0, 3)];
        for u in 0..SIX / 2 {
            self.step(2 * u, limbs[u], limbs[u]);
            for l in 2 * u + 1..SIX {
                self.step(l, limbs[u], doubles[l - u]);
            }
        }
        for (sum, less) in self.0.iter_mut().zip(&LESS) {
            *sum = _mm256_add_epi64(*sum, _mm256_set1_epi64x(*less));
        }
    }

    /// The columns, and what the next one begins with.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn columns(self) -> ([__m256i; SIX], __m256i) {
        let [a, b, c, d, e, f, above] = self.0;
        ([a, b, c, d, e, f], above)
    }
}

/// No number in any lane.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub fn nothing() -> __m256i {
    _mm256_setzero_si256()
}

/// A positive number, since there is no shift of signed ones.
const POSITIVE: i64 = 1 << 62;

/// Half of what is above a limb's bits: what rounds to the nearest.
const HALF: i64 = 1 << (BITS - 1);

/// 2^52: doubles from it on are integers, in their lowest bits, up to 2^53.
const WHOLE: f64 = (1_u64 << 52) as f64;

/// What a column has above its limb, and above that a bit of `POSITIVE`.
pub struct Carry(__m256i);

impl Carry {
    /// Nothing.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn none() -> Self {
        Self(_mm256_set1_epi64x(POSITIVE >> BITS))
    }

    /// The limb of a column below 2^60, as `columns::Integers::limbs` has it: what is above it, rounded to the nearest, is for the next
    /// column and does not go further. So limbs are at most 2^50 + 2^10 in absolute value.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn limb(&mut self, column: __m256i) -> __m256d {
        debug_assert!(lanes(_mm256_castsi256_pd(column)).iter().all(|lane| (lane.to_bits() as i64).abs() < 1 << 60));
        let column = _mm256_add_epi64(column, _mm256_set1_epi64x(POSITIVE + HALF));
        let rest = _mm256_and_si256(column, _mm256_set1_epi64x((1 << BITS) - 1));
        let sum = _mm256_add_epi64(_mm256_add_epi64(rest, self.0), _mm256_set1_epi64x(WHOLE.to_bits() as i64));
        self.0 = _mm256_srli_epi64::<{ BITS as i32 }>(column);
        _mm256_sub_pd(_mm256_castsi256_pd(sum), _mm256_set1_pd(WHOLE + (HALF + (POSITIVE >> BITS)) as f64))
    }
}

/// Twice the numbers.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub fn double(vector: __m256d) -> __m256d {
    _mm256_add_pd(vector, vector)
}

/// Sums.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub fn plus(one: __m256i, other: __m256i) -> __m256i {
    _mm256_add_epi64(one, other)
}
