//! Numbers as limbs of 51 bits in doubles, and what depends on a modulus alone: plain code, once a key or a signature.

#![allow(clippy::indexing_slicing, reason = "places follow from N, which is a constant")]

use crate::crypto::backend::rsa::number::{self, Number, power_of_two};
use crate::crypto::backend::words::negated_inverse;

/// Bits of a limb.
pub const BITS: usize = 51;

/// Columns that are computed at once.
pub const TWELVE: usize = 12;

/// Zeros before the limbs, and behind them.
pub const ZEROS: usize = TWELVE;

/// What a limb holds.
const LOW: u64 = (1 << BITS) - 1;

/// N - 2 * ZEROS limbs, which may be negative: limb i, at place ZEROS + i, counts 2^(51 i).
#[derive(Clone, Copy)]
pub struct Limbs<const N: usize>(pub [f64; N]);

/// As many digits, from place 0 on: what limbs are when all are in 0..2^51.
type Digits<const N: usize> = [u64; N];

/// What depends on n alone. R is 2^(51 L).
pub struct Modulus<const N: usize> {
    /// n.
    pub n: Limbs<N>,
    /// -1 / n modulo R.
    pub negated_inverse: Limbs<N>,
    /// R^2 modulo n.
    pub square_of_r: Limbs<N>,
}

impl<const N: usize> Limbs<N> {
    /// How many there are, L.
    pub const COUNT: usize = N - 2 * ZEROS;

    /// 0.
    pub const ZERO: Self = Self([0.0; N]);

    /// A number below R.
    pub fn new<const V: usize>(number: &Number<V>) -> Self {
        Self::of_digits(&digits(number))
    }

    fn of_digits(digits: &Digits<N>) -> Self {
        let mut limbs = Self::ZERO;
        for (limb, digit) in limbs.0[ZEROS..].iter_mut().zip(&digits[..Self::COUNT]) {
            *limb = *digit as f64;
        }
        limbs
    }

    /// The number modulo n, of a number that is above -n and below n.
    pub fn modulo<const V: usize>(&self, n: &Self) -> Number<V> {
        let (digits, borrow) = self.plus(&Self::ZERO);
        join(&if borrow == 0 { digits } else { self.plus(n).0 })
    }

    /// The sum's digits, and what is left over: -1 if it is negative.
    fn plus(&self, other: &Self) -> (Digits<N>, i64) {
        let (mut digits, mut carry) = ([0; N], 0);
        for (digit, (one, other)) in digits.iter_mut().zip(self.0.iter().zip(&other.0).skip(ZEROS)).take(Self::COUNT) {
            let sum = *one as i64 + *other as i64 + carry;
            (*digit, carry) = (sum as u64 & LOW, sum >> BITS);
        }
        (digits, carry)
    }
}

impl<const N: usize> Modulus<N> {
    /// Of an odd n with exactly so many bits.
    pub fn new<const V: usize>(n: &Number<V>, bits: usize) -> Option<Self> {
        let square_of_r = power_of_two(2 * BITS * Limbs::<N>::COUNT, n, bits)?;
        let digits = digits(n);
        Some(Self {
            n: Limbs::of_digits(&digits),
            negated_inverse: Limbs::of_digits(&inverse(&digits)),
            square_of_r: Limbs::new(&square_of_r),
        })
    }
}

/// -1 / n modulo R, digit by digit: each makes one more digit of 1 + n x 0.
fn inverse<const N: usize>(n: &Digits<N>) -> Digits<N> {
    let (mut inverse, mut sum, factor) = ([0; N], [0_u64; N], negated_inverse(n[0]));
    sum[0] = 1;
    for place in 0..Limbs::<N>::COUNT {
        let digit = sum[place].wrapping_mul(factor) & LOW;
        let mut carry = 0;
        for (digit_of_sum, n) in sum[place..Limbs::<N>::COUNT].iter_mut().zip(n) {
            let product = u128::from(*digit_of_sum) + u128::from(digit) * u128::from(*n) + carry;
            (*digit_of_sum, carry) = (product as u64 & LOW, product >> BITS);
        }
        inverse[place] = digit;
    }
    inverse
}

/// Digits of 51 bits of limbs of 52.
fn digits<const V: usize, const N: usize>(number: &Number<V>) -> Digits<N> {
    let limbs = number.as_flattened();
    let limb = |place: usize| u128::from(limbs.get(place).copied().unwrap_or(0));
    std::array::from_fn(|place| {
        let bit = BITS * place;
        ((limb(bit / 52) | limb(bit / 52 + 1) << 52) >> (bit % 52)) as u64 & LOW
    })
}

/// Limbs of 52 bits of digits of 51.
fn join<const V: usize, const N: usize>(digits: &Digits<N>) -> Number<V> {
    let mut number = [[0; 8]; V];
    for (place, limb) in number.as_flattened_mut().iter_mut().enumerate() {
        let (place, bit) = (52 * place / BITS, 52 * place % BITS);
        let digit = |place: usize| u128::from(digits.get(place).copied().unwrap_or(0));
        *limb = ((digit(place) | digit(place + 1) << BITS) >> bit) as u64 & number::LOW;
    }
    number
}
