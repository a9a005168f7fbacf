//! s^65537 modulo n in plain 128-bit arithmetic: what the power in lanes is compared with when a key is prepared. Slow.

use super::Modulus;
use super::number::{LOW, Number, power_of_two, reduce};

/// Are -1 / n and R^2 what they should be? n times the one is -1 modulo 2^52; the other times 1 / R is R modulo n.
pub fn is_prepared<const V: usize>(modulus: &Modulus<V>) -> bool {
    let mut one = [[0; 8]; V];
    let (Some(place), Some(n)) = (one.as_flattened_mut().first_mut(), modulus.n.as_flattened().first()) else {
        return false;
    };
    *place = 1;
    n.wrapping_mul(modulus.negated_inverse) & LOW == LOW
        && power_of_two(416 * V, &modulus.n, 8 * modulus.bytes)
            .is_some_and(|r| reduce(&product(modulus, &modulus.square_of_r, &one), &modulus.n) == r)
}

/// s^65537 modulo n, for s below n.
pub fn power<const V: usize>(modulus: &Modulus<V>, s: &Number<V>) -> Number<V> {
    let mut power = product(modulus, s, &modulus.square_of_r);
    for _ in 0..16 {
        power = product(modulus, &power, &power);
    }
    reduce(&product(modulus, &power, s), &modulus.n)
}

/// a b / R modulo n, below 2n where a and b are: by P. L. Montgomery, "Modular multiplication without trial division" (1985), limb
/// by limb. A limb's sum is below 2^106.
fn product<const V: usize>(modulus: &Modulus<V>, a: &Number<V>, b: &Number<V>) -> Number<V> {
    let mut sum = [[0_u64; 8]; V];
    let lowest = |number: &Number<V>| number.as_flattened().first().copied().unwrap_or(0);
    for b in b.as_flattened() {
        let column = lowest(&sum).wrapping_add(lowest(a).wrapping_mul(*b));
        let q = column.wrapping_mul(modulus.negated_inverse) & LOW;
        let mut carry = 0_u128;
        let mut below = &mut 0;
        let limbs = a.as_flattened().iter().zip(modulus.n.as_flattened());
        for (place, (a, n)) in sum.as_flattened_mut().iter_mut().zip(limbs) {
            let products = u128::from(*a) * u128::from(*b) + u128::from(*n) * u128::from(q);
            let column = products + u128::from(*place) + carry;
            *below = column as u64 & LOW;
            carry = column >> 52;
            below = place;
        }
        *below = carry as u64;
    }
    sum
}
