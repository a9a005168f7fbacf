//! SHA-256, SHA-384 and SHA-512 of many messages at once, in lanes: mixtures of lengths, as batches of tokens have them and as an
//! attacker would choose them, each message in three pieces. A case is a message; `good` counts the digests that are the first
//! library's.

use ::sha2::Digest as _;
use aws_lc_rs::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use rapidjwt::alg::Hash;
use rapidjwt::crypto::backend::lanes::{Lanes, Model, on_ifma};
use rapidjwt::crypto::backend::sha2::{Digest, Digests, Message};

use crate::random::Random;
use crate::tally::Tally;

const HASHES: [(Hash, &Algorithm); 3] = [(Hash::Sha256, &SHA256), (Hash::Sha384, &SHA384), (Hash::Sha512, &SHA512)];

/// Bytes around which padding changes, less one.
const EDGES: [usize; 8] = [54, 62, 110, 118, 126, 182, 238, 254];

const LONGEST: usize = 20_000;

/// Hashes messages.
pub type Way = fn(Hash, &[Message<'_>]) -> Vec<Digest>;

pub fn on_the_model(hash: Hash, messages: &[Message<'_>]) -> Vec<Digest> {
    Model.run(Digests { hash, messages })
}

/// The same on AVX-512 IFMA.
pub fn on_the_instructions(hash: Hash, messages: &[Message<'_>]) -> Vec<Digest> {
    on_ifma(Digests { hash, messages }).expect("AVX-512 IFMA")
}

pub fn run(random: &mut Random, cases: u64, way: Way) -> Tally {
    let bytes: Vec<u8> = (0..2 * LONGEST).map(|_| random.word() as u8).collect();
    let mut tally = Tally::default();
    let mut case = 0;
    while case < cases {
        let (hash, algorithm) = *random.of(&HASHES);
        let count = (1 + random.below(40) as u64).min(cases - case);
        let about = *random.of(&[300, 600, 1_400]);
        let kind = random.below(6);
        let inputs: Vec<&[u8]> = (0..count)
            .map(|_| {
                let length = match kind {
                    0 => about,
                    1 => about + random.below(60),
                    2 => *random.of(&EDGES) + random.below(5),
                    3 if random.below(10) == 0 => random.below(LONGEST),
                    4 => {
                        let bits = random.below(12);
                        random.below(1 << bits)
                    }
                    _ => random.below(400),
                };
                let start = random.below(LONGEST);
                &bytes[start..start + length]
            })
            .collect();
        let messages: Vec<Message<'_>> = inputs.iter().map(|input| cut(random, input)).collect();
        let found = way(hash, &messages);
        tally.differences += u64::from(found.len() != inputs.len());
        for (input, found) in inputs.iter().zip(found) {
            let wanted = digest(algorithm, input);
            let (start, rest) = found.split_at(wanted.as_ref().len());
            let mut is_right = start == wanted.as_ref() && rest.iter().all(|byte| *byte == 0);
            tally.good += u64::from(is_right);
            if random.below(8) == 0 {
                tally.second += 1;
                is_right &= start == by_second(hash, input);
            }
            if !is_right {
                tally.differences += 1;
                println!("{hash:?} of {} bytes, {} together: {found:x?}", input.len(), inputs.len());
            }
        }
        case += count;
    }
    tally
}

fn cut<'a>(random: &mut Random, input: &'a [u8]) -> Message<'a> {
    let (start, rest) = input.split_at(input.len().min(random.below(200)));
    let (middle, end) = rest.split_at(rest.len().min(random.below(70)));
    Message::new([start, middle, end])
}

fn by_second(hash: Hash, input: &[u8]) -> Vec<u8> {
    match hash {
        Hash::Sha256 => ::sha2::Sha256::digest(input).to_vec(),
        Hash::Sha384 => ::sha2::Sha384::digest(input).to_vec(),
        Hash::Sha512 => ::sha2::Sha512::digest(input).to_vec(),
    }
}
