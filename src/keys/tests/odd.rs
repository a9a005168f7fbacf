//! Any bytes in: an error of ours out, or a key that can be written and read again.

use super::samples::*;
use super::{assert_same, free, rfc};
use crate::alg::Algorithm;
use crate::keys::{Key, KeyOptions};

/// Marsaglia's xorshift: the same bytes in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 as usize
    }

    /// Change some bytes, take some out, put some in.
    fn spoil(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.next() % 3 {
            let place = self.next() % (bytes.len() + 1);
            let byte = if self.next().is_multiple_of(2) {
                self.next() as u8
            } else {
                [0, 1, 0x30, 0x7f, 0x80, 0xff][self.next() % 6]
            };
            match (self.next() % 4, bytes.get_mut(place)) {
                (0, _) => bytes.insert(place, byte),
                (1, Some(_)) => drop(bytes.remove(place)),
                (2, Some(old)) => *old = byte,
                (3, Some(old)) => *old ^= 1 << (byte % 8),
                _ => bytes.truncate(place),
            }
        }
    }
}

fn read(bytes: &[u8]) {
    let password = KeyOptions { password: Some(b"opensesame"), ..free() };
    let weak = KeyOptions { allow_weak: true, ..free() };
    for key in [
        Key::from_der(bytes, &password),
        Key::from_pem(bytes, &weak),
        Key::from_openssh(bytes, &free()),
        Key::from_jwk_text(bytes, &weak),
        Key::from_file_content(bytes, &free()),
        Key::from_secret(bytes, &KeyOptions { algorithm: Some(Algorithm::Hs256), ..weak }),
    ]
    .into_iter()
    .flatten()
    {
        if let Ok(der) = key.to_der(key.is_private()) {
            let again =
                Key::from_der(&der, &KeyOptions { algorithm: key.algorithm(), kid: key.kid(), ..weak }).unwrap();
            assert_eq!(again.to_der(key.is_private()).unwrap(), der);
            assert_same(
                &again.public().unwrap(),
                &Key::from_der(
                    &key.to_der(false).unwrap(),
                    &KeyOptions { algorithm: key.algorithm(), kid: key.kid(), ..weak },
                )
                .unwrap(),
            );
        }
    }
}

#[test]
fn spoiled_keys() {
    let key =
        |text: &str| Key::from_pem(text.as_bytes(), &KeyOptions { password: Some(b"opensesame"), ..free() }).unwrap();
    let rsa = Key::from_jwk_text(rfc::RSA_JWK.as_bytes(), &free()).unwrap();
    let mut originals: Vec<Vec<u8>> = [
        ED_PUBLIC,
        ED_OPENSSH,
        ED_PRIVATE,
        EC_OPENSSH,
        EC_PUBLIC_COMPRESSED,
        EC_SEC1,
        ED_PBKDF2_SHA512,
        rfc::P256_JWK,
        rfc::ED_JWK,
        EC_CERTIFICATE,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec();
    for key in [key(ED_PRIVATE), key(EC_SEC1), rsa] {
        originals.extend([true, false].map(|private| key.to_der(private).unwrap().to_vec()));
    }
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for original in &originals {
        for _ in 0..200 {
            let mut bytes = original.clone();
            noise.spoil(&mut bytes);
            read(&bytes);
        }
    }
}

#[test]
fn noise() {
    let mut noise = Noise(1);
    for _ in 0..2000 {
        let length = noise.next() % 80;
        let mut bytes: Vec<u8> = (0..length).map(|_| noise.next() as u8).collect();
        read(&bytes);
        if let [first, second, ..] = &mut bytes[..] {
            (*first, *second) = (0x30, (length - 2) as u8);
            read(&bytes);
        }
    }
}
