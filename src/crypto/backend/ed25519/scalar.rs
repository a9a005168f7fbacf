//! Integers modulo L = 2^252 + 27742317777372353535851937790883648493, the order of the base point (RFC 8032 section 5.1), in
//! fiat-crypto's arithmetic: four words, Montgomery form. Operands are below L, which every constructor sees to.

use fiat_crypto::curve25519_scalar_64::{
    fiat_25519_scalar_add, fiat_25519_scalar_from_montgomery,
    fiat_25519_scalar_montgomery_domain_field_element as Montgomery, fiat_25519_scalar_mul,
    fiat_25519_scalar_non_montgomery_domain_field_element as Plain, fiat_25519_scalar_to_montgomery,
};

use super::super::words::less_than;

/// L, the least significant word first.
pub const L: [u64; 4] = [0x5812_631a_5cf5_d3ed, 0x14de_f9de_a2f7_9cd6, 0, 0x1000_0000_0000_0000];

/// A number of 512 bits, the least significant word first, modulo L. It is cut in three parts of 192 bits, which are below L:
/// a + b 2^192 + c 2^384.
pub fn reduce(words: [u64; 8]) -> [u64; 4] {
    let [a, b, c, d, e, f, g, h] = words;
    let shift = montgomery([0, 0, 0, 1]);
    let high = add(&multiply(&montgomery([g, h, 0, 0]), &shift), &montgomery([d, e, f, 0]));
    let mut out = Plain([0; 4]);
    fiat_25519_scalar_from_montgomery(&mut out, &add(&multiply(&high, &shift), &montgomery([a, b, c, 0])));
    out.0
}

/// The Montgomery form of a number of at most 193 bits.
fn montgomery(words: [u64; 4]) -> Montgomery {
    debug_assert!(less_than(&words, &L));
    let mut out = Montgomery([0; 4]);
    fiat_25519_scalar_to_montgomery(&mut out, &Plain(words));
    out
}

fn multiply(a: &Montgomery, b: &Montgomery) -> Montgomery {
    debug_assert!(less_than(&a.0, &L) && less_than(&b.0, &L));
    let mut out = Montgomery([0; 4]);
    fiat_25519_scalar_mul(&mut out, a, b);
    out
}

fn add(a: &Montgomery, b: &Montgomery) -> Montgomery {
    debug_assert!(less_than(&a.0, &L) && less_than(&b.0, &L));
    let mut out = Montgomery([0; 4]);
    fiat_25519_scalar_add(&mut out, a, b);
    out
}
