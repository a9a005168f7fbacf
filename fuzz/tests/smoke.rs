//! The bodies over a small corpus, on stable Rust and without a fuzzer: each seed as it is, and each with a few thousand
//! changes from a fixed sequence. Inputs that once failed stand in `PAST`.

use bodies::{BODIES, seeds};

/// How many changed inputs each body gets.
const ROUNDS: usize = 3000;

/// What a fuzzer found: the target and its input.
const PAST: [(&str, &[u8]); 0] = [];

/// xorshift64*: the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 16) as usize % end.max(1)
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let raw = |prefix: &[u8], texts: &[&str]| -> Vec<Vec<u8>> {
        texts.iter().map(|text| [prefix, text.as_bytes()].concat()).collect()
    };
    let picked = |count: usize, before: &[u8]| -> Vec<Vec<u8>> {
        (0..count).map(|index| [before, &[index as u8]].concat()).collect()
    };
    let mut inputs = vec![Vec::new(), vec![0], vec![255; 64]];
    inputs.extend(match name {
        "compact" => seeds::TOKENS.map(<[u8]>::to_vec).to_vec(),
        "json" => seeds::JSON.map(<[u8]>::to_vec).to_vec(),
        "header" => raw(b"\xff", &seeds::HEADERS),
        "claims" => raw(b"\0\0\x50\0\xff", &seeds::CLAIMS),
        "issuer" => raw(b"\xff", &seeds::ISSUERS),
        "jwk" => picked(seeds::jwks().len(), b""),
        "der" => (0..3).flat_map(|kind| picked(seeds::ders().len(), &[kind])).collect(),
        _ => Vec::new(),
    });
    inputs
}

fn change(input: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(input.len() + 1);
        let byte = match numbers.below(3) {
            0 => numbers.next() as u8,
            _ => b"{}[]\",:\\u0.-+eE19tfn=AZaz_ \x00\xff"[numbers.below(29)],
        };
        match numbers.below(4) {
            0 => input.insert(at, byte),
            1 if at < input.len() => drop(input.remove(at)),
            2 => (0..4).for_each(|_| input.push(numbers.next() as u8)),
            _ => {
                if let Some(old) = input.get_mut(at) {
                    *old = byte;
                }
            }
        }
    }
}

fn run(wanted: &str) {
    let (name, body) = BODIES.into_iter().find(|(name, _)| *name == wanted).expect("a known target");
    PAST.iter().filter(|(target, _)| *target == name).for_each(|(_, input)| body(input));
    let corpus = corpus(name);
    corpus.iter().for_each(|input| body(input));
    // Reading an RSA key takes a thousand times as long as splitting a token.
    let rounds = if ["jwk", "der"].contains(&name) { ROUNDS / 10 } else { ROUNDS };
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for _ in 0..rounds {
        let mut input = corpus[numbers.below(corpus.len())].clone();
        change(&mut input, &mut numbers);
        body(&input);
    }
}

#[test]
fn compact() {
    run("compact");
}

#[test]
fn header() {
    run("header");
}

#[test]
fn json() {
    run("json");
}

#[test]
fn jwk() {
    run("jwk");
}

#[test]
fn der() {
    run("der");
}

#[test]
fn claims() {
    run("claims");
}

#[test]
fn issuer() {
    run("issuer");
}

/// The model that the JSON body trusts, by hand.
#[test]
fn the_model_itself() {
    use bodies::model::{base64url, depth, judge};
    use rapidjwt::json::Fault;
    assert_eq!(base64url(b"AQI"), Some(vec![1, 2]));
    assert_eq!(base64url(b"AQJ"), None);
    assert_eq!(base64url(b"A"), None);
    assert_eq!(depth(r#"["[[", {"\"]": []}]"#), 3);
    for (text, wanted) in [
        (r#"{"a":1,"\u0061":2}"#, Fault::Duplicate),
        (r#"[{"a":1e999}]"#, Fault::Syntax),
        (r#"[{"a":1e999,"a":0}]"#, Fault::Syntax),
        (r#"[[1]]"#, Fault::NotObject),
        (r#"[[[1]]]"#, Fault::TooDeep),
        ("{}x", Fault::Syntax),
    ] {
        assert_eq!(judge(text.as_bytes(), 2, true).err(), Some(wanted), "{text}");
    }
}
