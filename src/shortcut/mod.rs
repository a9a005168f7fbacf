//! What the ordinary calls of the drop-in need again and again: keys by their bytes, policies by their arguments. A token
//! that the engine accepts gets its claims; for every other one there is no answer, and PyJWT's own way decides
//! (docs/design/003-drop-in.md).

mod accounts;
mod known;
mod plans;

pub use known::Known;
pub use plans::{Asked, Names, Plan, Plans};

use crate::alg::{Algorithm, AlgorithmSet};
use crate::cache::{Accepted, TokenCache};
use crate::claims::Registered;
use crate::compact::{Compact, Limits};
use crate::issuer::Trail;
use crate::json::Sink;
use crate::policy::Policy;
use crate::{claims, compact, header, verify};

/// The claims of a token that the known `key` verifies and the policy accepts, at `now` seconds since the epoch. None says
/// nothing about the token. `sink` makes a fresh one for each attempt.
pub fn claims<S: Sink>(
    token: &[u8],
    known: &Known,
    key: &[u8],
    policy: &Policy,
    now: f64,
    mut sink: impl FnMut() -> S,
) -> Option<S::Value> {
    known.with(key, |entry| {
        // Mostly a key was used with one algorithm. With several, the wrong ones end at the choice of the key.
        entry.uses(policy.algorithms).find_map(|used| {
            verify::verify(token, &used.keys, policy, &used.headers, now, &mut sink())
                .ok()
                .map(|verified| verified.value)
        })
    })?
}

/// The same by way of a cache: the token is in it, or is verified and then is, with `extra`.
pub fn remembered<E>(
    token: &[u8],
    known: &Known,
    key: &[u8],
    plan: &Plan,
    now: f64,
    (cache, extra): (&TokenCache<E>, fn() -> E),
) -> Option<Accepted<E>> {
    known.with(key, |entry| {
        entry.uses(plan.policy().algorithms).find_map(|used| {
            let account = used.accounts.of(plan, &used.keys);
            cache.verify(account.number, token, &account.issuers, now, &mut Trail::default(), extra).ok()
        })
    })?
}

/// The claims of a token that nobody verifies, if its form is good and the policy accepts them. None says nothing.
pub fn claims_unverified<S: Sink>(token: &[u8], policy: &Policy, now: f64, sink: &mut S) -> Option<S::Value> {
    let compact = compact::split(token, &policy.limits).ok()?;
    plain_header(&compact, policy.limits.max_depth)?;
    let payload = compact.payload_unverified().ok()?;
    let mut registered = Registered::default();
    let how = (policy.watch(), policy.limits.max_depth);
    let value = claims::read_unverified(&payload, how, sink, &mut registered).ok()?;
    policy.check(&registered, now).ok()?;
    Some(value)
}

/// The decoded header of a token of good form that depends on no extension.
pub fn header_unverified(token: &[u8]) -> Option<Vec<u8>> {
    let limits = Limits::default();
    plain_header(&compact::split(token, &limits).ok()?, limits.max_depth)
}

fn plain_header(compact: &Compact<'_>, max_depth: usize) -> Option<Vec<u8>> {
    let bytes = compact.header().ok()?;
    let header = header::read(&bytes, max_depth).ok()?;
    (!header.extended).then_some(bytes)
}

/// Those that PyJWT knows by the same name.
pub fn shared_algorithms(asked: AlgorithmSet) -> AlgorithmSet {
    asked.without(Algorithm::Ed25519)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use super::*;
    use crate::json::Skip;
    use crate::keys::{Key, KeyOptions};
    use crate::sign::sign_compact;

    fn secret(byte: u8, algorithm: Algorithm) -> Arc<Key> {
        let options = KeyOptions { algorithm: Some(algorithm), ..KeyOptions::default() };
        Arc::new(Key::from_secret(&[byte; 64], &options).unwrap())
    }

    fn token(key: &Key, algorithm: Algorithm, payload: &str) -> Vec<u8> {
        let header = format!(r#"{{"alg":"{}","kid":"any"}}"#, algorithm.name());
        sign_compact(key, algorithm, header.as_bytes(), payload.as_bytes()).unwrap().into_bytes()
    }

    fn policy(algorithms: &[Algorithm]) -> Policy {
        Policy { algorithms: algorithms.iter().copied().collect(), ..Policy::default() }
    }

    #[test]
    fn answers_for_good_tokens_of_known_keys_only() {
        let known = Known::default();
        let (hs256, hs512) = (secret(1, Algorithm::Hs256), secret(1, Algorithm::Hs512));
        let good = token(&hs256, Algorithm::Hs256, r#"{"exp":100}"#);
        let both = policy(&[Algorithm::Hs256, Algorithm::Hs512]);
        let ask = |token: &[u8], key: &[u8], policy: &Policy, now| {
            super::claims(token, &known, key, policy, now, || Skip::<true>).is_some()
        };
        assert!(!ask(&good, &[1; 64], &both, 0.0), "nothing is known yet");
        known.learn(&[1; 64], Algorithm::Hs512, Arc::clone(&hs512));
        assert!(!ask(&good, &[1; 64], &both, 0.0), "known for another algorithm");
        known.learn(&[1; 64], Algorithm::Hs256, Arc::clone(&hs256));
        assert!(ask(&good, &[1; 64], &both, 0.0));
        assert!(ask(&token(&hs512, Algorithm::Hs512, "{}"), &[1; 64], &both, 0.0));
        assert!(!ask(&good, &[1; 64], &policy(&[Algorithm::Hs512]), 0.0), "not allowed");
        assert!(!ask(&good, &[1; 64], &both, 100.0), "expired");
        assert!(!ask(&good, &[2; 64], &both, 0.0), "another key");
        assert!(!ask(&good, &[1; 63], &both, 0.0), "a part of the key");
        assert!(!ask(&token(&secret(2, Algorithm::Hs256), Algorithm::Hs256, "{}"), &[1; 64], &both, 0.0), "forged");
        assert!(!ask(b"", &[1; 64], &both, 0.0));
        known.clear();
        assert!(!ask(&good, &[1; 64], &both, 0.0), "forgotten");
    }
}
