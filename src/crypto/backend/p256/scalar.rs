//! Integers modulo n, the order of P-256 (NIST SP 800-186 section 3.2.1.3), in fiat-crypto's arithmetic: four words, Montgomery
//! form with R = 2^256.

use fiat_crypto::p256_scalar_64::{
    fiat_p256_scalar_add, fiat_p256_scalar_from_montgomery,
    fiat_p256_scalar_montgomery_domain_field_element as Montgomery,
    fiat_p256_scalar_non_montgomery_domain_field_element as Plain, fiat_p256_scalar_opp, fiat_p256_scalar_set_one,
    fiat_p256_scalar_to_montgomery,
};

use super::super::ecdsa::residue::impl_prime;

/// n, the least significant word first.
pub const N: [u64; 4] = [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];

/// Integers modulo n.
#[derive(Clone, Copy)]
pub struct Order;

impl_prime!(
    Order,
    [u64; 4],
    N,
    Montgomery,
    Plain,
    fiat_p256_scalar_set_one,
    fiat_p256_scalar_to_montgomery,
    fiat_p256_scalar_from_montgomery,
    fiat_p256_scalar_add,
    fiat_p256_scalar_opp
);
