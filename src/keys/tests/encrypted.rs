//! Encrypted PKCS#8: passwords, schemes, costs.

use super::samples::*;
use super::{assert_same, code, der, free};
use crate::error::Code;
use crate::keys::{Key, KeyOptions};

fn open(text: &str, password: Option<&[u8]>) -> Result<Key, crate::error::Error> {
    Key::from_pem(text.as_bytes(), &KeyOptions { password, ..free() })
}

#[test]
fn the_right_password_opens() {
    let key = open(ED_PRIVATE, None).unwrap();
    for text in [ED_PBKDF2, ED_PBKDF2_SHA512, ED_SCRYPT] {
        assert_same(&open(text, Some(b"opensesame")).unwrap(), &key);
        assert_eq!(code(open(text, None)), Some(Code::KeyEncrypted));
        for wrong in [&b""[..], b"opensesamE", b"\xff"] {
            assert_eq!(code(open(text, Some(wrong))), Some(Code::KeyPassword));
        }
    }
    // Where none is needed it does no harm.
    assert_same(&open(ED_PRIVATE, Some(b"x")).unwrap(), &key);
}

#[test]
fn other_schemes() {
    for text in [ED_PBKDF2_SHA1, ED_PBES1, ED_TOO_MANY_ROUNDS] {
        assert_eq!(code(open(text, Some(b"opensesame"))), Some(Code::KeyUnsupported));
        assert_eq!(code(open(text, None)), Some(Code::KeyEncrypted));
    }
}

/// Encrypted PKCS#8 with scrypt at this cost.
fn scrypt(n: &[u8], r: &[u8], p: &[u8]) -> Vec<u8> {
    let (oid_scrypt, oid_pbes2) =
        ([6, 9, 0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 0x0b], [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0xd, 1, 5, 0xd]);
    let oid_aes = [6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a];
    let parameters = der(0x30, &[&der(4, &[b"saltsalt"]), &super::integer(n), &super::integer(r), &super::integer(p)]);
    let derivation = der(0x30, &[&oid_scrypt, &parameters]);
    let cipher = der(0x30, &[&oid_aes, &der(4, &[&[0; 16]])]);
    der(0x30, &[&der(0x30, &[&oid_pbes2, &der(0x30, &[&derivation, &cipher])]), &der(4, &[&[7; 32]])])
}

#[test]
fn the_cost_is_bounded() {
    let refusal = |n: &[u8], r: &[u8], p: &[u8]| {
        code(Key::from_der(&scrypt(n, r, p), &KeyOptions { password: Some(b"x"), ..free() }))
    };
    assert_eq!(refusal(&[2], &[1], &[1]), Some(Code::KeyPassword));
    assert_eq!(refusal(&[4, 0], &[8], &[2]), Some(Code::KeyPassword));
    for (n, r, p) in [
        // Not a power of two, or one.
        (&[3][..], &[1][..], &[1][..]),
        (&[1], &[1], &[1]),
        (&[2], &[], &[1]),
        (&[2], &[1], &[]),
        // 256 MiB and one block; 512 MiB; more than a u64 counts.
        (&[0x20, 0, 0], &[1], &[1]),
        (&[0x8, 0, 0], &[8], &[1]),
        (&[0x80, 0, 0, 0, 0, 0, 0, 0], &[0x7f, 0xff], &[0x7f, 0xff]),
        (&[2], &[0x7f, 0xff], &[0x7f, 0xff]),
        // 128 MiB, nine times.
        (&[0x10, 0, 0], &[1], &[9]),
    ] {
        assert_eq!(refusal(n, r, p), Some(Code::KeyUnsupported), "{n:?} {r:?} {p:?}");
    }
}

#[test]
fn broken_ones() {
    let whole = scrypt(&[2], &[1], &[1]);
    let options = KeyOptions { password: Some(b"x"), ..free() };
    for length in 0..whole.len() {
        assert_eq!(code(Key::from_der(&whole[..length], &options)), Some(Code::KeyMalformed));
    }
    // PBES2 without parameters; with data that is no whole block.
    let oid_pbes2 = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0xd, 1, 5, 0xd];
    let bare = der(0x30, &[&der(0x30, &[&oid_pbes2]), &der(4, &[&[7; 32]])]);
    assert_eq!(code(Key::from_der(&bare, &options)), Some(Code::KeyUnsupported));
    let mut short = whole;
    short.pop();
    let place = short.len() - 32;
    short[place] -= 1;
    short[1] -= 1;
    assert_eq!(code(Key::from_der(&short, &options)), Some(Code::KeyPassword));
}
