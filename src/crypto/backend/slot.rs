//! A public key's place for tables: it verifies by them when they are there, else by the library, and counts what was
//! accepted. What is refused is not counted, builds nothing and evicts nothing.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::guard::{self, WATCH, Watch};
use super::store::{self, Entry};
use super::tables::{Public, Tables};
use super::{Choice, Decision};

/// The library's key.
pub trait Library {
    /// Does `signature` fit `input`?
    fn verify(&self, input: &[u8], signature: &[u8]) -> bool;

    /// Does it fit the input that has this hash?
    fn verify_hash(&self, hash: &[u8; 32], signature: &[u8]) -> bool;
}

/// See above.
pub struct Slot {
    public: Public,
    /// Shared by all keys that are the same; looked up at the first accepted token.
    entry: ArcSwapOption<Entry>,
    watch: &'static Watch,
}

impl Slot {
    /// A place without tables.
    pub fn new(public: Public) -> Self {
        Self::watched(public, &WATCH)
    }

    fn watched(public: Public, watch: &'static Watch) -> Self {
        Self { public, entry: ArcSwapOption::empty(), watch }
    }

    /// Does `signature` fit `input`? The answer is the library's, or one that the library would give.
    pub fn verify(&self, choice: Choice, library: &impl Library, input: &[u8], signature: &[u8]) -> bool {
        if choice.in_force() == Choice::Library || self.watch.is_off() || cfg!(not(target_pointer_width = "64")) {
            return library.verify(input, signature);
        }
        if let Some(entry) = &*self.entry.load() {
            if let Some(tables) = &*entry.tables() {
                return self.by_tables(entry, tables, library, input, signature);
            }
            return library.verify(input, signature) && {
                entry.accepted_by_library(library);
                true
            };
        }
        let fits = library.verify(input, signature);
        if fits {
            self.entry.store(store::entry_of(&self.public));
        }
        fits
    }

    fn by_tables(
        &self,
        entry: &Arc<Entry>,
        tables: &Tables,
        library: &impl Library,
        input: &[u8],
        signature: &[u8],
    ) -> bool {
        match tables.decide(input, signature) {
            Decision::Good => {
                let fits = !(entry.is_on_probation() || guard::is_sample())
                    || self.watch.settle(library.verify(input, signature), true);
                if fits {
                    entry.accepted_by_tables(library);
                }
                fits
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

    use super::*;
    use crate::alg::Curve;
    use crate::crypto::ecdsa::Signer;

    /// The library's key, which can be made to lie, and counts the questions.
    struct Witness {
        key: aws_lc_rs::signature::ParsedPublicKey,
        lies: Cell<bool>,
        asked: Cell<u64>,
    }

    impl Witness {
        fn new(point: &[u8]) -> Self {
            let algorithm = &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED;
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

        fn verify_hash(&self, hash: &[u8; 32], signature: &[u8]) -> bool {
            self.key.verify_hash(hash, signature)
        }
    }

    fn slot_of(point: &[u8]) -> Slot {
        static OURS: Watch = Watch::new();
        Slot::watched(Public::P256(point.get(1..).unwrap().try_into().unwrap()), &OURS)
    }

    #[test]
    fn what_is_refused_makes_no_entry() {
        let point = Signer::generate(Curve::P256).unwrap().point();
        let (slot, library) = (slot_of(&point), Witness::new(&point));
        for _ in 0..10 {
            assert!(!slot.verify(Choice::Auto, &library, b"", &[1; 64]));
        }
        assert!(slot.entry.load().is_none());
        assert_eq!(library.asked(), 10);
    }

    #[test]
    fn a_hot_key_is_verified_by_its_table_until_the_library_disagrees() {
        static HEARD: AtomicBool = AtomicBool::new(false);
        let signer = Signer::generate(Curve::P256).unwrap();
        let (slot, library) = (slot_of(&signer.point()), Witness::new(&signer.point()));
        let good = signer.sign(b"input").unwrap();
        slot.watch.on_disagreement(|| HEARD.store(true, Ordering::SeqCst));
        let accept = |input: &[u8], signature: &[u8]| slot.verify(Choice::Auto, &library, input, signature);
        let has_table = || slot.entry.load().as_ref().is_some_and(|entry| entry.tables().is_some());

        assert!((0..301).all(|_| accept(b"input", &good)));
        assert!(has_table());
        assert_eq!(library.asked(), 301);
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
