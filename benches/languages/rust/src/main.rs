//! Cells on standard input, times of jsonwebtoken on standard output. Nothing is timed before all of its answers were right.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct Input {
    issuer: String,
    audience: String,
    rounds: usize,
    target_ms: f64,
    cells: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    algorithm: String,
    key: String,
    tokens: Vec<String>,
    claims: Vec<Map<String, Value>>,
    refused: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize)]
struct Found<'a> {
    contender: &'static str,
    algorithm: &'a str,
    answers: usize,
    us: Vec<f64>,
}

fn main() {
    let input: Input = serde_json::from_reader(std::io::stdin()).expect("the cells are JSON");
    let found: Vec<_> = input.cells.iter().map(|cell| measure(cell, &input)).collect();
    println!("{}", serde_json::to_string(&found).expect("times are JSON"));
}

fn measure<'a>(cell: &'a Cell, input: &Input) -> Found<'a> {
    let bytes = STANDARD.decode(&cell.key).expect("the key is base64");
    let (algorithm, key) = match cell.algorithm.as_str() {
        "HS256" => (Algorithm::HS256, Ok(DecodingKey::from_secret(&bytes))),
        "RS256" => (Algorithm::RS256, DecodingKey::from_rsa_pem(&bytes)),
        "ES256" => (Algorithm::ES256, DecodingKey::from_ec_pem(&bytes)),
        _ => (Algorithm::EdDSA, DecodingKey::from_ed_pem(&bytes)),
    };
    let key = key.expect("the key is PEM");
    let mut policy = Validation::new(algorithm);
    policy.leeway = 0;
    policy.validate_nbf = true;
    policy.set_issuer(&[&input.issuer]);
    policy.set_audience(&[&input.audience]);
    let verify = |token: &str| decode::<Map<String, Value>>(token, &key, &policy).map(|data| data.claims);

    let answers = prove(cell, verify);
    let once = time(&cell.tokens, 5, &verify);
    let passes = (input.target_ms * 1e3 / (once * cell.tokens.len() as f64)).ceil().max(1.0) as usize;
    let us = (0..input.rounds).map(|_| time(&cell.tokens, passes, &verify)).collect();
    Found { contender: "jsonwebtoken", algorithm: &cell.algorithm, answers, us }
}

type Answer = jsonwebtoken::errors::Result<Map<String, Value>>;

fn prove(cell: &Cell, verify: impl Fn(&str) -> Answer) -> usize {
    for (token, claims) in cell.tokens.iter().zip(&cell.claims) {
        assert_eq!(&verify(token).expect("a good token"), claims, "{}: the claims differ", cell.algorithm);
    }
    for (what, tokens) in &cell.refused {
        for token in tokens {
            assert!(verify(token).is_err(), "{}: accepted a token with: {what}", cell.algorithm);
        }
    }
    cell.tokens.len() + cell.refused.values().map(Vec::len).sum::<usize>()
}

/// Microseconds a token.
fn time(tokens: &[String], passes: usize, verify: &impl Fn(&str) -> Answer) -> f64 {
    let start = Instant::now();
    for _ in 0..passes {
        for token in tokens {
            assert!(black_box(verify(black_box(token))).is_ok());
        }
    }
    start.elapsed().as_nanos() as f64 / 1e3 / (passes * tokens.len()) as f64
}
