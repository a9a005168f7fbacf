//! Twelve neighbouring columns of a product, in AVX2 with FMA: three vectors of four. The only unsafe code here is loads and stores
//! of arrays as long as three registers.
//!
//! Products of integers in doubles, after N. Emmart, F. Zheng and C. Weems, "Faster Modular Exponentiation Using Double Precision
//! Floating Point Arithmetic on the GPU" (ARITH 2018), with halves that may be negative. `TOP` lies in the middle of doubles that are
//! 2^51 apart. So for |a b| <= 2^102 the sum a b + `TOP`, rounded once, is `TOP` + 2^51 high with a b = 2^51 high + low and |low| <= 2^50;
//! `TOP` + `ONES` less that sum is exact, and a b added to it is `ONES` + low, exact too. Both halves are integers in the lowest bits of
//! their doubles, which are added up as integers; what `TOP` and `ONES` are as integers is taken off for all steps at once.

use std::arch::x86_64::{
    __m256d, __m256i, _mm256_add_epi64, _mm256_alignr_epi8, _mm256_castpd_si256, _mm256_castsi256_pd, _mm256_fmadd_pd,
    _mm256_loadu_pd, _mm256_loadu_si256, _mm256_mul_pd, _mm256_permute2x128_si256, _mm256_set1_epi64x, _mm256_set1_pd,
    _mm256_setzero_si256, _mm256_slli_epi64, _mm256_srli_epi64, _mm256_storeu_pd, _mm256_storeu_si256,
    _mm256_sub_epi64, _mm256_sub_pd,
};

use super::limbs::{BITS, TWELVE};

/// 3 * 2^51: doubles of its size are integers, one apart.
pub const ONES: f64 = (3_u64 << BITS) as f64;

/// 3 * 2^102: doubles of its size are 2^51 apart.
pub const TOP: f64 = ONES * (1_u64 << BITS) as f64;

/// More steps than a column takes.
const STEPS: usize = 96;

/// What so many doubles of the size of `ONES`, and of `TOP`, are as integers: to be taken off.
#[allow(clippy::indexing_slicing, reason = "places are below STEPS")]
static LESS: [[i64; 2]; STEPS] = {
    let mut less = [[0_i64; 2]; STEPS];
    let mut steps = 1;
    while steps < STEPS {
        let [ones, top] = less[steps - 1];
        less[steps] = [ones.wrapping_sub(ONES.to_bits() as i64), top.wrapping_sub(TOP.to_bits() as i64)];
        steps += 1;
    }
    less
};

/// Twelve doubles or integers.
#[derive(Clone, Copy)]
pub struct Doubles([__m256d; 3]);

/// See `Doubles`.
#[derive(Clone, Copy)]
pub struct Integers([__m256i; 3]);

/// Sums of low and of high halves. The high ones weigh 2^51, so that they belong one column further.
#[derive(Clone, Copy)]
pub struct Sums {
    low: [__m256i; 3],
    high: [__m256i; 3],
}

impl Sums {
    /// What will be 0 after so many steps, fewer than `STEPS`.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn before(steps: usize) -> Self {
        debug_assert!(steps < STEPS);
        let [low, high] = LESS.get(steps).copied().unwrap_or_default();
        Self { low: [_mm256_set1_epi64x(low); 3], high: [_mm256_set1_epi64x(high); 3] }
    }

    /// A step: add a times twelve numbers.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn add(&mut self, a: f64, twelve: Doubles) {
        let (a, top, both) = (_mm256_set1_pd(a), _mm256_set1_pd(TOP), _mm256_set1_pd(TOP + ONES));
        for ((low, high), b) in self.low.iter_mut().zip(&mut self.high).zip(twelve.0) {
            let product = _mm256_fmadd_pd(a, b, top);
            let rest = _mm256_fmadd_pd(a, b, _mm256_sub_pd(both, product));
            *high = _mm256_add_epi64(*high, _mm256_castpd_si256(product));
            *low = _mm256_add_epi64(*low, _mm256_castpd_si256(rest));
        }
    }

    /// The columns, each with the high halves of the one below; `below` is the last vector of those below, and then of these.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn columns(self, below: &mut __m256i) -> Integers {
        let mut columns = self.low;
        for (column, high) in columns.iter_mut().zip(self.high) {
            *column = _mm256_add_epi64(*column, moved_up(high, *below));
            *below = high;
        }
        Integers(columns)
    }
}

/// Nothing below.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub fn nothing() -> __m256i {
    _mm256_setzero_si256()
}

/// Each lane takes the one below it, the first the last of `below`.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn moved_up(vector: __m256i, below: __m256i) -> __m256i {
    _mm256_alignr_epi8::<8>(vector, _mm256_permute2x128_si256::<0x21>(below, vector))
}

impl Doubles {
    /// Twelve in a row.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn load(twelve: &[f64; TWELVE]) -> Self {
        let ([a, b, c], _) = twelve.as_chunks::<4>() else { return Self([_mm256_set1_pd(0.0); 3]) };
        // SAFETY: each is four doubles.
        unsafe { Self([_mm256_loadu_pd(a.as_ptr()), _mm256_loadu_pd(b.as_ptr()), _mm256_loadu_pd(c.as_ptr())]) }
    }

    /// Put them down.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn store(self, twelve: &mut [f64; TWELVE]) {
        for (vector, four) in self.0.iter().zip(twelve.as_chunks_mut::<4>().0) {
            // SAFETY: it is four doubles.
            unsafe { _mm256_storeu_pd(four.as_mut_ptr(), *vector) };
        }
    }

    /// Products.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn times(mut self, others: Self) -> Self {
        for (one, other) in self.0.iter_mut().zip(others.0) {
            *one = _mm256_mul_pd(*one, other);
        }
        self
    }
}

impl Integers {
    /// Twelve in a row.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn load(twelve: &[i64; TWELVE]) -> Self {
        let mut vectors = [_mm256_setzero_si256(); 3];
        for (vector, four) in vectors.iter_mut().zip(twelve.as_chunks::<4>().0) {
            // SAFETY: it is four integers.
            *vector = unsafe { _mm256_loadu_si256(four.as_ptr().cast()) };
        }
        Self(vectors)
    }

    /// Put them down.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn store(self, twelve: &mut [i64; TWELVE]) {
        for (vector, four) in self.0.iter().zip(twelve.as_chunks_mut::<4>().0) {
            // SAFETY: it is four integers.
            unsafe { _mm256_storeu_si256(four.as_mut_ptr().cast(), *vector) };
        }
    }

    /// Sums.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn plus(mut self, others: Self) -> Self {
        for (one, other) in self.0.iter_mut().zip(others.0) {
            *one = _mm256_add_epi64(*one, other);
        }
        self
    }

    /// Limbs of columns below 2^61: what a column has above its limb, rounded to the nearest, goes one column up, once. So limbs are
    /// at most 2^50 + 2^10 in absolute value. `below` is the last vector of carries of the columns below, and then of these.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub fn limbs(self, below: &mut __m256i) -> Doubles {
        // A positive number, since there is no shift of signed ones.
        const POSITIVE: i64 = 1 << 62;
        let (half, ones) =
            (_mm256_set1_epi64x(POSITIVE + (1 << (BITS - 1))), _mm256_set1_epi64x(ONES.to_bits() as i64));
        let mut limbs = [_mm256_set1_pd(0.0); 3];
        for (limb, column) in limbs.iter_mut().zip(self.0) {
            let upper = _mm256_srli_epi64::<{ BITS as i32 }>(_mm256_add_epi64(column, half));
            let carry = _mm256_sub_epi64(upper, _mm256_set1_epi64x(POSITIVE >> BITS));
            let rest = _mm256_sub_epi64(column, _mm256_slli_epi64::<{ BITS as i32 }>(carry));
            let sum = _mm256_add_epi64(rest, moved_up(carry, *below));
            *below = carry;
            *limb = _mm256_sub_pd(_mm256_castsi256_pd(_mm256_add_epi64(sum, ones)), _mm256_set1_pd(ONES));
        }
        Doubles(limbs)
    }
}

/// The last lane.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub fn last(vector: __m256i) -> i64 {
    let mut lanes = [0; 4];
    // SAFETY: it is four integers.
    unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), vector) };
    let [.., last] = lanes;
    last
}
