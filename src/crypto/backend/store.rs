//! All tables of the process: which keys have some, within a budget of bytes. The caller whose token makes a key hot builds its
//! table, in that call; there is no thread. No lock is waited for and none is held while a table is built, so that a fork at
//! any moment leaves a child that works.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError, Weak};

use arc_swap::{ArcSwapOption, Guard};

use super::guard::{self, Bucket};
use super::slot::Library;
use super::tables::{Public, Size, Tables};

/// What all tables of public keys may take, in bytes.
pub const BUDGET: usize = 16 << 20;

/// So many accepted tokens make a key hot. Building and proving its small table costs as much as 7 to 10 verifications by the
/// library, and the checks of its first decisions 4 more: under 5 % of what the key cost before, if no token follows
/// (benches/rust/prepared.rs).
const HOT: u64 = 300;

/// So many make it hot enough for a large one, which costs as much as 18 to 35: less than the small one saved by then.
const HOTTER: u64 = 1_000;

/// The first so many decisions of a table are checked by the library.
const PROBATION: u32 = 4;

/// More than building tables takes for a while, in bytes: at most 5 MB, for the large table of Ed25519's base point.
const SCRATCH: usize = 8 << 20;

/// Heat halves in so many milliseconds.
const HALF_LIFE: u64 = 600_000;

/// A public key, and how hot it is.
pub struct Entry {
    public: Public,
    tables: ArcSwapOption<InForce>,
    /// What the tables take, and while some are built what they will.
    bytes: AtomicUsize,
    /// Accepted tokens; those of long ago count less.
    heat: AtomicU64,
    /// The heat at which larger tables are thought of.
    next: AtomicU64,
    /// When the heat was halved last, in half-lives.
    halved: AtomicU64,
    /// The process that builds tables now, or 0. After a fork that is another one.
    builder: AtomicU32,
    /// Refusals that the library checks.
    pub bucket: Bucket,
}

/// Tables in use, with a probation of their own: while they take the place of others, threads still decide by those.
pub struct InForce {
    /// What they are.
    pub tables: Tables,
    /// Decisions that the library is still to check.
    probation: AtomicU32,
}

impl InForce {
    fn new(tables: Tables) -> Self {
        Self { tables, probation: AtomicU32::new(PROBATION) }
    }

    /// Are these tables so new that all that they accept is checked?
    #[inline]
    pub fn is_on_probation(&self) -> bool {
        self.probation.load(Ordering::Relaxed) > 0 && {
            let less = |left: u32| left.checked_sub(1);
            self.probation.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
        }
    }
}

impl Entry {
    fn new(public: Public) -> Self {
        Self {
            public,
            tables: ArcSwapOption::empty(),
            bytes: AtomicUsize::new(0),
            heat: AtomicU64::new(1),
            next: AtomicU64::new(HOT),
            halved: AtomicU64::new(now()),
            builder: AtomicU32::new(0),
            bucket: Bucket::default(),
        }
    }

    /// The tables, if there are any.
    #[inline]
    pub fn tables(&self) -> Guard<Option<Arc<InForce>>> {
        self.tables.load()
    }

    /// Count a token.
    #[inline]
    pub fn accepted(self: &Arc<Self>, library: &impl Library) {
        if self.tables.load().is_none() {
            self.cool(now());
        }
        if self.heat.fetch_add(1, Ordering::Relaxed) >= self.next.load(Ordering::Relaxed) {
            Store::current().consider(self, library);
        }
    }

    fn cool(&self, now: u64) {
        let since = now.saturating_sub(self.halved.swap(now, Ordering::Relaxed)).min(63);
        if since > 0 {
            self.heat.store(self.heat.load(Ordering::Relaxed) >> since, Ordering::Relaxed);
            let next = self.next.load(Ordering::Relaxed);
            if next != u64::MAX {
                self.next.store((next >> since).max(self.least()), Ordering::Relaxed);
            }
        }
    }

    /// The heat that its next size needs.
    fn least(&self) -> u64 {
        if self.tables.load().is_none() { HOT } else { HOTTER }
    }

    fn is_being_built(&self) -> bool {
        self.builder.load(Ordering::Relaxed) == std::process::id()
    }

    fn is_large(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) >= self.public.bytes(Size::Large)
    }

    fn evict(&self) {
        self.tables.store(None);
        self.bytes.store(0, Ordering::Relaxed);
        self.heat.store(0, Ordering::Relaxed);
        self.next.store(HOT, Ordering::Relaxed);
    }
}

/// Would this memory be there? Rust ends the process where it is refused, and a token must not bring that about when the library
/// can verify it without. Another thread may take it before it is used.
fn is_granted(bytes: usize) -> bool {
    let mut memory = Vec::<u8>::new();
    let granted = memory.try_reserve_exact(bytes).is_ok();
    // The compiler may leave out an allocation that nobody looks at.
    std::hint::black_box(&memory);
    granted
}

/// In half-lives.
fn now() -> u64 {
    guard::milliseconds() / HALF_LIFE
}

/// The entries, of the process that made the store.
struct Store {
    process: u32,
    budget: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    entries: HashMap<Public, Weak<Entry>>,
    /// Those that take memory.
    holders: Vec<Weak<Entry>>,
    /// At so many entries those whose keys are gone are swept out.
    sweep: usize,
}

/// The entry of a public key, the same for all keys that are the same. None when somebody else uses the store at this moment.
pub fn entry_of(public: &Public) -> Option<Arc<Entry>> {
    Store::current().entry_of(public)
}

/// The entry of a public key, if another key that is the same has one.
pub fn known_entry_of(public: &Public) -> Option<Arc<Entry>> {
    Store::current().lock()?.entries.get(public)?.upgrade()
}

/// Has any key of this process been hot?
#[inline]
pub fn are_keys_hot() -> bool {
    ANY_HOT.load(Ordering::Relaxed)
}

/// How many tables there are, and what they take.
pub fn held() -> (usize, usize) {
    let store = Store::current();
    let Some(mut inner) = store.lock() else { return (0, 0) };
    let holders = inner.holders();
    (holders.len(), bytes_of(&holders))
}

fn bytes_of(holders: &[Arc<Entry>]) -> usize {
    holders.iter().map(|entry| entry.bytes.load(Ordering::Relaxed)).sum()
}

impl Store {
    fn new(budget: usize) -> Arc<Self> {
        Arc::new(Self { process: std::process::id(), budget, inner: Mutex::default() })
    }

    fn current() -> Arc<Self> {
        if let Some(store) = &*STORE.load() {
            return Arc::clone(store);
        }
        let store = Self::new(BUDGET);
        // Another thread may have been first: then its store is the one.
        let before = STORE.compare_and_swap(&None::<Arc<Self>>, Some(Arc::clone(&store)));
        before.as_ref().map_or(store, Arc::clone)
    }

    /// None when another thread holds the lock. If that thread is gone since this is a child of its process, the next call
    /// finds a new store; the tables that keys have already stay with them.
    fn lock(&self) -> Option<MutexGuard<'_, Inner>> {
        match self.inner.try_lock() {
            Ok(inner) => Some(inner),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => {
                if self.process != std::process::id() {
                    STORE.store(Some(Self::new(self.budget)));
                }
                None
            }
        }
    }

    fn entry_of(&self, public: &Public) -> Option<Arc<Entry>> {
        let mut inner = self.lock()?;
        if let Some(entry) = inner.entries.get(public).and_then(Weak::upgrade) {
            return Some(entry);
        }
        if inner.entries.len() >= inner.sweep {
            inner.entries.retain(|_, entry| entry.strong_count() > 0);
            inner.sweep = 64.max(inner.entries.len() * 2);
        }
        let entry = Arc::new(Entry::new(public.clone()));
        inner.entries.insert(public.clone(), Arc::downgrade(&entry));
        Some(entry)
    }

    /// Build tables for an entry that is hot enough, if there is room or others have to give way; or say when to ask again.
    #[cold]
    fn consider(&self, entry: &Arc<Entry>, library: &impl Library) {
        let process = std::process::id();
        let builder = entry.builder.load(Ordering::Relaxed);
        let taken = builder != process
            && entry.builder.compare_exchange(builder, process, Ordering::Acquire, Ordering::Relaxed).is_ok();
        if taken {
            entry.next.store(self.grow(entry, library), Ordering::Relaxed);
            entry.builder.store(0, Ordering::Release);
        }
    }

    /// Do so. The answer is the heat at which to think of it again.
    fn grow(&self, entry: &Arc<Entry>, library: &impl Library) -> u64 {
        let heat = entry.heat.load(Ordering::Relaxed);
        let size = if entry.tables.load().is_none() { Size::Small } else { Size::Large };
        if entry.is_large() && size == Size::Large {
            return u64::MAX;
        }
        if !is_granted(SCRATCH) || self.reserve(entry, size).is_none() {
            return heat.saturating_mul(2);
        }
        let Some(tables) = Tables::build(&entry.public, size, library) else {
            entry.tables.store(None);
            entry.bytes.store(0, Ordering::Relaxed);
            return u64::MAX;
        };
        entry.tables.store(Some(Arc::new(InForce::new(tables))));
        ANY_HOT.store(true, Ordering::Relaxed);
        entry.bytes.store(entry.public.bytes(size), Ordering::Relaxed);
        if size == Size::Large { u64::MAX } else { HOTTER.max(heat) }
    }

    /// Make room. Small tables push out what is less than half as hot; large ones take what is free of the budget's first
    /// half, so that there is always room for small ones. The entry may be of another store, one that a fork left behind or that
    /// was made at the same time: from now on it counts here.
    fn reserve(&self, entry: &Arc<Entry>, size: Size) -> Option<()> {
        let mut inner = self.lock()?;
        let holders = inner.holders();
        let now = now();
        holders.iter().for_each(|holder| holder.cool(now));
        let wanted = entry.public.bytes(size);
        let old = if entry.tables.load().is_none() { 0 } else { entry.bytes.load(Ordering::Relaxed) };
        let others = holders.iter().filter(|holder| !Arc::ptr_eq(holder, entry));
        let is_known = others.clone().count() < holders.len();
        let mut taken = old + others.clone().map(|holder| holder.bytes.load(Ordering::Relaxed)).sum::<usize>();
        // Who builds now has said already how much it will take.
        let mut others: Vec<_> = others.filter(|holder| !holder.is_being_built()).collect();
        others.sort_by_key(|holder| std::cmp::Reverse(holder.heat.load(Ordering::Relaxed)));
        let budget = if size == Size::Small { self.budget } else { self.budget / 2 };
        let mut leaving = Vec::new();
        while taken + wanted > budget {
            let coldest = others.pop().filter(|_| size == Size::Small)?;
            if coldest.heat.load(Ordering::Relaxed).saturating_mul(2) >= entry.heat.load(Ordering::Relaxed) {
                return None;
            }
            taken = taken.saturating_sub(coldest.bytes.load(Ordering::Relaxed));
            leaving.push(coldest);
        }
        // Not before it is known that they make room enough: tables have different sizes.
        leaving.iter().for_each(|holder| holder.evict());
        entry.bytes.store(old + wanted, Ordering::Relaxed);
        if !is_known {
            inner.holders.push(Arc::downgrade(entry));
        }
        Some(())
    }
}

static STORE: ArcSwapOption<Store> = ArcSwapOption::const_empty();

/// Did any key get tables?
static ANY_HOT: AtomicBool = AtomicBool::new(false);

impl Inner {
    fn holders(&mut self) -> Vec<Arc<Entry>> {
        let holders: Vec<Arc<Entry>> = self.holders.iter().filter_map(Weak::upgrade).collect();
        let holders: Vec<Arc<Entry>> =
            holders.into_iter().filter(|entry| entry.bytes.load(Ordering::Relaxed) > 0).collect();
        self.holders = holders.iter().map(Arc::downgrade).collect();
        holders
    }
}

#[cfg(test)]
mod tests;
