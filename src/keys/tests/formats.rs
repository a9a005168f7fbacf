//! PEM, DER and OpenSSH: what is read, and what is refused under which code.

use super::samples::*;
use super::{EC_OID, ED25519_ID, P256_OID, assert_same, bound, code, der, free, integer, odd_number, rsa, spki};
use crate::alg::{Algorithm, Curve, Kty};
use crate::base64url;
use crate::error::Code;
use crate::keys::{Key, KeyOptions};

fn pem(text: &str) -> Key {
    Key::from_pem(text.as_bytes(), &free()).unwrap()
}

fn refusal(text: &str) -> Option<Code> {
    code(Key::from_pem(text.as_bytes(), &free()))
}

#[test]
fn one_key_in_all_its_forms() {
    let key = pem(ED_PRIVATE);
    assert_eq!((key.kty(), key.curve(), key.bits()), (Kty::Okp, Some(Curve::Ed25519), 256));
    assert_eq!(key.algorithms(), [Algorithm::EdDsa, Algorithm::Ed25519].into_iter().collect());
    assert_eq!(key.algorithm(), None);
    let public = key.public().unwrap();
    for text in [ED_PUBLIC, ED_CERTIFICATE, ED_OPENSSH, &format!("\t {ED_OPENSSH}  someone@somewhere \u{e9}\r\n")] {
        assert_same(&pem(text), &public);
        assert_same(&Key::from_file_content(text.as_bytes(), &free()).unwrap(), &public);
    }
    assert_eq!(key.to_pem(true).unwrap().as_str(), ED_PRIVATE);
    assert_eq!(key.to_pem(false).unwrap().as_str(), ED_PUBLIC);

    let key = pem(EC_SEC1);
    assert_eq!((key.kty(), key.curve(), key.algorithm()), (Kty::Ec, Some(Curve::P256), Some(Algorithm::Es256)));
    assert_same(&pem(EC_SEC1_WITHOUT_POINT), &key);
    let public = key.public().unwrap();
    for text in [EC_PUBLIC, EC_PUBLIC_COMPRESSED, EC_CERTIFICATE, EC_OPENSSH] {
        assert_same(&pem(text), &public);
    }
    assert_eq!(public.to_pem(false).unwrap().as_str(), EC_PUBLIC);
}

#[test]
fn text_around_and_inside_the_armour() {
    let key = pem(EC_PUBLIC);
    let one_line = EC_PUBLIC.lines().collect::<String>();
    for text in [
        &one_line,
        &EC_PUBLIC.replace('\n', "\r\n"),
        &EC_PUBLIC.replace('\n', " \n\t\n"),
        &format!("\u{feff}some text\n{EC_PUBLIC}more text"),
        &format!("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n{EC_PUBLIC}"),
        &format!("-----BEGIN no label\n{EC_PUBLIC}"),
        &format!("{EC_PUBLIC}{ED_PUBLIC}"),
    ] {
        assert_same(&pem(text), &key);
    }
}

#[test]
fn broken_armour() {
    for text in [
        "",
        "text",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMC*w\n-----END PUBLIC KEY-----",
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----",
        &ED_PUBLIC.replace("tDk=", "tDk"),
        &ED_PUBLIC.replace("tDk=", "tDk=="),
        // Unused bits, RFC 4648 section 3.5.
        &ED_PUBLIC.replace("tDk=", "tDl="),
        &ED_PUBLIC.replace("MCow", "MCox"),
        &ED_PUBLIC.replace("MCow", "MCo="),
        &ED_PUBLIC.replace("MCow", "M:ow"),
        &ED_PUBLIC.replace("MCow", "M\u{a0}ow"),
        // Another structure than the label says.
        &ED_PUBLIC.replace("PUBLIC", "PRIVATE"),
        &ED_PRIVATE.replace("PRIVATE", "PUBLIC"),
        &EC_PUBLIC.replace("PUBLIC KEY", "CERTIFICATE"),
        &EC_CERTIFICATE.replace("CERTIFICATE", "PUBLIC KEY"),
        &RSA_1024.replace("RSA PUBLIC KEY", "PUBLIC KEY"),
        &EC_SEC1.replace("EC PRIVATE KEY", "PRIVATE KEY"),
    ] {
        assert_eq!(refusal(text), Some(Code::KeyMalformed), "{text}");
    }
}

#[test]
fn other_kinds_of_keys() {
    let block = |label: &str| ED_PRIVATE.replace("PRIVATE KEY", label);
    for text in [
        &block("OPENSSH PRIVATE KEY"),
        &block("DSA PRIVATE KEY"),
        &block("CERTIFICATE REQUEST"),
        &block(""),
        EC_TRADITIONAL,
        EC_PUBLIC_EXPLICIT,
        // X25519.
        &ED_PUBLIC.replace("MCowBQYDK2Vw", "MCowBQYDK2Vu"),
        &ED_PRIVATE.replace("MC4CAQAwBQYDK2Vw", "MC4CAQAwBQYDK2Vu"),
    ] {
        assert_eq!(refusal(text), Some(Code::KeyUnsupported), "{text}");
    }
    assert_eq!(refusal(EC_PUBLIC_HYBRID), Some(Code::KeyInvalid));
}

#[test]
fn openssh_lines() {
    let refusal = |line: &str| code(Key::from_openssh(line.as_bytes(), &free()));
    for line in [
        "",
        "ssh-rsa",
        "ssh-ed25519 AAAA",
        "hello world",
        &format!("{ED_OPENSSH}\n{EC_OPENSSH}"),
        &ED_OPENSSH.replace("ssh-ed25519", "ssh-rsa"),
        &EC_OPENSSH.replace("nistp256 ", "nistp384 "),
        &ED_OPENSSH.replace("H7Q5", "H7Q="),
        // 33 bytes, it says, where 32 are.
        &ED_OPENSSH.replace("AAAAIFz", "AAAAIVz"),
        &format!("restrict {ED_OPENSSH}"),
        ED_PUBLIC,
    ] {
        assert_eq!(refusal(line), Some(Code::KeyMalformed), "{line}");
    }
    for line in
        ["ssh-dss AAAA", "sk-ssh-ed25519@openssh.com AAAA", "ssh-ed25519-cert-v01@openssh.com AAAA", "ecdsa-sha2-x A"]
    {
        assert_eq!(refusal(line), Some(Code::KeyUnsupported), "{line}");
    }
}

#[test]
fn rsa_sizes() {
    let key = |bits: usize, options: &KeyOptions<'_>| Key::from_der(&rsa(&odd_number(bits), &[1, 0, 1]), options);
    let weak = KeyOptions { allow_weak: true, ..free() };
    for bits in [2048, 2049, 2055, 4096, 8192] {
        assert_eq!(key(bits, &free()).unwrap().bits(), bits);
    }
    for bits in [8193, 16_384] {
        assert_eq!(code(key(bits, &weak)), Some(Code::KeyTooLarge));
    }
    for bits in [1024, 2047] {
        assert_eq!(code(key(bits, &free())), Some(Code::KeyWeak));
        let small = key(bits, &weak).unwrap();
        assert_eq!(small.algorithms(), [Algorithm::Rs256, Algorithm::Rs512].into_iter().collect());
        assert_eq!(small.public().unwrap().algorithms(), small.algorithms());
        let bound_weak = |algorithm| KeyOptions { algorithm: Some(algorithm), ..weak };
        assert_eq!(key(bits, &bound_weak(Algorithm::Rs512)).unwrap().algorithm(), Some(Algorithm::Rs512));
        assert_eq!(code(key(bits, &bound_weak(Algorithm::Ps256))), Some(Code::KeyWeak));
        assert_eq!(code(key(bits, &bound_weak(Algorithm::Es256))), Some(Code::KeyAlgorithm));
    }
    for bits in [1, 512, 1023] {
        assert_eq!(code(key(bits, &weak)), Some(Code::KeyWeak));
    }
    assert_eq!(Key::from_pem(RSA_1024.as_bytes(), &weak).unwrap().bits(), 1024);
}

#[test]
fn rsa_numbers() {
    let n = odd_number(2048);
    for e in [&[3][..], &[1, 0, 1], &[0xff; 4], &[1, 0xff, 0xff, 0xff, 0xff]] {
        assert!(Key::from_der(&rsa(&n, e), &free()).is_ok(), "{e:?}");
    }
    for e in [&[][..], &[1], &[2], &[4], &[1, 0, 0], &[2, 0, 0, 0, 1], &[1; 9], &n] {
        assert_eq!(code(Key::from_der(&rsa(&n, e), &free())), Some(Code::KeyInvalid), "{e:?}");
    }
    let mut even = n.clone();
    even[255] = 0;
    for n in [&even[..], &[], &[2]] {
        assert_eq!(code(Key::from_der(&rsa(n, &[3]), &free())), Some(Code::KeyInvalid));
    }
    // The algorithm is looked at before the numbers.
    assert_eq!(code(Key::from_der(&rsa(&even, &[2]), &bound(Algorithm::Hs256))), Some(Code::KeyAlgorithm));
    // Negative, or longer than need be.
    for n in [der(2, &[&[0xff], &n]), der(2, &[&[0], &[0], &n])] {
        let key = spki(super::RSA_ID, &der(0x30, &[&n, &integer(&[3])]));
        assert_eq!(code(Key::from_der(&key, &free())), Some(Code::KeyMalformed));
    }
}

#[test]
fn ec_points() {
    let id = der(0x30, &[EC_OID, P256_OID]);
    let off_curve = [&[4][..], &[1; 64]].concat();
    for point in [&off_curve[..], &[0], &[], &[4], &[4; 64], &[2; 34], &[5; 65], &[3; 1], &[0; 65]] {
        assert_eq!(code(Key::from_der(&spki(&id, point), &free())), Some(Code::KeyInvalid), "{point:02x?}");
    }
    // Implicit curve, no curve, an unknown one.
    for (parameters, expected) in [
        (&[5, 0][..], Code::KeyUnsupported),
        (&[], Code::KeyMalformed),
        (&[6, 5, 0x2b, 0x81, 4, 0, 33], Code::KeyUnsupported),
    ] {
        let id = der(0x30, &[EC_OID, parameters]);
        assert_eq!(code(Key::from_der(&spki(&id, &off_curve), &free())), Some(expected));
    }
}

/// SEC 1 with these parts; the curve and the point are left out where None.
fn sec1(scalar: &[u8], curve: Option<&[u8]>, point: Option<&[u8]>) -> Vec<u8> {
    let curve = curve.map(|curve| der(0xa0, &[curve])).unwrap_or_default();
    let point = point.map(|point| der(0xa1, &[&der(3, &[&[0], point])])).unwrap_or_default();
    der(0x30, &[&[2, 1, 1], &der(4, &[scalar]), &curve, &point])
}

#[test]
fn ec_scalars() {
    let read = |scalar: &[u8], point| Key::from_der(&sec1(scalar, Some(P256_OID), point), &free());
    let one = read(&[1], None).unwrap();
    for scalar in [&[0, 0, 1][..], &[&[0; 40][..], &[1]].concat()] {
        assert_same(&read(scalar, None).unwrap(), &one);
    }
    let mut order = base64url::decode(b"_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE").unwrap();
    assert_eq!(order.len(), 32);
    let point = Key::from_pem(EC_PUBLIC.as_bytes(), &free()).unwrap().to_der(false).unwrap()[26..].to_vec();
    for (scalar, point) in [
        (&[][..], None),
        (&[0; 32], None),
        (&order[..], None),
        (&[0xff; 32], None),
        (&[1; 33], None),
        (&[1], Some(&point[..])),
        (&[1], Some(&[0])),
    ] {
        assert_eq!(code(read(scalar, point)), Some(Code::KeyInvalid));
    }
    order[31] -= 1;
    assert!(read(&order, None).is_ok());
}

#[test]
fn ec_private_keys_name_their_curve() {
    let read = |sec1: &[u8]| code(Key::from_der(sec1, &free()));
    let other: &[u8] = &[6, 5, 0x2b, 0x81, 4, 0, 34];
    assert_eq!(read(&sec1(&[1], None, None)), Some(Code::KeyMalformed));
    assert_eq!(read(&sec1(&[1], Some(&[0x30, 0]), None)), Some(Code::KeyUnsupported));
    assert_eq!(read(&sec1(&[1], Some(&[5, 0]), None)), Some(Code::KeyMalformed));
    assert_eq!(read(&sec1(&[1], Some(&[6, 5, 0x2b, 0x81, 4, 0, 33]), None)), Some(Code::KeyUnsupported));
    let pkcs8 = |inner: &[u8]| der(0x30, &[&[2, 1, 0], &der(0x30, &[EC_OID, P256_OID]), &der(4, &[inner])]);
    assert_eq!(read(&pkcs8(&sec1(&[1], None, None))), None);
    assert_eq!(read(&pkcs8(&sec1(&[1], Some(P256_OID), None))), None);
    assert_eq!(read(&pkcs8(&sec1(&[1], Some(other), None))), Some(Code::KeyMalformed));
}

#[test]
fn ed25519_lengths_and_parameters() {
    for length in [0, 31, 33, 64] {
        assert_eq!(code(Key::from_der(&spki(ED25519_ID, &vec![2; length]), &free())), Some(Code::KeyMalformed));
        let seed = der(4, &[&vec![2; length]]);
        let pkcs8 = der(0x30, &[&[2, 1, 0], ED25519_ID, &der(4, &[&seed])]);
        assert_eq!(code(Key::from_der(&pkcs8, &free())), Some(Code::KeyMalformed));
    }
    let with_null = [0x30, 7, 6, 3, 0x2b, 0x65, 0x70, 5, 0];
    assert_eq!(code(Key::from_der(&spki(&with_null, &[2; 32]), &free())), Some(Code::KeyMalformed));
    assert_eq!(code(Key::from_der(&spki(ED25519_ID, &[0; 32]), &free())), Some(Code::KeyInvalid));
    let unused_bits = der(0x30, &[ED25519_ID, &der(3, &[&[1], &[2; 32]])]);
    assert_eq!(code(Key::from_der(&unused_bits, &free())), Some(Code::KeyMalformed));
}

#[test]
fn rsa_parameters() {
    let key = der(0x30, &[&integer(&odd_number(2048)), &integer(&[3])]);
    let id = |parameters: &[u8]| der(0x30, &[&super::RSA_ID[2..13], parameters]);
    assert!(Key::from_der(&spki(&id(&[]), &key), &free()).is_ok());
    assert_eq!(code(Key::from_der(&spki(&id(&[0x30, 0]), &key), &free())), Some(Code::KeyMalformed));
    assert_eq!(code(Key::from_der(&spki(&id(&[5, 0, 5, 0]), &key), &free())), Some(Code::KeyMalformed));
}

#[test]
fn files() {
    let secret = |bytes: &[u8]| Key::from_file_content(bytes, &bound(Algorithm::Hs256));
    let bits = |bytes: &[u8]| secret(bytes).unwrap().bits() / 8;
    assert_eq!(bits(&[b'x'; 32]), 32);
    assert_eq!(bits(&[&[b'x'; 32][..], b"\r\n"].concat()), 32);
    assert_eq!(bits(&[&[b'x'; 32][..], b"\n\n"].concat()), 33);
    assert_eq!(bits(&[&[b'x'; 32][..], b"\r"].concat()), 33);
    assert_eq!(bits(&[&[b'x'; 32][..], b"{\"not\": \"a JWK\""].concat()), 47);
    assert_eq!(code(secret(b"\n")), Some(Code::SecretEmpty));
    assert_eq!(code(secret(ED_PUBLIC.as_bytes())), Some(Code::SecretIsKey));
    assert_eq!(code(secret(br#"{"kty":"oct","k":""#)), Some(Code::KeyWeak));
    assert_eq!(code(secret(br#"{"kty":"oct","kty":"oct"}"#)), Some(Code::SecretIsKey));
    assert_eq!(code(secret(br#"{"kty":"EC"}"#)), Some(Code::JwkInvalid));
    let open = |bytes: &[u8]| code(Key::from_file_content(bytes, &free()));
    assert_eq!(open(b""), Some(Code::KeyMalformed));
    assert_eq!(open(b"{}"), Some(Code::JwkInvalid));
    assert_eq!(open(&[0x30; 60]), Some(Code::KeyMalformed));
    assert_eq!(open(&vec![b' '; crate::keys::MAX_BYTES + 1]), Some(Code::KeyTooLarge));
}

#[test]
fn algorithms_of_other_kinds() {
    for algorithm in [Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es384, Algorithm::Es256k, Algorithm::EdDsa] {
        assert_eq!(code(Key::from_pem(EC_PUBLIC.as_bytes(), &bound(algorithm))), Some(Code::KeyAlgorithm));
    }
    for algorithm in [Algorithm::EdDsa, Algorithm::Ed25519] {
        let key = Key::from_pem(ED_PUBLIC.as_bytes(), &bound(algorithm)).unwrap();
        assert_eq!(key.algorithm(), Some(algorithm));
        assert_eq!(key.algorithms(), pem(ED_PUBLIC).algorithms());
    }
    assert_eq!(code(Key::from_secret(&[b'x'; 64], &bound(Algorithm::Rs256))), Some(Code::KeyAlgorithm));
    assert_eq!(code(Key::from_secret(&[b'x'; 64], &free())), Some(Code::KeyAlgorithm));
}
