//! Many tokens at once: slices in, a verdict for each out, in order. Nothing here knows where the bytes lie, so that a column of
//! a table can be fed to it as well as a list of strings.

use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

use crate::crypto::ahead::Answer;
use crate::error::Error;
use crate::issuer::{Issuers, Trail};
use crate::json::Skip;
use crate::verify::{self, Verified};

/// What came of one token, and what became known on its way. It stands apart, so that handing it on moves a pointer: by then
/// the first tokens of a large batch have left the processor's cache.
pub type Verdict = (Result<Arc<Verified<()>>, Error>, Trail);

/// Threads take so many tokens at a time: enough to make the taking cheap, few enough to end together.
const SHARE: usize = 16;

/// Signatures of so many tokens are decided together, where that pays: enough to find eight of a key.
const TOGETHER: usize = 128;

/// Fewer tokens than this a thread are not worth starting it.
pub const WORTH_A_THREAD: usize = 64;

/// Verify tokens at the time `now`, in seconds since the epoch, on `threads` threads, which end before it returns.
pub fn verify(tokens: &[&[u8]], issuers: &Issuers, now: f64, threads: NonZero<usize>) -> Vec<Verdict> {
    let one = |token: &&[u8], answer: Option<&Answer<'_>>| {
        let mut trail = Trail::default();
        let sink = &mut Skip::<true>;
        let verdict = verify::verify_asked(token, issuers, now, sink, &mut trail, &mut |_, _| (), answer);
        (verdict.map(Arc::new), trail)
    };
    let all = |tokens: &[&[u8]], found: &mut dyn FnMut(Verdict)| {
        let answers = verify::ask(tokens, issuers, now);
        for (place, token) in tokens.iter().enumerate() {
            found(one(token, answers.get(place).and_then(Option::as_ref)));
        }
    };
    let threads = threads.get().min(tokens.len().div_ceil(SHARE));
    if threads <= 1 {
        let mut verdicts = Vec::with_capacity(tokens.len());
        tokens.chunks(TOGETHER).for_each(|tokens| all(tokens, &mut |verdict| verdicts.push(verdict)));
        return verdicts;
    }
    let mut verdicts: Vec<Option<Verdict>> = Vec::new();
    verdicts.resize_with(tokens.len(), || None);
    let shares = Mutex::new(tokens.chunks(SHARE).zip(verdicts.chunks_mut(SHARE)));
    let next = || shares.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some((tokens, verdicts)) = next() {
            let mut places = verdicts.iter_mut();
            all(tokens, &mut |verdict| {
                if let Some(place) = places.next() {
                    *place = Some(verdict);
                }
            });
        }
    };
    std::thread::scope(|scope| {
        // The calling thread works too. One that cannot be started is done without.
        for _ in 1..threads {
            let _ = std::thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    // Every share was taken by a thread that has ended; what a thread left out by a panic is looked at again.
    verdicts.into_iter().zip(tokens).map(|(verdict, token)| verdict.unwrap_or_else(|| one(token, None))).collect()
}

/// As many threads as pay for so many tokens, on this machine.
pub fn threads_for(tokens: usize) -> NonZero<usize> {
    let worth = tokens / WORTH_A_THREAD;
    // Who asks for the cores reads files: 35 us, as long as two tokens.
    let cores = if worth > 1 { std::thread::available_parallelism().map_or(1, NonZero::get) } else { 1 };
    NonZero::new(cores.min(worth)).unwrap_or(NonZero::<usize>::MIN)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::alg::Algorithm;
    use crate::crypto::Choice;
    use crate::crypto::backend::lanes::pretence;
    use crate::crypto::backend::{FMA, IFMA};
    use crate::issuer::Issuer;
    use crate::keys::{Key, KeyOptions, KeySet, Slot};
    use crate::policy::Policy;
    use crate::sign::sign_compact;

    #[test]
    fn every_number_of_tokens_and_threads_gives_the_same_verdicts_in_order() {
        let options = KeyOptions { algorithm: Some(Algorithm::Hs256), ..KeyOptions::default() };
        let key = Arc::new(Key::from_secret(&[7; 32], &options).unwrap());
        let policy = Policy { algorithms: std::iter::once(Algorithm::Hs256).collect(), ..Policy::default() };
        let token = |number: usize| {
            let payload = format!(r#"{{"jti":"{number}","exp":{}}}"#, if number.is_multiple_of(3) { 1 } else { 100 });
            sign_compact(&key, Algorithm::Hs256, br#"{"alg":"HS256"}"#, payload.as_bytes()).unwrap().into_bytes()
        };
        let tokens: Vec<Vec<u8>> = (0..200).map(token).collect();
        for count in [0, 1, 15, 16, 17, 33, 200] {
            let slices: Vec<&[u8]> = tokens.iter().take(count).map(Vec::as_slice).collect();
            for threads in [1, 2, 3, 64] {
                let slot = Arc::new(Slot::own(Arc::new(KeySet::new(vec![Arc::clone(&key)]))));
                let issuers = Issuers::lone(Issuer { policy: policy.clone(), slot });
                let verdicts = verify(&slices, &issuers, 50.0, NonZero::new(threads).unwrap());
                assert_eq!(verdicts.len(), count);
                for (number, (verdict, _)) in verdicts.into_iter().enumerate() {
                    let payload = verdict.map(|verified| String::from_utf8(verified.payload.clone()).unwrap());
                    let wanted = (!number.is_multiple_of(3)).then(|| format!(r#"{{"jti":"{number}","exp":100}}"#));
                    assert_eq!(payload.ok(), wanted);
                }
            }
        }
    }

    /// Good ones, forged ones of several kinds and expired ones of two keys.
    fn decided_together(algorithm: Algorithm) {
        let keys = ["a", "b"].map(|kid| Key::generate(algorithm, Some(kid), None).unwrap());
        let public = keys.iter().map(|key| Arc::new(key.public().unwrap())).collect();
        let policy = Policy { algorithms: std::iter::once(algorithm).collect(), ..Policy::default() };
        let slot = Arc::new(Slot::own(Arc::new(KeySet::new(public))));
        let issuers =
            |crypto| Issuers::lone(Issuer { policy: Policy { crypto, ..policy.clone() }, slot: Arc::clone(&slot) });
        let token = |number: usize| {
            let (key, other) = if number % 5 < 3 { (&keys[0], "a") } else { (&keys[1], "b") };
            let payload = format!(r#"{{"jti":"{number}","exp":{}}}"#, if number % 7 == 6 { 1 } else { 100 });
            let header = format!(r#"{{"alg":"{}","kid":"{other}"}}"#, algorithm.name());
            let mut token = sign_compact(key, algorithm, header.as_bytes(), payload.as_bytes()).unwrap().into_bytes();
            let length = token.len();
            match number % 11 {
                3 => token[length - 40] ^= 1,
                5 => token[length - 86..].fill(b'A'),
                7 => drop(token.pop()),
                _ => {}
            }
            token
        };
        let tokens: Vec<Vec<u8>> = (0..400).map(token).collect();
        let slices: Vec<&[u8]> = tokens.iter().map(Vec::as_slice).collect();
        let codes = |issuers: &Issuers| -> Vec<_> {
            let verdicts = verify(&slices, issuers, 50.0, NonZero::<usize>::MIN);
            verdicts.into_iter().map(|(verdict, _)| verdict.map(|verified| verified.payload.clone())).collect()
        };
        // The first round makes the keys hot.
        let (fast, library) = (issuers(Choice::Auto), issuers(Choice::Library));
        let wanted = codes(&library);
        for _ in 0..4 {
            assert_eq!(codes(&fast), wanted);
        }
        let answers = verify::ask(&slices, &fast, 50.0);
        let is_prepared = algorithm != Algorithm::Rs256 || IFMA.are_proved() || FMA.are_proved();
        assert!(!is_prepared || answers.iter().filter(|answer| answer.is_some()).count() > 300);
        assert!(verify::ask(&slices, &library, 50.0).iter().all(Option::is_none));
        // An answer is about one token.
        let alone = |token, answer| {
            let trail = &mut Trail::default();
            verify::verify_asked(token, &fast, 50.0, &mut Skip::<true>, trail, &mut |_, _| (), answer).is_ok()
        };
        for (place, token) in slices.iter().enumerate().take(30) {
            for other in [place, place + 1, place + 3] {
                assert_eq!(alone(token, answers.get(other).and_then(Option::as_ref)), wanted[place].is_ok());
            }
        }
    }

    #[test]
    fn signatures_that_are_decided_together_are_those_that_are_decided_one_by_one() {
        decided_together(Algorithm::Es256);
        decided_together(Algorithm::Es384);
        decided_together(Algorithm::Rs256);
    }

    /// Where the machine has lanes as far as it knows.
    #[test]
    fn in_lanes_too() {
        pretence::begin();
        decided_together(Algorithm::Es256);
        decided_together(Algorithm::EdDsa);
    }

    #[test]
    fn threads_are_started_for_many_tokens_only() {
        assert_eq!(threads_for(0).get(), 1);
        assert_eq!(threads_for(WORTH_A_THREAD).get(), 1);
        assert!(threads_for(usize::MAX).get() >= 1);
    }
}
