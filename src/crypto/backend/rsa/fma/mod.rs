//! RSA in doubles, by AVX2 with FMA, where there is no AVX-512 IFMA: one signature, or four side by side. Everything but the power is
//! `rsa`'s: what is looked at before, the block, and the plain arithmetic that a new key is compared with.

#[cfg(target_arch = "x86_64")]
mod columns;
pub mod limbs;
#[cfg(target_arch = "x86_64")]
mod power;
#[cfg(target_arch = "x86_64")]
mod powers;
#[cfg(target_arch = "x86_64")]
mod six;

use super::known::{Known, are_decided_in_each_lane};
use super::number::Number;
use super::{E, Item, is_usual, plain};
use crate::crypto::backend::Decision;
use limbs::{Limbs, Modulus};

/// There is one only where the CPU and the operating system have AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug)]
pub struct Fma(());

/// There is none.
#[cfg(not(target_arch = "x86_64"))]
#[derive(Clone, Copy, Debug)]
pub enum Fma {}

impl Fma {
    /// Where the machine has the instructions.
    #[inline]
    pub fn detect() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        return (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()));
        #[cfg(not(target_arch = "x86_64"))]
        None
    }

    #[cfg(target_arch = "x86_64")]
    fn power<const N: usize>(self, modulus: &Modulus<N>, s: &Limbs<N>) -> Limbs<N> {
        // SAFETY: an `Fma` proves the features.
        unsafe { power::power(modulus, s) }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn power<const N: usize>(self, _modulus: &Modulus<N>, _s: &Limbs<N>) -> Limbs<N> {
        match self {}
    }

    #[cfg(target_arch = "x86_64")]
    fn powers<const N: usize>(self, modulus: &Modulus<N>, s: &[Limbs<N>; 4]) -> [Limbs<N>; 4] {
        // SAFETY: an `Fma` proves the features.
        unsafe { powers::powers(modulus, s) }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn powers<const N: usize>(self, _modulus: &Modulus<N>, _s: &[Limbs<N>; 4]) -> [Limbs<N>; 4] {
        match self {}
    }
}

/// A modulus in both forms.
pub struct Prepared<const V: usize, const N: usize> {
    /// For everything but the power.
    pub plain: super::Modulus<V>,
    doubles: Modulus<N>,
}

impl<const V: usize, const N: usize> Prepared<V, N> {
    /// Take a big-endian modulus, as `super::Modulus` does.
    pub fn new(n: &[u8]) -> Option<Self> {
        let plain = super::Modulus::new(n)?;
        let doubles = Modulus::new(&plain.n, 8 * plain.bytes)?;
        Some(Self { plain, doubles })
    }

    /// s^65537 modulo n, for s below n.
    pub fn power(&self, fma: Fma, s: &Number<V>) -> Number<V> {
        fma.power(&self.doubles, &Limbs::new(s)).modulo(&self.doubles.n)
    }

    /// The same for four.
    pub fn powers(&self, fma: Fma, s: &[Number<V>; 4]) -> [Number<V>; 4] {
        let powers = fma.powers(&self.doubles, &s.each_ref().map(Limbs::new));
        powers.map(|power| power.modulo(&self.doubles.n))
    }

    fn decide_four(&self, fma: Fma, items: &[Item<'_>]) -> [Decision; 4] {
        self.plain.decide_together(items, |s| self.powers(fma, s))
    }

    /// Do both forms compute the same of four numbers below n, and of the first what plain arithmetic does?
    fn agrees(&self, fma: Fma, words: &[u64]) -> bool {
        let s: [Number<V>; 4] =
            std::array::from_fn(|number| self.plain.number_of(words.iter().skip(number).step_by(4)));
        let alone = s.each_ref().map(|s| self.power(fma, s));
        plain::is_prepared(&self.plain)
            && s.first().map(|s| plain::power(&self.plain, s)).as_ref() == alone.first()
            && self.powers(fma, &s) == alone
    }
}

/// A prepared key. Of e, which is 65537, nothing is kept.
pub enum Key {
    /// 2048 bits, in 41 limbs.
    Bits2048(Box<Prepared<5, 65>>),
    /// 3072 bits, in 61.
    Bits3072(Box<Prepared<8, 85>>),
    /// 4096 bits, in 81.
    Bits4096(Box<Prepared<10, 105>>),
}

impl Key {
    /// Prepare a key. None for one that is not usual.
    pub fn new(n: &[u8], e: &[u8]) -> Option<Self> {
        if !is_usual(n, e) {
            return None;
        }
        match n.len() {
            256 => Some(Self::Bits2048(Box::new(Prepared::new(n)?))),
            384 => Some(Self::Bits3072(Box::new(Prepared::new(n)?))),
            512 => Some(Self::Bits4096(Box::new(Prepared::new(n)?))),
            _ => None,
        }
    }

    /// How much memory a key of a modulus of so many bytes takes, in bytes.
    pub fn bytes(modulus: usize) -> usize {
        size_of::<Self>()
            + match modulus {
                256 => size_of::<Prepared<5, 65>>(),
                384 => size_of::<Prepared<8, 85>>(),
                _ => size_of::<Prepared<10, 105>>(),
            }
    }

    /// Does the signature fit the hash (RFC 8017 section 8.2.2)?
    pub fn decide(&self, fma: Fma, item: Item<'_>) -> Decision {
        match self {
            Self::Bits2048(key) => key.plain.decide_by(item, |s| key.power(fma, s)),
            Self::Bits3072(key) => key.plain.decide_by(item, |s| key.power(fma, s)),
            Self::Bits4096(key) => key.plain.decide_by(item, |s| key.power(fma, s)),
        }
    }

    /// Do these signatures fit their hashes? Each has a lane of its own. Of more than four the first four are decided; the decisions in
    /// lanes without an item are exceptional.
    pub fn decide_four(&self, fma: Fma, items: &[Item<'_>]) -> [Decision; 4] {
        match self {
            Self::Bits2048(key) => key.decide_four(fma, items),
            Self::Bits3072(key) => key.decide_four(fma, items),
            Self::Bits4096(key) => key.decide_four(fma, items),
        }
    }

    /// So many signatures take less time side by side than one after the other.
    pub fn worth_four(&self) -> usize {
        match self {
            Self::Bits2048(_) => 3,
            Self::Bits3072(_) | Self::Bits4096(_) => 4,
        }
    }

    /// Does a new key compute what plain arithmetic does, in both forms, of random numbers? Four words for each limb.
    pub fn agrees(&self, fma: Fma, words: &[u64; 320]) -> bool {
        match self {
            Self::Bits2048(key) => key.agrees(fma, words),
            Self::Bits3072(key) => key.agrees(fma, words),
            Self::Bits4096(key) => key.agrees(fma, words),
        }
    }
}

/// Are the stored signatures, good and bad, of keys whose modulus has so many bytes, decided as they should be, alone and in each lane?
pub fn passes_known_answers(fma: Fma, modulus: usize) -> bool {
    let passes = |known: &Known| {
        known.items(|n, items| {
            let key = Key::new(n, &E)?;
            let alone = items.iter().all(|(item, decision)| key.decide(fma, *item) == *decision);
            Some(alone && are_decided_in_each_lane(items, |items| key.decide_four(fma, items)))
        })?
    };
    Known::of(modulus).and_then(passes).unwrap_or(false)
}
