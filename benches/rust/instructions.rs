//! What callgrind counts: `instructions STEP CALLS` does everything once, then the step so many times. Prints nothing.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic ends a bench that is wrong")]

use std::env;
use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;

use rapidjwt::alg::Algorithm;
use rapidjwt::claims::{self, Registered};
use rapidjwt::crypto::Choice;
use rapidjwt::header::{self, Memo};
use rapidjwt::json::{Reader, Skip};
use rapidjwt::keys::{Key, KeyOptions, KeySet};
use rapidjwt::policy::Policy;
use rapidjwt::sign::sign_compact;
use rapidjwt::verify::verify;
use rapidjwt::{base64url, compact, crypto};

#[allow(dead_code, reason = "only its payloads are used")]
mod timing;

const HEADER: &str = r#"{"alg":"HS256","kid":"2026-01","typ":"at+jwt"}"#;
const SECRET: &[u8] = b"a secret for nothing but this count";
const DEPTH: usize = 128;
const NOW: f64 = 1_800_000_000.0;
/// `split and check` is what of `verify` the count is not wanted of: valgrind computes hashes without SHA instructions.
const STEPS: [&str; 8] = [
    "compact.split",
    "header.read",
    "base64url.decode",
    "json small",
    "json gateway",
    "claims.read",
    "verify",
    "split and check",
];

struct World {
    keys: KeySet,
    policy: Policy,
    memo: Memo,
    token: String,
    /// Where the payload stands in the token.
    payload: Range<usize>,
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let calls: u32 = arguments[2].parse().unwrap();
    let world = World::new();
    for step in STEPS {
        assert!(world.call(step), "{step} failed");
    }
    for _ in 0..calls {
        black_box(world.call(black_box(&arguments[1])));
    }
}

impl World {
    fn new() -> Self {
        let options = KeyOptions { algorithm: Some(Algorithm::Hs256), kid: Some("2026-01"), ..KeyOptions::default() };
        let key = Key::from_secret(SECRET, &options).unwrap();
        let token = sign_compact(&key, Algorithm::Hs256, HEADER.as_bytes(), timing::GATEWAY.as_bytes()).unwrap();
        let mut policy = Policy::default();
        policy.algorithms = policy.algorithms.with(Algorithm::Hs256);
        policy.issuers = Some([Box::from("https://issuer.example/")].into());
        policy.audiences = Some([Box::from("my-api")].into());
        policy.require(["exp"]);
        let first = token.find('.').unwrap() + 1;
        let payload = first..token.rfind('.').unwrap();
        Self { keys: KeySet::new(vec![Arc::new(key)]), policy, memo: Memo::default(), token, payload }
    }

    fn call(&self, step: &str) -> bool {
        let gateway = black_box(timing::GATEWAY).as_bytes();
        let token = black_box(self.token.as_bytes());
        match step {
            "header.read" => header::read(black_box(HEADER.as_bytes()), DEPTH).is_ok(),
            "json small" => document(black_box(timing::SMALL).as_bytes()),
            "json gateway" => document(gateway),
            "claims.read" => {
                let mut claims = Registered::default();
                claims::read_unverified(gateway, (&[], DEPTH), &mut Skip::<true>, &mut claims).is_ok()
            }
            "compact.split" => compact::split(token, &self.policy.limits).is_ok(),
            "base64url.decode" => base64url::decode(&token[self.payload.clone()]).is_some(),
            "verify" => verify(token, &self.keys, &self.policy, &self.memo, NOW, &mut Skip::<true>).is_ok(),
            "split and check" => {
                let compact = compact::split(token, &self.policy.limits).unwrap();
                let candidates = self.keys.select(Some("2026-01"), Algorithm::Hs256).unwrap();
                crypto::verify(
                    &candidates,
                    Algorithm::Hs256,
                    Choice::Library,
                    compact.signing_input(),
                    compact.signature(),
                )
                .is_ok()
            }
            _ => true,
        }
    }
}

fn document(text: &[u8]) -> bool {
    Reader::new(text, DEPTH).and_then(|mut reader| reader.document(&mut Skip::<true>)).is_ok()
}
