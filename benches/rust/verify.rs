//! The whole engine without Python: a token in, a verdict out, with every check, and no dict.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic ends a bench that is wrong")]

use std::hint::black_box;
use std::sync::Arc;

use rapidjwt::alg::Algorithm;
use rapidjwt::header::Memo;
use rapidjwt::json::Skip;
use rapidjwt::keys::{Key, KeySet};
use rapidjwt::policy::Policy;
use rapidjwt::sign::sign_compact;
use rapidjwt::verify::verify;
use rapidjwt::{compact, crypto};

mod timing;

const NOW: f64 = 1_800_000_000.0;

fn main() {
    for algorithm in [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        for (size, payload) in [("small", timing::SMALL), ("gateway", timing::GATEWAY)] {
            bench(algorithm, size, payload);
        }
    }
}

fn bench(algorithm: Algorithm, size: &str, payload: &str) {
    let key = Key::generate(algorithm, Some("2026-01"), None).unwrap();
    let header = format!(r#"{{"alg":"{}","kid":"2026-01","typ":"JWT"}}"#, algorithm.name());
    let token = sign_compact(&key, algorithm, header.as_bytes(), payload.as_bytes()).unwrap();
    let keys = KeySet::new(vec![Arc::new(key.public().unwrap_or(key))]);
    let mut policy = Policy::default();
    policy.algorithms = policy.algorithms.with(algorithm);
    policy.issuers = Some([Box::from("https://issuer.example/")].into());
    policy.audiences = Some([Box::from("my-api")].into());
    policy.require(["exp"]);
    prove(&token, &keys, &policy);

    let token = token.as_bytes();
    let name = |what: &str| format!("{what}, {} {size}, {} bytes", algorithm.name(), token.len());
    timing::time(&name("compact.split"), || compact::split(black_box(token), &policy.limits).is_ok());
    let compact = compact::split(token, &policy.limits).unwrap();
    let candidates = keys.select(Some("2026-01"), algorithm).unwrap();
    timing::time(&name("crypto.verify"), || {
        crypto::verify(
            &candidates,
            algorithm,
            crypto::Choice::Library,
            black_box(compact.signing_input()),
            compact.signature(),
        )
        .is_ok()
    });
    let memo = Memo::default();
    timing::time(&name("verify"), || verify(black_box(token), &keys, &policy, &memo, NOW, &mut Skip::<true>).is_ok());
}

/// Right before fast: the token is accepted, a changed one and a late one are not.
fn prove(token: &str, keys: &KeySet, policy: &Policy) {
    let memo = Memo::default();
    let accepts = |token: &[u8], now| verify(token, keys, policy, &memo, now, &mut Skip::<true>).is_ok();
    assert!(accepts(token.as_bytes(), NOW));
    assert!(!accepts(token.as_bytes(), 5e9));
    for place in (0..token.len()).step_by(7) {
        let mut changed = token.as_bytes().to_vec();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        assert!(!accepts(&changed, NOW), "accepted a token that was changed at {place}");
    }
}
