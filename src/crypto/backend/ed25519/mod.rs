//! Ed25519 with tables of the public key's opposite and of the base point: an input and `R || S` in, a decision out. Public
//! data only, in variable time. The equation is that of the library, without the cofactor: [S]B - [h]A is encoded, and its bytes
//! are compared with those of R (RFC 8032 section 5.1.7; what it leaves open, both decide alike).

pub mod field;
pub mod lanes;
pub mod point;
pub mod scalar;
pub mod table;

#[cfg(test)]
mod tests;

use aws_lc_rs::digest::SHA512;

use point::{Point, addends};
use scalar::L;
use table::Table;

use super::Decision;
use super::lanes::on_ifma;
use super::sha2::{Digest, KnownAnswers, Message};
use super::words::{from_le_bytes, less_than};
use crate::alg::Hash;

/// A public key: its encoding, and the table of its opposite.
pub struct Key {
    encoded: [u8; 32],
    opposite: Point,
    table: Table,
}

/// What is to be shown: [s]B - [h]A encodes to r.
struct Asked {
    r: [u8; 32],
    s: [u64; 4],
    h: [u64; 4],
}

impl Key {
    /// Build the table of a key. None when its bytes are no canonical encoding of a point.
    pub fn new(encoded: &[u8; 32], width: u32) -> Option<Self> {
        let opposite = Point::decode(encoded)?.neg();
        Some(Self { encoded: *encoded, opposite, table: Table::new(&opposite, width)? })
    }

    /// Does the signature fit the input? `base` is a table of the base point.
    pub fn decide(&self, base: &Table, input: &[u8], signature: &[u8]) -> Decision {
        match self.ordinary(base, input, signature) {
            Some(true) => Decision::Good,
            Some(false) => Decision::Bad,
            None => Decision::Exceptional,
        }
    }

    fn ordinary(&self, base: &Table, input: &[u8], signature: &[u8]) -> Option<bool> {
        let asked = self.asked(input, signature)?;
        Some(self.difference(base, &asked.s, &asked.h)?.encode()? == asked.r)
    }

    /// None unless the signature is in range.
    fn asked(&self, input: &[u8], signature: &[u8]) -> Option<Asked> {
        let (r, s) = in_range(signature)?;
        let digest = self.message(r, input).hashed_by_library(&SHA512);
        Some(Asked { r: *r, s, h: challenge(&digest) })
    }

    /// R || A || M.
    fn message<'a>(&'a self, r: &'a [u8; 32], input: &'a [u8]) -> Message<'a> {
        Message::new([r, &self.encoded, input])
    }

    /// [s]B - [h]A, by the tables.
    fn difference(&self, base: &Table, s: &[u64; 4], h: &[u64; 4]) -> Option<Point> {
        self.table.add_multiple(base.add_multiple(Point::NEUTRAL, s)?, h)
    }

    /// Do the tables give for these scalars what doubling and adding does?
    pub fn agrees(&self, base: &Table, s: [u64; 8], h: [u64; 8]) -> Option<bool> {
        let (s, h) = (scalar::reduce(s), scalar::reduce(h));
        let both = addends(&[Point::base()?, self.opposite])?;
        let bit = |scalar: &[u64; 4], bit: usize| scalar.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1);
        let plain = (0..253).rev().fold(Point::NEUTRAL, |sum, place| {
            let chosen = both.iter().zip([&s, &h]).filter(|(_, scalar)| bit(scalar, place));
            chosen.fold(sum.double(), |sum, (addend, _)| sum.add(addend, false))
        });
        Some(self.difference(base, &s, &h)?.equals(&plain))
    }
}

/// R and S. None unless the signature is 64 bytes long and S < L.
fn in_range(signature: &[u8]) -> Option<(&[u8; 32], [u64; 4])> {
    let (r, s) = signature.split_first_chunk::<32>()?;
    let s = from_le_bytes(s.try_into().ok()?);
    less_than(&s, &L).then_some((r, s))
}

/// h = SHA-512(R || A || M) modulo L, from the digest.
fn challenge(digest: &Digest) -> [u64; 4] {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(digest.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    scalar::reduce(words)
}

/// The stored signatures, good and bad, with this table of the base point.
pub fn passes_known_answers(base: &Table) -> bool {
    let Some(key) = Key::new(&KNOWN_KEY, 4) else { return false };
    known().iter().all(|(input, signature, decision)| key.decide(base, input, signature) == *decision)
}

/// The same in lanes, in both forms and in each lane, and the stored digests of SHA-512; where the machine has none, no.
pub fn passes_known_answers_on_ifma(base: &Table) -> bool {
    let Some(key) = Key::new(&KNOWN_KEY, 4) else { return false };
    let known = known();
    let one = |(input, signature, decision): &Known| {
        on_ifma(lanes::One { base, key: &key, item: (input, signature) }) == Some(*decision)
    };
    // Each begins a row of eight, and so comes to each lane.
    let eight = |start: usize| {
        let row = || known.iter().cycle().skip(start).take(8);
        let items: Vec<(&[u8], &[u8])> = row().map(|(input, signature, _)| (*input, &signature[..])).collect();
        let decisions = on_ifma(lanes::Eight { base, key: &key, items: &items });
        decisions.is_some_and(|decisions| decisions.into_iter().eq(row().map(|(.., decision)| *decision)))
    };
    on_ifma(KnownAnswers(&[Hash::Sha512])) == Some(true) && known.iter().all(one) && (0..8).all(eight)
}

/// An input, a signature and the decision.
type Known = (&'static [u8], [u8; 64], Decision);

fn known() -> [Known; 6] {
    let changed = |input: &'static [u8], place: usize, flip: u8, decision| {
        let mut signature = KNOWN_SIGNATURE;
        if let Some(byte) = signature.get_mut(place) {
            *byte ^= flip;
        }
        (input, signature, decision)
    };
    [
        changed(&KNOWN_INPUT, 0, 0, Decision::Good),
        changed(&[], 0, 0, Decision::Bad),
        changed(&KNOWN_INPUT, 0, 1, Decision::Bad),
        changed(&KNOWN_INPUT, 31, 0x80, Decision::Bad),
        changed(&KNOWN_INPUT, 32, 1, Decision::Bad),
        changed(&KNOWN_INPUT, 63, 0x80, Decision::Exceptional),
    ]
}

/// RFC 8032 section 7.1, test 3.
const KNOWN_KEY: [u8; 32] = [
    0xfc, 0x51, 0xcd, 0x8e, 0x62, 0x18, 0xa1, 0xa3, 0x8d, 0xa4, 0x7e, 0xd0, 0x02, 0x30, 0xf0, 0x58, 0x08, 0x16, 0xed,
    0x13, 0xba, 0x33, 0x03, 0xac, 0x5d, 0xeb, 0x91, 0x15, 0x48, 0x90, 0x80, 0x25,
];
static KNOWN_INPUT: [u8; 2] = [0xaf, 0x82];
const KNOWN_SIGNATURE: [u8; 64] = [
    0x62, 0x91, 0xd6, 0x57, 0xde, 0xec, 0x24, 0x02, 0x48, 0x27, 0xe6, 0x9c, 0x3a, 0xbe, 0x01, 0xa3, 0x0c, 0xe5, 0x48,
    0xa2, 0x84, 0x74, 0x3a, 0x44, 0x5e, 0x36, 0x80, 0xd7, 0xdb, 0x5a, 0xc3, 0xac, 0x18, 0xff, 0x9b, 0x53, 0x8d, 0x16,
    0xf2, 0x90, 0xae, 0x67, 0xf7, 0x60, 0x98, 0x4d, 0xc6, 0x59, 0x4a, 0x7c, 0x15, 0xe9, 0x71, 0x6e, 0xd2, 0x8d, 0xc0,
    0x27, 0xbe, 0xce, 0xea, 0x1e, 0xc4, 0x0a,
];
