//! Lanes in AVX-512: each instruction in a function named for what it does. The only unsafe code of prepared keys, and all of it
//! is that: the instructions are there, which the value `Ifma` is the proof of, and eight words are as long as a register.

use std::arch::x86_64::{
    __m512i, _mm_cvtsi128_si64, _mm512_add_epi32, _mm512_add_epi64, _mm512_alignr_epi64, _mm512_and_si512,
    _mm512_castsi512_si128, _mm512_cmpeq_epi64_mask, _mm512_cmplt_epu64_mask, _mm512_loadu_si512,
    _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_mask_blend_epi64, _mm512_or_si512, _mm512_permutexvar_epi64,
    _mm512_ror_epi32, _mm512_ror_epi64, _mm512_set1_epi64, _mm512_shuffle_i64x2, _mm512_slli_epi64, _mm512_srai_epi64,
    _mm512_srli_epi32, _mm512_srli_epi64, _mm512_storeu_si512, _mm512_sub_epi64, _mm512_ternarylogic_epi64,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

use super::{Lanes, Step, Task};

/// There is one only where the CPU and the operating system have AVX-512F and AVX-512 IFMA.
#[derive(Clone, Copy, Debug)]
pub struct Ifma(());

impl Ifma {
    /// Where the machine has the instructions.
    #[inline]
    pub fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")).then_some(Self(()))
    }
}

/// The function that a task becomes part of, so that all of it is compiled for the instructions.
#[target_feature(enable = "avx512f,avx512ifma")]
fn compiled_for_it<T: Task>(lanes: Ifma, task: T) -> T::Output {
    task.run(lanes)
}

/// The same for a part of one.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512ifma")]
fn step_compiled_for_it<S: Step<Ifma>>(lanes: Ifma, step: S) -> S::Output {
    step.run(lanes)
}

impl Lanes for Ifma {
    type Vector = __m512i;

    #[inline]
    fn run<T: Task>(self, task: T) -> T::Output {
        // SAFETY: an `Ifma` proves the features.
        unsafe { compiled_for_it(self, task) }
    }

    #[inline(always)]
    fn step<S: Step<Self>>(self, step: S) -> S::Output {
        // SAFETY: an `Ifma` proves the features.
        unsafe { step_compiled_for_it(self, step) }
    }

    #[inline(always)]
    fn splat(self, word: u64) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_set1_epi64(word as i64) }
    }

    #[inline(always)]
    fn load(self, words: &[u64; 8]) -> __m512i {
        // SAFETY: an `Ifma` proves the features; 64 bytes are read, at any alignment, from a reference to as many.
        unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store(self, vector: __m512i) -> [u64; 8] {
        let mut words = [0; 8];
        // SAFETY: an `Ifma` proves the features; 64 bytes are written, at any alignment, to as many of our own.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) };
        words
    }

    #[inline(always)]
    fn first(self, vector: __m512i) -> u64 {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm_cvtsi128_si64(_mm512_castsi512_si128(vector)) as u64 }
    }

    /// In three rounds: words of two rows in turn, then quarters of registers twice.
    #[inline(always)]
    fn columns(self, rows: &[[u64; 8]; 8]) -> [__m512i; 8] {
        let [a, b, c, d, e, f, g, h] = [
            self.load(&rows[0]),
            self.load(&rows[1]),
            self.load(&rows[2]),
            self.load(&rows[3]),
            self.load(&rows[4]),
            self.load(&rows[5]),
            self.load(&rows[6]),
            self.load(&rows[7]),
        ];
        // Quarter q has words 2q (even) or 2q + 1 (odd) of two rows.
        let even = [unpack_low(self, a, b), unpack_low(self, c, d), unpack_low(self, e, f), unpack_low(self, g, h)];
        let odd = [unpack_high(self, a, b), unpack_high(self, c, d), unpack_high(self, e, f), unpack_high(self, g, h)];
        let [zero, two, four, six] = quarters(self, even);
        let [one, three, five, seven] = quarters(self, odd);
        [zero, one, two, three, four, five, six, seven]
    }

    #[inline(always)]
    fn madd52lo(self, sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_madd52lo_epu64(sum, a, b) }
    }

    #[inline(always)]
    fn madd52hi(self, sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_madd52hi_epu64(sum, a, b) }
    }

    #[inline(always)]
    fn add(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_add_epi64(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_sub_epi64(a, b) }
    }

    #[inline(always)]
    fn and(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_and_si512(a, b) }
    }

    #[inline(always)]
    fn or(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_or_si512(a, b) }
    }

    #[inline(always)]
    fn shl<const BITS: u32>(self, vector: __m512i) -> __m512i {
        const { assert!(BITS < 64) }
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_slli_epi64::<BITS>(vector) }
    }

    #[inline(always)]
    fn shr<const BITS: u32>(self, vector: __m512i) -> __m512i {
        const { assert!(BITS < 64) }
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_srli_epi64::<BITS>(vector) }
    }

    #[inline(always)]
    fn sar<const BITS: u32>(self, vector: __m512i) -> __m512i {
        const { assert!(BITS < 64) }
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_srai_epi64::<BITS>(vector) }
    }

    // The number of an operation on three bits is its truth table: bit 4a + 2b + c is what it makes of a, b and c.
    #[inline(always)]
    fn xor(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_ternarylogic_epi64::<0b1001_0110>(a, b, c) }
    }

    #[inline(always)]
    fn choose(self, mask: __m512i, yes: __m512i, no: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_ternarylogic_epi64::<0b1100_1010>(mask, yes, no) }
    }

    #[inline(always)]
    fn majority(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_ternarylogic_epi64::<0b1110_1000>(a, b, c) }
    }

    #[inline(always)]
    fn ror<const BITS: i32>(self, vector: __m512i) -> __m512i {
        const { assert!(BITS >= 0 && BITS < 64) }
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_ror_epi64::<BITS>(vector) }
    }

    #[inline(always)]
    fn add_halves(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_add_epi32(a, b) }
    }

    #[inline(always)]
    fn ror_halves<const BITS: i32>(self, vector: __m512i) -> __m512i {
        const { assert!(BITS >= 0 && BITS < 32) }
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_ror_epi32::<BITS>(vector) }
    }

    #[inline(always)]
    fn shr_halves<const BITS: u32>(self, vector: __m512i) -> __m512i {
        const { assert!(BITS < 32) }
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_srli_epi32::<BITS>(vector) }
    }

    #[inline(always)]
    fn select(self, mask: u8, yes: __m512i, no: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_mask_blend_epi64(mask, no, yes) }
    }

    #[inline(always)]
    fn equal(self, a: __m512i, b: __m512i) -> u8 {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_cmpeq_epi64_mask(a, b) }
    }

    #[inline(always)]
    fn less(self, a: __m512i, b: __m512i) -> u8 {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_cmplt_epu64_mask(a, b) }
    }

    #[inline(always)]
    fn shift_in<const COUNT: i32>(self, high: __m512i, low: __m512i) -> __m512i {
        const { assert!(COUNT >= 0 && COUNT < 8) }
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_alignr_epi64::<COUNT>(high, low) }
    }

    #[inline(always)]
    fn permute(self, vector: __m512i, places: __m512i) -> __m512i {
        // SAFETY: an `Ifma` proves the features.
        unsafe { _mm512_permutexvar_epi64(places, vector) }
    }
}

/// Words 0, 2, 4, 6 of `a`, each with that of `b` behind it.
#[inline(always)]
fn unpack_low(_: Ifma, a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: an `Ifma` proves the features.
    unsafe { _mm512_unpacklo_epi64(a, b) }
}

/// Words 1, 3, 5, 7 of `a`, each with that of `b` behind it.
#[inline(always)]
fn unpack_high(_: Ifma, a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: an `Ifma` proves the features.
    unsafe { _mm512_unpackhi_epi64(a, b) }
}

/// Quarters 0 and 2 of `a`, then of `b`.
#[inline(always)]
fn even_quarters(_: Ifma, a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: an `Ifma` proves the features.
    unsafe { _mm512_shuffle_i64x2::<0b10_00_10_00>(a, b) }
}

/// Quarters 1 and 3 of `a`, then of `b`.
#[inline(always)]
fn odd_quarters(_: Ifma, a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: an `Ifma` proves the features.
    unsafe { _mm512_shuffle_i64x2::<0b11_01_11_01>(a, b) }
}

/// Columns of a square of quarters: vector i has quarter i of row j in quarter j.
#[inline(always)]
fn quarters(lanes: Ifma, [a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let (ab, cd) = (even_quarters(lanes, a, b), even_quarters(lanes, c, d));
    let (zero, two) = (even_quarters(lanes, ab, cd), odd_quarters(lanes, ab, cd));
    let (ab, cd) = (odd_quarters(lanes, a, b), odd_quarters(lanes, c, d));
    [zero, even_quarters(lanes, ab, cd), two, odd_quarters(lanes, ab, cd)]
}
