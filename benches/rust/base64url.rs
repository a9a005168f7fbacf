//! base64url of the lengths that tokens have: a header, an Ed25519 or ECDSA signature, an RSA signature, two payloads.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic ends a bench that is wrong")]

use std::hint::black_box;

use rapidjwt::base64url;

mod timing;

const LENGTHS: [usize; 5] = [27, 64, 119, 256, 900];

fn main() {
    for length in LENGTHS {
        let bytes: Vec<u8> = (0..length).map(|place| (place * 151 + length) as u8).collect();
        let text = base64url::encode(&bytes);
        prove(&bytes, &text);
        let text = text.as_bytes();
        timing::time(&format!("base64url check, {} characters", text.len()), || {
            base64url::is_canonical(black_box(text))
        });
        timing::time(&format!("base64url decode, {} characters", text.len()), || base64url::decode(black_box(text)));
    }
}

/// Right before fast: every byte comes back, and no other character is taken in any place.
fn prove(bytes: &[u8], text: &str) {
    assert_eq!(base64url::decode(text.as_bytes()).as_deref(), Some(bytes));
    for place in 0..text.len() {
        let mut wrong = text.as_bytes().to_vec();
        wrong[place] = b'+';
        assert!(!base64url::is_canonical(&wrong));
        assert_eq!(base64url::decode(&wrong), None);
    }
}
