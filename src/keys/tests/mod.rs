//! Tests of all readers and writers together.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is a failed test")]

mod encrypted;
mod formats;
mod generated;
mod jwk;
mod odd;
mod rfc;
mod samples;
mod set;

use super::{JwkMember, Key, KeyOptions};
use crate::alg::{Algorithm, Hash};
use crate::error::{Code, Error};

/// One algorithm of each kind of key that can be written in DER.
const KINDS: [Algorithm; 6] =
    [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es384, Algorithm::Es512, Algorithm::Es256k, Algorithm::EdDsa];

fn code<T>(result: Result<T, Error>) -> Option<Code> {
    result.err().map(Error::code)
}

fn free() -> KeyOptions<'static> {
    KeyOptions::default()
}

fn bound(algorithm: Algorithm) -> KeyOptions<'static> {
    KeyOptions { algorithm: Some(algorithm), ..free() }
}

/// A JWK as JSON text.
fn json(jwk: &[(&'static str, JwkMember)]) -> String {
    let members = jwk.iter().map(|(name, member)| match member {
        JwkMember::Text(text) => format!("\"{name}\":\"{}\"", text.as_str()),
        JwkMember::List(items) => format!("\"{name}\":{items:?}"),
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// The same key in every respect that shows?
fn assert_same(one: &Key, other: &Key) {
    assert_eq!(one.thumbprint(Hash::Sha256), other.thumbprint(Hash::Sha256));
    assert_eq!(one.is_private(), other.is_private());
    let private = one.is_private();
    assert_eq!(json(&one.to_jwk(private).unwrap()), json(&other.to_jwk(private).unwrap()));
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = match content.len() {
        length @ 0..0x80 => vec![length as u8],
        length @ 0x80..0x100 => vec![0x81, length as u8],
        length => vec![0x82, (length >> 8) as u8, length as u8],
    };
    [&[tag], &length[..], &content].concat()
}

/// An unsigned INTEGER.
fn integer(number: &[u8]) -> Vec<u8> {
    let number = super::numbers::stripped(number);
    if number.first().is_none_or(|first| first & 0x80 != 0) { der(2, &[&[0], number]) } else { der(2, &[number]) }
}

const RSA_ID: &[u8] = &[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
const ED25519_ID: &[u8] = &[0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
const P256_OID: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const EC_OID: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];

fn spki(id: &[u8], key: &[u8]) -> Vec<u8> {
    der(0x30, &[id, &der(3, &[&[0], key])])
}

/// An RSA public key with these numbers.
fn rsa(n: &[u8], e: &[u8]) -> Vec<u8> {
    spki(RSA_ID, &der(0x30, &[&integer(n), &integer(e)]))
}

/// 2^(bits - 1) + 1.
fn odd_number(bits: usize) -> Vec<u8> {
    let mut number = vec![0; bits.div_ceil(8)];
    number[0] = 1 << ((bits - 1) % 8);
    *number.last_mut().unwrap() |= 1;
    number
}
