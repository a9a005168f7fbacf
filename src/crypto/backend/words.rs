//! Numbers of 256 bits as four words, the least significant first: bytes in and out, difference, digits. What is too long
//! never comes here.

/// From big-endian bytes (SEC 1 section 2.3.8).
pub fn from_be_bytes(bytes: &[u8; 32]) -> [u64; 4] {
    let [d, c, b, a] = eights(bytes).map(u64::from_be_bytes);
    [a, b, c, d]
}

/// To big-endian bytes.
pub fn to_be_bytes(words: &[u64; 4]) -> [u8; 32] {
    let mut bytes = to_le_bytes(words);
    bytes.reverse();
    bytes
}

/// From little-endian bytes (RFC 8032 section 5.1.2).
pub fn from_le_bytes(bytes: &[u8; 32]) -> [u64; 4] {
    eights(bytes).map(u64::from_le_bytes)
}

/// To little-endian bytes.
pub fn to_le_bytes(words: &[u64; 4]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// `a - b` modulo 2^256.
pub fn subtract(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let mut borrow = false;
    let mut words = *a;
    for (word, b) in words.iter_mut().zip(b) {
        let (less, first) = word.overflowing_sub(*b);
        let (less, second) = less.overflowing_sub(u64::from(borrow));
        (*word, borrow) = (less, first | second);
    }
    words
}

/// `a + b` modulo 2^256.
pub fn add(a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let mut carry = false;
    let mut words = *a;
    for (word, b) in words.iter_mut().zip(b) {
        let (more, first) = word.overflowing_add(*b);
        let (more, second) = more.overflowing_add(u64::from(carry));
        (*word, carry) = (more, first | second);
    }
    words
}

fn eights(bytes: &[u8; 32]) -> [[u8; 8]; 4] {
    let mut eights = [[0; 8]; 4];
    for (eight, bytes) in eights.iter_mut().zip(bytes.chunks_exact(8)) {
        eight.copy_from_slice(bytes);
    }
    eights
}
