//! A short run of `make prepared-fuzz`: the same cases each time.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is a failed test")]

#[path = "../examples/prepared/ecdsa.rs"]
mod ecdsa;
#[path = "../examples/prepared/ed25519.rs"]
mod ed25519;
#[path = "../examples/prepared/p256.rs"]
mod p256;
#[path = "../examples/prepared/p384.rs"]
mod p384;
#[path = "../examples/prepared/random.rs"]
mod random;
#[path = "../examples/prepared/rsa.rs"]
mod rsa;
#[path = "../examples/prepared/sha2.rs"]
mod sha2;
#[path = "../examples/prepared/tally.rs"]
mod tally;

use random::Random;
use rapidjwt::crypto::backend::lanes::has_ifma;
use rapidjwt::crypto::backend::p256::P256;
use rapidjwt::crypto::backend::p384::P384;
use rapidjwt::crypto::backend::rsa::fma::Fma;
use tally::widths;

#[test]
fn prepared_keys_decide_as_two_libraries_do() {
    let mut ways: Vec<(ecdsa::Way<P256>, ed25519::Way)> =
        vec![(ecdsa::portable, ed25519::portable), (p256::on_the_model, ed25519::on_the_model)];
    if has_ifma() {
        ways.push((p256::on_the_instructions, ed25519::on_the_instructions));
    }
    for (es256, ed25519) in ways {
        for tally in
            [ecdsa::run::<P256>(&mut Random::new(1), 400, es256), ed25519::run(&mut Random::new(1), 400, ed25519)]
        {
            assert_eq!(tally.differences, 0);
            assert!(tally.good > 100 && tally.bad > 50 && tally.exceptional > 5 && tally.second > 20, "{tally:?}");
        }
    }
}

#[test]
fn prepared_keys_on_p384_decide_as_two_libraries_do() {
    let tally = ecdsa::run::<P384>(&mut Random::new(1), 400, ecdsa::portable);
    assert_eq!(tally.differences, 0);
    assert!(tally.good > 100 && tally.bad > 50 && tally.exceptional > 5 && tally.second > 20, "{tally:?}");
}

#[test]
fn prepared_rsa_keys_decide_as_two_libraries_do() {
    let mut ways: Vec<rsa::Way> = vec![rsa::on_the_model];
    if has_ifma() {
        ways.push(rsa::on_the_instructions);
    }
    if Fma::detect().is_some() {
        ways.push(rsa::in_doubles);
    }
    for way in ways {
        let tally = rsa::run(&mut Random::new(1), 120, way);
        assert_eq!(tally.differences, 0);
        assert!(tally.good > 20 && tally.bad > 15 && tally.exceptional > 5 && tally.second > 5, "{tally:?}");
    }
}

#[test]
fn digests_in_lanes_are_those_of_two_libraries() {
    let mut ways: Vec<sha2::Way> = vec![sha2::on_the_model];
    if has_ifma() {
        ways.push(sha2::on_the_instructions);
    }
    for way in ways {
        let tally = sha2::run(&mut Random::new(1), 1_000, way);
        assert!(tally.differences == 0 && tally.good == 1_000 && tally.second > 50, "{tally:?}");
    }
}
