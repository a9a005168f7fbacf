//! SHA-2 (FIPS 180-4) of many messages at once in lanes: the inputs of public-key signatures in, their digests out. Public data
//! only, in variable time; HMAC never comes here. What would be slower in lanes the library hashes.

mod blocks;
mod compression;
mod constants;
mod known;

#[cfg(test)]
mod tests;

use aws_lc_rs::digest::{Algorithm, SHA256, SHA384, SHA512};

use compression::{Function, Rows, Sha256, Sha512, compress};
use constants::{INITIAL_256, INITIAL_384, INITIAL_512};

use super::lanes::{Lanes, Step, Task};
use crate::alg::Hash;

pub use blocks::Message;
pub use known::KnownAnswers;

/// A digest, and zeros behind it.
pub type Digest = [u8; 64];

/// The digests of these messages, in their order.
pub struct Digests<'a> {
    /// What they are hashed with.
    pub hash: Hash,
    /// As many as there are.
    pub messages: &'a [Message<'a>],
}

impl Task for Digests<'_> {
    type Output = Vec<Digest>;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Vec<Digest> {
        digests(lanes, self.hash, self.messages, worth_lanes(self.hash))
    }
}

/// How many messages as long as the longest in lanes must be there, added up, for lanes to be taken: so many that by estimate
/// they take at most three quarters of the library's time (docs/design/005-prepared-keys.md).
fn worth_lanes(hash: Hash) -> usize {
    match hash {
        Hash::Sha256 => 12,
        Hash::Sha384 | Hash::Sha512 => 4,
    }
}

/// How many bytes of a digest are its own.
pub fn length_of(hash: Hash) -> usize {
    function_of(hash).output_len()
}

/// The library's function.
pub fn function_of(hash: Hash) -> &'static Algorithm {
    match hash {
        Hash::Sha256 => &SHA256,
        Hash::Sha384 => &SHA384,
        Hash::Sha512 => &SHA512,
    }
}

fn digests<L: Lanes>(lanes: L, hash: Hash, messages: &[Message<'_>], worth: usize) -> Vec<Digest> {
    match hash {
        Hash::Sha256 => digests_by(lanes, Sha256, &INITIAL_256, (hash, messages, worth)),
        Hash::Sha384 => digests_by(lanes, Sha512, &INITIAL_384, (hash, messages, worth)),
        Hash::Sha512 => digests_by(lanes, Sha512, &INITIAL_512, (hash, messages, worth)),
    }
}

fn digests_by<F: Function, L: Lanes>(
    lanes: L,
    function: F,
    initial: &[u64; 8],
    (hash, messages, worth): (Hash, &[Message<'_>], usize),
) -> Vec<Digest> {
    let library = function_of(hash);
    let mut digests = Vec::with_capacity(messages.len());
    for messages in messages.chunks(F::MESSAGES) {
        let mut blocks = [0; 16];
        for (blocks, message) in blocks.iter_mut().zip(messages) {
            *blocks = function.blocks(message);
        }
        let longest = longest_in_lanes(blocks, worth);
        let in_lanes = lanes.step(Group { function, initial, messages, blocks, longest });
        for ((message, blocks), mut digest) in messages.iter().zip(blocks).zip(in_lanes) {
            if blocks > longest {
                digest = message.hashed_by_library(library);
            } else if let Some(rest) = digest.get_mut(length_of(hash)..) {
                rest.fill(0);
            }
            digests.push(digest);
        }
    }
    digests
}

/// Lanes work until their longest message is done, so that one long message beside short ones would cost more than the library:
/// how many blocks a message may have at most that is hashed in lanes, where all that have no more keep `worth` lanes busy. 0
/// where none are.
fn longest_in_lanes(mut blocks: [usize; 16], worth: usize) -> usize {
    blocks.sort_unstable();
    let mut sum: usize = blocks.iter().sum();
    for longest in blocks.into_iter().rev() {
        if sum >= worth * longest {
            return longest;
        }
        sum -= longest;
    }
    0
}

/// At most as many messages as a function hashes at once, and how many blocks they have.
struct Group<'a, F> {
    function: F,
    initial: &'a [u64; 8],
    messages: &'a [Message<'a>],
    blocks: [usize; 16],
    /// Messages with more blocks are left out.
    longest: usize,
}

impl<F: Function, L: Lanes> Step<L> for Group<'_, F> {
    type Output = [Digest; 16];

    /// A message that has ended keeps its state, whatever comes out of its lane.
    #[inline(always)]
    fn run(self, lanes: L) -> [Digest; 16] {
        let Self { function, initial, messages, blocks, longest } = self;
        let mut state = [lanes.splat(0); 8];
        for (word, initial) in state.iter_mut().zip(initial) {
            *word = lanes.splat(*initial);
        }
        let mut rows: [Rows; 2] = Default::default();
        for number in 0..longest {
            let mut goes_on = [0; 8];
            for (place, (message, blocks)) in messages.iter().zip(&blocks).enumerate() {
                if number < *blocks && *blocks <= longest {
                    function.put(&mut rows, place, message, number);
                    if let Some(bits) = goes_on.get_mut(place % 8) {
                        *bits |= function.bits(place);
                    }
                }
            }
            let goes_on = lanes.load(&goes_on);
            let next = compress(function, lanes, state, function.words(lanes, &rows));
            for (word, next) in state.iter_mut().zip(&next) {
                *word = lanes.choose(goes_on, *next, *word);
            }
        }
        let mut words = [[0; 8]; 8];
        for (words, word) in words.iter_mut().zip(&state) {
            *words = lanes.store(*word);
        }
        function.digests(&words)
    }
}
