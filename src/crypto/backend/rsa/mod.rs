//! RSA signatures of PKCS#1 v1.5 with prepared keys of 2048, 3072 and 4096 bits and e = 65537, in lanes or in doubles (`fma`): a
//! hash and a signature in, a decision out. Public data only, in variable time. Lengths and ranges are looked at here, before the
//! arithmetic, and the whole encoded block is compared after it; what is not ordinary is exceptional and left to the library.

pub mod block;
pub mod fma;
mod known;
pub mod number;
pub mod plain;
pub mod power;

#[cfg(test)]
mod tests;

use number::{LOW, Number, from_be_bytes, less_than, power_of_two, reduce};
use power::{Power, Powers};

use super::Decision;
use super::lanes::{Lanes, Task};
use super::sha2;
use super::words::negated_inverse;
use crate::alg::Hash;

/// Bytes of the longest modulus.
const LONGEST: usize = 512;

/// A hash algorithm, the hash of an input, and the signature to it.
pub type Item<'a> = (Hash, &'a [u8], &'a [u8]);

/// A modulus n and what depends on it alone. n is odd and has exactly as many bits as its bytes.
pub struct Modulus<const V: usize> {
    n: Number<V>,
    /// -1 / n modulo 2^52.
    negated_inverse: u64,
    /// R^2 modulo n; R is 2^(416 V).
    square_of_r: Number<V>,
    bytes: usize,
}

impl<const V: usize> Modulus<V> {
    /// Take a big-endian modulus. None unless it is odd, its first bit is set, and n < R / 2^32.
    pub fn new(n: &[u8]) -> Option<Self> {
        let is_odd = n.last()? & 1 == 1;
        if !is_odd || n.first()? >> 7 == 0 || n.len() + 4 > 52 * V {
            return None;
        }
        let (bytes, n) = (n.len(), from_be_bytes(n)?);
        let negated_inverse = negated_inverse(*n.as_flattened().first()?) & LOW;
        let square_of_r = power_of_two(2 * 416 * V, &n, 8 * bytes)?;
        Some(Self { n, negated_inverse, square_of_r, bytes })
    }

    /// A signature as a number s: as long as the modulus, and s < n (RFC 8017 sections 8.2.2 and 5.2.2). None for every other.
    pub fn parse(&self, signature: &[u8]) -> Option<Number<V>> {
        let s = if signature.len() == self.bytes { from_be_bytes(signature)? } else { return None };
        less_than(&s, &self.n).then_some(s)
    }

    /// s^65537 modulo n, for s below n.
    pub fn power(&self, lanes: impl Lanes, s: &Number<V>) -> Number<V> {
        reduce(&lanes.run(Power { modulus: self, s }), &self.n)
    }

    /// The same for eight.
    pub fn powers(&self, lanes: impl Lanes, s: &[Number<V>; 8]) -> [Number<V>; 8] {
        lanes.run(Powers { modulus: self, s }).map(|power| reduce(&power, &self.n))
    }

    fn decide(&self, lanes: impl Lanes, item: Item<'_>) -> Decision {
        self.decide_by(item, |s| self.power(lanes, s))
    }

    /// `power` is s^65537 modulo n.
    fn decide_by(&self, (hash, digest, signature): Item<'_>, power: impl FnOnce(&Number<V>) -> Number<V>) -> Decision {
        match (self.parse(signature), self.block(hash, digest)) {
            (Some(s), Some(block)) => decision(&power(&s), &block),
            _ => Decision::Exceptional,
        }
    }

    fn decide_eight(&self, lanes: impl Lanes, items: &[Item<'_>]) -> [Decision; 8] {
        self.decide_together(items, |s| self.powers(lanes, s))
    }

    /// `powers` are those of K numbers modulo n. A lane that has none is 0.
    fn decide_together<const K: usize>(
        &self,
        items: &[Item<'_>],
        powers: impl FnOnce(&[Number<V>; K]) -> [Number<V>; K],
    ) -> [Decision; K] {
        let mut numbers = [[[0; 8]; V]; K];
        let mut blocks = [None; K];
        for ((s, block), (hash, digest, signature)) in numbers.iter_mut().zip(&mut blocks).zip(items) {
            if let Some(number) = self.parse(signature) {
                (*s, *block) = (number, self.block(*hash, digest));
            }
        }
        let mut decisions = [Decision::Exceptional; K];
        for ((place, power), block) in decisions.iter_mut().zip(powers(&numbers)).zip(&blocks) {
            if let Some(block) = block {
                *place = decision(&power, block);
            }
        }
        decisions
    }

    /// What a signature to this hash opens to. It begins with 00 01, so that it is below n.
    fn block(&self, hash: Hash, digest: &[u8]) -> Option<Number<V>> {
        let mut block = [0; LONGEST];
        let block = block.get_mut(..self.bytes)?;
        block::encode(hash, digest, block)?;
        from_be_bytes(block)
    }

    /// A number of words at random: no limb is more than half as large as n's, so that it is below n.
    fn number_of<'a>(&self, words: impl Iterator<Item = &'a u64>) -> Number<V> {
        let mut number = [[0; 8]; V];
        for ((place, n), word) in number.as_flattened_mut().iter_mut().zip(self.n.as_flattened()).zip(words) {
            *place = word & n >> 1;
        }
        number
    }

    /// Are the constants right, and do both forms in lanes compute what plain arithmetic does, of these numbers modulo n? In plain
    /// arithmetic, which is slow, the one in `lane` is computed; of the others the forms are compared.
    fn agrees(&self, lanes: impl Lanes, words: &[u64], lane: usize) -> bool {
        let s: [Number<V>; 8] = std::array::from_fn(|number| self.number_of(words.iter().skip(number).step_by(8)));
        let powers = self.powers(lanes, &s);
        let Some((first, found)) = s.get(lane).zip(powers.get(lane)) else { return false };
        plain::is_prepared(self)
            && plain::power(self, first) == *found
            && s.iter().zip(&powers).all(|(s, power)| self.power(lanes, s) == *power)
    }
}

fn decision<const V: usize>(power: &Number<V>, block: &Number<V>) -> Decision {
    if power == block { Decision::Good } else { Decision::Bad }
}

/// A prepared key. Of e, which is 65537, nothing is kept.
pub enum Key {
    /// 2048 bits, in five vectors.
    Bits2048(Box<Modulus<5>>),
    /// 3072 bits, in eight: the last four limbs are 0.
    Bits3072(Box<Modulus<8>>),
    /// 4096 bits, in ten.
    Bits4096(Box<Modulus<10>>),
}

/// The only e that is computed here, big-endian.
pub const E: [u8; 3] = [1, 0, 1];

/// Are these the numbers of a key that can be prepared, big-endian and without leading zeros? n is odd and has exactly 2048, 3072 or
/// 4096 bits.
pub fn is_usual(n: &[u8], e: &[u8]) -> bool {
    let (first, last) = (n.first().copied().unwrap_or(0), n.last().copied().unwrap_or(0));
    matches!(n.len(), 256 | 384 | 512) && first >> 7 == 1 && last & 1 == 1 && e == E
}

impl Key {
    /// Prepare a key. None for one that is not usual.
    pub fn new(n: &[u8], e: &[u8]) -> Option<Self> {
        if !is_usual(n, e) {
            return None;
        }
        match n.len() {
            256 => Some(Self::Bits2048(Box::new(Modulus::new(n)?))),
            384 => Some(Self::Bits3072(Box::new(Modulus::new(n)?))),
            512 => Some(Self::Bits4096(Box::new(Modulus::new(n)?))),
            _ => None,
        }
    }

    /// How much memory a key of a modulus of so many bytes takes, in bytes.
    pub fn bytes(modulus: usize) -> usize {
        size_of::<Self>()
            + match modulus {
                256 => size_of::<Modulus<5>>(),
                384 => size_of::<Modulus<8>>(),
                _ => size_of::<Modulus<10>>(),
            }
    }

    /// See `One`.
    fn decide(&self, lanes: impl Lanes, item: Item<'_>) -> Decision {
        match self {
            Self::Bits2048(modulus) => modulus.decide(lanes, item),
            Self::Bits3072(modulus) => modulus.decide(lanes, item),
            Self::Bits4096(modulus) => modulus.decide(lanes, item),
        }
    }

    /// See `Eight`.
    fn decide_eight(&self, lanes: impl Lanes, items: &[Item<'_>]) -> [Decision; 8] {
        match self {
            Self::Bits2048(modulus) => modulus.decide_eight(lanes, items),
            Self::Bits3072(modulus) => modulus.decide_eight(lanes, items),
            Self::Bits4096(modulus) => modulus.decide_eight(lanes, items),
        }
    }

    /// See `Proof`.
    fn agrees(&self, lanes: impl Lanes, words: &[u64; 640], lane: usize) -> bool {
        match self {
            Self::Bits2048(modulus) => modulus.agrees(lanes, words, lane),
            Self::Bits3072(modulus) => modulus.agrees(lanes, words, lane),
            Self::Bits4096(modulus) => modulus.agrees(lanes, words, lane),
        }
    }
}

/// Does the signature fit the hash (RFC 8017 section 8.2.2)? Its number is spread over the lanes.
pub struct One<'a> {
    /// Whose signature.
    pub key: &'a Key,
    /// What is asked about.
    pub item: Item<'a>,
}

/// Do these signatures of one key fit their hashes? Each has a lane of its own. Of more than eight the first eight are decided; the
/// decisions in lanes without an item are exceptional.
pub struct Eight<'a> {
    /// Whose signatures.
    pub key: &'a Key,
    /// What is asked about.
    pub items: &'a [Item<'a>],
}

/// Does a new key compute in lanes, in both forms, what plain arithmetic does?
pub struct Proof<'a> {
    /// The key.
    pub key: &'a Key,
    /// At random: eight for each limb.
    pub words: &'a [u64; 640],
    /// The lane of the number that plain arithmetic looks at, below 8.
    pub lane: usize,
}

/// Are the stored signatures, good and bad, of keys whose modulus has so many bytes, decided as they should be, alone and in each
/// lane, and stored digests found?
pub struct KnownAnswers(pub usize);

impl Task for One<'_> {
    type Output = Decision;

    fn run<L: Lanes>(self, lanes: L) -> Decision {
        self.key.decide(lanes, self.item)
    }
}

impl Task for Eight<'_> {
    type Output = [Decision; 8];

    fn run<L: Lanes>(self, lanes: L) -> [Decision; 8] {
        self.key.decide_eight(lanes, self.items)
    }
}

impl Task for Proof<'_> {
    type Output = bool;

    fn run<L: Lanes>(self, lanes: L) -> bool {
        self.key.agrees(lanes, self.words, self.lane)
    }
}

impl Task for KnownAnswers {
    type Output = bool;

    fn run<L: Lanes>(self, lanes: L) -> bool {
        let is_hashed_right = || lanes.run(sha2::KnownAnswers(&[Hash::Sha256, Hash::Sha384, Hash::Sha512]));
        known::Known::of(self.0).and_then(|known| known.passes(lanes)).unwrap_or(false) && is_hashed_right()
    }
}
