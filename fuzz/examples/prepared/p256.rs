//! P-256 as RustCrypto has it, and in lanes.

use ::p256::ecdsa::signature::hazmat::PrehashVerifier;
use ::p256::ecdsa::{Signature, VerifyingKey};
use ::p256::elliptic_curve::PrimeField;
use ::p256::elliptic_curve::ops::Reduce;
use ::p256::elliptic_curve::sec1::ToSec1Point;
use ::p256::{FieldBytes, ProjectivePoint, Scalar};
use aws_lc_rs::digest::{Algorithm, SHA256};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, EcdsaVerificationAlgorithm};
use rapidjwt::crypto::backend::Decision;
use rapidjwt::crypto::backend::lanes::{Lanes, Model, on_ifma};
use rapidjwt::crypto::backend::p256::lanes::{Eight, One};
use rapidjwt::crypto::backend::p256::{P256, Table};

use crate::ecdsa::{Item, Known};

const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
const P: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

impl Known for P256 {
    const LIBRARY: &'static EcdsaVerificationAlgorithm = &ECDSA_P256_SHA256_FIXED;
    const HASH: &'static Algorithm = &SHA256;
    const EDGES: [[u8; 32]; 4] = [[0; 32], N, P, [0xff; 32]];

    type Number = Scalar;
    type Second = VerifyingKey;

    fn reduce(bytes: &[u8; 32]) -> Scalar {
        Scalar::reduce(&FieldBytes::from(*bytes))
    }

    fn bytes(number: Scalar) -> [u8; 32] {
        number.to_repr().into()
    }

    fn multiple(k: Scalar) -> Option<Vec<u8>> {
        let point = (ProjectivePoint::GENERATOR * k).to_affine().to_sec1_point(false);
        Some([&point.x()?[..], &point.y()?[..]].concat())
    }

    fn second(point: &[u8]) -> VerifyingKey {
        VerifyingKey::from_sec1_bytes(point).unwrap()
    }

    fn fits(key: &VerifyingKey, hash: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|one| key.verify_prehash(hash, &one).is_ok())
    }
}

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
