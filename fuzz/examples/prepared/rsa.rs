//! RS256, RS384 and RS512, in lanes. A modulus here is a prime, so that a signature to any block can be computed from the modulus alone: well
//! padded ones and every kind of badly padded one are drawn from a pool, and changed. s^65537 modulo n is compared too.

use ::rsa::traits::SignatureScheme;
use ::rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};
use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{self, ParsedPublicKey, RsaParameters};
use rapidjwt::alg::Hash;
use rapidjwt::crypto::backend::Decision;
use rapidjwt::crypto::backend::lanes::{Lanes, Model, Task, on_ifma};
use rapidjwt::crypto::backend::rsa::fma::{self, Fma, Prepared};
use rapidjwt::crypto::backend::rsa::number::Number;
use rapidjwt::crypto::backend::rsa::power::{Power, Powers};
use rapidjwt::crypto::backend::rsa::{Eight, Item, Key, Modulus, One, block};

use crate::random::Random;
use crate::tally::{Tally, together};

/// Bits; a seed for all but the last two bytes, or none where they are ff; and those.
const PRIMES: [(usize, Option<u64>, u16); 6] = [
    (2048, Some(1), 753),
    (2048, Some(2), 4555),
    (2048, Some(3), 1219),
    (2048, None, 63_979),
    (3072, Some(4), 81),
    (4096, Some(5), 2001),
];

const HASHES: [(Hash, &digest::Algorithm, &RsaParameters); 3] = [
    (Hash::Sha256, &digest::SHA256, &signature::RSA_PKCS1_2048_8192_SHA256),
    (Hash::Sha384, &digest::SHA384, &signature::RSA_PKCS1_2048_8192_SHA384),
    (Hash::Sha512, &digest::SHA512, &signature::RSA_PKCS1_2048_8192_SHA512),
];

pub struct Pair {
    n: Vec<u8>,
    key: Key,
    doubles: fma::Key,
    library: [ParsedPublicKey; 3],
    second: RsaPublicKey,
    pool: Vec<Signed>,
}

/// Which of the hashes; the hash; a signature whose block is or is not the right one.
#[derive(Clone)]
pub struct Signed {
    hash: usize,
    digest: Vec<u8>,
    signature: Vec<u8>,
}

/// What both forms find about a signature.
pub enum Found {
    /// The decisions.
    Decisions([Decision; 2]),
    /// The powers of its number, not yet less than the modulus. None where it is out of range.
    Powers(Option<[BigUint; 2]>),
}

/// Decides at most eight signatures of one key in both ways, or computes their numbers' powers in both.
pub type Way = fn(&Pair, &[Item<'_>], bool) -> Vec<Found>;

pub fn on_the_model(pair: &Pair, items: &[Item<'_>], decisions: bool) -> Vec<Found> {
    Model.run(Both { key: &pair.key, items, decisions })
}

/// The same on AVX-512 IFMA.
pub fn on_the_instructions(pair: &Pair, items: &[Item<'_>], decisions: bool) -> Vec<Found> {
    on_ifma(Both { key: &pair.key, items, decisions }).expect("AVX-512 IFMA")
}

/// The same in AVX2 with FMA, four side by side.
pub fn in_doubles(pair: &Pair, items: &[Item<'_>], decisions: bool) -> Vec<Found> {
    let fma = Fma::detect().expect("AVX2 with FMA");
    let found = |four: &[Item<'_>]| match &pair.doubles {
        key if decisions => {
            let together = key.decide_four(fma, four);
            let both = four.iter().zip(together).map(|(item, of_four)| [key.decide(fma, *item), of_four]);
            both.map(Found::Decisions).collect()
        }
        fma::Key::Bits2048(key) => powers_in_doubles(fma, key, four),
        fma::Key::Bits3072(key) => powers_in_doubles(fma, key, four),
        fma::Key::Bits4096(key) => powers_in_doubles(fma, key, four),
    };
    items.chunks(4).flat_map(found).collect()
}

fn powers_in_doubles<const V: usize, const N: usize>(fma: Fma, key: &Prepared<V, N>, items: &[Item<'_>]) -> Vec<Found> {
    let parsed: Vec<Option<Number<V>>> = items.iter().map(|(_, _, signature)| key.plain.parse(signature)).collect();
    let together = key.powers(fma, &numbers(&parsed));
    let both = parsed
        .iter()
        .zip(together)
        .map(|(s, of_four)| Found::Powers(s.as_ref().map(|s| [big(&key.power(fma, s)), big(&of_four)])));
    both.collect()
}

/// One for each lane; 0 where there is none.
fn numbers<const V: usize, const K: usize>(parsed: &[Option<Number<V>>]) -> [Number<V>; K] {
    std::array::from_fn(|at| parsed.get(at).copied().flatten().unwrap_or([[0; 8]; V]))
}

struct Both<'a> {
    key: &'a Key,
    items: &'a [Item<'a>],
    decisions: bool,
}

impl Task for Both<'_> {
    type Output = Vec<Found>;

    fn run<L: Lanes>(self, lanes: L) -> Vec<Found> {
        let Self { key, items, decisions } = self;
        if !decisions {
            return powers(key, items, lanes).into_iter().map(Found::Powers).collect();
        }
        let eight = lanes.run(Eight { key, items });
        let one = |item: &Item<'_>| lanes.run(One { key, item: *item });
        items.iter().zip(eight).map(|(item, of_eight)| Found::Decisions([one(item), of_eight])).collect()
    }
}

fn powers(key: &Key, items: &[Item<'_>], lanes: impl Lanes) -> Vec<Option<[BigUint; 2]>> {
    match key {
        Key::Bits2048(modulus) => powers_modulo(modulus, items, lanes),
        Key::Bits3072(modulus) => powers_modulo(modulus, items, lanes),
        Key::Bits4096(modulus) => powers_modulo(modulus, items, lanes),
    }
}

/// None where the signature is out of range.
fn powers_modulo<const V: usize>(
    modulus: &Modulus<V>,
    items: &[Item<'_>],
    lanes: impl Lanes,
) -> Vec<Option<[BigUint; 2]>> {
    let parsed: Vec<Option<Number<V>>> = items.iter().map(|(_, _, signature)| modulus.parse(signature)).collect();
    let together = lanes.run(Powers { modulus, s: &numbers(&parsed) });
    let both = parsed.iter().zip(together).map(|(s, of_eight)| {
        let alone = lanes.run(Power { modulus, s: s.as_ref()? });
        Some([big(&alone), big(&of_eight)])
    });
    both.collect()
}

fn big<const V: usize>(number: &Number<V>) -> BigUint {
    number.as_flattened().iter().rev().fold(BigUint::from(0_u8), |sum, limb| (sum << 52) + *limb)
}

pub fn run(random: &mut Random, cases: u64, way: Way) -> Tally {
    let pairs: Vec<Pair> = if cases < 10_000 {
        vec![pair(random, PRIMES[0], 12)]
    } else {
        PRIMES.iter().map(|prime| pair(random, *prime, 72)).collect()
    };
    let mut tally = Tally::default();
    let mut case = 0;
    while case < cases {
        // Most keys of tokens have 2048 bits, and the others take two and four times as long.
        let pair = &pairs[[0, 0, 1, 1, 2, 2, 3, 3, 4, 5][random.below(10)] % pairs.len()];
        let count = together(random, cases - case);
        let first = random.below(3);
        let signed: Vec<Signed> = (0..count).map(|_| case_for(random, pair, first)).collect();
        let items: Vec<Item<'_>> =
            signed.iter().map(|one| (HASHES[one.hash].0, &one.digest[..], &one.signature[..])).collect();
        // Decisions are a comparison more than powers, which the products are in: one batch in four is enough.
        let found = way(pair, &items, random.below(4) == 0);
        for (one, found) in signed.iter().zip(found) {
            compare(&mut tally, random, pair, one, found);
        }
        case += count;
    }
    tally
}

fn compare(tally: &mut Tally, random: &mut Random, pair: &Pair, one: &Signed, found: Found) {
    let digest = Digest::import_less_safe(&one.digest, HASHES[one.hash].1).unwrap();
    let library = pair.library[one.hash].verify_digest_sig(&digest, &one.signature).is_ok();
    let n = BigUint::from_bytes_be(&pair.n);
    let (decisions, powers) = match found {
        Found::Decisions(decisions) => (decisions, None),
        Found::Powers(None) => ([Decision::Exceptional; 2], None),
        Found::Powers(Some(powers)) => {
            let powers = powers.map(|power| power % &n);
            (powers.each_ref().map(|power| decision(pair, one, power)), Some(powers))
        }
    };
    let mut differs = tally.count(&decisions, library);
    if random.below(8) == 0 {
        tally.second += 1;
        let s = BigUint::from_bytes_be(&one.signature);
        differs |= is_good_for_second(pair, one) != library;
        let power = s.modpow(&BigUint::from(65_537_u32), &n);
        differs |= powers.is_some_and(|powers| powers.iter().any(|found| *found != power));
    }
    if differs {
        tally.differences += 1;
        println!("{decisions:?}, library {library}: {:x?} {:x?} {:x?}", pair.n, one.digest, one.signature);
    }
}

/// Is it the block that it should be?
fn decision(pair: &Pair, one: &Signed, power: &BigUint) -> Decision {
    let mut block = vec![0; pair.n.len()];
    let wanted = block::encode(HASHES[one.hash].0, &one.digest, &mut block).map(|()| BigUint::from_bytes_be(&block));
    if wanted.as_ref() == Some(power) { Decision::Good } else { Decision::Bad }
}

fn is_good_for_second(pair: &Pair, one: &Signed) -> bool {
    let mut block = vec![0; 256];
    block::encode(HASHES[one.hash].0, &one.digest, &mut block).unwrap();
    let info = block.len() - one.digest.len();
    let scheme = Pkcs1v15Sign { hash_len: Some(one.digest.len()), prefix: block[info - 19..info].into() };
    scheme.verify(&pair.second, &one.digest, &one.signature).is_ok()
}

fn case_for(random: &mut Random, pair: &Pair, first: usize) -> Signed {
    let mut one = random.of(&pair.pool).clone();
    if random.below(2) == 0 {
        // Good ones come first in the pool.
        one = pair.pool[first].clone();
    }
    let length = pair.n.len();
    match random.below(20) {
        0 => one.signature[random.below(length)] ^= 1 << random.below(8),
        1 => {
            let place = random.below(one.digest.len());
            one.digest[place] ^= 1 << random.below(8);
        }
        2 => one.signature = number(random, pair),
        3 => one.signature = (0..length).map(|_| random.word() as u8).collect(),
        4 => {
            // n - s: its power is n less the block.
            let less = BigUint::from_bytes_be(&pair.n) - BigUint::from_bytes_be(&one.signature);
            one.signature = padded(&less, length);
        }
        5 => {
            one.signature.pop();
        }
        6 => one.signature.insert(0, 0),
        7 => {
            one.hash = random.below(3);
            one.digest.resize(HASHES[one.hash].1.output_len(), 7);
        }
        8 => {
            let limbs = random.below(length / 7);
            let word = *random.of(&[0_u8, 0xff]);
            one.signature[length - 7 * limbs..].fill(word);
        }
        _ => {}
    }
    one
}

/// 0, 1, those around n, and the largest of this length.
fn number(random: &mut Random, pair: &Pair) -> Vec<u8> {
    let n = BigUint::from_bytes_be(&pair.n);
    let number = match random.below(6) {
        0 => BigUint::from(random.below(3) as u8),
        1 => n - 1_u8 - random.below(3),
        2 => n,
        3 => n + 1_u8 + random.below(3),
        4 => return vec![0xff; pair.n.len()],
        _ => BigUint::from(1_u8) << random.below(8 * pair.n.len()),
    };
    padded(&number, pair.n.len())
}

fn padded(number: &BigUint, length: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let mut padded = vec![0; length.saturating_sub(bytes.len())];
    padded.extend(bytes);
    padded
}

fn pair(random: &mut Random, (bits, seed, last): (usize, Option<u64>, u16), count: usize) -> Pair {
    let mut numbers = seed.map(Random::new);
    let mut word = || numbers.as_mut().map_or(u64::MAX, Random::word);
    let mut n: Vec<u8> = (0..bits / 64).flat_map(|_| word().to_be_bytes()).collect();
    n[0] |= 0x80;
    n[bits / 8 - 2..].copy_from_slice(&last.to_be_bytes());
    let modulus = BigUint::from_bytes_be(&n);
    let e = BigUint::from(65_537_u32);
    let d = inverse_of_e(&(&modulus - 1_u8));
    assert!(BigUint::from(3_u8).modpow(&(&e * &d), &modulus) == BigUint::from(3_u8), "not a prime");
    let pool = (0..count).map(|kind| signed(random, kind, &d, &modulus, n.len())).collect();
    let library = HASHES.map(|(_, _, parameters)| {
        PublicKeyComponents { n: &n[..], e: &[1, 0, 1][..] }.to_parsed_public_key(parameters).unwrap()
    });
    let (key, doubles) = (Key::new(&n, &[1, 0, 1]).unwrap(), fma::Key::new(&n, &[1, 0, 1]).unwrap());
    Pair { n, key, doubles, library, second: RsaPublicKey::new(modulus, e).unwrap(), pool }
}

/// 1 / 65537 modulo an m that it does not divide: (k m + 1) / 65537 for the k that makes it whole.
fn inverse_of_e(m: &BigUint) -> BigUint {
    let e = BigUint::from(65_537_u32);
    let rest: u64 = (m % &e).to_string().parse().unwrap();
    let k = (1..65_537_u64).find(|k| (k * rest + 1).is_multiple_of(65_537)).unwrap();
    (m * k + 1_u8) / e
}

/// A signature to a block of some kind: the first three of a pool are good.
fn signed(random: &mut Random, kind: usize, d: &BigUint, n: &BigUint, length: usize) -> Signed {
    let (hash, algorithm, _) = HASHES[kind % 3];
    let digest: Vec<u8> = (0..algorithm.output_len()).map(|_| random.word() as u8).collect();
    let mut block = vec![0; length];
    block::encode(hash, &digest, &mut block).unwrap();
    change(random, kind / 3, digest.len(), &mut block);
    let signature = padded(&BigUint::from_bytes_be(&block).modpow(d, n), length);
    Signed { hash: kind % 3, digest, signature }
}

/// Pad wrongly. `block` is 00 01 ff .. ff 00 DigestInfo, and the DigestInfo 19 bytes and the hash.
fn change(random: &mut Random, kind: usize, digest: usize, block: &mut Vec<u8>) {
    let length = block.len();
    let info = length - digest - 19;
    match kind {
        0..4 => {}
        4 => block[1] = 2,
        5 => block[1] = 0,
        6 => block[0] = 1,
        7 => block[info - 1] = 0xff,
        8 => block[2 + random.below(info - 4)] ^= 1 << random.below(8),
        9 => block[random.below(length - 2) + 1] ^= 1 << random.below(8),
        // The hash further to the front, and something behind it (Bleichenbacher, 2006).
        10 | 11 => {
            let garbage = if kind == 10 { 1 } else { info - 12 };
            block.drain(2..2 + garbage);
            block.extend((0..garbage).map(|_| random.word() as u8));
        }
        // A hash without DigestInfo.
        12 => {
            block[2..length - digest - 1].fill(0xff);
            block[length - digest - 1] = 0;
        }
        // Without NULL: both lengths are two less.
        13 => {
            block.drain(info + 15..info + 17);
            block[info + 1] -= 2;
            block[info + 3] -= 2;
            block.splice(2..2, [0xff, 0xff]);
        }
        // Lengths in the long form of BER.
        14 => {
            block[info + 1] += 1;
            block.splice(info + 3..info + 4, [0x81, 0x0d]);
            block.remove(2);
        }
        15 => block[info + 14] ^= 4,
        16 => block[info + 15] = 4,
        17 => block[info + 18] -= 1,
        18 => block[2..].fill(0xff),
        19 => block.fill(0),
        20 => block.rotate_left(1),
        21 => block[info..info + 19].fill(0),
        22 => block[length - 1] ^= 1,
        _ => block[length - digest] ^= 0x80,
    }
    if block[0] > 0x7f {
        block[0] = 0;
    }
}
