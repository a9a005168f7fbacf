//! A whole verification of genuine tokens: the fuzzer writes the payload, the policy and the time.

use std::sync::{Arc, LazyLock};

use rapidjwt::alg::{Algorithm, AlgorithmSet};
use rapidjwt::explain::explain;
use rapidjwt::header::Memo;
use rapidjwt::issuer::{Issuer, Issuers};
use rapidjwt::json::{Skip, ValueSink};
use rapidjwt::keys::{Key, KeyOptions, KeySet, Slot};
use rapidjwt::policy::{Policy, normal_typ};
use rapidjwt::sign::sign_compact;
use rapidjwt::verify::verify;

use crate::{edits, seeds};

static KEYS: LazyLock<(Arc<Key>, KeySet)> = LazyLock::new(|| {
    let options = KeyOptions { algorithm: Some(Algorithm::Hs256), ..KeyOptions::default() };
    let key = Arc::new(Key::from_secret(&[7; 32], &options).expect("a good secret"));
    (Arc::clone(&key), KeySet::new(vec![key]))
});

pub fn body(data: &[u8]) {
    let (options, rest) = data.split_at(data.len().min(4));
    let option = |index: usize| options.get(index).copied().unwrap_or(0);
    let payload = edits::one_of(&seeds::CLAIMS, rest);
    let policy = policy(option(0), option(1), option(2));
    let now = [1e9, 0.0, -1.5, 1.7e308, 999.5].get(usize::from(option(3)) % 5).copied().unwrap_or(0.0);
    let (key, keys) = &*KEYS;
    let token = sign_compact(key, Algorithm::Hs256, br#"{"alg":"HS256","typ":"JWT"}"#, &payload).expect("HMAC signs");
    let memo = Memo::default();
    let built = verify(token.as_bytes(), keys, &policy, &memo, now, &mut ValueSink).map(|verified| verified.payload);
    // The second time the header may be one that was seen before.
    let skipped =
        verify(token.as_bytes(), keys, &policy, &memo, now, &mut Skip::<true>).map(|verified| verified.payload);
    assert_eq!(built, skipped);
    // Nor does it matter what the payload of an earlier token was like.
    let earlier = memo_of(seeds::CLAIMS.get(usize::from(option(1)) % seeds::CLAIMS.len()).copied().unwrap_or_default());
    let guessed =
        verify(token.as_bytes(), keys, &policy, &earlier, now, &mut Skip::<true>).map(|verified| verified.payload);
    assert_eq!(built, guessed);
    let slot = Arc::new(Slot::own(Arc::new(KeySet::new(vec![Arc::clone(key)]))));
    let issuers = Issuers::lone(Issuer { policy: policy.clone(), slot });
    let (checks, _) = explain(token.as_bytes(), &issuers, now);
    let first = checks.iter().find_map(|check| check.result.and_then(Result::err));
    assert_eq!(first, built.as_ref().err().copied());
    if let Ok(found) = built {
        assert_eq!(found, payload);
        assert!(serde_json::from_slice::<serde_json::Map<_, _>>(&payload).is_ok());
    }
    let mut forged = token.into_bytes();
    if let Some(last) = forged.iter_mut().rev().nth(2) {
        *last = if *last == b'A' { b'B' } else { b'A' };
    }
    assert!(verify(&forged, keys, &policy, &memo, now, &mut ValueSink).is_err());
}

/// What is remembered of the tokens of an issuer, after one with this payload; nothing if it was refused.
fn memo_of(payload: &str) -> Memo {
    let (key, keys) = &*KEYS;
    let token = sign_compact(key, Algorithm::Hs256, br#"{"alg":"HS256","typ":"JWT"}"#, payload.as_bytes());
    let mut policy = Policy::default();
    policy.algorithms = std::iter::once(Algorithm::Hs256).collect();
    policy.unchecked = 0x7f;
    let memo = Memo::default();
    let _ = verify(token.expect("HMAC signs").as_bytes(), keys, &policy, &memo, 0.0, &mut Skip::<true>);
    memo
}

fn policy(first: u8, second: u8, third: u8) -> Policy {
    let one = |wanted: bool, text: &str| wanted.then(|| Box::from([Box::from(text)]));
    let seconds = |wanted: bool, value: f64| wanted.then_some(value);
    let mut policy = Policy::default();
    policy.algorithms = [Algorithm::Hs256].into_iter().collect::<AlgorithmSet>();
    policy.issuers = one(first & 1 != 0, "i");
    policy.audiences = one(first & 2 != 0, "a");
    policy.subject = (first & 4 != 0).then(|| "s".into());
    policy.leeway = if first & 8 != 0 { 10.5 } else { 0.0 };
    policy.typ = one(first & 16 != 0, &normal_typ("application/JWT"));
    policy.max_age = seconds(first & 32 != 0, 60.0);
    policy.max_lifetime = seconds(first & 64 != 0, 0.5);
    policy.limits.max_depth = usize::from(third % 100) + 1;
    let names = ["exp", "nbf", "iat", "iss", "aud", "sub", "jti", "x"];
    policy.require(names.into_iter().enumerate().filter(|(bit, _)| second >> bit & 1 != 0).map(|(_, name)| name));
    policy
}
