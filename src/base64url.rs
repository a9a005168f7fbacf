//! base64url of RFC 4648 section 5: strict and canonical, no padding. Text in, bytes out, or nothing at all.

#[cfg(target_arch = "x86_64")]
mod avx2;

use base64_simd::{AsOut, URL_SAFE_NO_PAD};

/// Is `text` what `encode` would have written for some bytes?
pub fn is_canonical(text: &[u8]) -> bool {
    // The crate's check covers alphabet, length and unused bits.
    URL_SAFE_NO_PAD.check(text).is_ok()
}

/// Decode canonical base64url.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    #[cfg(target_arch = "x86_64")]
    {
        // Any bytes that fill the room will do, and these are at hand.
        let mut bytes = text.get(..decoded_length(text))?.to_vec();
        if let Some(is_canonical) = avx2::decode(text, &mut bytes) {
            return is_canonical.then_some(bytes);
        }
    }
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

/// How many bytes come of a text, if it is canonical.
#[cfg(target_arch = "x86_64")]
fn decoded_length(text: &[u8]) -> usize {
    text.len() / 4 * 3 + text.len() % 4 * 3 / 4
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
    #[cfg(target_arch = "x86_64")]
    {
        let length = decoded_length(text);
        if let Some(is_canonical) = avx2::decode(text, bytes.get_mut(..length)?) {
            return is_canonical.then_some(Short::Few(bytes, length));
        }
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

    /// All ways of decoding agree with the crate's.
    fn both(text: &[u8]) {
        let wanted = URL_SAFE_NO_PAD.decode_to_vec(text).ok();
        assert_eq!(is_canonical(text), wanted.is_some(), "{text:?}");
        assert_eq!(decode_short(text).as_deref(), wanted.as_deref(), "{text:?}");
        assert_eq!(decode(text), wanted, "{text:?}");
    }

    #[test]
    fn canonical_text_goes_round() {
        for length in 0..200_usize {
            let bytes: Vec<u8> = (0..length).map(|i| (i * 151 + length) as u8).collect();
            let text = encode(&bytes);
            assert!(is_canonical(text.as_bytes()));
            assert_eq!(decode_short(text.as_bytes()).as_deref(), Some(&*bytes));
            assert_eq!(decode(text.as_bytes()), Some(bytes));
            for end in 0..text.len() {
                both(text.as_bytes().get(..end).unwrap_or_default());
            }
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
        // 32 characters are looked at together, and those after the last block apart; a wrong one must be seen in each of them.
        for length in [64, 74, 75, 76] {
            for (place, byte) in (0..length).flat_map(|place| (0..=255_u8).map(move |byte| (place, byte))) {
                let mut text = vec![b'A'; length];
                text[place] = byte;
                let allowed = byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
                assert!(allowed || decode(&text).is_none(), "{byte:#x} at {place}");
                both(&text);
            }
        }
    }
}
