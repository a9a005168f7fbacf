//! The compression functions of SHA-2 (FIPS 180-4 sections 6.2.2 and 6.4.2) in lanes: a state of eight words and a block of
//! sixteen in, the next state out, of as many messages as there are lanes. Written once for words of 64 bits and for pairs of 32.

use super::Digest;
use super::blocks::Message;
use super::constants::{ROUNDS_256, ROUNDS_512};
use crate::crypto::backend::lanes::Lanes;

/// A row of each of eight blocks.
pub type Rows = [[u64; 8]; 8];

/// What SHA-256 and SHA-512 differ in.
pub trait Function: Copy {
    /// How many messages are hashed at once.
    const MESSAGES: usize;

    /// The constants of the rounds, by sixteen.
    const ROUNDS: &'static [[u64; 16]];

    /// How many blocks a padded message has.
    fn blocks(self, message: &Message<'_>) -> usize;

    /// Put a block of the message with this place among all into rows.
    fn put(self, rows: &mut [Rows; 2], place: usize, message: &Message<'_>, number: usize);

    /// The bits that belong to the message with this place in a word of its lane.
    fn bits(self, place: usize) -> u64;

    /// Sixteen words of all messages, from their rows.
    fn words<L: Lanes>(self, lanes: L, rows: &[Rows; 2]) -> [L::Vector; 16];

    /// What the words of a last state are as digests, by place. Of a shorter digest only the start counts.
    fn digests(self, words: &[[u64; 8]; 8]) -> [Digest; 16];

    /// Sum of two words.
    fn add<L: Lanes>(self, lanes: L, a: L::Vector, b: L::Vector) -> L::Vector;

    /// The standard's Sigma 0.
    fn sum_0<L: Lanes>(self, lanes: L, a: L::Vector) -> L::Vector;

    /// Sigma 1.
    fn sum_1<L: Lanes>(self, lanes: L, e: L::Vector) -> L::Vector;

    /// sigma 0.
    fn sigma_0<L: Lanes>(self, lanes: L, word: L::Vector) -> L::Vector;

    /// sigma 1.
    fn sigma_1<L: Lanes>(self, lanes: L, word: L::Vector) -> L::Vector;
}

/// SHA-512, and SHA-384, which begins with another state and ends with fewer words. Message i is in lane i.
#[derive(Clone, Copy)]
pub struct Sha512;

/// SHA-256. Message i is in the lower half of lane i, message i + 8 in the upper half.
#[derive(Clone, Copy)]
pub struct Sha256;

impl Function for Sha512 {
    const MESSAGES: usize = 8;
    const ROUNDS: &'static [[u64; 16]] = &ROUNDS_512;

    fn blocks(self, message: &Message<'_>) -> usize {
        message.blocks::<2>()
    }

    #[inline(always)]
    fn put(self, [first, second]: &mut [Rows; 2], place: usize, message: &Message<'_>, number: usize) {
        if let Some((first, second)) = first.get_mut(place).zip(second.get_mut(place)) {
            [*first, *second] = message.block(number);
        }
    }

    fn bits(self, _: usize) -> u64 {
        u64::MAX
    }

    #[inline(always)]
    fn words<L: Lanes>(self, lanes: L, [first, second]: &[Rows; 2]) -> [L::Vector; 16] {
        let [a, b, c, d, e, f, g, h] = lanes.columns(first);
        let [i, j, k, l, m, n, o, p] = lanes.columns(second);
        [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
    }

    fn digests(self, words: &[[u64; 8]; 8]) -> [Digest; 16] {
        let mut digests = [[0; 64]; 16];
        for (at, words) in words.iter().enumerate() {
            for (digest, word) in digests.iter_mut().zip(words) {
                put(digest, at, word.to_be_bytes());
            }
        }
        digests
    }

    #[inline(always)]
    fn add<L: Lanes>(self, lanes: L, a: L::Vector, b: L::Vector) -> L::Vector {
        lanes.add(a, b)
    }

    #[inline(always)]
    fn sum_0<L: Lanes>(self, lanes: L, a: L::Vector) -> L::Vector {
        lanes.xor(lanes.ror::<28>(a), lanes.ror::<34>(a), lanes.ror::<39>(a))
    }

    #[inline(always)]
    fn sum_1<L: Lanes>(self, lanes: L, e: L::Vector) -> L::Vector {
        lanes.xor(lanes.ror::<14>(e), lanes.ror::<18>(e), lanes.ror::<41>(e))
    }

    #[inline(always)]
    fn sigma_0<L: Lanes>(self, lanes: L, word: L::Vector) -> L::Vector {
        lanes.xor(lanes.ror::<1>(word), lanes.ror::<8>(word), lanes.shr::<7>(word))
    }

    #[inline(always)]
    fn sigma_1<L: Lanes>(self, lanes: L, word: L::Vector) -> L::Vector {
        lanes.xor(lanes.ror::<19>(word), lanes.ror::<61>(word), lanes.shr::<6>(word))
    }
}

impl Function for Sha256 {
    const MESSAGES: usize = 16;
    const ROUNDS: &'static [[u64; 16]] = &ROUNDS_256;

    fn blocks(self, message: &Message<'_>) -> usize {
        message.blocks::<1>()
    }

    #[inline(always)]
    fn put(self, rows: &mut [Rows; 2], place: usize, message: &Message<'_>, number: usize) {
        if let Some(row) = rows.as_flattened_mut().get_mut(place) {
            [*row] = message.block(number);
        }
    }

    fn bits(self, place: usize) -> u64 {
        u64::from(u32::MAX) << (place / 8 * 32)
    }

    /// A word of 64 bits has the earlier of two words of 32 in its upper half.
    #[inline(always)]
    fn words<L: Lanes>(self, lanes: L, [first, second]: &[Rows; 2]) -> [L::Vector; 16] {
        let upper = lanes.splat(u64::MAX << 32);
        let mut words = [upper; 16];
        let pairs = lanes.columns(first).into_iter().zip(lanes.columns(second));
        for ([even, odd], (low, high)) in words.as_chunks_mut().0.iter_mut().zip(pairs) {
            *even = lanes.choose(upper, high, lanes.shr::<32>(low));
            *odd = lanes.choose(upper, lanes.shl::<32>(high), low);
        }
        words
    }

    fn digests(self, words: &[[u64; 8]; 8]) -> [Digest; 16] {
        let mut digests = [[0; 64]; 16];
        for (at, words) in words.iter().enumerate() {
            let halves = words.iter().map(|word| *word as u32).chain(words.iter().map(|word| (word >> 32) as u32));
            for (digest, half) in digests.iter_mut().zip(halves) {
                put(digest, at, half.to_be_bytes());
            }
        }
        digests
    }

    #[inline(always)]
    fn add<L: Lanes>(self, lanes: L, a: L::Vector, b: L::Vector) -> L::Vector {
        lanes.add_halves(a, b)
    }

    #[inline(always)]
    fn sum_0<L: Lanes>(self, lanes: L, a: L::Vector) -> L::Vector {
        lanes.xor(lanes.ror_halves::<2>(a), lanes.ror_halves::<13>(a), lanes.ror_halves::<22>(a))
    }

    #[inline(always)]
    fn sum_1<L: Lanes>(self, lanes: L, e: L::Vector) -> L::Vector {
        lanes.xor(lanes.ror_halves::<6>(e), lanes.ror_halves::<11>(e), lanes.ror_halves::<25>(e))
    }

    #[inline(always)]
    fn sigma_0<L: Lanes>(self, lanes: L, word: L::Vector) -> L::Vector {
        lanes.xor(lanes.ror_halves::<7>(word), lanes.ror_halves::<18>(word), lanes.shr_halves::<3>(word))
    }

    #[inline(always)]
    fn sigma_1<L: Lanes>(self, lanes: L, word: L::Vector) -> L::Vector {
        lanes.xor(lanes.ror_halves::<17>(word), lanes.ror_halves::<19>(word), lanes.shr_halves::<10>(word))
    }
}

/// Put a word into a digest.
fn put<const N: usize>(digest: &mut Digest, at: usize, bytes: [u8; N]) {
    if let Some(place) = digest.as_chunks_mut().0.get_mut(at) {
        *place = bytes;
    }
}

/// The state after a block.
#[inline(always)]
pub fn compress<F: Function, L: Lanes>(
    function: F,
    lanes: L,
    state: [L::Vector; 8],
    words: [L::Vector; 16],
) -> [L::Vector; 8] {
    let mut words = words;
    let mut working = state;
    for (group, constants) in F::ROUNDS.iter().enumerate() {
        if group > 0 {
            words = next_words(function, lanes, words);
        }
        working = sixteen_rounds(function, lanes, working, words, constants);
    }
    let mut sums = state;
    for (sum, word) in sums.iter_mut().zip(working) {
        *sum = function.add(lanes, *sum, word);
    }
    sums
}

/// The next sixteen words of the message schedule.
#[inline(always)]
fn next_words<F: Function, L: Lanes>(function: F, lanes: L, words: [L::Vector; 16]) -> [L::Vector; 16] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = words;
    let a = next_word(function, lanes, [a, b, j, o]);
    let b = next_word(function, lanes, [b, c, k, p]);
    let c = next_word(function, lanes, [c, d, l, a]);
    let d = next_word(function, lanes, [d, e, m, b]);
    let e = next_word(function, lanes, [e, f, n, c]);
    let f = next_word(function, lanes, [f, g, o, d]);
    let g = next_word(function, lanes, [g, h, p, e]);
    let h = next_word(function, lanes, [h, i, a, f]);
    let i = next_word(function, lanes, [i, j, b, g]);
    let j = next_word(function, lanes, [j, k, c, h]);
    let k = next_word(function, lanes, [k, l, d, i]);
    let l = next_word(function, lanes, [l, m, e, j]);
    let m = next_word(function, lanes, [m, n, f, k]);
    let n = next_word(function, lanes, [n, o, g, l]);
    let o = next_word(function, lanes, [o, p, h, m]);
    let p = next_word(function, lanes, [p, a, i, n]);
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

/// From words t - 16, t - 15, t - 7 and t - 2.
#[inline(always)]
fn next_word<F: Function, L: Lanes>(function: F, lanes: L, [a, b, j, o]: [L::Vector; 4]) -> L::Vector {
    let sigmas = function.add(lanes, function.sigma_0(lanes, b), function.sigma_1(lanes, o));
    function.add(lanes, function.add(lanes, a, j), sigmas)
}

/// Written out, so that no word moves from one register to another.
#[inline(always)]
fn sixteen_rounds<F: Function, L: Lanes>(
    function: F,
    lanes: L,
    state: [L::Vector; 8],
    words: [L::Vector; 16],
    constants: &[u64; 16],
) -> [L::Vector; 8] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = words;
    let [ka, kb, kc, kd, ke, kf, kg, kh, ki, kj, kk, kl, km, kn, ko, kp] = *constants;
    let state = round(function, lanes, state, a, ka);
    let state = round(function, lanes, state, b, kb);
    let state = round(function, lanes, state, c, kc);
    let state = round(function, lanes, state, d, kd);
    let state = round(function, lanes, state, e, ke);
    let state = round(function, lanes, state, f, kf);
    let state = round(function, lanes, state, g, kg);
    let state = round(function, lanes, state, h, kh);
    let state = round(function, lanes, state, i, ki);
    let state = round(function, lanes, state, j, kj);
    let state = round(function, lanes, state, k, kk);
    let state = round(function, lanes, state, l, kl);
    let state = round(function, lanes, state, m, km);
    let state = round(function, lanes, state, n, kn);
    let state = round(function, lanes, state, o, ko);
    round(function, lanes, state, p, kp)
}

#[inline(always)]
fn round<F: Function, L: Lanes>(
    function: F,
    lanes: L,
    [a, b, c, d, e, f, g, h]: [L::Vector; 8],
    word: L::Vector,
    constant: u64,
) -> [L::Vector; 8] {
    let known = function.add(lanes, h, function.add(lanes, word, lanes.splat(constant)));
    let chosen = function.add(lanes, lanes.choose(e, f, g), function.sum_1(lanes, e));
    let first = function.add(lanes, known, chosen);
    let second = function.add(lanes, function.sum_0(lanes, a), lanes.majority(a, b, c));
    [function.add(lanes, first, second), a, b, c, function.add(lanes, d, first), e, f, g]
}
