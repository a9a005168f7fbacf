//! Good inputs to start from. Keys are made when first asked for, so that no file of the repository holds one.

use std::sync::LazyLock;

use rapidjwt::keys::Key;

use crate::jwk::jwk_text;

pub const HEADERS: [&str; 8] = [
    r#"{"alg":"HS256"}"#,
    r#"{"typ":"JWT","alg":"RS256","kid":"2026-01"}"#,
    r#"{"alg":"ES256","crit":["exp"],"exp":1}"#,
    r#"{"alg":"EdDSA","b64":false,"crit":["b64"]}"#,
    r#"{"\u0061lg":"PS512","kid":"\ud83d\ude00\n"}"#,
    r#" { "alg" : "none" , "jwk" : {"kty":"oct","k":"AA"} } "#,
    r#"{"alg":"ES256K","x":[1,-0.5e+3,true,null,{"a":{}}]}"#,
    r#"{"alg":null,"kid":1,"typ":[],"crit":"x"}"#,
];

pub const CLAIMS: [&str; 8] = [
    r#"{"iss":"i","sub":"s","aud":"a","exp":1000000600,"nbf":999999000,"iat":1000000000,"jti":"1"}"#,
    r#"{"aud":["a","b"],"exp":1e300,"x":[[[]]]}"#,
    r#"{"exp":"1000000600","aud":["a",1]}"#,
    r#"{"exp":1000000000.5,"iat":-0.0,"x":18446744073709551616}"#,
    r#"{"exp":null,"exp":1}"#,
    r#"{"\u0065xp":2000000000,"x":"\ud83d\ude00"}"#,
    r#"["exp"]"#,
    r#"{"a":{"b":{"c":[1,2,{"d":null}]}},"exp":1700000000}"#,
];

/// Payloads that name their issuer, here or there.
pub const ISSUERS: [&str; 7] = [
    r#"{"iss":"i","exp":1000000600}"#,
    r#"{"x":{"iss":"b"},"y":["iss",{"q":"\""}],"iss":"https:\/\/b.example\/"}"#,
    r#"{"\u0069ss":"\u00e9","z":"é"}"#,
    r#"{"iss":"https://t/x-1/v2","n":[1,2,{"a":null}]}"#,
    r#"{"e":"\"iss\":\"i\"","iss":"q\""}"#,
    r#"{"iss":"\ud83d\ude00"}"#,
    r#"{"iss":["i"],"sub":"iss"}"#,
];

/// Texts for the JSON target; its first byte is the depth.
pub const JSON: [&[u8]; 10] = [
    br#"d{"a":[1,2.5,-0,1e5,"\u0041\n",true,false,null,{}]}"#,
    b"\x02[[[]]]",
    br#"d{"a":1,"a":2}"#,
    br#"d{"a":1e999,"a":2}"#,
    b"d\"\\ud800\"",
    b"d\"\xff\"",
    b"dNaN",
    b"d[1,]",
    br#"d{"":{"":[{"":0}]}}"#,
    b"d 123456789012345678901234567890 ",
];

/// Tokens for the compact target, after its two bytes of options.
pub const TOKENS: [&[u8]; 8] = [
    b"\xff\xffeyJhbGciOiJIUzI1NiJ9.e30.AAAA",
    b"\xfe\xffAA==.AAA=.AAAA",
    b"\xff\xff..",
    b"\xff\xff...",
    b"\x08\xffAAAA.AAAA.AAAA",
    b"\xff\x02AAAA.AAAA.AAAA",
    b"\xff\xffAB.AAB.A",
    b"\xfe\xff=.A===.AAAA=",
];

static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
    use rapidjwt::alg::Algorithm::{Ed25519, Es256, Es256k, Es384, Es512, Hs256, Rs256};
    let make = |algorithm| Key::generate(algorithm, Some("k"), None).expect("the system has randomness");
    [Hs256, Rs256, Es256, Es384, Es512, Es256k, Ed25519].map(make).into()
});

/// JWKs, private and public, and a set.
pub fn jwks() -> &'static [String] {
    static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut texts: Vec<String> = KEYS.iter().map(|key| jwk_text(key, true)).collect();
        texts.extend(KEYS.iter().filter_map(|key| key.public().ok()).map(|key| jwk_text(&key, false)));
        let all = texts.join(",");
        texts.push(format!("{{\"keys\":[{all}]}}"));
        texts
    });
    &TEXTS
}

/// SPKI and PKCS#8.
pub fn ders() -> &'static [Vec<u8>] {
    static TEXTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let forms = KEYS.iter().flat_map(|key| [key.to_der(false), key.to_der(true)]);
        forms.flatten().map(|der| der.to_vec()).collect()
    });
    &TEXTS
}

/// The same in text armour.
pub fn pems() -> &'static [String] {
    static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let forms = KEYS.iter().flat_map(|key| [key.to_pem(false), key.to_pem(true)]);
        forms.flatten().map(|pem| pem.to_string()).collect()
    });
    &TEXTS
}

/// OpenSSH public key lines.
pub fn lines() -> &'static [&'static str] {
    &[
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBPzgAJc6BoJZDN9BLS0kaLCNHpVCQ7QjXgVTUzrPAvg user@host",
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfU=",
    ]
}
