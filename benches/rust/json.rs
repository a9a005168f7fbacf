//! Strict JSON: the payloads of a small and of a gateway token read by the reader alone, and into a tree; and a header.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic ends a bench that is wrong")]

use std::hint::black_box;

use rapidjwt::claims::{self, Registered};
use rapidjwt::header;
use rapidjwt::json::{self, Reader, Skip, Value};

mod timing;

const HEADER: &str = r#"{"alg":"ES256","kid":"2026-01","typ":"at+jwt"}"#;
const DEPTH: usize = 128;

fn main() {
    prove();
    timing::time("header.read, 46 bytes", || header::read(black_box(HEADER.as_bytes()), DEPTH));
    for (name, text) in [("small", timing::SMALL), ("gateway", timing::GATEWAY)] {
        let name = |what: &str| format!("{what}, {name}, {} bytes", text.len());
        let text = text.as_bytes();
        timing::time(&name("json without names"), || {
            Reader::new(black_box(text), DEPTH).and_then(|mut reader| reader.document(&mut Skip::<false>))
        });
        timing::time(&name("json, names twice noticed"), || {
            Reader::new(black_box(text), DEPTH).and_then(|mut reader| reader.document(&mut Skip::<true>))
        });
        timing::time(&name("json into a tree"), || json::parse(black_box(text), DEPTH));
        timing::time(&name("claims.read without a sink"), || {
            let mut claims = Registered::default();
            claims::read_unverified(black_box(text), (&[], DEPTH), &mut Skip::<true>, &mut claims).map(|()| claims.exp)
        });
    }
}

/// Right before fast: the values are those written, and a name that stands twice is seen.
fn prove() {
    assert!(header::read(HEADER.as_bytes(), DEPTH).is_ok_and(|header| header.kid.as_deref() == Some("2026-01")));
    for text in [timing::SMALL, timing::GATEWAY] {
        let tree = json::parse(text.as_bytes(), DEPTH);
        let issuer = tree.as_ref().unwrap().get("iss").and_then(Value::as_str);
        assert_eq!(issuer, Some("https://issuer.example/"));
        let twice = text.replacen('{', r#"{"iat":1,"#, 1);
        assert!(json::parse(twice.as_bytes(), DEPTH).is_err());
        let mut claims = Registered::default();
        assert!(claims::read_unverified(twice.as_bytes(), (&[], DEPTH), &mut Skip::<true>, &mut claims).is_err());
    }
}
