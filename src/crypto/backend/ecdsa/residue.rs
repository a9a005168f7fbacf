//! Integers modulo a prime, the field's or the order's: words, Montgomery form. Products and differences are `product`'s; all
//! else is fiat-crypto's arithmetic, which is generated with a machine-checked proof. Both have one condition: operands are below
//! the prime, which `from_words` sees to and every operation keeps.

use super::super::inverse::{Invertible, invert_all};
use super::super::words::{Words, less_than, subtract};

/// A prime that has more than half the numbers of its length below it, and the operations modulo it. All but `divsteps`
/// ask for operands below the prime.
pub trait Prime: Copy + 'static {
    /// A number below it.
    type Words: Words;
    /// That number in Montgomery form.
    type Form: Copy;

    /// The prime, the least significant word first.
    const PRIME: Self::Words;
    /// 0.
    const ZERO: Self::Form;
    /// 1.
    const ONE: Self::Form;

    /// The words of the form.
    fn words(form: &Self::Form) -> &Self::Words;
    /// Into the form.
    fn to_form(out: &mut Self::Form, number: Self::Words);
    /// Out of it.
    fn from_form(form: &Self::Form) -> Self::Words;
    /// Product.
    fn mul(one: &Self::Form, other: &Self::Form) -> Self::Form;
    /// Sum.
    fn add(out: &mut Self::Form, one: &Self::Form, other: &Self::Form);
    /// Difference.
    fn sub(one: &Self::Form, other: &Self::Form) -> Self::Form;
    /// Negative.
    fn neg(out: &mut Self::Form, one: &Self::Form);
    /// What may be the inverse, and is to be looked at.
    fn divsteps(number: Self::Words) -> Option<Self::Words>;
}

/// `Prime` for a type, by the names that fiat-crypto gave its functions.
macro_rules! impl_prime {
    ($type:ty, [u64; $words:literal], $prime:expr, $form:ident, $plain:ident, $one:ident, $to:ident, $from:ident, $add:ident, $neg:ident) => {
        impl $crate::crypto::backend::ecdsa::residue::Prime for $type {
            type Words = [u64; $words];
            type Form = $form;

            const PRIME: [u64; $words] = $prime;
            const ZERO: $form = $form([0; $words]);
            const ONE: $form = {
                let mut one = Self::ZERO;
                $one(&mut one);
                one
            };

            #[inline]
            fn words(form: &$form) -> &[u64; $words] {
                &form.0
            }

            #[inline]
            fn to_form(out: &mut $form, number: [u64; $words]) {
                $to(out, &$plain(number));
            }

            #[inline]
            fn from_form(form: &$form) -> [u64; $words] {
                let mut out = $plain([0; $words]);
                $from(&mut out, form);
                out.0
            }

            #[inline(always)]
            fn mul(one: &$form, other: &$form) -> $form {
                use $crate::crypto::backend::ecdsa::product::product;
                const NEGATED_INVERSE: u64 = $crate::crypto::backend::words::negated_inverse($prime[0]);
                $form(product(&one.0, &other.0, &$prime, NEGATED_INVERSE))
            }

            #[inline]
            fn add(out: &mut $form, one: &$form, other: &$form) {
                $add(out, one, other);
            }

            #[inline(always)]
            fn sub(one: &$form, other: &$form) -> $form {
                use $crate::crypto::backend::ecdsa::product::difference;
                $form(difference(&one.0, &other.0, &$prime))
            }

            #[inline]
            fn neg(out: &mut $form, one: &$form) {
                $neg(out, one);
            }

            fn divsteps(number: [u64; $words]) -> Option<[u64; $words]> {
                use $crate::crypto::backend::inverse::Modulus;
                static MODULUS: Modulus<$words, { $words + 1 }> = Modulus::new($prime);
                MODULUS.invert(number)
            }
        }
    };
}
pub(in crate::crypto::backend) use impl_prime;

/// An integer modulo a prime. Equal ones have equal words.
#[derive(Clone, Copy)]
pub struct Residue<Q: Prime>(Q::Form);

impl<Q: Prime> Residue<Q> {
    /// 0.
    pub const ZERO: Self = Self(Q::ZERO);

    /// 1.
    pub const ONE: Self = Self(Q::ONE);

    /// A number below the prime; None for others.
    pub fn from_words(words: Q::Words) -> Option<Self> {
        if !less_than(&words, &Q::PRIME) {
            return None;
        }
        let mut out = Q::ZERO;
        Q::to_form(&mut out, words);
        Some(Self(out))
    }

    /// Any number as long as the prime: below twice the prime, which so comes off at most once.
    pub fn reduce(words: Q::Words) -> Option<Self> {
        Self::from_words(if less_than(&words, &Q::PRIME) { words } else { subtract(&words, &Q::PRIME) })
    }

    /// The number, below the prime.
    pub fn to_words(self) -> Q::Words {
        Q::from_form(&self.0)
    }

    /// The number times 2 to the number of its bits, modulo the prime and below it.
    #[inline]
    pub fn montgomery_words(self) -> Q::Words {
        *Q::words(&self.0)
    }

    /// Product. Not a call of its own: the words would go through memory, which takes half as long again.
    #[inline(always)]
    pub fn mul(&self, other: &Self) -> Self {
        debug_assert!(self.is_reduced() && other.is_reduced());
        Self(Q::mul(&self.0, &other.0))
    }

    /// Square.
    #[inline(always)]
    pub fn square(&self) -> Self {
        self.mul(self)
    }

    /// Sum.
    #[inline]
    pub fn add(&self, other: &Self) -> Self {
        debug_assert!(self.is_reduced() && other.is_reduced());
        let mut out = Q::ZERO;
        Q::add(&mut out, &self.0, &other.0);
        Self(out)
    }

    /// Difference.
    #[inline(always)]
    pub fn sub(&self, other: &Self) -> Self {
        debug_assert!(self.is_reduced() && other.is_reduced());
        Self(Q::sub(&self.0, &other.0))
    }

    /// Negative.
    #[inline]
    pub fn neg(&self) -> Self {
        debug_assert!(self.is_reduced());
        let mut out = Q::ZERO;
        Q::neg(&mut out, &self.0);
        Self(out)
    }

    /// Twice.
    #[inline]
    pub fn double(&self) -> Self {
        self.add(self)
    }

    /// Is it 0?
    pub fn is_zero(&self) -> bool {
        *Q::words(&self.0) == Q::Words::ZERO
    }

    /// The same?
    pub fn equals(&self, other: &Self) -> bool {
        Q::words(&self.0) == Q::words(&other.0)
    }

    /// The inverse; none for 0. The product is looked at.
    pub fn invert(&self) -> Option<Self> {
        let inverse = Self::from_words(Q::divsteps(self.to_words())?)?;
        inverse.mul(self).equals(&Self::ONE).then_some(inverse)
    }

    /// What every operation asks for.
    fn is_reduced(&self) -> bool {
        less_than(Q::words(&self.0), &Q::PRIME)
    }
}

impl<Q: Prime> Invertible for Residue<Q> {
    const ONE: Self = Self::ONE;

    #[inline(always)]
    fn times(&self, other: &Self) -> Self {
        self.mul(other)
    }

    fn inverted(&self) -> Option<Self> {
        self.invert()
    }
}

/// Invert each number in place, with one inversion for all, and look at each product. None when one of them is 0.
pub fn invert_all_checked<Q: Prime>(numbers: &mut [Residue<Q>]) -> Option<()> {
    match numbers {
        [] => return Some(()),
        [number] => return number.invert().map(|inverse| *number = inverse),
        _ => {}
    }
    let before = numbers.to_vec();
    invert_all(numbers)?;
    before.iter().zip(&*numbers).all(|(number, inverse)| number.mul(inverse).equals(&Residue::ONE)).then_some(())
}
