//! Prepared keys against two libraries, aws-lc-rs and RustCrypto's or dalek's: the same decision on every case, or the case is
//! printed and the run fails. Runs add up in a log.
//!
//!     cargo run --release --no-default-features --example prepared -- es256|es384|ed25519|rsa|sha2 CASES [SEED] [LOG] [PATH]
//!
//! PATH is `portable`, which rsa and sha2 have none of, `lanes-model`, which is the arithmetic of AVX-512 IFMA without the instructions, or
//! `lanes-ifma`, which is that with them, both of which es384 has not, or `fma`, which rsa alone has.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic ends a run that is wrong")]

mod ecdsa;
mod ed25519;
mod p256;
mod p384;
mod random;
mod rsa;
mod sha2;
mod tally;

use std::io::Write;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use random::Random;
use rapidjwt::crypto::backend::p256::P256;
use rapidjwt::crypto::backend::p384::P384;
use tally::{Tally, widths};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = arguments.first().map_or("es256", String::as_str);
    let cases: u64 = arguments.get(1).map_or(20_000, |count| count.parse().unwrap());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed: u64 = arguments.get(2).filter(|seed| *seed != "-").map_or_else(now, |seed| seed.parse().unwrap());
    let path = arguments.get(4).map_or("portable", String::as_str);
    let start = Instant::now();
    let mut random = Random::new(seed);
    let tally = match (name, path) {
        ("es256", "portable") => ecdsa::run::<P256>(&mut random, cases, ecdsa::portable),
        ("es256", "lanes-model") => ecdsa::run::<P256>(&mut random, cases, p256::on_the_model),
        ("es256", "lanes-ifma") => ecdsa::run::<P256>(&mut random, cases, p256::on_the_instructions),
        ("es384", "portable") => ecdsa::run::<P384>(&mut random, cases, ecdsa::portable),
        ("ed25519", "portable") => ed25519::run(&mut random, cases, ed25519::portable),
        ("ed25519", "lanes-model") => ed25519::run(&mut random, cases, ed25519::on_the_model),
        ("ed25519", "lanes-ifma") => ed25519::run(&mut random, cases, ed25519::on_the_instructions),
        ("rsa", "lanes-model") => rsa::run(&mut random, cases, rsa::on_the_model),
        ("rsa", "lanes-ifma") => rsa::run(&mut random, cases, rsa::on_the_instructions),
        ("rsa", "fma") => rsa::run(&mut random, cases, rsa::in_doubles),
        ("sha2", "lanes-model") => sha2::run(&mut random, cases, sha2::on_the_model),
        ("sha2", "lanes-ifma") => sha2::run(&mut random, cases, sha2::on_the_instructions),
        _ => panic!("es256, es384, ed25519, rsa or sha2; portable, lanes-model, lanes-ifma or fma"),
    };
    let Tally { good, bad, exceptional, second, differences } = tally;
    let line = format!(
        "{{\"algorithm\":\"{name}\",\"path\":\"{path}\",\"seed\":{seed},\"cases\":{cases},\"good\":{good},\"bad\":{bad},\
         \"exceptional\":{exceptional},\"second\":{second},\"differences\":{differences},\"seconds\":{}}}",
        start.elapsed().as_secs()
    );
    println!("{line}");
    if let Some(path) = arguments.get(3) {
        let mut log = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(log, "{line}").unwrap();
    }
    assert_eq!(differences, 0);
}
