//! P-384 (NIST SP 800-186 section 3.2.1.4): its numbers and its known answers. What is done with them is `ecdsa`. It has no
//! lanes.

pub mod field;
mod known;
pub mod scalar;

use super::ecdsa::point::Every32;
use super::ecdsa::{self, Curve};

/// The curve.
#[derive(Clone, Copy)]
pub struct P384;

/// A point that is not infinity.
pub type Affine = ecdsa::point::Affine<P384>;

/// A table of one point.
pub type Table = ecdsa::table::Table<P384>;

impl Curve for P384 {
    type Words = [u64; 6];
    type Field = field::Field;
    type Order = scalar::Order;
    type Alignment = Every32;

    const B: [u64; 6] = [
        0x2a85_c8ed_d3ec_2aef,
        0xc656_398d_8a2e_d19d,
        0x0314_088f_5013_875a,
        0x181d_9c6e_fe81_4112,
        0x988e_056b_e3f8_2d19,
        0xb331_2fa7_e23e_e7e4,
    ];
    const G: [[u64; 6]; 2] = [
        [
            0x3a54_5e38_7276_0ab7,
            0x5502_f25d_bf55_296c,
            0x59f7_41e0_8254_2a38,
            0x6e1d_3b62_8ba7_9b98,
            0x8eb1_c71e_f320_ad74,
            0xaa87_ca22_be8b_0537,
        ],
        [
            0x7a43_1d7c_90ea_0e5f,
            0x0a60_b1ce_1d7e_819d,
            0xe9da_3113_b5f0_b8c0,
            0xf8f4_1dbd_289a_147c,
            0x5d9e_98bf_9292_dc29,
            0x3617_de4a_9626_2c6f,
        ],
    ];
    const INVERSION: usize = 45;
    const P_LESS_N: [u64; 6] = [
        0x1313_e696_333a_d68c,
        0xa7e5_f24c_b74f_5885,
        0x389c_b27e_0bc8_d21f,
        0x0000_0000_0000_0000,
        0x0000_0000_0000_0000,
        0x0000_0000_0000_0000,
    ];
    const KNOWN: ([[u64; 6]; 2], &'static [ecdsa::Known<[u64; 6]>]) = ([known::X, known::Y], &known::SIGNATURES);
}
