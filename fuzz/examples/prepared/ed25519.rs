//! Ed25519. With a nonce r whose point R is known, S = r + h a fits. R and the key may have a part of small order; R may be no
//! point at all; S is also taken around 0 and L.

use aws_lc_rs::signature::{ED25519, ParsedPublicKey};
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use rapidjwt::crypto::backend::Decision;
use rapidjwt::crypto::backend::ed25519::lanes::{Eight, One};
use rapidjwt::crypto::backend::ed25519::{Key, point::Point, table::Table};
use rapidjwt::crypto::backend::lanes::{Lanes, Model, on_ifma};

use crate::random::Random;
use crate::tally::{Tally, together};
use crate::widths;

const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

struct Pair {
    private: Scalar,
    encoded: [u8; 32],
    key: Key,
    library: ParsedPublicKey,
    second: VerifyingKey,
}

/// An input and a signature.
pub type Item = (Vec<u8>, [u8; 64]);

/// Decides at most eight signatures of one key, each in all ways that the path has.
pub type Way = fn(&Table, &Key, &[Item]) -> Vec<Vec<Decision>>;

pub fn portable(base: &Table, key: &Key, items: &[Item]) -> Vec<Vec<Decision>> {
    items.iter().map(|(input, signature)| vec![key.decide(base, input, signature)]).collect()
}

/// One by one and side by side.
pub fn on_the_model(base: &Table, key: &Key, items: &[Item]) -> Vec<Vec<Decision>> {
    let items: Vec<_> = items.iter().map(|(input, signature)| (&input[..], &signature[..])).collect();
    let eight = Model.run(Eight { base, key, items: &items });
    let both =
        items.iter().zip(eight).map(|(item, of_eight)| vec![Model.run(One { base, key, item: *item }), of_eight]);
    both.collect()
}

/// The same on AVX-512 IFMA.
pub fn on_the_instructions(base: &Table, key: &Key, items: &[Item]) -> Vec<Vec<Decision>> {
    let items: Vec<_> = items.iter().map(|(input, signature)| (&input[..], &signature[..])).collect();
    let eight = on_ifma(Eight { base, key, items: &items }).expect("AVX-512 IFMA");
    let one = |item| on_ifma(One { base, key, item }).expect("AVX-512 IFMA");
    items.iter().zip(eight).map(|(item, of_eight)| vec![one(*item), of_eight]).collect()
}

pub fn run(random: &mut Random, cases: u64, way: Way) -> Tally {
    let bases: Vec<Table> =
        widths(cases).iter().map(|width| Table::new(&Point::base().unwrap(), *width).unwrap()).collect();
    let pairs: Vec<Pair> = (0..32.min(cases / 20) as usize).map(|number| pair(random, number)).collect();
    let nonces: Vec<(Scalar, [u8; 32])> = (0..2_048.min(cases / 2))
        .map(|_| {
            let r = scalar(random);
            let part = if random.below(4) == 0 { *random.of(&EIGHT_TORSION) } else { EIGHT_TORSION[0] };
            (r, (EdwardsPoint::mul_base(&r) + part).compress().to_bytes())
        })
        .collect();
    let mut tally = Tally::default();
    let mut case = 0;
    while case < cases {
        let pair = random.of(&pairs);
        let base = &bases[(case / 8) as usize % bases.len()];
        let count = together(random, cases - case);
        let items: Vec<Item> = (0..count)
            .map(|_| {
                let nonce = random.of(&nonces);
                case_for(random, pair, nonce)
            })
            .collect();
        for ((input, signature), decisions) in items.iter().zip(way(base, &pair.key, &items)) {
            compare(&mut tally, &decisions, pair, input, signature);
        }
        case += count;
    }
    tally
}

fn compare(tally: &mut Tally, decisions: &[Decision], pair: &Pair, input: &[u8], signature: &[u8; 64]) {
    let library = pair.library.verify_sig(input, signature).is_ok();
    let second = pair.second.verify(input, &Signature::from_bytes(signature)).is_ok();
    tally.second += 1;
    let differs = tally.count(decisions, library);
    if differs || second != library {
        tally.differences += 1;
        println!("{decisions:?}, {library}, {second}: {:x?} {input:x?} {signature:x?}", pair.encoded);
    }
}

fn case_for(random: &mut Random, pair: &Pair, (r, encoded): &(Scalar, [u8; 32])) -> (Vec<u8>, [u8; 64]) {
    // Now and then one that is longer than what it is hashed beside.
    let most = if random.below(16) == 0 { 3_000 } else { 200 };
    let mut input: Vec<u8> = (0..random.below(most)).map(|_| random.word() as u8).collect();
    let mut first = *encoded;
    match random.below(24) {
        0 => first = random.bytes(),
        1 => first = random.of(&EIGHT_TORSION).compress().to_bytes(),
        2 => {
            // y of p and more, and both signs.
            first = [0xff; 32];
            first[0] = 0xec_u8.wrapping_add(random.below(20) as u8);
            first[31] = *random.of(&[0x7f, 0xff]);
        }
        3 => first[31] ^= 0x80,
        _ => {}
    }
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, &[&first[..], &pair.encoded, &input].concat());
    let h = Scalar::from_bytes_mod_order_wide(digest.as_ref().try_into().unwrap());
    let mut second = (r + h * pair.private).to_bytes();
    match random.below(12) {
        0 => first[random.below(32)] ^= 1 << random.below(8),
        1 => second[random.below(32)] ^= 1 << random.below(8),
        2 => input.push(0),
        3 => second = plus_l(second),
        4 => {
            second = *random.of(&[[0; 32], L, [0xff; 32]]);
            let low = second[0];
            second[0] = *random.of(&[low, low.wrapping_sub(1), low.wrapping_add(1)]);
        }
        _ => {}
    }
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&first);
    signature[32..].copy_from_slice(&second);
    (input, signature)
}

fn plus_l(number: [u8; 32]) -> [u8; 32] {
    let mut carry = 0;
    std::array::from_fn(|at| {
        carry += u16::from(number[at]) + u16::from(L[at]);
        let byte = carry as u8;
        carry >>= 8;
        byte
    })
}

fn scalar(random: &mut Random) -> Scalar {
    let small = Scalar::from(random.below(300) as u64);
    match random.below(4) {
        0 => small,
        1 => -small,
        _ => Scalar::from_bytes_mod_order(random.bytes()),
    }
}

/// The first keys are small multiples of the base point and their opposites; some have a part of small order, none is one.
fn pair(random: &mut Random, number: usize) -> Pair {
    let private = match number {
        0..4 => Scalar::from(number as u64 + 1),
        4..8 => -Scalar::from(number as u64 - 3),
        _ => Scalar::from_bytes_mod_order(random.bytes()),
    };
    let part = if number % 3 == 2 { EIGHT_TORSION[number % 8] } else { EIGHT_TORSION[0] };
    let encoded = (EdwardsPoint::mul_base(&private) + part).compress().to_bytes();
    Pair {
        private,
        encoded,
        key: Key::new(&encoded, [4, 5, 6, 8][number % 4]).unwrap(),
        library: ParsedPublicKey::new(&ED25519, encoded).unwrap(),
        second: VerifyingKey::from_bytes(&encoded).unwrap(),
    }
}
