//! Digests in lanes, on the model and on the instructions where the machine has them, against the library's; constants against
//! their definition.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use aws_lc_rs::digest;
use num_bigint::BigUint;

use super::constants::{INITIAL_256, INITIAL_384, INITIAL_512, ROUNDS_256, ROUNDS_512};
use super::{Digest, Digests, KnownAnswers, Message, longest_in_lanes};
use crate::alg::Hash;
use crate::crypto::backend::lanes::{Lanes, Model, Task, on_ifma};

const HASHES: [Hash; 3] = [Hash::Sha256, Hash::Sha384, Hash::Sha512];

fn by_library(hash: Hash, message: &[u8]) -> Digest {
    let found = digest::digest(super::function_of(hash), message);
    let mut digest = [0; 64];
    digest[..found.as_ref().len()].copy_from_slice(found.as_ref());
    digest
}

/// All in lanes, whether it is worth it or not.
struct InLanes<'a>(Digests<'a>);

impl Task for InLanes<'_> {
    type Output = Vec<Digest>;

    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) -> Vec<Digest> {
        super::digests(lanes, self.0.hash, self.0.messages, 0)
    }
}

fn in_lanes(hash: Hash, messages: &[Message<'_>], wanted: &[Digest]) {
    assert_eq!(Model.run(InLanes(Digests { hash, messages })), wanted);
    assert!(on_ifma(InLanes(Digests { hash, messages })).is_none_or(|digests| digests == wanted));
}

fn where_it_is_worth_it(hash: Hash, messages: &[Message<'_>], wanted: &[Digest]) {
    assert_eq!(Model.run(Digests { hash, messages }), wanted);
    assert!(on_ifma(Digests { hash, messages }).is_none_or(|digests| digests == wanted));
}

fn check(hash: Hash, messages: &[&[u8]]) {
    let wanted: Vec<Digest> = messages.iter().map(|message| by_library(hash, message)).collect();
    in_lanes(hash, &messages.iter().map(|message| whole(message)).collect::<Vec<_>>(), &wanted);
    let pieces: Vec<Message<'_>> =
        messages.iter().map(|message| cut(message, message.len() * 5 / 7, message.len() % 65)).collect();
    in_lanes(hash, &pieces, &wanted);
    where_it_is_worth_it(hash, &pieces, &wanted);
}

fn whole(message: &[u8]) -> Message<'_> {
    Message::new([message, &[], &[]])
}

/// In three pieces, of which some may be empty.
fn cut(message: &[u8], one: usize, other: usize) -> Message<'_> {
    let (first, last) = (one.min(other), one.max(other).min(message.len()));
    Message::new([&message[..first.min(last)], &message[first.min(last)..last], &message[last..]])
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| ((at * at) ^ (at >> 3)) as u8).collect()
}

/// Sixteen lengths in a row, the next ones one further: each comes to each lane, now in one piece, now in three. SHA-384 is
/// SHA-512 but for the state that it begins with.
#[test]
fn every_length_in_every_lane() {
    let bytes = bytes(616);
    for hash in [Hash::Sha256, Hash::Sha512] {
        for start in 0..=600 {
            let messages: Vec<&[u8]> = (start..start + 16).map(|length| &bytes[length % 9..][..length % 601]).collect();
            let wanted: Vec<Digest> = messages.iter().map(|message| by_library(hash, message)).collect();
            let cut = |message| if start % 2 == 0 { whole(message) } else { cut(message, 64, start % 65) };
            in_lanes(hash, &messages.into_iter().map(cut).collect::<Vec<_>>(), &wanted);
        }
    }
}

#[test]
fn mixtures_of_lengths_and_numbers_of_messages() {
    let bytes = bytes(5_000);
    let mut state = 5_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        ((state ^ state >> 29) >> 7) % below
    };
    for count in (0..=40).chain([7, 8, 9, 15, 16, 17]) {
        let most = [1, 130, 700, 5_000][count % 4];
        let lengths: Vec<usize> = (0..count).map(|_| random(most) as usize).collect();
        let messages: Vec<&[u8]> = lengths.iter().map(|length| &bytes[bytes.len() - length..]).collect();
        HASHES.iter().for_each(|hash| check(*hash, &messages));
    }
    for length in [0, 64, 240, 1_364] {
        HASHES.iter().for_each(|hash| check(*hash, &[&bytes[..length]; 16]));
    }
}

/// Wherever it stands; what is long is the library's, and costs no lane anything.
#[test]
fn a_long_message_beside_short_ones() {
    let bytes = bytes(100_000);
    for (hash, place) in HASHES.iter().flat_map(|hash| [0, 5, 7, 12, 15].map(|place| (*hash, place))) {
        let mut messages = [&bytes[..300]; 16];
        messages[place] = &bytes;
        let pieces: Vec<Message<'_>> = messages.iter().map(|message| cut(message, 64, 32)).collect();
        let wanted: Vec<Digest> = messages.iter().map(|message| by_library(hash, message)).collect();
        where_it_is_worth_it(hash, &pieces, &wanted);
    }
    check(Hash::Sha512, &[&bytes[..20_000], &bytes[..3], &[], &[], &[], &[], &[], &bytes[..300]]);
}

#[test]
fn lanes_are_taken_where_enough_of_them_have_work() {
    let longest = |blocks: &[usize], worth| {
        let mut all = [0; 16];
        all[..blocks.len()].copy_from_slice(blocks);
        longest_in_lanes(all, worth)
    };
    assert_eq!(longest(&[], 4), 0);
    assert_eq!(longest(&[11; 8], 4), 11);
    assert_eq!(longest(&[11; 4], 4), 11);
    assert_eq!(longest(&[11; 3], 4), 0);
    assert_eq!(longest(&[1, 1, 1, 1, 1, 1, 1, 782], 4), 1);
    assert_eq!(longest(&[782, 1, 782, 1, 2, 1, 1, 2], 4), 2);
    assert_eq!(longest(&[3, 3, 3, 3, 4], 4), 4);
    assert_eq!(longest(&[1, 2, 4, 8, 16, 32, 64, 128], 4), 0);
    assert_eq!(longest(&[21; 12], 12), 21);
    assert_eq!(longest(&[21; 11], 12), 0);
    // Whatever the lengths, lanes do at most so much more than the library would.
    for pattern in 0..4_usize.pow(8) {
        let blocks: Vec<usize> = (0..8).map(|lane| [1, 3, 10, 40][pattern >> (2 * lane) & 3]).collect();
        let found = longest(&blocks, 4);
        let sum = |most| blocks.iter().filter(|blocks| **blocks <= most).sum::<usize>();
        assert!(sum(found) >= 4 * found);
        assert!(blocks.iter().all(|most| *most <= found || sum(*most) < 4 * most));
    }
}

#[test]
fn known_answers_come_out_right() {
    assert!(Model.run(KnownAnswers(&HASHES)));
    assert!(on_ifma(KnownAnswers(&HASHES)).is_none_or(|is_right| is_right));
}

/// FIPS 180-4 sections 4.2.2, 4.2.3 and 5.3.
#[test]
fn constants_are_roots_of_primes() {
    let is_prime = |number: &u32| (2..*number).all(|by| !number.is_multiple_of(by));
    let primes: Vec<u32> = (2..).filter(is_prime).take(80).collect();
    let root = |prime: u32, degree: u32| (BigUint::from(prime) << (64 * degree)).nth_root(degree) % (1_u128 << 64);
    let twice_upper = |word: u64| (word >> 32) * 0x1_0000_0001;
    for (at, prime) in primes.iter().enumerate() {
        let constant = ROUNDS_512.as_flattened()[at];
        assert_eq!(root(*prime, 3), BigUint::from(constant));
        if at < 64 {
            assert_eq!(ROUNDS_256.as_flattened()[at], twice_upper(constant));
        }
        if at < 8 {
            assert_eq!(root(*prime, 2), BigUint::from(INITIAL_512[at]));
            assert_eq!(INITIAL_256[at], twice_upper(INITIAL_512[at]));
            assert_eq!(root(primes[at + 8], 2), BigUint::from(INITIAL_384[at]));
        }
    }
}
