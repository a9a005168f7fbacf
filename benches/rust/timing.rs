//! What the benches share: the clock, and one line a measurement. Numbers are nanoseconds a call: median, quartiles, least.

use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 31;
const ROUND: Duration = Duration::from_millis(4);

/// Time a call and print its line.
#[allow(clippy::indexing_slicing, reason = "there are rounds")]
pub fn time<T>(name: &str, mut call: impl FnMut() -> T) {
    let mut nanoseconds = rounds(&mut call);
    nanoseconds.sort_by(f64::total_cmp);
    let at = |share: usize| nanoseconds[(nanoseconds.len() - 1) * share / 4];
    println!("{name:<44} {:>10.1} ns  [{:.1}, {:.1}]  least {:.1}", at(2), at(1), at(3), at(0));
}

fn rounds<T>(call: &mut impl FnMut() -> T) -> Vec<f64> {
    let calls = calibrate(call);
    let round = |_| {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(call());
        }
        start.elapsed().as_nanos() as f64 / calls as f64
    };
    (0..ROUNDS).map(round).collect()
}

/// How many calls fill a round. Warms up as well.
fn calibrate<T>(call: &mut impl FnMut() -> T) -> u32 {
    let mut calls = 1_u32;
    loop {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(call());
        }
        if start.elapsed() >= ROUND || calls > 1 << 28 {
            return calls;
        }
        calls *= 2;
    }
}

/// The payload of an access token, 42 values in about 900 bytes, as in benches/python/tokens.py.
#[allow(dead_code, reason = "not every bench reads it")]
pub const GATEWAY: &str = concat!(
    r#"{"iss":"https://issuer.example/","sub":"1f0c2f4e-6d1b-4c53-9a53-0d6a3c1f7b52","aud":["my-api","account"],"#,
    r#""exp":4102444800,"nbf":1767225600,"iat":1767225600,"jti":"c3a1f0de-52b4-4e0b-8a51-7a1d0a3f9e64","#,
    r#""auth_time":1767225000,"azp":"web-frontend","sid":"5b8c1d2e-93f0-4b77-b6a4-2f8f5f0f6c11","acr":"1","#,
    r#""amr":["pwd","otp","hwk"],"scope":"openid profile orders:read","tenant":"tenant-0042","name":"Alice Meyer","#,
    r#""given_name":"Alice","family_name":"Meyer","preferred_username":"alice.000042","email":"alice.000042@a.example","#,
    r#""email_verified":true,"locale":"de","groups":["/staff","/staff/berlin","/sales"],"#,
    r#""realm_access":{"roles":["offline_access","user"]},"resource_access":{"orders":{"roles":["read","write","refund"]},"#,
    r#""account":{"roles":["view-profile"]}},"org":{"id":4711,"plan":"enterprise","region":"eu-central-1","seats":250},"#,
    r#""limits":{"rate":600,"burst":1.5},"device":null,"ver":"1.0","impersonated":false}"#,
);

/// A small payload, 6 values.
#[allow(dead_code, reason = "not every bench reads it")]
pub const SMALL: &str = concat!(
    r#"{"iss":"https://issuer.example/","sub":"user-000042","aud":"my-api","#,
    r#""exp":4102444800,"nbf":1767225600,"iat":1767225600}"#,
);
