//! Who gets tables, who loses them, and that they stay within the budget.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

use super::*;
use crate::crypto::backend::ecdsa::Curve;
use crate::crypto::backend::ecdsa::point::{Affine, Sum};
use crate::crypto::backend::p256::P256;
use crate::crypto::backend::p384::P384;
use crate::crypto::backend::words::to_be_bytes;

/// A library that confirms everything.
struct Yes;

impl Library for Yes {
    fn verify(&self, _: &[u8], _: &[u8]) -> bool {
        true
    }

    fn verify_hash(&self, _: &[u8], _: &[u8]) -> bool {
        true
    }
}

/// Keys that are points, so that tables can be built: k times the base point, k = 2, 3, ...
fn publics(count: usize) -> Vec<Public> {
    points::<P256>(count).into_iter().map(|point| Public::P256(point.try_into().unwrap())).collect()
}

/// Coordinates one after the other.
fn points<C: Curve>(count: usize) -> Vec<Vec<u8>> {
    let base = Affine::<C>::base().unwrap();
    let sums = std::iter::successors(Some(Sum::from(base).double()), |sum| Some(sum.add(&base)));
    let points = sums.take(count).map(|sum| sum.to_affine(&sum.zzz.invert().unwrap()));
    let bytes = |point: Affine<C>| [point.x, point.y].map(|number| to_be_bytes(&number.to_words()));
    points.map(|point| bytes(point).iter().flat_map(|bytes| bytes.as_ref().to_vec()).collect()).collect()
}

/// `count` accepted tokens.
fn accept(store: &Store, entry: &Arc<Entry>, count: u64) {
    for _ in 0..count {
        if entry.heat.fetch_add(1, Ordering::Relaxed) >= entry.next.load(Ordering::Relaxed) {
            store.consider(entry, &Yes);
        }
    }
}

fn taken(store: &Store) -> usize {
    bytes_of(&store.lock().unwrap().holders())
}

#[test]
fn a_key_gets_a_small_table_when_hot_and_a_large_one_when_hotter() {
    for public in [publics(1)[0].clone(), Public::P384(points::<P384>(1)[0].as_slice().try_into().unwrap())] {
        let store = Store::new(BUDGET);
        let entry = store.entry_of(&public).unwrap();
        accept(&store, &entry, HOT - 1);
        assert!(entry.tables().is_none());
        accept(&store, &entry, 1);
        assert!(entry.tables().is_some());
        assert_eq!(taken(&store), public.bytes(Size::Small));
        accept(&store, &entry, HOTTER);
        assert_eq!(taken(&store), public.bytes(Size::Large));
        accept(&store, &entry, 10 * HOTTER);
        assert_eq!(taken(&store), public.bytes(Size::Large));
    }
}

#[test]
fn keys_that_are_the_same_share_an_entry_while_one_of_them_lives() {
    let store = Store::new(BUDGET);
    let publics = publics(2);
    let entry = store.entry_of(&publics[0]).unwrap();
    assert!(Arc::ptr_eq(&entry, &store.entry_of(&publics[0]).unwrap()));
    assert!(!Arc::ptr_eq(&entry, &store.entry_of(&publics[1]).unwrap()));
    accept(&store, &entry, HOT);
    assert!(taken(&store) > 0);
    drop(entry);
    assert_eq!(taken(&store), 0);
}

#[test]
fn what_the_library_does_not_confirm_is_never_used() {
    let store = Store::new(BUDGET);
    for public in [Public::P256([7; 64]), Public::P384([7; 96])] {
        let entry = store.entry_of(&public).unwrap();
        accept(&store, &entry, HOT * 10);
        assert!(entry.tables().is_none());
        assert_eq!((taken(&store), entry.next.load(Ordering::Relaxed)), (0, u64::MAX));
    }
}

#[test]
fn hotter_keys_push_out_colder_ones_and_equal_ones_do_not() {
    let store = Store::new(3 * publics(1)[0].bytes(Size::Small));
    let entries: Vec<_> = publics(5).iter().map(|public| store.entry_of(public).unwrap()).collect();
    for entry in &entries[..4] {
        accept(&store, entry, HOT + 10);
    }
    let has = || entries.iter().map(|entry| entry.tables().is_some()).collect::<Vec<_>>();
    assert_eq!(has(), [true, true, true, false, false]);
    accept(&store, &entries[0], 5_000);
    accept(&store, &entries[1], 5_000);
    accept(&store, &entries[4], HOT * 5);
    assert_eq!(has(), [true, true, false, false, true]);
    assert!(taken(&store) <= store.budget);
}

/// Tables have different sizes: what has to give way is counted before anybody does.
#[test]
fn nobody_gives_way_to_a_table_that_finds_no_room_all_the_same() {
    let publics = publics(3);
    let store = Store::new(3 * publics[0].bytes(Size::Small));
    let entries: Vec<_> = publics.iter().map(|public| store.entry_of(public).unwrap()).collect();
    for (entry, heat) in entries.iter().zip([HOT + 10, 5_000, 5_000]) {
        accept(&store, entry, heat);
    }
    let public = Public::P384(points::<P384>(1)[0].as_slice().try_into().unwrap());
    let wide = store.entry_of(&public).unwrap();
    let tables = || entries.iter().filter(|entry| entry.tables().is_some()).count();
    // It needs the room of all three, and is more than twice as hot as one.
    accept(&store, &wide, HOT * 5);
    assert_eq!((tables(), wide.tables().is_some()), (3, false));
    accept(&store, &wide, 20_000);
    assert_eq!((tables(), wide.tables().is_some()), (0, true));
    assert_eq!(taken(&store), public.bytes(Size::Small));
}

#[test]
fn ten_thousand_keys_stay_within_the_budget_and_hot_ones_keep_their_tables() {
    let store = Store::new(1 << 20);
    let entries: Vec<_> = publics(10_000).iter().map(|public| store.entry_of(public).unwrap()).collect();
    let (hot, cold) = entries.split_at(8);
    for round in 0..HOT + 2 {
        hot.iter().for_each(|entry| accept(&store, entry, 20));
        cold.iter().for_each(|entry| accept(&store, entry, 1));
        if round == HOT / 2 {
            assert!(hot.iter().all(|entry| entry.tables().is_some()));
        }
    }
    assert!(hot.iter().all(|entry| entry.tables().is_some()));
    assert!(taken(&store) <= store.budget);
    let tables = entries.iter().filter(|entry| entry.tables().is_some()).count();
    assert!((8..40).contains(&tables), "{tables}");
}

/// A fork, or two threads that make the first store, can leave entries of a store that is not in force.
#[test]
fn an_entry_of_another_store_gets_tables_and_is_counted() {
    let public = publics(1)[0].clone();
    let (before, store) = (Store::new(BUDGET), Store::new(BUDGET));
    let (old, new) = (before.entry_of(&public).unwrap(), store.entry_of(&public).unwrap());
    accept(&store, &old, HOT);
    assert!(old.tables().is_some());
    assert_eq!(taken(&store), public.bytes(Size::Small));
    accept(&store, &old, HOTTER);
    assert_eq!(taken(&store), public.bytes(Size::Large));
    accept(&store, &new, HOT);
    assert_eq!(taken(&store), public.bytes(Size::Small) + public.bytes(Size::Large));
    drop((old, new));
    assert_eq!(taken(&store), 0);
}

#[test]
fn all_threads_get_the_same_store() {
    let stores: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(Store::current)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(stores.iter().all(|store| Arc::ptr_eq(store, &Store::current())));
}

#[test]
fn heat_is_halved_as_time_goes_by() {
    let entry = Entry::new(publics(1)[0].clone());
    entry.halved.store(0, Ordering::Relaxed);
    entry.heat.store(1_000, Ordering::Relaxed);
    entry.next.store(800, Ordering::Relaxed);
    entry.cool(2);
    assert_eq!((entry.heat.load(Ordering::Relaxed), entry.next.load(Ordering::Relaxed)), (250, HOT));
    entry.cool(500);
    assert_eq!(entry.heat.load(Ordering::Relaxed), 0);
}

#[test]
fn while_another_builds_or_holds_the_lock_nobody_waits() {
    let store = Store::new(BUDGET);
    let public = publics(1)[0].clone();
    let entry = store.entry_of(&public).unwrap();
    entry.builder.store(std::process::id(), Ordering::Relaxed);
    accept(&store, &entry, HOT * 3);
    assert!(entry.tables().is_none());
    // A builder of another process is one that a fork left behind.
    entry.builder.store(std::process::id().wrapping_add(1), Ordering::Relaxed);
    let held = store.inner.lock().unwrap();
    assert!(store.entry_of(&public).is_none());
    accept(&store, &entry, 1);
    assert!(entry.tables().is_none());
    drop(held);
    accept(&store, &entry, HOT * 6);
    assert!(entry.tables().is_some());
}
