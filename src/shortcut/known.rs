//! Keys that were learned, by their full bytes: bounded, cleared from memory when they go, read without a lock.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use zeroize::Zeroizing;

use super::accounts::Accounts;
use crate::alg::{Algorithm, AlgorithmSet};
use crate::header::Memo;
use crate::keys::{Key, KeySet};

/// So many keys are remembered.
const MAX_KEYS: usize = 256;

/// A key's bytes. The table hashes them with a secret of its own (`RandomState`) and compares all of them.
#[derive(Clone, Debug)]
struct Bytes(Arc<Zeroizing<Vec<u8>>>);

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self.0 == **other.0
    }
}

impl Eq for Bytes {}

impl Hash for Bytes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_slice().hash(state);
    }
}

impl Borrow<[u8]> for Bytes {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

/// What is known of one key.
#[derive(Debug)]
pub struct Entry {
    uses: Vec<Arc<Use>>,
    /// Asked for since the last eviction?
    lately: AtomicBool,
}

/// A key prepared for one algorithm, and the headers of the tokens that it verified.
#[derive(Debug)]
pub struct Use {
    algorithm: Algorithm,
    /// The key alone.
    pub keys: Arc<KeySet>,
    /// Headers seen.
    pub headers: Memo,
    /// For a cache of tokens.
    pub accounts: Accounts,
}

impl Entry {
    /// For the algorithms that are allowed.
    pub fn uses(&self, allowed: AlgorithmSet) -> impl Iterator<Item = &Use> {
        self.uses.iter().map(|used| &**used).filter(move |used| allowed.contains(used.algorithm))
    }
}

type Table = HashMap<Bytes, Arc<Entry>>;

/// The keys.
#[derive(Debug, Default)]
pub struct Known {
    table: ArcSwap<Table>,
    /// Held by whoever changes the table.
    writing: Mutex<()>,
}

impl Known {
    /// Do something with what is known of a key. None when nothing is.
    pub fn with<T>(&self, bytes: &[u8], act: impl FnOnce(&Entry) -> T) -> Option<T> {
        let table = self.table.load();
        let entry = table.get(bytes)?;
        if !entry.lately.load(Ordering::Relaxed) {
            entry.lately.store(true, Ordering::Relaxed);
        }
        Some(act(entry))
    }

    /// Is the key known, and prepared for this algorithm?
    pub fn has(&self, bytes: &[u8], algorithm: Algorithm) -> bool {
        self.with(bytes, |entry| entry.uses.iter().any(|used| used.algorithm == algorithm)).unwrap_or(false)
    }

    /// Remember what `bytes` are with `algorithm`. The key has no kid, so that it takes any token.
    pub fn learn(&self, bytes: &[u8], algorithm: Algorithm, key: Arc<Key>) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut table = Table::clone(&self.table.load());
        let mut uses = table.get(bytes).map(|entry| entry.uses.clone()).unwrap_or_default();
        uses.retain(|used| used.algorithm != algorithm);
        let keys = Arc::new(KeySet::new(vec![key]));
        uses.push(Arc::new(Use { algorithm, keys, headers: Memo::default(), accounts: Accounts::default() }));
        if !table.contains_key(bytes) && table.len() >= MAX_KEYS {
            evict(&mut table);
        }
        let entry = Arc::new(Entry { uses, lately: AtomicBool::new(true) });
        table.insert(Bytes(Arc::new(Zeroizing::new(bytes.to_vec()))), entry);
        self.table.store(Arc::new(table));
    }

    /// Forget all keys.
    pub fn clear(&self) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.table.store(Arc::default());
    }

    /// How many keys are known.
    pub fn count(&self) -> usize {
        self.table.load().len()
    }
}

/// Drop the keys that were not asked for since the last time; some key in any case.
fn evict(table: &mut Table) {
    table.retain(|_, entry| entry.lately.swap(false, Ordering::Relaxed));
    if table.len() >= MAX_KEYS {
        let some = table.keys().next().cloned();
        some.map(|key| table.remove(&key));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::keys::KeyOptions;

    fn learn(known: &Known, number: u32) {
        let bytes = number.to_be_bytes().repeat(8);
        let options = KeyOptions { algorithm: Some(Algorithm::Hs256), ..KeyOptions::default() };
        let key = Key::from_secret(&bytes, &options).unwrap();
        known.learn(&bytes, Algorithm::Hs256, Arc::new(key));
    }

    #[test]
    fn it_is_bounded_and_keeps_what_is_used() {
        let known = Known::default();
        let favourite = 7_u32.to_be_bytes().repeat(8);
        for number in 0..2_000 {
            learn(&known, number);
            assert!(known.count() <= MAX_KEYS);
            assert!(number < 7 || known.has(&favourite, Algorithm::Hs256), "{number}");
        }
        assert!(known.has(&1_999_u32.to_be_bytes().repeat(8), Algorithm::Hs256));
    }

    #[test]
    fn readers_and_writers_together() {
        let known = Known::default();
        std::thread::scope(|scope| {
            for part in 0..4 {
                let known = &known;
                scope.spawn(move || {
                    for number in 0..300 {
                        learn(known, part * 1_000 + number);
                        known.has(&number.to_be_bytes().repeat(8), Algorithm::Hs256);
                        if number % 100 == 99 {
                            known.clear();
                        }
                    }
                });
            }
        });
        assert!(known.count() <= MAX_KEYS);
    }
}
