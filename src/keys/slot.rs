//! `Slot`: the keys in force of one issuer. Whoever gets keys puts them in, whole; whoever verifies reads them without a lock.
//! It fetches nothing and reads no clock.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

use super::KeySet;
use crate::alg::Kty;
use crate::error::{Code, Error};
use crate::header::Memo;

/// Keys, the headers of tokens that they verified, and how long they are good.
#[derive(Debug)]
pub struct Held {
    keys: Option<Arc<KeySet>>,
    headers: Arc<Memo>,
    due: f64,
    dead: f64,
}

impl Held {
    fn new(keys: Option<Arc<KeySet>>, due: f64, dead: f64) -> Self {
        Self { keys, headers: Arc::default(), due, dead }
    }

    /// The keys that may be used at `now`: `keys_unavailable`.
    pub fn keys(&self, now: f64) -> Result<&KeySet, Error> {
        match &self.keys {
            Some(keys) if now < self.dead => Ok(keys),
            _ => Err(Code::KeysUnavailable.into()),
        }
    }

    /// Whatever is in the slot, usable or not.
    pub fn loaded(&self) -> Option<&Arc<KeySet>> {
        self.keys.as_ref()
    }

    /// The headers of tokens that these keys verified.
    pub fn headers(&self) -> &Memo {
        &self.headers
    }

    /// Does the source of the keys want to hear that it is `now`?
    pub fn is_due(&self, now: f64) -> bool {
        now >= self.due
    }
}

/// The place where one issuer's keys stand.
#[derive(Debug)]
pub struct Slot {
    held: ArcSwap<Held>,
    /// It was made with HMAC keys. What is fetched for any other slot must not contain one.
    secret: bool,
}

/// Why keys may not come into a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misplaced {
    /// A private key.
    Private,
    /// A secret, from a source.
    Secret,
}

impl Slot {
    /// A slot with these keys for good, or with none as yet.
    pub fn new(keys: Option<Arc<KeySet>>) -> Result<Self, Misplaced> {
        let secret = keys.iter().flat_map(|keys| keys.keys()).any(|key| key.kty() == Kty::Oct);
        let slot = Self { held: ArcSwap::from_pointee(Held::new(None, f64::INFINITY, f64::INFINITY)), secret };
        slot.replace(keys, f64::INFINITY, f64::INFINITY)?;
        Ok(slot)
    }

    /// A slot that its owner fills by hand, with public keys and secrets as he likes.
    pub fn own(keys: Arc<KeySet>) -> Self {
        Self { held: ArcSwap::from_pointee(Held::new(Some(keys), f64::INFINITY, f64::INFINITY)), secret: true }
    }

    /// Put other keys into a slot of one's own.
    pub fn fill(&self, keys: Arc<KeySet>) {
        self.held.store(Arc::new(Held::new(Some(keys), f64::INFINITY, f64::INFINITY)));
    }

    /// What is in force.
    #[inline]
    pub fn load(&self) -> Guard<Arc<Held>> {
        self.held.load()
    }

    /// Put other keys in force, whole: each token is verified with the old ones or the new ones. The same keys keep the
    /// headers that they learned. Times are in seconds since the epoch.
    pub fn replace(&self, keys: Option<Arc<KeySet>>, due: f64, dead: f64) -> Result<(), Misplaced> {
        for key in keys.iter().flat_map(|keys| keys.keys()) {
            match key.kty() {
                Kty::Oct if !self.secret => return Err(Misplaced::Secret),
                Kty::Oct => {}
                _ if key.is_private() => return Err(Misplaced::Private),
                _ => {}
            }
        }
        let before = self.held.load();
        let same = matches!((&before.keys, &keys), (Some(old), Some(new)) if Arc::ptr_eq(old, new));
        let headers = if same { Arc::clone(&before.headers) } else { Arc::default() };
        self.held.store(Arc::new(Held { keys, headers, due, dead }));
        Ok(())
    }
}
