//! Products modulo a prime in Montgomery form (P. L. Montgomery, "Modular multiplication without trial division", 1985), word by
//! word: a third faster than fiat-crypto's as rustc compiles them (benches/rust/prepared.rs). And differences, for the same
//! reason.

/// a b / 2^(64 N) modulo p, and below p, for a and b below p. `negated_inverse` is -1 / p modulo 2^64.
///
/// Between rounds the sum is below 2p: with p - 1 for each of a, a round makes at most (2p + (2^64 - 1)(p - 1) + (2^64 - 1) p) / 2^64 <
/// 2p of it. So what is above its N words is 0 or 1, and p comes off at most once.
#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "places are below N")]
pub fn product<const N: usize>(a: &[u64; N], b: &[u64; N], p: &[u64; N], negated_inverse: u64) -> [u64; N] {
    let mut sum = [0; N];
    let mut above = 0;
    for digit in b {
        let mut carry = 0;
        for (word, a) in sum.iter_mut().zip(a) {
            (*word, carry) = multiply_add(*word, *a, *digit, carry);
        }
        let top = u128::from(above) + u128::from(carry);
        // This multiple of p makes the lowest word 0; the others move down.
        let multiple = sum[0].wrapping_mul(negated_inverse);
        (_, carry) = multiply_add(sum[0], p[0], multiple, 0);
        for place in 1..N {
            (sum[place - 1], carry) = multiply_add(sum[place], p[place], multiple, carry);
        }
        let top = top + u128::from(carry);
        (sum[N - 1], above) = (top as u64, (top >> 64) as u64);
    }
    below(sum, above, p)
}

/// a - b modulo p, and below p, for a and b below p: where it borrows it is above -p, and p is added once. No branch asks.
#[inline(always)]
pub fn difference<const N: usize>(a: &[u64; N], b: &[u64; N], p: &[u64; N]) -> [u64; N] {
    let mut less = *a;
    let mut borrow = false;
    for (word, b) in less.iter_mut().zip(b) {
        (*word, borrow) = word.borrowing_sub(*b, borrow);
    }
    let mask = if borrow { u64::MAX } else { 0 };
    let mut carry = false;
    for (word, p) in less.iter_mut().zip(p) {
        (*word, carry) = word.carrying_add(mask & p, carry);
    }
    less
}

/// `word + a b + carry`, its low word and its high one: at most 2^128 - 1.
#[inline]
fn multiply_add(word: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let sum = u128::from(word) + u128::from(a) * u128::from(b) + u128::from(carry);
    (sum as u64, (sum >> 64) as u64)
}

/// A number below 2p, of which one bit is `above` its words, modulo p. Which of the two it is cannot be foreseen, so no branch
/// asks.
#[inline]
fn below<const N: usize>(number: [u64; N], above: u64, p: &[u64; N]) -> [u64; N] {
    let mut less = number;
    let mut borrow = false;
    for (word, p) in less.iter_mut().zip(p) {
        let (difference, first) = word.overflowing_sub(*p);
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        (*word, borrow) = (difference, first | second);
    }
    let keep = if above < u64::from(borrow) { u64::MAX } else { 0 };
    for (word, number) in less.iter_mut().zip(number) {
        *word ^= keep & (*word ^ number);
    }
    less
}
