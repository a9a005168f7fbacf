//! The watch over prepared paths: which of their decisions the library checks, and what happens when it disagrees. Then its
//! answer stands, the paths go off for the rest of the process, and what they decided before is forgotten.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// One in so many accepted signatures is checked.
pub const ONE_IN: u64 = 1_000;

/// Refusals of a key that are checked in a row, at most.
const BURST: u64 = 16;

/// And then one in so many milliseconds.
const INTERVAL: u64 = 100;

/// What was checked, and what came of it.
#[derive(Default)]
pub struct Watch {
    off: AtomicBool,
    checks: AtomicU64,
    disagreements: AtomicU64,
    listener: OnceLock<fn()>,
}

/// The process's.
pub static WATCH: Watch = Watch::new();

impl Watch {
    /// Nothing checked, nobody listening.
    pub const fn new() -> Self {
        Self {
            off: AtomicBool::new(false),
            checks: AtomicU64::new(0),
            disagreements: AtomicU64::new(0),
            listener: OnceLock::new(),
        }
    }

    /// Are prepared paths off?
    #[inline]
    pub fn is_off(&self) -> bool {
        self.off.load(Ordering::Relaxed)
    }

    /// Checks so far.
    pub fn checks(&self) -> u64 {
        self.checks.load(Ordering::Relaxed)
    }

    /// Disagreements so far. What prepared paths decided before the last is not to be relied on.
    pub fn disagreements(&self) -> u64 {
        self.disagreements.load(Ordering::Acquire)
    }

    /// Have `listener` called at the first disagreement, by the thread that met it. The first listener stays.
    pub fn on_disagreement(&self, listener: fn()) {
        let _ = self.listener.set(listener);
    }

    /// The library's answer, which stands whatever a prepared path said.
    #[cold]
    pub fn settle(&self, library: bool, prepared: bool) -> bool {
        self.checks.fetch_add(1, Ordering::Relaxed);
        if library != prepared {
            self.disagree();
        }
        library
    }

    /// A prepared path was wrong.
    #[cold]
    pub fn disagree(&self) {
        let before = self.off.swap(true, Ordering::SeqCst);
        self.disagreements.fetch_add(1, Ordering::SeqCst);
        if let Some(listener) = self.listener.get().filter(|_| !before) {
            listener();
        }
    }
}

/// Changes when what prepared paths decided before is not to be relied on.
pub fn generation() -> u64 {
    WATCH.disagreements()
}

/// Is this one of the random ones that are checked? Seeded from the operating system's randomness, so that nobody outside
/// knows.
#[inline]
pub fn is_sample() -> bool {
    thread_local!(static STATE: Cell<u64> = const { Cell::new(0) });
    STATE.with(|state| {
        let seed = match state.get() {
            0 => random() | 1,
            seed => seed,
        };
        let next = xorshift(seed);
        state.set(next);
        next.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32 < (1 << 32) / ONE_IN
    })
}

/// G. Marsaglia, "Xorshift RNGs" (2003); not zero for what is not zero.
fn xorshift(mut state: u64) -> u64 {
    state ^= state >> 12;
    state ^= state << 25;
    state ^ state >> 27
}

/// A random number for samples and proofs, no secret: a hash under a key that the standard library asks the operating system
/// for, once a thread. The crypto library's randomness takes locks: a fork while another thread holds one would leave a child
/// whose verifications wait for ever.
#[cold]
pub fn random() -> u64 {
    RandomState::new().hash_one(0_u8)
}

/// Limits how many refusals of a key the library checks: a flood of forged tokens must not cost more than the library
/// alone. Holds the time in milliseconds from which the bucket will be full again.
#[derive(Default)]
pub struct Bucket(AtomicU64);

impl Bucket {
    /// Take a token, if there is one.
    pub fn take(&self) -> bool {
        self.take_at(milliseconds())
    }

    fn take_at(&self, now: u64) -> bool {
        let take = |full: u64| (full <= now + (BURST - 1) * INTERVAL).then(|| full.max(now) + INTERVAL);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

/// Since the first question, which is asked when Python loads the engine: a fork in the middle of it would leave a child that
/// waits for ever.
pub fn milliseconds() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_millis() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_a_burst_and_then_one_an_interval() {
        let bucket = Bucket::default();
        let taken = |now, tries: usize| (0..tries).filter(|_| bucket.take_at(now)).count();
        assert_eq!(taken(0, 100), 16);
        assert_eq!(taken(99, 100), 0);
        assert_eq!(taken(100, 100), 1);
        assert_eq!(taken(350, 100), 2);
        assert_eq!(taken(1_000_000, 100), 16);
    }

    #[test]
    fn about_one_in_a_thousand_is_a_sample() {
        let samples = (0..1_000_000).filter(|_| is_sample()).count();
        assert!((800..1_200).contains(&samples), "{samples}");
    }
}
