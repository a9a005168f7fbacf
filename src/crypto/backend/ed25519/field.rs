//! The field of Curve25519, integers modulo p = 2^255 - 19 (RFC 7748 section 4.1), in fiat-crypto's arithmetic: five limbs of
//! 51 bits. Its proof is for two sizes of limb, which are two types here: an `Element` has limbs of at most 2^51, a `Loose` one,
//! fresh from a sum or difference, of at most 3 * 2^51; products take loose ones and give tight ones.

use fiat_crypto::curve25519_64::{
    fiat_25519_add, fiat_25519_carry, fiat_25519_carry_mul, fiat_25519_carry_square, fiat_25519_from_bytes,
    fiat_25519_loose_field_element as LooseLimbs, fiat_25519_opp, fiat_25519_relax, fiat_25519_sub,
    fiat_25519_tight_field_element as TightLimbs, fiat_25519_to_bytes,
};

use super::super::inverse::{Invertible, Modulus};
use super::super::words::{from_le_bytes, less_than, to_le_bytes};

/// p, the least significant word first.
pub const P: [u64; 4] = [0xffff_ffff_ffff_ffed, u64::MAX, u64::MAX, 0x7fff_ffff_ffff_ffff];

static MODULUS: Modulus<4, 5> = Modulus::new(P);

/// Bound of a tight limb.
const TIGHT: u64 = 1 << 51;

/// A field element. Several forms are the same element: compare with `equals`.
#[derive(Clone, Copy)]
pub struct Element(TightLimbs);

/// A sum or difference of two elements.
#[derive(Clone, Copy)]
pub struct Loose(LooseLimbs);

impl Element {
    /// 0.
    pub const ZERO: Self = Self(TightLimbs([0; 5]));

    /// 1.
    pub const ONE: Self = Self(TightLimbs([1, 0, 0, 0, 0]));

    /// A number below p; None for others.
    pub fn from_words(words: [u64; 4]) -> Option<Self> {
        if !less_than(&words, &P) {
            return None;
        }
        let mut out = Self::ZERO;
        fiat_25519_from_bytes(&mut out.0, &to_le_bytes(&words));
        Some(out)
    }

    /// The number below p, little-endian.
    pub fn to_bytes(self) -> [u8; 32] {
        let mut out = [0; 32];
        fiat_25519_to_bytes(&mut out, &self.0);
        out
    }

    /// The limbs, of 51 bits: what other arithmetic takes from tables.
    #[inline]
    pub fn limbs(self) -> [u64; 5] {
        self.0.0
    }

    /// As it is, where a loose one is wanted.
    #[inline]
    pub fn loose(&self) -> Loose {
        let mut out = Loose(LooseLimbs([0; 5]));
        fiat_25519_relax(&mut out.0, &self.0);
        out
    }

    /// Sum.
    #[inline]
    pub fn add(&self, other: &Self) -> Loose {
        debug_assert!(self.is_tight() && other.is_tight());
        let mut out = Loose(LooseLimbs([0; 5]));
        fiat_25519_add(&mut out.0, &self.0, &other.0);
        out
    }

    /// Difference.
    #[inline]
    pub fn sub(&self, other: &Self) -> Loose {
        debug_assert!(self.is_tight() && other.is_tight());
        let mut out = Loose(LooseLimbs([0; 5]));
        fiat_25519_sub(&mut out.0, &self.0, &other.0);
        out
    }

    /// Negative.
    #[inline]
    pub fn neg(&self) -> Self {
        debug_assert!(self.is_tight());
        let mut out = Loose(LooseLimbs([0; 5]));
        fiat_25519_opp(&mut out.0, &self.0);
        out.carry()
    }

    /// Product.
    #[inline]
    pub fn mul(&self, other: &Self) -> Self {
        self.loose().mul(&other.loose())
    }

    /// Square.
    #[inline]
    pub fn square(&self) -> Self {
        self.loose().square()
    }

    /// The same element?
    pub fn equals(&self, other: &Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }

    /// The inverse; none for 0. The product is looked at.
    pub fn invert(&self) -> Option<Self> {
        let inverse = Self::from_words(MODULUS.invert(from_le_bytes(&self.to_bytes()))?)?;
        inverse.mul(self).equals(&Self::ONE).then_some(inverse)
    }

    /// `self^(2^252 - 3)`, which is `self^((p-5)/8)` (RFC 8032 section 5.1.3). In binary: 250 ones, then 01.
    pub fn power_for_root(&self) -> Self {
        let ones = (1..250).fold(*self, |power, _| power.square().mul(self));
        ones.square().square().mul(self)
    }

    fn is_tight(&self) -> bool {
        self.0.0.iter().all(|limb| *limb <= TIGHT)
    }
}

impl Loose {
    /// The number of these limbs of 51 bits. None when one is more than 3 * 2^51.
    pub fn from_limbs(limbs: [u64; 5]) -> Option<Self> {
        let loose = Self(LooseLimbs(limbs));
        loose.is_loose().then_some(loose)
    }

    /// Product.
    #[inline]
    pub fn mul(&self, other: &Self) -> Element {
        debug_assert!(self.is_loose() && other.is_loose());
        let mut out = Element::ZERO;
        fiat_25519_carry_mul(&mut out.0, &self.0, &other.0);
        out
    }

    /// Square.
    #[inline]
    pub fn square(&self) -> Element {
        debug_assert!(self.is_loose());
        let mut out = Element::ZERO;
        fiat_25519_carry_square(&mut out.0, &self.0);
        out
    }

    /// The same element with tight limbs.
    #[inline]
    pub fn carry(&self) -> Element {
        debug_assert!(self.is_loose());
        let mut out = Element::ZERO;
        fiat_25519_carry(&mut out.0, &self.0);
        out
    }

    fn is_loose(&self) -> bool {
        self.0.0.iter().all(|limb| *limb <= 3 * TIGHT)
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
