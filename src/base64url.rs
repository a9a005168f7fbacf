//! base64url of RFC 4648 section 5: strict and canonical, no padding. Text in, bytes out, or nothing at all.

use base64_simd::{AsOut, URL_SAFE_NO_PAD};

/// Is `text` what `encode` would have written for some bytes?
pub fn is_canonical(text: &[u8]) -> bool {
    // The crate's check covers alphabet, length and unused bits.
    URL_SAFE_NO_PAD.check(text).is_ok()
}

/// Decode canonical base64url.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

/// Bytes that are mostly few: up to 64, which all signatures but RSA's are, need no allocation.
#[derive(Clone, Debug)]
pub enum Short {
    /// So many of these.
    Few([u8; 64], usize),
    /// More.
    Many(Vec<u8>),
}

impl std::ops::Deref for Short {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Few(bytes, length) => bytes.get(..*length).unwrap_or_default(),
            Self::Many(bytes) => bytes,
        }
    }
}

/// Decode canonical base64url that is mostly short.
pub fn decode_short(text: &[u8]) -> Option<Short> {
    let mut bytes = [0; 64];
    if text.len() > 86 {
        return decode(text).map(Short::Many);
    }
    let length = URL_SAFE_NO_PAD.decode(text, bytes.as_mut_slice().as_out()).ok()?.len();
    Some(Short::Few(bytes, length))
}

/// Encode without padding.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// Encode without padding, onto the end of `out`.
pub fn encode_append(bytes: &[u8], out: &mut String) {
    URL_SAFE_NO_PAD.encode_append(bytes, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_text_goes_round() {
        for length in 0..200_usize {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 151 + length) as u8).collect();
            let text = encode(&bytes);
            assert!(is_canonical(text.as_bytes()));
            assert_eq!(decode_short(text.as_bytes()).as_deref(), Some(&*bytes));
            assert_eq!(decode(text.as_bytes()), Some(bytes));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        // RFC 4648 section 3.5: unused bits; standard alphabet; white space; padding; length 1 mod 4.
        for text in
            ["AB", "AAB", "A", "AAAAA", "++++", "////", "AA==", "AAA=", "AA A", "AAAA\n", "\u{e9}AAA", "=", "A\0AA"]
        {
            assert!(!is_canonical(text.as_bytes()), "{text:?}");
            assert_eq!(decode(text.as_bytes()), None, "{text:?}");
            assert!(decode_short(text.as_bytes()).is_none(), "{text:?}");
        }
    }

    #[test]
    fn every_byte_in_every_place_of_a_block() {
        // The SIMD path looks at 32 characters at once; a wrong one must be seen in each of them.
        for place in 0..64 {
            for byte in 0..=255_u8 {
                let mut text = [b'A'; 64];
                text[place] = byte;
                let allowed = byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
                assert_eq!(is_canonical(&text), allowed, "{byte:#x} at {place}");
                assert_eq!(decode(&text).is_some(), allowed);
            }
        }
    }
}
