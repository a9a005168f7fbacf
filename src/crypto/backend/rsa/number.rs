//! Numbers as long as an RSA modulus, in limbs of 52 bits, the least significant first: bytes in, comparison, difference, powers
//! of two. Plain code, which lanes have no part in. Limbs are below 2^52, so that equal numbers have equal limbs.

/// What a limb holds.
pub const LOW: u64 = (1 << 52) - 1;

/// A number below 2^(416 V): limb i is word i % 8 of row i / 8.
pub type Number<const V: usize> = [[u64; 8]; V];

/// From big-endian bytes. None for more than 52 V of them.
pub fn from_be_bytes<const V: usize>(bytes: &[u8]) -> Option<Number<V>> {
    let mut number = [[0; 8]; V];
    let pairs = number.as_flattened_mut().as_chunks_mut::<2>().0;
    if bytes.len() > 13 * pairs.len() {
        return None;
    }
    // 13 bytes are two limbs.
    for (pair, bytes) in pairs.iter_mut().zip(bytes.rchunks(13)) {
        let mut sixteen = [0; 16];
        sixteen.get_mut(16 - bytes.len()..)?.copy_from_slice(bytes);
        let both = u128::from_be_bytes(sixteen);
        *pair = [both as u64 & LOW, (both >> 52) as u64];
    }
    Some(number)
}

/// Is `a < b`?
pub fn less_than<const V: usize>(a: &Number<V>, b: &Number<V>) -> bool {
    a.as_flattened().iter().rev().lt(b.as_flattened().iter().rev())
}

/// A number below 2n modulo n.
pub fn reduce<const V: usize>(number: &Number<V>, n: &Number<V>) -> Number<V> {
    let mut less = *number;
    let mut borrow = 0;
    for (limb, n) in less.as_flattened_mut().iter_mut().zip(n.as_flattened()) {
        let difference = limb.wrapping_sub(*n).wrapping_sub(borrow);
        (*limb, borrow) = (difference & LOW, difference >> 63);
    }
    if borrow == 0 { less } else { *number }
}

/// Twice a number below n, modulo n; 2n is below 2^(416 V).
fn double<const V: usize>(number: &Number<V>, n: &Number<V>) -> Number<V> {
    let mut twice = *number;
    let mut carry = 0;
    for limb in twice.as_flattened_mut() {
        let doubled = *limb << 1 | carry;
        (*limb, carry) = (doubled & LOW, doubled >> 52);
    }
    debug_assert!(carry == 0);
    reduce(&twice, n)
}

/// 2^exponent modulo an odd n of exactly `bits` bits, by doubling 2^(bits - 1). None for a smaller power.
pub fn power_of_two<const V: usize>(exponent: usize, n: &Number<V>, bits: usize) -> Option<Number<V>> {
    let top = bits.checked_sub(1)?;
    let mut power = [[0; 8]; V];
    *power.as_flattened_mut().get_mut(top / 52)? = 1 << (top % 52);
    for _ in 0..exponent.checked_sub(top)? {
        power = double(&power, n);
    }
    Some(power)
}
