//! P-256 (NIST SP 800-186 section 3.2.1.3): its numbers, its known answers, and its sums in lanes. What is done with them is
//! `ecdsa`.

pub mod field;
mod known;
pub mod lanes;
pub mod scalar;

use super::ecdsa::point::Every64;
use super::ecdsa::{self, Curve};
use super::lanes::on_ifma;
use super::sha2::KnownAnswers;
use crate::alg::Hash;

/// The curve.
#[derive(Clone, Copy)]
pub struct P256;

/// A point that is not infinity.
pub type Affine = ecdsa::point::Affine<P256>;

/// A table of one point.
pub type Table = ecdsa::table::Table<P256>;

/// A hash, a signature and the decision.
pub type KnownBytes = ecdsa::KnownBytes<P256>;

impl Curve for P256 {
    type Words = [u64; 4];
    type Field = field::Field;
    type Order = scalar::Order;
    type Alignment = Every64;

    const B: [u64; 4] = [0x3bce_3c3e_27d2_604b, 0x651d_06b0_cc53_b0f6, 0xb3eb_bd55_7698_86bc, 0x5ac6_35d8_aa3a_93e7];
    const G: [[u64; 4]; 2] = [
        [0xf4a1_3945_d898_c296, 0x7703_7d81_2deb_33a0, 0xf8bc_e6e5_63a4_40f2, 0x6b17_d1f2_e12c_4247],
        [0xcbb6_4068_37bf_51f5, 0x2bce_3357_6b31_5ece, 0x8ee7_eb4a_7c0f_9e16, 0x4fe3_42e2_fe1a_7f9b],
    ];
    const INVERSION: usize = 65;
    const P_LESS_N: [u64; 4] = [0x0c46_353d_039c_daae, 0x4319_0553_58e8_617b, 0, 0];
    const KNOWN: ([[u64; 4]; 2], &'static [ecdsa::Known<[u64; 4]>]) = ([known::X, known::Y], &known::SIGNATURES);
}

/// The stored signatures in lanes, in both forms and in each lane, and the stored digests of SHA-256; where the machine has none, no.
pub fn passes_known_answers_on_ifma(base: &Table) -> bool {
    let Some(key) = ecdsa::known_key() else { return false };
    on_ifma(KnownAnswers(&[Hash::Sha256])) == Some(true)
        && on_ifma(lanes::Known { base, key: &key, known: &ecdsa::known_bytes::<P256>() }) == Some(true)
}
