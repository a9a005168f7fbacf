//! Taking a token apart, and base64url, each against its plain model.

use rapidjwt::base64url;
use rapidjwt::compact::{Limits, split};
use rapidjwt::error::Code;

use crate::model;

pub fn body(data: &[u8]) {
    let (options, token) = data.split_at(data.len().min(2));
    let option = |index: usize| usize::from(options.get(index).copied().unwrap_or(255));
    let limits = Limits {
        max_token_bytes: if option(0) < 128 { option(0) } else { 1 << 20 },
        max_header_bytes: if option(1) < 64 { option(1) } else { 1 << 20 },
        allow_padding: option(0) % 2 == 0,
        ..Limits::default()
    };
    round_trip(token);
    let wanted = expected(token, &limits);
    match (split(token, &limits), wanted) {
        (Ok(compact), Ok([header, payload, signature])) => {
            assert_eq!(compact.header().ok(), Some(header));
            assert_eq!(compact.payload_unverified().ok(), Some(payload));
            assert_eq!(compact.signature(), signature);
            let last = token.iter().rposition(|byte| *byte == b'.');
            assert_eq!(Some(compact.signing_input().len()), last);
            assert!(token.starts_with(compact.signing_input()));
        }
        (Err(error), Err(wanted)) => assert_eq!(error.code(), wanted),
        (ours, wanted) => panic!("{ours:?} is not {wanted:?}"),
    }
}

fn round_trip(text: &[u8]) {
    let ours = base64url::decode(text);
    assert_eq!(ours, model::base64url(text));
    assert_eq!(base64url::is_canonical(text), ours.is_some());
    if let Some(bytes) = ours {
        assert_eq!(base64url::encode(&bytes).as_bytes(), text);
    }
    let encoded = base64url::encode(text);
    assert_eq!(base64url::decode(encoded.as_bytes()).as_deref(), Some(text));
    let mut appended = String::from("x");
    base64url::encode_append(text, &mut appended);
    assert_eq!(appended.strip_prefix('x'), Some(&*encoded));
}

fn expected(token: &[u8], limits: &Limits) -> Result<[Vec<u8>; 3], Code> {
    if token.len() > limits.max_token_bytes {
        return Err(Code::TokenTooLarge);
    }
    let parts: Vec<&[u8]> = token.split(|byte| *byte == b'.').collect();
    let [header, payload, signature] = parts.as_slice() else { return Err(Code::SegmentCount) };
    if header.len() > limits.max_header_bytes {
        return Err(Code::HeaderTooLarge);
    }
    Ok([
        segment(header, limits).ok_or(Code::HeaderBase64)?,
        segment(payload, limits).ok_or(Code::PayloadBase64)?,
        segment(signature, limits).ok_or(Code::SignatureBase64)?,
    ])
}

fn segment(text: &[u8], limits: &Limits) -> Option<Vec<u8>> {
    let plain: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'=').collect();
    let padding = vec![b'='; (4 - plain.len() % 4) % 4];
    let is_padded = limits.allow_padding && !padding.is_empty() && [&*plain, &*padding].concat() == text;
    model::base64url(if is_padded { &plain } else { text })
}
