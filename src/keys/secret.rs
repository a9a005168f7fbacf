//! HMAC secrets: what is refused because it is empty, or because it is another key (RFC 8725 section 2.1: the public key
//! of an RSA pair, taken for a secret, lets everybody sign).

use memchr::memmem;
use zeroize::Zeroizing;

use super::check_length;
use crate::error::{Code, Error};

const TEXT_MARKS: [&[u8]; 6] = [b"-----BEGIN ", b"---- BEGIN ", b"ssh-rsa", b"ssh-ed25519", b"ssh-dss", b"ecdsa-sha2-"];
const BYTE_ORDER_MARKS: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe"];
const WHITE_SPACE: &[u8] = b" \t\n\r\x0b\x0c";

/// The shortest key in DER is an Ed25519 public key.
const MIN_DER_BYTES: usize = 44;

/// `key_too_large`, `secret_empty`, `secret_is_key`.
pub fn check(secret: &[u8]) -> Result<(), Error> {
    check_length(secret)?;
    if secret.is_empty() {
        return Err(Code::SecretEmpty.into());
    }
    // Without its NUL bytes, ASCII in UTF-16 or UTF-32 is plain ASCII.
    let text = Zeroizing::new(secret.iter().copied().filter(|&byte| byte != 0).collect::<Vec<u8>>());
    let is_marked = TEXT_MARKS.iter().any(|mark| memmem::find(&text, mark).is_some());
    if is_marked || looks_like_der(secret) || looks_like_jwk(&text) {
        return Err(Code::SecretIsKey.into());
    }
    Ok(())
}

/// Is it JSON that may be a JWK or JWK Set?
fn looks_like_jwk(text: &[u8]) -> bool {
    let text = trimmed(text);
    let bracketed = matches!((text.first(), text.last()), (Some(b'{' | b'['), Some(b'}' | b']')));
    bracketed && (memmem::find(text, b"kty").is_some() || memmem::find(text, b"\\u").is_some())
}

/// Without byte order marks and white space in front, in any order, and without white space behind.
fn trimmed(mut text: &[u8]) -> &[u8] {
    loop {
        let rest = BYTE_ORDER_MARKS.iter().find_map(|mark| text.strip_prefix(*mark));
        match (rest, text) {
            (Some(rest), _) => text = rest,
            (None, [first, rest @ ..]) if WHITE_SPACE.contains(first) => text = rest,
            _ => break,
        }
    }
    while let [rest @ .., last] = text
        && WHITE_SPACE.contains(last)
    {
        text = rest;
    }
    text
}

/// Is it one DER SEQUENCE, filled exactly by its children, of which the first is a SEQUENCE or an INTEGER? All of X.509,
/// SubjectPublicKeyInfo, PKCS#1, PKCS#8 and SEC 1 are; of random secrets of 44 bytes, one in 2^30 and less.
pub fn looks_like_der(bytes: &[u8]) -> bool {
    if bytes.len() < MIN_DER_BYTES || bytes.first() != Some(&0x30) {
        return false;
    }
    let Some((content, [])) = element(bytes) else {
        return false;
    };
    let mut rest = content;
    while !rest.is_empty() {
        match element(rest) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    matches!(content.first(), Some(0x30 | 0x02))
}

/// The content of the first element, and what follows it. Tags of one byte, definite lengths of up to four bytes.
fn element(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(secret: &[u8]) -> Option<Code> {
        check(secret).err().map(Error::code)
    }

    #[test]
    fn other_keys_are_no_secrets() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let utf32 = |text: &str| text.chars().flat_map(|c| (c as u32).to_be_bytes()).collect::<Vec<u8>>();
        let mut der = vec![0x30, 0x2a, 0x30, 0x05];
        der.extend([0; 5]);
        der.extend([0x03, 0x21]);
        der.extend([7; 33]);
        for secret in [
            b"-----BEGIN PUBLIC KEY-----".to_vec(),
            b"\xef\xbb\xbfsome text\n-----BEGIN CERTIFICATE-----".to_vec(),
            b"---- BEGIN SSH2 PUBLIC KEY ----".to_vec(),
            b"ssh-rsa AAAA".to_vec(),
            b"ecdsa-sha2-nistp256 AAAA".to_vec(),
            br#"{"kty":"oct","k":"AAAA"}"#.to_vec(),
            b" \n\xef\xbb\xbf\t[{\"kty\":1}]\r\n\x0c".to_vec(),
            br#"{"\u006bty":"RSA"}"#.to_vec(),
            b"ssh-rsa\tAAAA".to_vec(),
            b"ssh-rsa-cert-v01@openssh.com AAAA".to_vec(),
            utf16("-----BEGIN PUBLIC KEY-----"),
            utf16("\u{feff}{\"kty\":\"RSA\"}"),
            utf32("\u{feff} {\"keys\":[{\"kty\":\"RSA\"}]} "),
            der.clone(),
        ] {
            assert_eq!(code(&secret), Some(Code::SecretIsKey), "{:?}", String::from_utf8_lossy(&secret));
        }
        der.push(0);
        for secret in [
            der,
            b"{not a key}".to_vec(),
            b"kty".to_vec(),
            b"-----BEGIN".to_vec(),
            b"0".to_vec(),
            vec![0x30; 44],
            [&[0x30, 0x2a, 0x04, 0x28][..], &[0; 40]].concat(),
            vec![0],
        ] {
            assert_eq!(code(&secret), None, "{secret:?}");
        }
        assert_eq!(code(b""), Some(Code::SecretEmpty));
        assert_eq!(code(&vec![b'x'; super::super::MAX_BYTES + 1]), Some(Code::KeyTooLarge));
        assert_eq!(code(&vec![b'x'; super::super::MAX_BYTES]), None);
    }

    #[test]
    fn lengths_of_elements() {
        assert_eq!(element(&[2, 1, 9, 8]), Some((&[9][..], &[8][..])));
        assert_eq!(element(&[2, 0x82, 0, 1, 9]), Some((&[9][..], &[][..])));
        for bytes in
            [&[][..], &[2], &[2, 1], &[2, 0x80, 0, 0], &[2, 0x85, 0, 0, 0, 0, 1, 9], &[2, 0x82, 1], &[0x1f, 1, 1]]
        {
            assert_eq!(element(bytes), None, "{bytes:?}");
        }
        assert_eq!(element(&[2, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
