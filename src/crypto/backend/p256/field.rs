//! The field of P-256, integers modulo p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (NIST SP 800-186 section 3.2.1.3), in fiat-crypto's
//! arithmetic: four words, Montgomery form with R = 2^256.

use fiat_crypto::p256_64::{
    fiat_p256_add, fiat_p256_from_montgomery, fiat_p256_montgomery_domain_field_element as Montgomery,
    fiat_p256_non_montgomery_domain_field_element as Plain, fiat_p256_opp, fiat_p256_set_one, fiat_p256_to_montgomery,
};

use super::super::ecdsa::residue::impl_prime;

/// p, the least significant word first.
pub const P: [u64; 4] = [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];

/// Integers modulo p.
#[derive(Clone, Copy)]
pub struct Field;

impl_prime!(
    Field,
    [u64; 4],
    P,
    Montgomery,
    Plain,
    fiat_p256_set_one,
    fiat_p256_to_montgomery,
    fiat_p256_from_montgomery,
    fiat_p256_add,
    fiat_p256_opp
);
