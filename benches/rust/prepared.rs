//! Verification by tables of the public key against the library's, in rounds of one after the other, with and without caches
//! warm; what tables cost, and after how many tokens they have paid. The least of all rounds counts.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic ends a bench that is wrong")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use rapidjwt::alg::{Algorithm, Hash};
use rapidjwt::crypto::backend::lanes::has_ifma;
use rapidjwt::crypto::backend::{Decision, Path, Public, Size, Tables};
use rapidjwt::crypto::{self, Choice};
use rapidjwt::keys::{Candidates, Key};

const TOKENS: usize = 16;
const ROUNDS: usize = 201;

fn main() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
        bench(algorithm);
    }
}

struct Signed {
    input: Vec<u8>,
    signature: Vec<u8>,
}

fn bench(algorithm: Algorithm) {
    let private = Key::generate(algorithm, None, None).unwrap();
    let key = Arc::new(private.public().unwrap());
    let signed: Vec<Signed> = (0..TOKENS)
        .map(|number| {
            let input = format!("{number:0>250}").into_bytes();
            let signature = crypto::sign(&private, algorithm, &input).unwrap();
            Signed { input, signature }
        })
        .collect();
    let public = public_of(&key, algorithm);
    let ways = [Size::Small, Size::Large].map(|size| Tables::build_unproved(&public, size).unwrap());
    let candidates = Candidates::one(&key);
    let whole = |choice, one: &Signed| {
        let found = crypto::verify(&candidates, algorithm, choice, &one.input, &one.signature);
        found.map(|(_, key)| crypto::accepted(key, algorithm, choice)).is_ok()
    };

    // Right before fast, and hot enough for the large table.
    for one in signed.iter().cycle().take(2_000) {
        assert!(whole(Choice::Library, one) && whole(Choice::Portable, one));
        let mut bad = one.input.clone();
        bad[0] ^= 1;
        for way in &ways {
            assert_eq!(way.decide(Path::Portable, Hash::Sha256, &one.input, &one.signature), Decision::Good);
            assert_eq!(way.decide(Path::Portable, Hash::Sha256, &bad, &one.signature), Decision::Bad);
        }
    }

    let name = algorithm.name();
    let mut builds = [Vec::new(), Vec::new()];
    let mut times: [Vec<f64>; 5] = Default::default();
    for _ in 0..ROUNDS {
        for (size, times) in [Size::Small, Size::Large].into_iter().zip(&mut builds) {
            let start = Instant::now();
            black_box(Tables::build_unproved(&public, size));
            times.push(start.elapsed().as_nanos() as f64 / 1e3);
        }
        times[0].push(round(&signed, |one| whole(Choice::Library, one)));
        times[1].push(round(&signed, |one| whole(Choice::Portable, one)));
        times[2].push(round(&signed, |one| {
            ways[0].decide(Path::Portable, Hash::Sha256, &one.input, &one.signature) == Decision::Good
        }));
        times[3].push(round(&signed, |one| {
            ways[1].decide(Path::Portable, Hash::Sha256, &one.input, &one.signature) == Decision::Good
        }));
        times[4].push(round_after(&signed, |one| {
            ways[1].decide(Path::Portable, Hash::Sha256, &one.input, &one.signature) == Decision::Good
        }));
    }
    in_lanes(algorithm, &ways[1], &signed);
    together(algorithm, &ways[1], &signed);
    let [library, path, small, large, cold] = times.map(least);
    let [build_small, build_large] = builds.map(least);
    println!("{name}: library                    {library:8.2} us");
    println!("{name}: hot key, whole path        {path:8.2} us  {:.2} times as fast", library / path);
    println!("{name}: small table                {small:8.2} us  {:.2}", library / small);
    println!("{name}: large table                {large:8.2} us  {:.2}", library / large);
    println!("{name}: large table, caches cold   {cold:8.2} us  {:.2}", library / cold);
    for (what, build, time, size) in
        [("small", build_small, small, Size::Small), ("large", build_large, large, Size::Large)]
    {
        println!(
            "{name}: {what} table built in       {build:8.1} us, {} bytes, paid for after {:.0} tokens",
            public.bytes(size),
            (build / (library - time)).ceil()
        );
    }
}

/// One signature spread over the lanes of AVX-512 IFMA, and eight side by side.
fn in_lanes(algorithm: Algorithm, large: &Tables, signed: &[Signed]) {
    let name = algorithm.name();
    if !has_ifma() || algorithm == Algorithm::Es384 {
        println!("{name}: no lanes here");
        return;
    }
    let items: Vec<(&[u8], &[u8])> = signed.iter().map(|one| (&one.input[..], &one.signature[..])).collect();
    let one = |one: &Signed| large.decide(Path::Ifma, Hash::Sha256, &one.input, &one.signature) == Decision::Good;
    let eight = || large.decide_all(Path::Ifma, Hash::Sha256, &items) == Some(vec![Decision::Good; items.len()]);
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        times[0].push(round(signed, one));
        let start = Instant::now();
        assert!(eight());
        times[1].push(start.elapsed().as_nanos() as f64 / items.len() as f64 / 1e3);
    }
    let [one, eight] = times.map(least);
    println!("{name}: large table, one in lanes   {one:8.2} us");
    println!("{name}: large table, eight in lanes {eight:8.2} us each");
}

/// Several signatures of one key at once, in portable arithmetic.
fn together(algorithm: Algorithm, large: &Tables, signed: &[Signed]) {
    if !large.decides_together(Path::Portable) {
        return;
    }
    let items: Vec<(&[u8], &[u8])> = signed.iter().map(|one| (&one.input[..], &one.signature[..])).collect();
    for count in [1, 2, 4, 8, 16] {
        let decide = |some: &[_]| large.decide_all(Path::Portable, Hash::Sha256, black_box(some));
        let time = |_| {
            let start = Instant::now();
            for some in items.chunks_exact(count) {
                assert!(decide(some) == Some(vec![Decision::Good; count]));
            }
            start.elapsed().as_nanos() as f64 / items.len() as f64 / 1e3
        };
        let each = least((0..ROUNDS).map(time).collect());
        println!("{}: large table, {count:2} together    {each:8.2} us each", algorithm.name());
    }
}

fn public_of(key: &Key, algorithm: Algorithm) -> Public {
    let der = key.to_der(false).unwrap();
    match algorithm {
        Algorithm::Es256 => Public::P256(der[der.len() - 64..].try_into().unwrap()),
        Algorithm::Es384 => Public::P384(der[der.len() - 96..].try_into().unwrap()),
        _ => Public::Ed25519(der[der.len() - 32..].try_into().unwrap()),
    }
}

/// Microseconds a token.
fn round(signed: &[Signed], mut call: impl FnMut(&Signed) -> bool) -> f64 {
    let start = Instant::now();
    for one in signed {
        assert!(call(black_box(one)));
    }
    start.elapsed().as_nanos() as f64 / signed.len() as f64 / 1e3
}

/// The same, after other work has swept the nearer caches.
fn round_after(signed: &[Signed], mut call: impl FnMut(&Signed) -> bool) -> f64 {
    let mut sweep = vec![1_u8; 4 << 20];
    let mut nanoseconds = 0;
    let few = &signed[..4];
    for one in few {
        sweep.iter_mut().step_by(64).for_each(|byte| *byte = byte.wrapping_add(1));
        black_box(&sweep);
        let start = Instant::now();
        assert!(call(black_box(one)));
        nanoseconds += start.elapsed().as_nanos();
    }
    nanoseconds as f64 / few.len() as f64 / 1e3
}

/// On a machine that does other work too, this is the round that nobody disturbed.
fn least(times: Vec<f64>) -> f64 {
    times.into_iter().fold(f64::INFINITY, f64::min)
}
