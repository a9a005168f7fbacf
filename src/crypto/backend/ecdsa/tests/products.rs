//! Products and differences against fiat-crypto's, whose proof covers them.

use fiat_crypto::p256_64::{fiat_p256_montgomery_domain_field_element, fiat_p256_mul, fiat_p256_square, fiat_p256_sub};
use fiat_crypto::p256_scalar_64::{
    fiat_p256_scalar_montgomery_domain_field_element, fiat_p256_scalar_mul, fiat_p256_scalar_square,
    fiat_p256_scalar_sub,
};
use fiat_crypto::p384_64::{fiat_p384_montgomery_domain_field_element, fiat_p384_mul, fiat_p384_square, fiat_p384_sub};
use fiat_crypto::p384_scalar_64::{
    fiat_p384_scalar_montgomery_domain_field_element, fiat_p384_scalar_mul, fiat_p384_scalar_square,
    fiat_p384_scalar_sub,
};

use crate::crypto::backend::ecdsa::product::{difference, product};
use crate::crypto::backend::words::{Words, less_than, negated_inverse};
use crate::crypto::backend::{p256, p384};

const PAIRS: usize = 20_000;

/// Numbers, the same ones every time: SplitMix64 (Steele, Lea, Flood, 2014).
struct Numbers(u64);

impl Numbers {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    /// Below p. Every other word is extreme, and some numbers begin as p does.
    fn below<const N: usize>(&mut self, p: &[u64; N]) -> [u64; N]
    where
        [u64; N]: Words,
    {
        let word = |numbers: &mut Self| {
            let (kind, word) = (numbers.word() % 12, numbers.word());
            match kind {
                0 => 0,
                1 => u64::MAX,
                2 => 1 << 63,
                3 => u64::MAX << (word % 64),
                4 => u64::MAX >> (word % 64),
                5 => 1 << (word % 64),
                _ => word,
            }
        };
        let mut number = *p;
        let is_as_p_above = self.word().is_multiple_of(4);
        let kept = if is_as_p_above { self.word() as usize % N } else { 0 };
        number.iter_mut().take(N - kept).for_each(|place| *place = word(self));
        if less_than(&number, p) { number } else { self.below(p) }
    }
}

macro_rules! compare {
    ($name:ident, $p:expr, $form:ident, $mul:ident, $square:ident, $sub:ident) => {
        #[test]
        fn $name() {
            let mut numbers = Numbers(7);
            for _ in 0..PAIRS {
                let (a, b) = (numbers.below(&$p), numbers.below(&$p));
                let ours = |a, b| product(a, b, &$p, negated_inverse($p[0]));
                let mut fiats = $form(a);
                $mul(&mut fiats, &$form(a), &$form(b));
                assert_eq!(ours(&a, &b), fiats.0, "{a:x?} {b:x?}");
                $square(&mut fiats, &$form(a));
                assert_eq!(ours(&a, &a), fiats.0, "{a:x?}");
                $sub(&mut fiats, &$form(a), &$form(b));
                assert_eq!(difference(&a, &b, &$p), fiats.0, "{a:x?} {b:x?}");
            }
        }
    };
}

compare!(
    modulo_p_of_p256,
    p256::field::P,
    fiat_p256_montgomery_domain_field_element,
    fiat_p256_mul,
    fiat_p256_square,
    fiat_p256_sub
);
compare!(
    modulo_n_of_p256,
    p256::scalar::N,
    fiat_p256_scalar_montgomery_domain_field_element,
    fiat_p256_scalar_mul,
    fiat_p256_scalar_square,
    fiat_p256_scalar_sub
);
compare!(
    modulo_p_of_p384,
    p384::field::P,
    fiat_p384_montgomery_domain_field_element,
    fiat_p384_mul,
    fiat_p384_square,
    fiat_p384_sub
);
compare!(
    modulo_n_of_p384,
    p384::scalar::N,
    fiat_p384_scalar_montgomery_domain_field_element,
    fiat_p384_scalar_mul,
    fiat_p384_scalar_square,
    fiat_p384_scalar_sub
);
