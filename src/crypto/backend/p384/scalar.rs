//! Integers modulo n, the order of P-384 (NIST SP 800-186 section 3.2.1.4), in fiat-crypto's arithmetic: six words, Montgomery
//! form with R = 2^384.

use fiat_crypto::p384_scalar_64::{
    fiat_p384_scalar_add, fiat_p384_scalar_from_montgomery,
    fiat_p384_scalar_montgomery_domain_field_element as Montgomery,
    fiat_p384_scalar_non_montgomery_domain_field_element as Plain, fiat_p384_scalar_opp, fiat_p384_scalar_set_one,
    fiat_p384_scalar_to_montgomery,
};

use super::super::ecdsa::residue::impl_prime;

/// n, the least significant word first.
pub const N: [u64; 6] = [
    0xecec_196a_ccc5_2973,
    0x581a_0db2_48b0_a77a,
    0xc763_4d81_f437_2ddf,
    0xffff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
];

/// Integers modulo n.
#[derive(Clone, Copy)]
pub struct Order;

impl_prime!(
    Order,
    [u64; 6],
    N,
    Montgomery,
    Plain,
    fiat_p384_scalar_set_one,
    fiat_p384_scalar_to_montgomery,
    fiat_p384_scalar_from_montgomery,
    fiat_p384_scalar_add,
    fiat_p384_scalar_opp
);
