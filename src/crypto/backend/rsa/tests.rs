//! Numbers and powers against big integers, in plain code and in lanes; decisions against Wycheproof and the library.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is a failed test")]

mod decisions;
mod doubles;
mod hot;

use num_bigint::BigUint;

use super::number::{LOW, Number, from_be_bytes, less_than, power_of_two, reduce};
use super::power::{Columns, Spread, apart, carried, load, product, side_by_side};
use super::{Key, KnownAnswers, Modulus, Proof, plain};
use crate::crypto::backend::lanes::{Lanes, Model, Task};
use crate::crypto::backend::words::negated_inverse;

/// Run a check on the model and, where there are any, on the instructions.
macro_rules! on_lanes {
    ($check:expr) => {{
        $check(crate::crypto::backend::lanes::Model);
        #[cfg(target_arch = "x86_64")]
        if let Some(lanes) = crate::crypto::backend::lanes::Ifma::detect() {
            $check(lanes);
        }
    }};
}
use on_lanes;

fn big<const V: usize>(number: &Number<V>) -> BigUint {
    number.as_flattened().iter().rev().fold(BigUint::ZERO, |sum, limb| (sum << 52) + limb)
}

fn number<const V: usize>(big: &BigUint) -> Number<V> {
    from_be_bytes(&big.to_bytes_be()).unwrap()
}

fn random_words(seed: u64) -> impl Iterator<Item = u64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        state ^ state >> 29
    })
}

/// Odd, of so many bits: the largest, the smallest, some whose limbs are extreme, one that is random.
fn moduli(bits: usize) -> Vec<BigUint> {
    let one = BigUint::from(1_u8);
    let (top, all) = (&one << (bits - 1), (&one << bits) - 1_u8);
    let limbs = |pattern: &dyn Fn(usize) -> u64| {
        (0..bits.div_ceil(52)).rev().fold(BigUint::ZERO, |sum, limb| (sum << 52) + pattern(limb))
    };
    let random: Vec<u64> = random_words(bits as u64).take(80).collect();
    let every_other = [limbs(&|limb| if limb % 2 == 0 { LOW } else { 0 }), limbs(&|limb| LOW * (limb as u64 % 2))];
    let others = every_other.into_iter().chain([limbs(&|limb| random[limb] & LOW), limbs(&|_| 1 << 51)]);
    let mut moduli = vec![all.clone(), &top + 1_u8, &all - 2_u8, &all - (&one << 52)];
    moduli.extend(others.map(|number| (number & &all) | &top | &one));
    moduli
}

/// 0, 1, those around n, and numbers below n with extreme limbs.
fn numbers_below(n: &BigUint) -> Vec<BigUint> {
    let mut numbers: Vec<BigUint> = (0_u8..3).map(BigUint::from).collect();
    numbers.extend((1_u8..3).map(|by| n - by));
    numbers.extend([n >> 1, (n >> 52) << 52, n >> 53]);
    let repeated = |limbs: &[u64]| {
        (0..n.bits() as usize / 52).fold(BigUint::ZERO, |sum, at| (sum << 52) + limbs[at % limbs.len()])
    };
    numbers.extend([&[LOW][..], &[LOW, 0], &[0, LOW], &[1 << 51], &[LOW, LOW, LOW, 0, 0, 1]].map(repeated));
    numbers
}

fn numbers_are_those_of_big_integers<const V: usize>(bits: usize) {
    let base = BigUint::from(1_u8) << 52;
    for n in moduli(bits) {
        let modulus: Number<V> = number(&n);
        assert_eq!(big(&modulus), n);
        let first = modulus[0][0];
        assert_eq!((&n * (negated_inverse(first) & LOW) + 1_u8) % &base, BigUint::ZERO);
        for exponent in [bits - 1, bits, bits + 1, 2 * 416 * V] {
            let power = power_of_two(exponent, &modulus, bits).unwrap();
            assert_eq!(big(&power), (BigUint::from(1_u8) << exponent) % &n);
        }
        assert!(power_of_two(bits - 2, &modulus, bits).is_none());
        for small in numbers_below(&n) {
            for sum in [small.clone(), &small + &n] {
                assert_eq!(big(&reduce(&number(&sum), &modulus)), small);
                assert_eq!(less_than(&number(&sum), &modulus), sum < n);
            }
        }
    }
    assert!(from_be_bytes::<V>(&vec![0; 52 * V + 1]).is_none());
    assert_eq!(from_be_bytes::<V>(&vec![0xff; 52 * V]), Some([[LOW; 8]; V]));
    assert_eq!(from_be_bytes::<V>(&[]), Some([[0; 8]; V]));
}

#[test]
fn plain_numbers_are_those_of_big_integers() {
    numbers_are_those_of_big_integers::<5>(2048);
    numbers_are_those_of_big_integers::<8>(3072);
    numbers_are_those_of_big_integers::<10>(4096);
}

/// Columns to carry.
struct Carry<'a, const V: usize>(&'a Number<V>);

impl<const V: usize> Task for Carry<'_, V> {
    type Output = Number<V>;

    fn run<L: Lanes>(self, lanes: L) -> Number<V> {
        carried(lanes, load(lanes, self.0))
    }
}

#[test]
fn carries_run_as_far_as_they_must() {
    let check = |columns: Number<10>| {
        on_lanes!(|lanes| {
            let found: Number<10> = Lanes::run(lanes, Carry(&columns));
            assert!(found.as_flattened().iter().all(|limb| *limb <= LOW));
            assert_eq!(big(&found), big(&columns), "{columns:x?}");
        });
    };
    // Something in one place, and above it places that pass a carry on, up to one that does not.
    for start in 0..78 {
        for end in start + 1..79 {
            for first in [LOW, LOW + 1, 1 << 60, (1 << 61) - 1] {
                let mut columns = [[0; 8]; 10];
                for (at, column) in columns.as_flattened_mut().iter_mut().enumerate() {
                    *column = if at == start { first } else { LOW * u64::from(at > start && at < end) };
                }
                check(columns);
            }
        }
    }
    for seed in 0..200 {
        let mut columns = [[0; 8]; 10];
        let choices = [0, 1, LOW - 1, LOW, LOW + 1, 2 * LOW + 1, 511 << 52, (1 << 61) - 1];
        for (column, word) in columns.as_flattened_mut().iter_mut().take(79).zip(random_words(seed)) {
            *column = choices[word as usize >> 7 & 7];
        }
        check(columns);
    }
}

/// a b / R, spread and in each lane of eight.
struct Product<'a, const V: usize>(&'a Modulus<V>, &'a Number<V>, &'a Number<V>);

impl<const V: usize> Task for Product<'_, V> {
    type Output = [Number<V>; 9];

    fn run<L: Lanes>(self, lanes: L) -> [Number<V>; 9] {
        let Self(modulus, a, b) = self;
        let spread = Spread { lanes, n: load(lanes, &modulus.n), k: lanes.splat(modulus.negated_inverse) };
        // In the odd lanes the factors are the other way round.
        let factors = |odd: usize| std::array::from_fn(|lane| if lane % 2 == odd { *a } else { *b });
        let [a_by_lane, b_by_lane]: [Columns<L, V>; 2] = [factors(0), factors(1)].map(|all| side_by_side(lanes, &all));
        let [i, j, k, l, m, n, o, p] = apart(lanes, &product(lanes, modulus, &a_by_lane, &b_by_lane));
        [spread.product(a, b), i, j, k, l, m, n, o, p]
    }
}

fn products_are_right<const V: usize>(bits: usize) {
    let r = BigUint::from(1_u8) << (416 * V);
    for n in moduli(bits) {
        let modulus = Modulus::<V>::new(&n.to_bytes_be()).unwrap();
        // Factors are below 2n.
        let mut factors = numbers_below(&n);
        factors.extend([n.clone(), &n * 2_u8 - 1_u8]);
        for (at, a) in factors.iter().enumerate() {
            for b in [a, &factors[(at * 5 + 3) % factors.len()], factors.last().unwrap()] {
                let wanted = a * b % &n;
                let (a, b) = (number(a), number(b));
                on_lanes!(|lanes| {
                    for found in Lanes::run(lanes, Product(&modulus, &a, &b)) {
                        assert!(found.as_flattened().iter().all(|limb| *limb <= LOW));
                        assert!(big(&found) < &n * 2_u8);
                        assert_eq!(big(&found) * &r % &n, wanted);
                    }
                });
            }
        }
    }
}

#[test]
fn products_of_2048_bits_are_right() {
    products_are_right::<5>(2048);
}

#[test]
fn products_of_3072_bits_are_right() {
    products_are_right::<8>(3072);
}

#[test]
fn products_of_4096_bits_are_right() {
    products_are_right::<10>(4096);
}

fn eights_below(n: &BigUint) -> Vec<(&BigUint, Vec<BigUint>)> {
    numbers_below(n).windows(8).step_by(5).map(|eight| (n, eight.to_vec())).collect()
}

fn powers_are_right<const V: usize>(bits: usize) {
    let e = BigUint::from(65_537_u32);
    let moduli = moduli(bits);
    // The largest, the smallest, one that is random.
    for (n, eight) in [&moduli[0], &moduli[1], &moduli[6]].into_iter().flat_map(eights_below) {
        let modulus = Modulus::<V>::new(&n.to_bytes_be()).unwrap();
        let s: [Number<V>; 8] = std::array::from_fn(|at| number(&eight[at]));
        let wanted: Vec<BigUint> = eight.iter().map(|s| s.modpow(&e, n)).collect();
        on_lanes!(|lanes| {
            let powers = modulus.powers(lanes, &s);
            assert!(powers.iter().zip(&wanted).all(|(power, wanted)| big(power) == *wanted));
            assert_eq!(modulus.power(lanes, &s[3]), powers[3]);
        });
        assert_eq!(big(&plain::power(&modulus, &s[0])), wanted[0]);
    }
}

#[test]
fn powers_are_those_of_big_integers() {
    powers_are_right::<5>(2048);
    powers_are_right::<8>(3072);
    powers_are_right::<10>(4096);
}

/// The product of multiples of a root of n is a multiple of n: lanes may leave n itself, which becomes 0 at the end.
#[test]
fn a_power_that_is_a_multiple_of_n_is_zero() {
    let root: BigUint = (BigUint::from(1_u8) << 1024) - 105_u8;
    let n = &root * &root;
    let modulus = Modulus::<5>::new(&n.to_bytes_be()).unwrap();
    let factors = [0_u32, 1, 2, 3, 5, 1 << 31, 12_345, u32::MAX];
    let s = factors.map(|factor| number(&(&root * factor)));
    assert!(s.iter().all(|s| less_than(s, &modulus.n) && plain::power(&modulus, s) == [[0; 8]; 5]));
    on_lanes!(|lanes| {
        assert_eq!(modulus.powers(lanes, &s), [[[0; 8]; 5]; 8]);
        assert!(s.iter().all(|s| modulus.power(lanes, s) == [[0; 8]; 5]));
    });
}

#[test]
fn a_key_is_proved_by_powers_of_random_numbers_and_a_wrong_one_is_found_out() {
    let words: Vec<u64> = random_words(11).take(640).collect();
    let words: [u64; 640] = words.try_into().unwrap();
    for (bits, lane) in [(2048, 0), (2048, 7), (3072, 3), (4096, 5)] {
        let n = &moduli(bits)[6];
        let key = Key::new(&n.to_bytes_be(), &[1, 0, 1]).unwrap();
        on_lanes!(|lanes| assert!(Lanes::run(lanes, Proof { key: &key, words: &words, lane })));
    }
    let changed = |change: &dyn Fn(&mut Modulus<5>)| {
        let mut modulus = Modulus::<5>::new(&moduli(2048)[6].to_bytes_be()).unwrap();
        change(&mut modulus);
        modulus.agrees(Model, &words, 0)
    };
    assert!(changed(&|_| ()));
    assert!(!changed(&|modulus| modulus.square_of_r[2][3] ^= 1));
    assert!(!changed(&|modulus| modulus.negated_inverse ^= 1 << 51));
    assert!(!changed(&|modulus| modulus.n[0][0] ^= 2));
}

#[test]
fn known_answers_come_out_right() {
    for bytes in [256, 384, 512] {
        on_lanes!(|lanes| assert!(Lanes::run(lanes, KnownAnswers(bytes))));
    }
    assert!(!Model.run(KnownAnswers(128)));
}
