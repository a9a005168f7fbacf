//! Numbers of 256 and 384 bits as four and six words, the least significant first: bytes in and out, comparison, sum and
//! difference. What is too long never comes here.

/// A number of so many words.
pub trait Words: Copy + Eq + AsRef<[u64]> + AsMut<[u64]> + 'static {
    /// As many bytes.
    type Bytes: Copy + AsRef<[u8]> + AsMut<[u8]> + for<'a> TryFrom<&'a [u8]>;

    /// 0.
    const ZERO: Self;

    /// 0.
    const NO_BYTES: Self::Bytes;
}

impl Words for [u64; 4] {
    type Bytes = [u8; 32];
    const ZERO: Self = [0; 4];
    const NO_BYTES: [u8; 32] = [0; 32];
}

impl Words for [u64; 6] {
    type Bytes = [u8; 48];
    const ZERO: Self = [0; 6];
    const NO_BYTES: [u8; 48] = [0; 48];
}

/// From big-endian bytes (SEC 1 section 2.3.8).
pub fn from_be_bytes<W: Words>(bytes: &W::Bytes) -> W {
    let mut words = W::ZERO;
    let (eights, _) = bytes.as_ref().as_chunks();
    for (word, eight) in words.as_mut().iter_mut().rev().zip(eights) {
        *word = u64::from_be_bytes(*eight);
    }
    words
}

/// To big-endian bytes.
pub fn to_be_bytes<W: Words>(words: &W) -> W::Bytes {
    let mut bytes = to_le_bytes(words);
    bytes.as_mut().reverse();
    bytes
}

/// From little-endian bytes (RFC 8032 section 5.1.2).
pub fn from_le_bytes<W: Words>(bytes: &W::Bytes) -> W {
    let mut words = W::ZERO;
    let (eights, _) = bytes.as_ref().as_chunks();
    for (word, eight) in words.as_mut().iter_mut().zip(eights) {
        *word = u64::from_le_bytes(*eight);
    }
    words
}

/// To little-endian bytes.
pub fn to_le_bytes<W: Words>(words: &W) -> W::Bytes {
    let mut bytes = W::NO_BYTES;
    for (place, word) in bytes.as_mut().chunks_exact_mut(8).zip(words.as_ref()) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// Is `a < b`?
#[inline]
pub fn less_than<W: Words>(a: &W, b: &W) -> bool {
    a.as_ref().iter().rev().cmp(b.as_ref().iter().rev()).is_lt()
}

/// `a - b` modulo 2 to the number of their bits.
pub fn subtract<W: Words>(a: &W, b: &W) -> W {
    let mut borrow = false;
    let mut words = *a;
    for (word, b) in words.as_mut().iter_mut().zip(b.as_ref()) {
        let (less, first) = word.overflowing_sub(*b);
        let (less, second) = less.overflowing_sub(u64::from(borrow));
        (*word, borrow) = (less, first | second);
    }
    words
}

/// `a + b` modulo 2 to the number of their bits.
pub fn add<W: Words>(a: &W, b: &W) -> W {
    let mut carry = false;
    let mut words = *a;
    for (word, b) in words.as_mut().iter_mut().zip(b.as_ref()) {
        let (more, first) = word.overflowing_add(*b);
        let (more, second) = more.overflowing_add(u64::from(carry));
        (*word, carry) = (more, first | second);
    }
    words
}

/// Half of it, rounded down.
#[inline]
pub fn half<W: Words>(number: &W) -> W {
    let mut carry = 0;
    let mut words = *number;
    for word in words.as_mut().iter_mut().rev() {
        let low = *word << 63;
        *word = *word >> 1 | carry;
        carry = low;
    }
    words
}

/// -1 / n modulo 2^64, for an odd n, of its lowest word. Newton: each round doubles the bits that are right, from 3.
pub const fn negated_inverse(word: u64) -> u64 {
    let (mut inverse, mut round) = (word, 0);
    while round < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(word.wrapping_mul(inverse)));
        round += 1;
    }
    inverse.wrapping_neg()
}
