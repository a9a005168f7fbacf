//! The field of P-256, integers modulo p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (NIST SP 800-186 section 3.2.1.3). The arithmetic
//! is fiat-crypto's, generated with a machine-checked proof: four words, Montgomery form with R = 2^256. Its one condition is
//! that operands are below p, which `from_words` sees to and every operation keeps.

use fiat_crypto::p256_64::{
    fiat_p256_add, fiat_p256_from_montgomery, fiat_p256_montgomery_domain_field_element as Montgomery, fiat_p256_mul,
    fiat_p256_non_montgomery_domain_field_element as Plain, fiat_p256_opp, fiat_p256_set_one, fiat_p256_square,
    fiat_p256_sub, fiat_p256_to_montgomery,
};

use super::super::inverse::{Invertible, Modulus, less_than};

/// p, the least significant word first.
pub const P: [u64; 4] = [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];

static MODULUS: Modulus = Modulus::new(P);

/// A field element. Equal elements have equal words.
#[derive(Clone, Copy)]
pub struct Element(Montgomery);

impl Element {
    /// 0.
    pub const ZERO: Self = Self(Montgomery([0; 4]));

    /// 1.
    pub const ONE: Self = {
        let mut one = Montgomery([0; 4]);
        fiat_p256_set_one(&mut one);
        Self(one)
    };

    /// A number below p; None for others.
    pub fn from_words(words: [u64; 4]) -> Option<Self> {
        less_than(&words, &P).then(|| Self::reduced(words))
    }

    /// A number that is known to be below p.
    const fn reduced(words: [u64; 4]) -> Self {
        let mut out = Montgomery([0; 4]);
        fiat_p256_to_montgomery(&mut out, &Plain(words));
        Self(out)
    }

    /// The number, below p.
    pub fn to_words(self) -> [u64; 4] {
        let mut out = Plain([0; 4]);
        fiat_p256_from_montgomery(&mut out, &self.0);
        out.0
    }

    /// The number times 2^256 modulo p, below p.
    #[inline]
    pub fn montgomery_words(self) -> [u64; 4] {
        self.0.0
    }

    /// Product.
    #[inline]
    pub fn mul(&self, other: &Self) -> Self {
        debug_assert!(self.is_reduced() && other.is_reduced());
        let mut out = Montgomery([0; 4]);
        fiat_p256_mul(&mut out, &self.0, &other.0);
        Self(out)
    }

    /// Square.
    #[inline]
    pub fn square(&self) -> Self {
        debug_assert!(self.is_reduced());
        let mut out = Montgomery([0; 4]);
        fiat_p256_square(&mut out, &self.0);
        Self(out)
    }

    /// Sum.
    #[inline]
    pub fn add(&self, other: &Self) -> Self {
        debug_assert!(self.is_reduced() && other.is_reduced());
        let mut out = Montgomery([0; 4]);
        fiat_p256_add(&mut out, &self.0, &other.0);
        Self(out)
    }

    /// Difference.
    #[inline]
    pub fn sub(&self, other: &Self) -> Self {
        debug_assert!(self.is_reduced() && other.is_reduced());
        let mut out = Montgomery([0; 4]);
        fiat_p256_sub(&mut out, &self.0, &other.0);
        Self(out)
    }

    /// Negative.
    #[inline]
    pub fn neg(&self) -> Self {
        debug_assert!(self.is_reduced());
        let mut out = Montgomery([0; 4]);
        fiat_p256_opp(&mut out, &self.0);
        Self(out)
    }

    /// Twice.
    #[inline]
    pub fn double(&self) -> Self {
        self.add(self)
    }

    /// Is it 0?
    pub fn is_zero(&self) -> bool {
        self.0.0 == [0; 4]
    }

    /// The same element?
    pub fn equals(&self, other: &Self) -> bool {
        self.0.0 == other.0.0
    }

    /// The inverse; none for 0. The product is looked at.
    pub fn invert(&self) -> Option<Self> {
        let inverse = Self::from_words(MODULUS.invert(self.to_words())?)?;
        inverse.mul(self).equals(&Self::ONE).then_some(inverse)
    }

    /// What the proof of fiat-crypto asks for.
    fn is_reduced(&self) -> bool {
        less_than(&self.0.0, &P)
    }
}

impl Invertible for Element {
    const ONE: Self = Self::ONE;

    #[inline]
    fn times(&self, other: &Self) -> Self {
        self.mul(other)
    }

    fn inverted(&self) -> Option<Self> {
        self.invert()
    }
}
