//! P-384 as RustCrypto has it.

use ::p384::ecdsa::signature::hazmat::PrehashVerifier;
use ::p384::ecdsa::{Signature, VerifyingKey};
use ::p384::elliptic_curve::PrimeField;
use ::p384::elliptic_curve::ops::Reduce;
use ::p384::elliptic_curve::sec1::ToSec1Point;
use ::p384::{FieldBytes, ProjectivePoint, Scalar};
use aws_lc_rs::digest::{Algorithm, SHA384};
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED, EcdsaVerificationAlgorithm};
use rapidjwt::crypto::backend::p384::P384;

use crate::ecdsa::Known;

const N: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0,
    0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];
const P: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,
];

impl Known for P384 {
    const LIBRARY: &'static EcdsaVerificationAlgorithm = &ECDSA_P384_SHA384_FIXED;
    const HASH: &'static Algorithm = &SHA384;
    const EDGES: [[u8; 48]; 4] = [[0; 48], N, P, [0xff; 48]];

    type Number = Scalar;
    type Second = VerifyingKey;

    fn reduce(bytes: &[u8; 48]) -> Scalar {
        Scalar::reduce(&FieldBytes::from(*bytes))
    }

    fn bytes(number: Scalar) -> [u8; 48] {
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
