//! Integers modulo n, the order of P-256 (NIST SP 800-186 section 3.2.1.3), in fiat-crypto's arithmetic: four words,
//! Montgomery form. Operands are below n, which `from_words` sees to and every operation keeps.

use fiat_crypto::p256_scalar_64::{
    fiat_p256_scalar_add, fiat_p256_scalar_from_montgomery,
    fiat_p256_scalar_montgomery_domain_field_element as Montgomery, fiat_p256_scalar_mul,
    fiat_p256_scalar_non_montgomery_domain_field_element as Plain, fiat_p256_scalar_set_one,
    fiat_p256_scalar_to_montgomery,
};

use super::super::inverse::{Invertible, Modulus, invert_all, less_than};
use super::super::words::subtract;

/// n, the least significant word first.
pub const N: [u64; 4] = [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];

static MODULUS: Modulus = Modulus::new(N);

/// An integer modulo n. Equal ones have equal words.
#[derive(Clone, Copy)]
pub struct Scalar(Montgomery);

impl Scalar {
    const ONE: Self = {
        let mut one = Montgomery([0; 4]);
        fiat_p256_scalar_set_one(&mut one);
        Self(one)
    };

    /// A number below n; None for others.
    pub fn from_words(words: [u64; 4]) -> Option<Self> {
        if !less_than(&words, &N) {
            return None;
        }
        let mut out = Montgomery([0; 4]);
        fiat_p256_scalar_to_montgomery(&mut out, &Plain(words));
        Some(Self(out))
    }

    /// Any number of 256 bits: 2^256 < 2n, so that n comes off at most once.
    pub fn reduce(words: [u64; 4]) -> Option<Self> {
        Self::from_words(if less_than(&words, &N) { words } else { subtract(&words, &N) })
    }

    /// The number, below n.
    pub fn to_words(self) -> [u64; 4] {
        let mut out = Plain([0; 4]);
        fiat_p256_scalar_from_montgomery(&mut out, &self.0);
        out.0
    }

    /// Product.
    pub fn mul(&self, other: &Self) -> Self {
        debug_assert!(less_than(&self.0.0, &N) && less_than(&other.0.0, &N));
        let mut out = Montgomery([0; 4]);
        fiat_p256_scalar_mul(&mut out, &self.0, &other.0);
        Self(out)
    }

    /// Sum.
    pub fn add(&self, other: &Self) -> Self {
        debug_assert!(less_than(&self.0.0, &N) && less_than(&other.0.0, &N));
        let mut out = Montgomery([0; 4]);
        fiat_p256_scalar_add(&mut out, &self.0, &other.0);
        Self(out)
    }

    /// Is it 0?
    pub fn is_zero(&self) -> bool {
        self.0.0 == [0; 4]
    }

    /// The inverse; none for 0. The product is looked at.
    pub fn invert(&self) -> Option<Self> {
        let inverse = Self::from_words(MODULUS.invert(self.to_words())?)?;
        (inverse.mul(self).0.0 == Self::ONE.0.0).then_some(inverse)
    }
}

impl Invertible for Scalar {
    const ONE: Self = Self::ONE;

    #[inline]
    fn times(&self, other: &Self) -> Self {
        self.mul(other)
    }

    fn inverted(&self) -> Option<Self> {
        self.invert()
    }
}

/// Invert each scalar in place, with one inversion for all, and look at each product. None when one of them is 0.
pub fn invert_all_checked(scalars: &mut [Scalar]) -> Option<()> {
    let numbers = scalars.to_vec();
    invert_all(scalars)?;
    numbers.iter().zip(&*scalars).all(|(number, inverse)| number.mul(inverse).0.0 == Scalar::ONE.0.0).then_some(())
}
