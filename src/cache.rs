//! Tokens that were verified, so that the same bearer token need not be hashed and checked again at every request. It says
//! no more than "these bytes carried a good signature of this key": everything else is asked again at each hit.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use zeroize::Zeroizing;

use crate::alg::Algorithm;
use crate::claims::Registered;
use crate::crypto::backend;
use crate::error::Error;
use crate::issuer::{self, Issuers, Trail};
use crate::json::Skip;
use crate::keys::{Candidates, Key, KeySet};
use crate::verify::{self, Verified};

/// Parts of the table with a lock each.
const SHARDS: usize = 8;

/// What an entry takes beside the token and what was made of it, in bytes.
const OVERHEAD: usize = 512;

/// A payload as Python objects is about so many times as long as its text.
const OBJECTS: usize = 8;

/// A number for whoever has entries of his own: policies and keys differ.
pub fn number() -> u64 {
    static NUMBERS: AtomicU64 = AtomicU64::new(0);
    NUMBERS.fetch_add(1, Ordering::Relaxed)
}

/// Finds a place; whether it is the right one is seen by comparing all of the token. The end of a token is its signature,
/// which differs where tokens do.
fn place(hasher: &RandomState, verifier: u64, token: &[u8]) -> u64 {
    hasher.hash_one((verifier, token.len(), token.last_chunk::<32>()))
}

/// What is kept of a token. `E` is what the caller makes of it besides.
pub struct Entry<E> {
    /// The engine's result.
    pub verified: Arc<Verified<()>>,
    /// What the caller adds.
    pub extra: E,
    registered: Registered<'static>,
    keys: Vec<Arc<Key>>,
    /// Whose token it is, by its place among the verifier's issuers.
    issuer: usize,
    /// Do the issuers' names decide?
    routed: bool,
    /// Of the crypto backend, from before the signature was verified.
    generation: u64,
}

/// Why an entry gives no answer.
enum Stale {
    /// Its keys are not those that the token would be tried with now, or what decided on its signature has been found to be
    /// wrong: verify it anew.
    Keys,
    /// The token is refused now.
    Refused(Error),
}

impl<E> Entry<E> {
    /// Ask everything but the signature again, of the issuer as it is now.
    fn ask_again(&self, issuers: &Issuers, now: f64, trail: &mut Trail) -> Result<(), Stale> {
        let issuer = issuers.list().get(self.issuer).ok_or(Stale::Keys)?;
        trail.issuer = Some(self.issuer);
        let policy = &issuer.policy;
        let header = &self.verified.header;
        let algorithm = policy.admit(&header.header).map_err(Stale::Refused)?;
        let held = issuer.slot.load();
        trail.is_due = held.is_due(now);
        let found = held.keys(now).and_then(|keys| self.select(keys, algorithm));
        let candidates = found.map_err(|error| {
            trail.note_miss(error, &held, header);
            Stale::Refused(error)
        })?;
        let same = candidates.iter().count() == self.keys.len()
            && candidates.iter().zip(&self.keys).all(|(now, then)| now.is_same(then));
        if !same || self.generation != backend::generation() {
            return Err(Stale::Keys);
        }
        policy.check(&self.registered, now).map_err(Stale::Refused)
    }

    fn select<'k>(&self, keys: &'k KeySet, algorithm: Algorithm) -> Result<Candidates<'k>, Error> {
        let kid = self.verified.header.header.kid.as_deref();
        match self.registered.iss.value() {
            Some(iss) if self.routed => issuer::select(keys, kid, algorithm, iss),
            _ => keys.select(kid, algorithm),
        }
    }

    fn bytes(&self, token: &[u8]) -> usize {
        token.len() + self.verified.header.bytes() + self.verified.payload.len() * (2 + OBJECTS) + OVERHEAD
    }
}

struct Kept<E> {
    /// Entries are for one verifier each: policies differ.
    verifier: u64,
    /// The whole token.
    token: Zeroizing<Vec<u8>>,
    entry: Arc<Entry<E>>,
    bytes: usize,
    /// Asked for since its turn to go came last?
    lately: bool,
}

struct Shard<E> {
    kept: HashMap<u64, Kept<E>>,
    /// Places in the order in which their turn to go comes.
    turns: VecDeque<u64>,
    bytes: usize,
}

impl<E> Default for Shard<E> {
    fn default() -> Self {
        Self { kept: HashMap::new(), turns: VecDeque::new(), bytes: 0 }
    }
}

/// Numbers since the cache was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// Tokens that were found and accepted.
    pub hits: u64,
    /// Tokens that had to be verified.
    pub misses: u64,
    /// Entries that went to make room.
    pub evictions: u64,
    /// Tokens in the cache.
    pub entries: usize,
    /// About how much memory they take, in bytes.
    pub bytes: usize,
}

/// The cache. A lock that is held by somebody else makes a miss, never a wait: so a fork at any moment does no harm.
pub struct TokenCache<E> {
    shards: [Mutex<Shard<E>>; SHARDS],
    most_bytes: usize,
    hasher: RandomState,
    hits: AtomicU64,
    misses: AtomicU64,
    evictions: AtomicU64,
}

/// What there is of an accepted token.
pub enum Accepted<E> {
    /// It is in the cache.
    Entry(Arc<Entry<E>>),
    /// It is not.
    Token(Arc<Verified<()>>),
}

impl<E> Accepted<E> {
    /// The engine's result.
    pub fn into_verified(self) -> Arc<Verified<()>> {
        match self {
            Self::Entry(entry) => Arc::clone(&entry.verified),
            Self::Token(verified) => verified,
        }
    }
}

impl<E> TokenCache<E> {
    /// A token that is in the cache, or is verified and then is, with `extra`; at `now`, in seconds since the epoch.
    pub fn verify(
        &self,
        verifier: u64,
        token: &[u8],
        issuers: &Issuers,
        now: f64,
        trail: &mut Trail,
        extra: impl FnOnce() -> E,
    ) -> Result<Accepted<E>, Error> {
        if let Some(entry) = self.get(verifier, token) {
            match entry.ask_again(issuers, now, trail) {
                Ok(()) => {
                    self.hits.fetch_add(1, Ordering::Relaxed);
                    trail.is_hit = true;
                    return Ok(Accepted::Entry(entry));
                }
                Err(stale) => {
                    self.drop_entry(verifier, token);
                    if let Stale::Refused(error) = stale {
                        return Err(error);
                    }
                }
            }
        }
        let generation = backend::generation();
        let mut kept = None;
        // The keys that it was tried with, of the set that was in force then: another may be by now.
        let mut keep = |claims: Registered<'_>, tried: Candidates<'_>| {
            kept = Some((claims.into_owned(), tried.iter().cloned().collect()));
        };
        let verified = verify::verify_for(token, issuers, now, &mut Skip::<true>, trail, &mut keep).map(Arc::new)?;
        let entry = kept.zip(trail.issuer).map(|((registered, keys), issuer)| {
            let routed = issuers.without_choice().is_none();
            Entry { verified: Arc::clone(&verified), extra: extra(), registered, keys, issuer, routed, generation }
        });
        Ok(entry.map(Arc::new).map_or(Accepted::Token(verified), |entry| {
            self.put(verifier, token, Arc::clone(&entry));
            Accepted::Entry(entry)
        }))
    }
}

impl<E> TokenCache<E> {
    /// An empty cache for about `most_bytes` bytes.
    pub fn new(most_bytes: usize) -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            most_bytes: most_bytes / SHARDS,
            hasher: RandomState::new(),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            evictions: AtomicU64::new(0),
        }
    }

    fn shard(&self, place: u64) -> Option<MutexGuard<'_, Shard<E>>> {
        match self.shards.get(place as usize % SHARDS)?.try_lock() {
            Ok(shard) => Some(shard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// The entry of exactly this token.
    fn get(&self, verifier: u64, token: &[u8]) -> Option<Arc<Entry<E>>> {
        let place = place(&self.hasher, verifier, token);
        let found = self.shard(place).and_then(|mut shard| {
            let kept = shard.kept.get_mut(&place)?;
            let same = kept.verifier == verifier && kept.token.as_slice() == token;
            kept.lately |= same;
            same.then(|| Arc::clone(&kept.entry))
        });
        if found.is_none() {
            self.misses.fetch_add(1, Ordering::Relaxed);
        }
        found
    }

    /// An entry that was found was not, and goes.
    fn drop_entry(&self, verifier: u64, token: &[u8]) {
        self.misses.fetch_add(1, Ordering::Relaxed);
        let place = place(&self.hasher, verifier, token);
        if let Some(mut shard) = self.shard(place) {
            shard.remove(place);
        }
    }

    /// Keep an accepted token, and let others go for it. One that is too large for its part is not kept.
    fn put(&self, verifier: u64, token: &[u8], entry: Arc<Entry<E>>) {
        let bytes = entry.bytes(token);
        let place = place(&self.hasher, verifier, token);
        let Some(mut shard) = self.shard(place).filter(|_| bytes <= self.most_bytes) else { return };
        shard.remove(place);
        while shard.bytes + bytes > self.most_bytes && shard.evict_one() {
            self.evictions.fetch_add(1, Ordering::Relaxed);
        }
        shard.bytes += bytes;
        shard.turns.push_back(place);
        let token = Zeroizing::new(token.to_vec());
        shard.kept.insert(place, Kept { verifier, token, entry, bytes, lately: false });
    }

    /// Forget all tokens.
    pub fn clear(&self) {
        for shard in &self.shards {
            *shard.lock().unwrap_or_else(PoisonError::into_inner) = Shard::default();
        }
    }

    /// Numbers.
    pub fn info(&self) -> Info {
        let shards: Vec<_> =
            self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner)).collect();
        Info {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            evictions: self.evictions.load(Ordering::Relaxed),
            entries: shards.iter().map(|shard| shard.kept.len()).sum(),
            bytes: shards.iter().map(|shard| shard.bytes).sum(),
        }
    }
}

impl<E> Shard<E> {
    fn remove(&mut self, place: u64) {
        if let Some(kept) = self.kept.remove(&place) {
            self.bytes -= kept.bytes;
            self.turns.retain(|&turn| turn != place);
        }
    }

    /// The first whose turn it is and that nobody asked for lately goes. False when there is none left.
    fn evict_one(&mut self) -> bool {
        while let Some(place) = self.turns.pop_front() {
            let Some(kept) = self.kept.get_mut(&place) else { continue };
            if std::mem::take(&mut kept.lately) {
                self.turns.push_back(place);
                continue;
            }
            self.bytes -= kept.bytes;
            self.kept.remove(&place);
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::alg::Algorithm;
    use crate::error::Code;
    use crate::issuer::Issuer;
    use crate::keys::{KeyOptions, Slot};
    use crate::policy::Policy;
    use crate::sign::sign_compact;

    fn key(byte: u8, kid: Option<&str>) -> Arc<Key> {
        let options = KeyOptions { algorithm: Some(Algorithm::Hs256), kid, ..KeyOptions::default() };
        Arc::new(Key::from_secret(&[byte; 32], &options).unwrap())
    }

    fn token(key: &Key, payload: &str) -> Vec<u8> {
        let header = key
            .kid()
            .map_or_else(|| r#"{"alg":"HS256"}"#.to_owned(), |kid| format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#));
        sign_compact(key, Algorithm::Hs256, header.as_bytes(), payload.as_bytes()).unwrap().into_bytes()
    }

    fn policy() -> Policy {
        Policy { algorithms: std::iter::once(Algorithm::Hs256).collect(), ..Policy::default() }
    }

    fn issuers(keys: Vec<Arc<Key>>, policy: &Policy) -> Issuers {
        let slot = Arc::new(Slot::own(Arc::new(KeySet::new(keys))));
        Issuers::lone(Issuer { policy: policy.clone(), slot })
    }

    fn entry(token: &[u8], issuers: &Issuers) -> Arc<Entry<()>> {
        let cache = TokenCache::new(1 << 24);
        match cache.verify(0, token, issuers, 0.0, &mut Trail::default(), || ()).unwrap() {
            Accepted::Entry(entry) => entry,
            Accepted::Token(_) => unreachable!("the cache is large enough"),
        }
    }

    #[test]
    fn an_entry_is_found_by_the_whole_token_and_its_verifier() {
        let (key, policy) = (key(1, None), policy());
        let keys = issuers(vec![Arc::clone(&key)], &policy);
        let cache = TokenCache::new(1 << 20);
        let good = token(&key, r#"{"exp":100}"#);
        assert!(cache.get(1, &good).is_none());
        cache.put(1, &good, entry(&good, &keys));
        assert!(cache.get(1, &good).is_some());
        assert!(cache.get(2, &good).is_none());
        for place in 0..good.len() {
            let mut other = good.clone();
            other[place] ^= 1;
            assert!(cache.get(1, &other).is_none(), "{place}");
        }
        assert!(cache.get(1, &good[..good.len() - 1]).is_none());
        cache.clear();
        assert!(cache.get(1, &good).is_none());
    }

    #[test]
    fn time_policy_and_keys_are_asked_again() {
        let (one, two) = (key(1, Some("a")), key(2, Some("b")));
        let keys = [Arc::clone(&one), two];
        let good = token(&one, r#"{"exp":100,"nbf":-5,"aud":[]}"#);
        let policy = Policy { audiences: None, unchecked: 1 << 2, ..policy() };
        let entry = entry(&good, &issuers(keys.to_vec(), &policy));
        let ask = |keys: &[Arc<Key>], policy: &Policy, now| match entry.ask_again(
            &issuers(keys.to_vec(), policy),
            now,
            &mut Trail::default(),
        ) {
            Ok(()) => Ok(()),
            Err(Stale::Keys) => Err(None),
            Err(Stale::Refused(error)) => Err(Some(error.code())),
        };
        assert_eq!(ask(&keys, &policy, 99.0), Ok(()));
        assert_eq!(ask(&keys, &policy, 100.0), Err(Some(Code::Expired)));
        assert_eq!(ask(&keys, &policy, -6.0), Err(Some(Code::NbfInFuture)));
        // The same key read again, in another set: still good. Another key under the same kid, or none: not.
        assert_eq!(ask(&[key(1, Some("a"))], &policy, 0.0), Ok(()));
        assert_eq!(ask(&[key(3, Some("a"))], &policy, 0.0), Err(None));
        assert_eq!(ask(&[key(1, Some("c"))], &policy, 0.0), Err(Some(Code::KeyUnknown)));
        let other = Policy { algorithms: std::iter::once(Algorithm::Hs512).collect(), ..policy.clone() };
        assert_eq!(ask(&keys, &other, 0.0), Err(Some(Code::AlgNotAllowed)));
    }

    #[test]
    fn what_a_backend_that_is_off_decided_is_verified_anew() {
        let (key, policy) = (key(1, None), policy());
        let keys = issuers(vec![Arc::clone(&key)], &policy);
        let good = token(&key, r#"{"exp":100}"#);
        let mut entry = Arc::into_inner(entry(&good, &keys)).unwrap();
        entry.generation = u64::MAX;
        assert!(matches!(entry.ask_again(&keys, 0.0, &mut Trail::default()), Err(Stale::Keys)));
    }

    #[test]
    fn it_is_bounded_in_bytes_and_keeps_what_is_asked_for() {
        let (key, policy) = (key(1, None), policy());
        let keys = issuers(vec![Arc::clone(&key)], &policy);
        let cache = TokenCache::new(64 << 10);
        let favourite = token(&key, r#"{"exp":100,"jti":"favourite"}"#);
        cache.put(0, &favourite, entry(&favourite, &keys));
        for number in 0..1_000 {
            let token = token(&key, &format!(r#"{{"exp":100,"jti":"{number}"}}"#));
            cache.put(0, &token, entry(&token, &keys));
            assert!(cache.get(0, &favourite).is_some(), "{number}");
            assert!(cache.info().bytes <= 64 << 10);
        }
        let info = cache.info();
        assert!(info.entries > 10 && info.evictions > 500, "{info:?}");
        let huge = token(&key, &format!(r#"{{"exp":100,"jti":"{}"}}"#, "x".repeat(64 << 10)));
        cache.put(0, &huge, entry(&huge, &keys));
        assert!(cache.get(0, &huge).is_none());
        assert!(cache.get(0, &favourite).is_some());
        cache.drop_entry(0, &favourite);
        assert!(cache.get(0, &favourite).is_none());
    }

    #[test]
    fn a_lock_that_is_held_makes_a_miss() {
        let (key, policy) = (key(1, None), policy());
        let keys = issuers(vec![Arc::clone(&key)], &policy);
        let cache = TokenCache::new(1 << 20);
        let good = token(&key, r#"{"exp":100}"#);
        cache.put(0, &good, entry(&good, &keys));
        let held: Vec<_> = cache.shards.iter().map(|shard| shard.lock().unwrap()).collect();
        assert!(cache.get(0, &good).is_none());
        cache.put(0, &good, entry(&good, &keys));
        cache.drop_entry(0, &good);
        drop(held);
        assert!(cache.get(0, &good).is_some());
    }
}
