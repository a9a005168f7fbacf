//! ES256. A signature with any u1 and u2 is made from a nonce k whose point is known: r = (kG).x, then s = r / u2 and the hash
//! u1 s, where u1 + u2 d = k. Keys, nonces and scalars are drawn from random ones and from those that make points meet.

use ::p256::ecdsa::signature::hazmat::PrehashVerifier;
use ::p256::ecdsa::{Signature, VerifyingKey};
use ::p256::elliptic_curve::sec1::ToSec1Point;
use ::p256::elliptic_curve::{Field, PrimeField};
use ::p256::{FieldBytes, ProjectivePoint, Scalar};
use aws_lc_rs::digest::{Digest, SHA256};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use rapidjwt::crypto::backend::Decision;
use rapidjwt::crypto::backend::lanes::{Lanes, Model, on_ifma};
use rapidjwt::crypto::backend::p256::lanes::{Eight, One};
use rapidjwt::crypto::backend::p256::{decide, point::Affine, table::Table};

use crate::random::Random;
use crate::tally::Tally;
use crate::widths;

const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
const P: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

struct Key {
    private: Scalar,
    table: Table,
    library: ParsedPublicKey,
    second: VerifyingKey,
}

/// k and (kG).x.
type Nonce = (Scalar, [u8; 32]);

/// A hash and a signature.
pub type Item = ([u8; 32], [u8; 64]);

/// Decides at most eight signatures of one key, each in all ways that the path has.
pub type Way = fn(&Table, &Table, &[Item]) -> Vec<Vec<Decision>>;

pub fn portable(base: &Table, key: &Table, items: &[Item]) -> Vec<Vec<Decision>> {
    items.iter().map(|(hash, signature)| vec![decide(base, key, hash, signature)]).collect()
}

/// One by one and side by side.
pub fn on_the_model(base: &Table, key: &Table, items: &[Item]) -> Vec<Vec<Decision>> {
    let items: Vec<_> = items.iter().map(|(hash, signature)| (hash, &signature[..])).collect();
    let eight = Model.run(Eight { base, key, items: &items });
    let both =
        items.iter().zip(eight).map(|(item, of_eight)| vec![Model.run(One { base, key, item: *item }), of_eight]);
    both.collect()
}

/// The same on AVX-512 IFMA.
pub fn on_the_instructions(base: &Table, key: &Table, items: &[Item]) -> Vec<Vec<Decision>> {
    let items: Vec<_> = items.iter().map(|(hash, signature)| (hash, &signature[..])).collect();
    let eight = on_ifma(Eight { base, key, items: &items }).expect("AVX-512 IFMA");
    let one = |item| on_ifma(One { base, key, item }).expect("AVX-512 IFMA");
    items.iter().zip(eight).map(|(item, of_eight)| vec![one(*item), of_eight]).collect()
}

pub fn run(random: &mut Random, cases: u64, way: Way) -> Tally {
    let bases: Vec<Table> =
        widths(cases).iter().map(|width| Table::new(&Affine::base().unwrap(), *width).unwrap()).collect();
    let keys: Vec<Key> = (0..48.min(cases / 20) as usize).map(|number| key(random, number)).collect();
    let nonces: Vec<Nonce> = (0..2_048.min(cases / 2)).map(|_| nonce(random)).collect();
    let mut tally = Tally::default();
    let mut case = 0;
    while case < cases {
        let key = random.of(&keys);
        let base = random_base(&bases, case / 8);
        // Now and then fewer than eight.
        let count = if random.below(16) == 0 { 1 + random.below(8) as u64 } else { 8 };
        let count = count.min(cases - case);
        let items: Vec<Item> =
            (case..case + count).map(|case| case_for(random, key, random_nonce(&nonces, case))).collect();
        for ((hash, signature), decisions) in items.iter().zip(way(base, &key.table, &items)) {
            compare(&mut tally, random, &decisions, key, hash, signature);
        }
        case += count;
    }
    tally
}

fn random_nonce(nonces: &[Nonce], case: u64) -> &Nonce {
    &nonces[(case.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize % nonces.len()]
}

fn random_base(bases: &[Table], case: u64) -> &Table {
    &bases[case as usize % bases.len()]
}

/// A case is exceptional where one of the decisions is.
fn compare(
    tally: &mut Tally,
    random: &mut Random,
    decisions: &[Decision],
    key: &Key,
    hash: &[u8; 32],
    signature: &[u8; 64],
) {
    let digest = Digest::import_less_safe(hash, &SHA256).unwrap();
    let library = key.library.verify_digest_sig(&digest, signature).is_ok();
    if decisions.contains(&Decision::Exceptional) {
        tally.exceptional += 1;
    } else if library {
        tally.good += 1;
    } else {
        tally.bad += 1;
    }
    let is_wrong = |decision: &Decision| *decision != Decision::Exceptional && (*decision == Decision::Good) != library;
    let mut differs = decisions.is_empty() || decisions.iter().any(is_wrong);
    // Five times as slow as the library.
    if random.below(8) == 0 {
        tally.second += 1;
        let second = Signature::from_slice(signature).is_ok_and(|one| key.second.verify_prehash(hash, &one).is_ok());
        differs |= second != library;
    }
    if differs {
        tally.differences += 1;
        println!("{decisions:?}, library {library}: {:x?} {hash:x?} {signature:x?}", key.private.to_repr());
    }
}

fn case_for(random: &mut Random, key: &Key, (k, x): &Nonce) -> ([u8; 32], [u8; 64]) {
    // r is x modulo n; of the nonces none has an x that is n or more, see the tests for those.
    let r = reduce(x);
    let (u1, u2) = if random.below(2) == 0 {
        let u2 = scalar(random);
        (*k - u2 * key.private, u2)
    } else {
        let u1 = scalar(random);
        (u1, (*k - u1) * key.private.invert().unwrap())
    };
    let u2 = if bool::from(u2.is_zero()) { Scalar::ONE } else { u2 };
    let s = r * u2.invert().unwrap();
    let mut hash: [u8; 32] = (u1 * s).to_repr().into();
    let (mut r, mut s): ([u8; 32], [u8; 32]) = (r.to_repr().into(), s.to_repr().into());
    match random.below(16) {
        0 => r[random.below(32)] ^= 1 << random.below(8),
        1 => s[random.below(32)] ^= 1 << random.below(8),
        2 => hash[random.below(32)] ^= 1 << random.below(8),
        3 => s = (-reduce(&s)).to_repr().into(),
        4 => r = (-reduce(&r)).to_repr().into(),
        5 => std::mem::swap(&mut r, &mut s),
        6 => r = edge(random),
        7 => s = edge(random),
        8 => hash = edge(random),
        9 => (r, s) = (edge(random), edge(random)),
        _ => {}
    }
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(&s);
    (hash, signature)
}

/// Around 0, n, p and 2^256; or anything.
fn edge(random: &mut Random) -> [u8; 32] {
    let mut number = *random.of(&[[0; 32], N, P, [0xff; 32]]);
    let last = number[31];
    match random.below(4) {
        0 => random.bytes(),
        1 => number,
        2 => {
            number[31] = last.wrapping_add(1 + random.below(3) as u8);
            number
        }
        _ => {
            number[31] = last.wrapping_sub(1 + random.below(3) as u8);
            number
        }
    }
}

/// Random; small; a power of two times something small, as table entries are; the negatives.
fn scalar(random: &mut Random) -> Scalar {
    let small = Scalar::from(random.below(300) as u64);
    let scalar = match random.below(5) {
        0 => small,
        1 => (0..random.below(256)).fold(small, |scalar, _| scalar.double()),
        2 => {
            let word = random.of(&[[0; 8], [0xff; 8], [0x80; 8], [0x7f; 8]]);
            reduce(&std::array::from_fn(|at| word[at % 8] ^ u8::from(random.below(40) == 0)))
        }
        _ => reduce(&random.bytes()),
    };
    if random.below(3) == 0 { -scalar } else { scalar }
}

fn nonce(random: &mut Random) -> Nonce {
    loop {
        let k = scalar(random);
        let point = (ProjectivePoint::GENERATOR * k).to_affine().to_sec1_point(false);
        // Infinity has no x; any r does, since the library must refuse it.
        let x = point.x().map_or([7; 32], |x| (*x).into());
        if !bool::from(reduce(&x).is_zero()) {
            return (k, x);
        }
    }
}

/// The first keys are G, 2G, 3G and -G, -2G, -3G, then entries of tables, then random ones.
fn key(random: &mut Random, number: usize) -> Key {
    let small = Scalar::from(number as u64 / 2 + 1);
    let private = match number {
        0..6 if number % 2 == 0 => small,
        0..6 => -small,
        6..16 => {
            (0..8 * random.below(32)).fold(Scalar::from(2 * random.below(128) as u64 + 1), |scalar, _| scalar.double())
        }
        _ => reduce(&random.bytes()),
    };
    let second = VerifyingKey::from_affine((ProjectivePoint::GENERATOR * private).to_affine()).unwrap();
    let point = second.to_sec1_point(false);
    let words = |bytes: &FieldBytes| {
        let bytes: [u8; 32] = (*bytes).into();
        let word = |at: usize| u64::from_be_bytes(bytes[at..at + 8].try_into().unwrap());
        [word(24), word(16), word(8), word(0)]
    };
    let affine = Affine::new(words(point.x().unwrap()), words(point.y().unwrap())).unwrap();
    let table = Table::new(&affine, [4, 5, 6, 7, 8][number % 5]).unwrap();
    let library = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point.as_bytes()).unwrap();
    Key { private, table, library, second }
}

fn reduce(bytes: &[u8; 32]) -> Scalar {
    use ::p256::elliptic_curve::ops::Reduce;
    Scalar::reduce(&FieldBytes::from(*bytes))
}
