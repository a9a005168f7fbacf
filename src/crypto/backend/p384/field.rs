//! The field of P-384, integers modulo p = 2^384 - 2^128 - 2^96 + 2^32 - 1 (NIST SP 800-186 section 3.2.1.4), in fiat-crypto's
//! arithmetic: six words, Montgomery form with R = 2^384.

use fiat_crypto::p384_64::{
    fiat_p384_add, fiat_p384_from_montgomery, fiat_p384_montgomery_domain_field_element as Montgomery,
    fiat_p384_non_montgomery_domain_field_element as Plain, fiat_p384_opp, fiat_p384_set_one, fiat_p384_to_montgomery,
};

use super::super::ecdsa::residue::impl_prime;

/// p, the least significant word first.
pub const P: [u64; 6] = [
    0x0000_0000_ffff_ffff,
    0xffff_ffff_0000_0000,
    0xffff_ffff_ffff_fffe,
    0xffff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
];

/// Integers modulo p.
#[derive(Clone, Copy)]
pub struct Field;

impl_prime!(
    Field,
    [u64; 6],
    P,
    Montgomery,
    Plain,
    fiat_p384_set_one,
    fiat_p384_to_montgomery,
    fiat_p384_from_montgomery,
    fiat_p384_add,
    fiat_p384_opp
);
