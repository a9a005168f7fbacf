//! P-256 as RustCrypto has it, and in lanes.

use aws_lc_rs::digest::SHA256;
use aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED;
use rapidjwt::crypto::backend::Decision;
use rapidjwt::crypto::backend::lanes::{Lanes, Model, on_ifma};
use rapidjwt::crypto::backend::p256::lanes::{Eight, One};
use rapidjwt::crypto::backend::p256::{P256, Table};

use crate::ecdsa::{Item, impl_known};

const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
const P: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

impl_known!(P256, p256, [u8; 32], N, P, &ECDSA_P256_SHA256_FIXED, &SHA256);

/// One by one and side by side.
pub fn on_the_model(base: &Table, key: &Table, items: &[Item<P256>]) -> Vec<Vec<Decision>> {
    let items: Vec<_> = items.iter().map(|(hash, signature)| (hash, &signature[..])).collect();
    let eight = Model.run(Eight { base, key, items: &items });
    let both =
        items.iter().zip(eight).map(|(item, of_eight)| vec![Model.run(One { base, key, item: *item }), of_eight]);
    both.collect()
}

/// The same on AVX-512 IFMA.
pub fn on_the_instructions(base: &Table, key: &Table, items: &[Item<P256>]) -> Vec<Vec<Decision>> {
    let items: Vec<_> = items.iter().map(|(hash, signature)| (hash, &signature[..])).collect();
    let eight = on_ifma(Eight { base, key, items: &items }).expect("AVX-512 IFMA");
    let one = |item| on_ifma(One { base, key, item }).expect("AVX-512 IFMA");
    items.iter().zip(eight).map(|(item, of_eight)| vec![one(*item), of_eight]).collect()
}
