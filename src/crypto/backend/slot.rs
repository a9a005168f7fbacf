//! A public key's place for tables: it verifies by them when they are there, else by the library, and counts the tokens that
//! were accepted. What is refused, be it for a claim, is not counted, builds nothing and evicts nothing.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::guard::{self, WATCH, Watch};
use super::store::{self, Entry, InForce};
use super::tables::{AT_ONCE, Public};
use super::{Choice, Decision, Path};
use crate::alg::Hash;

/// The library's key.
pub trait Library {
    /// Does `signature` fit `input`?
    fn verify(&self, input: &[u8], signature: &[u8]) -> bool;

    /// Does it fit the input that has this hash, which is as long as those of its algorithm? For ECDSA.
    fn verify_hash(&self, hash: &[u8], signature: &[u8]) -> bool;

    /// What it hashes inputs with.
    fn hash(&self) -> Hash {
        Hash::Sha256
    }
}

/// See above.
pub struct Slot {
    public: Public,
    /// Shared by all keys that are the same; made at the first accepted token.
    entry: ArcSwapOption<Entry>,
    watch: &'static Watch,
}

impl Slot {
    /// A place without tables.
    pub fn new(public: Public) -> Self {
        Self::watched(public, &WATCH)
    }

    fn watched(public: Public, watch: &'static Watch) -> Self {
        // A key that is read again, as at each refresh of a key set, goes on with the tables of the one in use.
        Self { entry: ArcSwapOption::new(store::known_entry_of(&public)), public, watch }
    }

    /// Does `signature` fit `input`? The answer is the library's, or one that the library would give.
    pub fn verify(&self, choice: Choice, library: &impl Library, input: &[u8], signature: &[u8]) -> bool {
        let path = self.path(choice);
        if path != Path::Library
            && let Some(entry) = &*self.entry.load()
            && let Some(in_force) = &*entry.tables()
        {
            let decision = in_force.tables.decide(path, library.hash(), input, signature);
            return self.settle(decision, (entry, in_force), library, input, signature);
        }
        library.verify(input, signature)
    }

    /// Are many signatures of this key decided faster at once than one after the other?
    pub fn decides_together(&self, choice: Choice) -> bool {
        let path = self.path(choice);
        let decide =
            |entry: &Arc<Entry>| entry.tables().as_ref().is_some_and(|in_force| in_force.tables.decides_together(path));
        path != Path::Library && self.entry.load().as_ref().is_some_and(decide)
    }

    /// As `verify`, of each input and the signature to it: many at a time where that is faster.
    pub fn verify_all(&self, choice: Choice, library: &impl Library, items: &[(&[u8], &[u8])]) -> Vec<bool> {
        let before = self.watch.disagreements();
        let one = |(input, signature): &(&[u8], &[u8])| self.verify(choice, library, input, signature);
        let path = self.path(choice);
        if path != Path::Library
            && let Some(entry) = &*self.entry.load()
            && let Some(in_force) = &*entry.tables()
        {
            let settle = |((input, signature), decision): (&(&[u8], &[u8]), Decision)| {
                self.settle(decision, (entry, in_force), library, input, signature)
            };
            let decide = |some: &[(&[u8], &[u8])]| match in_force.tables.decide_all(path, library.hash(), some) {
                Some(decisions) => some.iter().zip(decisions).map(settle).collect(),
                None => some.iter().map(one).collect::<Vec<bool>>(),
            };
            let decided = items.chunks(AT_ONCE).flat_map(decide).collect();
            if self.watch.disagreements() == before {
                return decided;
            }
            // What these tables said before they were found wrong is no better.
            return items.iter().map(|(input, signature)| library.verify(input, signature)).collect();
        }
        items.iter().map(one).collect()
    }

    /// Count a token of this key whose signature fits and whose claims were accepted.
    pub fn accepted(&self, choice: Choice, library: &impl Library) {
        if self.path(choice) == Path::Library {
            return;
        }
        if let Some(entry) = &*self.entry.load() {
            entry.accepted(library);
        } else if let Some(entry) = store::entry_of(&self.public) {
            self.entry.store(Some(entry));
        }
    }

    #[inline]
    fn path(&self, choice: Choice) -> Path {
        if self.watch.is_off() { Path::Library } else { choice.path() }
    }

    /// What follows from what these tables say.
    fn settle(
        &self,
        decision: Decision,
        (entry, in_force): (&Entry, &InForce),
        library: &impl Library,
        input: &[u8],
        signature: &[u8],
    ) -> bool {
        if self.watch.is_off() {
            return library.verify(input, signature);
        }
        match decision {
            Decision::Good => {
                !(in_force.is_on_probation() || guard::is_sample())
                    || self.watch.settle(library.verify(input, signature), true)
            }
            Decision::Bad => entry.bucket.take() && self.watch.settle(library.verify(input, signature), false),
            Decision::Exceptional => library.verify(input, signature),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use std::cell::Cell;
    use std::sync::atomic::{AtomicBool, Ordering};

    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED};

    use super::*;
    use crate::alg::Curve;
    use crate::crypto::backend::lanes;
    use crate::crypto::ecdsa::Signer;

    /// The library's key, which can be made to lie, and counts the questions.
    struct Witness {
        key: aws_lc_rs::signature::ParsedPublicKey,
        lies: Cell<bool>,
        asked: Cell<u64>,
    }

    impl Witness {
        fn new(point: &[u8]) -> Self {
            let algorithm = if point.len() == 65 { &ECDSA_P256_SHA256_FIXED } else { &ECDSA_P384_SHA384_FIXED };
            let key = aws_lc_rs::signature::ParsedPublicKey::new(algorithm, point).unwrap();
            Self { key, lies: Cell::new(false), asked: Cell::new(0) }
        }

        fn asked(&self) -> u64 {
            self.asked.replace(0)
        }
    }

    impl Library for Witness {
        fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
            self.asked.set(self.asked.get() + 1);
            self.key.verify(input, signature) != self.lies.get()
        }

        fn verify_hash(&self, hash: &[u8], signature: &[u8]) -> bool {
            self.key.verify_hash(hash, signature)
        }
    }

    /// Good tokens until there are tables: at 300, or later if another test uses the store then. How many it took.
    fn make_hot(slot: &Slot, library: &impl Library, input: &[u8], signature: &[u8]) -> u64 {
        let has_tables = || slot.entry.load().as_ref().is_some_and(|entry| entry.tables().is_some());
        let accept = |_: &u64| {
            assert!(slot.verify(Choice::Auto, library, input, signature));
            slot.accepted(Choice::Auto, library);
            has_tables()
        };
        (1..10_000).find(accept).unwrap()
    }

    fn slot_of(point: &[u8]) -> Slot {
        static OURS: Watch = Watch::new();
        let coordinates = point.get(1..).unwrap();
        let public = coordinates.try_into().map(Public::P256);
        Slot::watched(public.unwrap_or_else(|_| Public::P384(coordinates.try_into().unwrap())), &OURS)
    }

    #[test]
    fn what_is_refused_makes_no_entry() {
        let signer = Signer::generate(Curve::P256).unwrap();
        let (slot, library) = (slot_of(&signer.point()), Witness::new(&signer.point()));
        for _ in 0..10 {
            assert!(!slot.verify(Choice::Auto, &library, b"", &[1; 64]));
        }
        // Nor does a token whose signature fits, and which is refused for its claims.
        let good = signer.sign(b"input").unwrap();
        assert!((0..1_000).all(|_| slot.verify(Choice::Auto, &library, b"input", &good)));
        slot.accepted(Choice::Library, &library);
        assert!(slot.entry.load().is_none());
        assert_eq!(library.asked(), 1_010);
    }

    #[test]
    fn in_lanes_a_hot_key_is_verified_by_its_table_too() {
        static OURS: Watch = Watch::new();
        lanes::pretence::begin();
        let signer = Signer::generate(Curve::P256).unwrap();
        let mut slot = slot_of(&signer.point());
        slot.watch = &OURS;
        let library = Witness::new(&signer.point());
        let good = signer.sign(b"input").unwrap();
        make_hot(&slot, &library, b"input", &good);
        assert_eq!(slot.path(Choice::Auto), Path::Ifma);
        assert_eq!(slot.path(Choice::Portable), Path::Portable);
        library.asked();
        assert!((0..50).all(|_| slot.verify(Choice::Auto, &library, b"input", &good)));
        assert!((4..10).contains(&library.asked()));
        assert!(!(0..50).any(|_| slot.verify(Choice::Ifma, &library, b"other", &good)));
        assert!((16..45).contains(&library.asked()));
        assert!(!slot.verify(Choice::Auto, &library, b"input", &[0; 64]));
        assert_eq!(library.asked(), 1);
        // Eight at a time, and some that are left over; the library is asked about what is out of range.
        assert!(slot.decides_together(Choice::Auto) && slot.decides_together(Choice::Portable));
        assert!(!slot.decides_together(Choice::Library));
        let zero = [0; 64];
        let items: Vec<(&[u8], &[u8])> = (0..27)
            .map(|number| match number % 3 {
                0 => (&b"input"[..], &good[..]),
                1 => (&b"other"[..], &good[..]),
                _ => (&b"input"[..], &zero[..]),
            })
            .collect();
        let wanted: Vec<bool> = (0..27).map(|number| number % 3 == 0).collect();
        assert_eq!(slot.verify_all(Choice::Auto, &library, &items), wanted);
        // The bucket may have filled again meanwhile.
        assert!((9..19).contains(&library.asked()));
        assert_eq!(slot.verify_all(Choice::Library, &library, &items), wanted);
        assert_eq!(library.asked(), 27);
        assert_eq!(OURS.disagreements(), 0);
    }

    #[test]
    fn a_hot_key_on_p384_is_verified_by_its_table_and_never_in_lanes() {
        static OURS: Watch = Watch::new();
        lanes::pretence::begin();
        let signer = Signer::generate(Curve::P384).unwrap();
        let mut slot = slot_of(&signer.point());
        slot.watch = &OURS;
        let library = Witness::new(&signer.point());
        let good = signer.sign(b"input").unwrap();
        make_hot(&slot, &library, b"input", &good);
        library.asked();
        assert!((0..50).all(|_| slot.verify(Choice::Auto, &library, b"input", &good)));
        assert!((4..10).contains(&library.asked()));
        assert!(!(0..50).any(|_| slot.verify(Choice::Ifma, &library, b"other", &good)));
        assert!((16..45).contains(&library.asked()));
        assert!(!slot.verify(Choice::Auto, &library, b"input", &[0; 96]));
        assert_eq!(library.asked(), 1);
        assert_eq!(slot.path(Choice::Auto), Path::Ifma);
        assert!(slot.decides_together(Choice::Auto), "by tables, not in lanes");
        let items = [(&b"input"[..], &good[..]), (&b"other"[..], &good[..])].repeat(8);
        let wanted: Vec<bool> = [true, false].repeat(8);
        assert_eq!(slot.verify_all(Choice::Auto, &library, &items), wanted);
        assert_eq!(OURS.disagreements(), 0);
    }

    #[test]
    fn of_many_decided_together_none_is_by_tables_that_were_found_wrong() {
        static OURS: Watch = Watch::new();
        lanes::pretence::begin();
        let signer = Signer::generate(Curve::P256).unwrap();
        let mut slot = slot_of(&signer.point());
        slot.watch = &OURS;
        let library = Witness::new(&signer.point());
        let good = signer.sign(b"input").unwrap();
        make_hot(&slot, &library, b"input", &good);
        assert!(slot.decides_together(Choice::Auto));
        // As if the tables were wrong: the table's first answers are checked, and the library says otherwise.
        library.lies.set(true);
        let items = vec![(&b"input"[..], &good[..]); 100];
        assert_eq!(slot.verify_all(Choice::Auto, &library, &items), vec![false; 100]);
        assert!(OURS.is_off());
        library.lies.set(false);
        assert_eq!(slot.verify_all(Choice::Auto, &library, &items), vec![true; 100]);
    }

    /// A library that, while it is asked for the first time, hears of other tokens of the key, as other threads may accept them.
    struct Meanwhile<'a> {
        witness: Witness,
        slot: &'a Slot,
        tokens: Cell<u64>,
    }

    impl Library for Meanwhile<'_> {
        fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
            (0..self.tokens.take()).for_each(|_| self.slot.accepted(Choice::Auto, &self.witness));
            self.witness.verify(input, signature)
        }

        fn verify_hash(&self, hash: &[u8], signature: &[u8]) -> bool {
            self.witness.verify_hash(hash, signature)
        }
    }

    #[test]
    fn the_first_decisions_of_a_new_table_are_checked_whatever_its_predecessor_decides_meanwhile() {
        static OURS: Watch = Watch::new();
        lanes::pretence::begin();
        let signer = Signer::generate(Curve::P256).unwrap();
        let mut slot = slot_of(&signer.point());
        slot.watch = &OURS;
        let good = signer.sign(b"input").unwrap();
        let library = Meanwhile { witness: Witness::new(&signer.point()), slot: &slot, tokens: Cell::new(0) };
        make_hot(&slot, &library, b"input", &good);
        let entry = slot.entry.load_full().unwrap();
        let small = entry.tables().as_ref().map(Arc::clone).unwrap();
        // Eight decisions of the small table are settled while a large one takes its place.
        library.tokens.set(10_000);
        assert_eq!(slot.verify_all(Choice::Auto, &library, &[(&b"input"[..], &good[..]); 8]), [true; 8]);
        let large = entry.tables().as_ref().map(Arc::clone).unwrap();
        assert!(!Arc::ptr_eq(&small, &large));
        library.witness.asked();
        assert!((0..8).all(|_| slot.verify(Choice::Auto, &library, b"input", &good)));
        assert!((4..7).contains(&library.witness.asked()));
    }

    #[test]
    fn a_hot_key_is_verified_by_its_table_until_the_library_disagrees() {
        static HEARD: AtomicBool = AtomicBool::new(false);
        let signer = Signer::generate(Curve::P256).unwrap();
        let (slot, library) = (slot_of(&signer.point()), Witness::new(&signer.point()));
        let good = signer.sign(b"input").unwrap();
        slot.watch.on_disagreement(|| HEARD.store(true, Ordering::SeqCst));
        let accept = |input: &[u8], signature: &[u8]| {
            let fits = slot.verify(Choice::Auto, &library, input, signature);
            if fits {
                slot.accepted(Choice::Auto, &library);
            }
            fits
        };

        let tokens = make_hot(&slot, &library, b"input", &good);
        assert!(tokens >= 301);
        assert_eq!(library.asked(), tokens);
        // Probation, then one in a thousand.
        assert!((0..50).all(|_| accept(b"input", &good)));
        assert!((4..10).contains(&library.asked()));
        // Of refusals a burst is checked, whatever is wrong; what is out of range is always the library's.
        assert!(!(0..100).any(|_| accept(b"other", &good)));
        assert!((16..90).contains(&library.asked()));
        assert!(!(0..100).any(|_| accept(b"input", &[0; 64])));
        assert_eq!(library.asked(), 100);
        assert!(!accept(b"input", good.get(1..).unwrap()));
        library.asked();
        // Who asks for the library gets it.
        assert!(slot.verify(Choice::Library, &library, b"input", &good));
        assert_eq!(library.asked(), 1);

        assert_eq!(slot.watch.disagreements(), 0);
        library.lies.set(true);
        std::thread::sleep(std::time::Duration::from_millis(150));
        assert!(accept(b"other", &good), "the library's answer stands");
        assert!(slot.watch.is_off() && HEARD.load(Ordering::SeqCst));
        assert_eq!(slot.watch.disagreements(), 1);
        library.asked();
        assert!(!accept(b"input", &good));
        assert_eq!(library.asked(), 1);
    }
}
