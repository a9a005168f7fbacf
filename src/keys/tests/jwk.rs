//! JWK: members, their types and forms, `alg`, labels.

use super::rfc::{ED_JWK, P256_JWK, P521_JWK, RSA_JWK};
use super::{bound, code, free, json};
use crate::alg::{Algorithm, AlgorithmSet};
use crate::base64url;
use crate::error::Code;
use crate::json::{self as core_json, Value};
use crate::keys::{Key, KeyOptions};

fn read(text: &str) -> Result<Key, crate::error::Error> {
    Key::from_jwk_text(text.as_bytes(), &free())
}

fn parsed(text: &str) -> Vec<(String, String)> {
    let Value::Object(members) = &core_json::parse(text.as_bytes(), 9).unwrap() else { panic!("no object") };
    members.iter().map(|(name, value)| (name.clone(), format!("\"{}\"", value.as_str().unwrap()))).collect()
}

/// The JWK with a member set to some JSON, or taken out.
fn changed(text: &str, name: &str, value: Option<&str>) -> String {
    let mut members = parsed(text);
    members.retain(|(known, _)| known != name);
    members.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    let members: Vec<String> = members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", base64url::encode(bytes))
}

fn bytes(text: &str, name: &str) -> Vec<u8> {
    let members = parsed(text);
    let (_, value) = members.iter().find(|(known, _)| known == name).unwrap();
    base64url::decode(value.trim_matches('"').as_bytes()).unwrap()
}

#[test]
fn needed_members() {
    for (jwk, names) in [
        (RSA_JWK, &["kty", "n", "e", "p", "q", "dp", "dq", "qi"][..]),
        (P256_JWK, &["kty", "crv", "x", "y"]),
        (ED_JWK, &["kty", "crv", "x"]),
        (r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}"#, &["kty", "k"]),
    ] {
        assert!(read(jwk).is_ok());
        for name in names {
            for value in
                [None, Some("null"), Some("1"), Some("[]"), Some("{}"), Some("true"), Some("\"=\""), Some("\"A\"")]
            {
                let expected = match (*name, value) {
                    ("kty", Some("\"=\"" | "\"A\"")) | ("crv", Some("\"=\"" | "\"A\"")) => Code::KeyUnsupported,
                    _ => Code::JwkInvalid,
                };
                assert_eq!(code(read(&changed(jwk, name, value))), Some(expected), "{name} {value:?}");
            }
        }
    }
}

#[test]
fn optional_members() {
    for name in ["alg", "kid", "use", "d"] {
        for value in ["null", "1", "[]", "{}"] {
            assert_eq!(code(read(&changed(P256_JWK, name, Some(value)))), Some(Code::JwkInvalid), "{name} {value}");
        }
    }
    for value in ["null", "\"verify\"", "{}", "[1]", "[\"verify\",null]"] {
        assert_eq!(code(read(&changed(P256_JWK, "key_ops", Some(value)))), Some(Code::JwkInvalid), "{value}");
    }
    // Types come before the kind of key.
    assert_eq!(code(read(r#"{"kty":"XYZ","kid":1}"#)), Some(Code::JwkInvalid));
    assert_eq!(code(read(r#"{"kty":"XYZ","kid":"1"}"#)), Some(Code::KeyUnsupported));
    assert!(read(&changed(P256_JWK, "x5c", Some("[{\"deep\":null}]"))).is_ok());
}

#[test]
fn labels() {
    let text = changed(&changed(P256_JWK, "kid", Some("\"a\"")), "use", Some("\"sig\""));
    let key = read(&changed(&text, "key_ops", Some("[\"sign\",\"verify\"]"))).unwrap();
    assert_eq!((key.kid(), key.usage()), (Some("a"), Some("sig")));
    assert_eq!(key.key_ops().map(|names| names.join(" ")).as_deref(), Some("sign verify"));
    let public = key.public().unwrap();
    assert_eq!((public.kid(), public.usage()), (key.kid(), key.usage()));
    // What could sign can verify (RFC 7517 section 4.3).
    assert_eq!(public.key_ops().map(|names| names.join(" ")).as_deref(), Some("verify"));
    assert!(public.admits(Algorithm::Es256) && public.public().unwrap().key_ops() == public.key_ops());
    // The written public part says the same; the private one keeps what was given.
    for (private, names) in [(false, r#"["verify"]"#), (true, r#"["sign", "verify"]"#)] {
        let written = json(&key.to_jwk(private).unwrap());
        assert!(written.ends_with(&format!(r#""kid":"a","use":"sig","key_ops":{names},"alg":"ES256"}}"#)), "{written}");
    }
    let options = KeyOptions { kid: Some(""), ..free() };
    assert_eq!(Key::from_jwk_text(text.as_bytes(), &options).unwrap().kid(), Some(""));
}

#[test]
fn what_a_key_admits() {
    let admits = |name, value: &str| read(&changed(P256_JWK, name, Some(value))).unwrap().admits(Algorithm::Es256);
    assert!(admits("use", "\"sig\""));
    assert!(admits("key_ops", "[\"x\",\"verify\"]"));
    for (name, value) in
        [("use", "\"enc\""), ("use", "\"\""), ("use", "\"SIG\""), ("key_ops", "[]"), ("key_ops", "[\"sign\"]")]
    {
        assert!(!admits(name, value), "{name} {value}");
    }
    assert!(!read(P256_JWK).unwrap().admits(Algorithm::Es384));
}

#[test]
fn alg_and_algorithm() {
    let text = |alg: &str| changed(ED_JWK, "alg", Some(alg));
    for alg in ["\"none\"", "\"\"", "\"ES256\"", "\"eddsa\"", "\"ECDH-ES\"", "\"Ed448\""] {
        assert_eq!(code(read(&text(alg))), Some(Code::KeyAlgorithm), "{alg}");
        // Naming the right one does not help.
        assert_eq!(code(Key::from_jwk_text(text(alg).as_bytes(), &bound(Algorithm::EdDsa))), Some(Code::KeyAlgorithm));
    }
    let both: AlgorithmSet = [Algorithm::EdDsa, Algorithm::Ed25519].into_iter().collect();
    for wanted in [Algorithm::EdDsa, Algorithm::Ed25519] {
        let key = Key::from_jwk_text(text("\"Ed25519\"").as_bytes(), &bound(wanted)).unwrap();
        assert_eq!((key.algorithm(), key.algorithms()), (Some(wanted), both));
    }
    assert_eq!(read(ED_JWK).unwrap().algorithm(), None);

    let rsa = changed(RSA_JWK, "alg", Some("\"PS256\""));
    assert_eq!(read(&rsa).unwrap().algorithms(), AlgorithmSet::default().with(Algorithm::Ps256));
    assert!(Key::from_jwk_text(rsa.as_bytes(), &bound(Algorithm::Ps256)).is_ok());
    assert_eq!(code(Key::from_jwk_text(rsa.as_bytes(), &bound(Algorithm::Rs256))), Some(Code::KeyAlgorithm));
    assert_eq!(read(RSA_JWK).unwrap().algorithms().iter().count(), 6);
}

#[test]
fn numbers_have_their_form() {
    let cases = |jwk: &str, name: &str, values: &[Vec<u8>], expected: Code| {
        for value in values {
            assert_eq!(code(read(&changed(jwk, name, Some(&quoted(value))))), Some(expected), "{name} {value:?}");
        }
    };
    for name in ["n", "e"] {
        let number = bytes(RSA_JWK, name);
        cases(RSA_JWK, name, &[vec![], vec![0], [&[0], &number[..]].concat()], Code::JwkInvalid);
    }
    for jwk in [P256_JWK, P521_JWK] {
        for name in ["x", "y", "d"] {
            let number = bytes(jwk, name);
            let wrong = [vec![], [&[0], &number[..]].concat(), number[1..].to_vec()];
            cases(jwk, name, &wrong, Code::JwkInvalid);
        }
        cases(jwk, "x", &[vec![0; bytes(jwk, "x").len()], bytes(jwk, "y")], Code::KeyInvalid);
        cases(jwk, "d", &[vec![0; bytes(jwk, "d").len()], bytes(jwk, "x")], Code::KeyInvalid);
    }
    for name in ["x", "d"] {
        cases(ED_JWK, name, &[vec![], vec![9; 31], vec![9; 33]], Code::JwkInvalid);
        cases(ED_JWK, name, &[vec![9; 32]], Code::KeyInvalid);
    }
    cases(ED_JWK, "x", &[vec![0; 32], vec![0xff; 32]], Code::KeyInvalid);
}

#[test]
fn private_rsa_numbers_fit_each_other() {
    for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
        let mut number = bytes(RSA_JWK, name);
        let last = number.len() - 1;
        number[last] ^= 2;
        let text = changed(RSA_JWK, name, Some(&quoted(&number)));
        assert_eq!(code(read(&text)), Some(Code::KeyInvalid), "{name}");
    }
    for name in ["d", "p", "q", "dp", "dq", "qi"] {
        let text = changed(RSA_JWK, name, Some(&quoted(&vec![0xff; 750_000])));
        assert_eq!(code(read(&text)), Some(Code::KeyInvalid), "{name}");
    }
    // Leading zeros do not matter there, nor does what is not looked at.
    let padded = [&[0, 0][..], &bytes(RSA_JWK, "d")].concat();
    let key = read(&changed(RSA_JWK, "d", Some(&quoted(&padded)))).unwrap();
    assert_eq!(json(&key.to_jwk(true).unwrap()), json(&read(RSA_JWK).unwrap().to_jwk(true).unwrap()));
    assert!(!read(&changed(&changed(RSA_JWK, "d", None), "p", Some("7"))).unwrap().is_private());
    assert_eq!(code(read(&changed(RSA_JWK, "oth", Some("[]")))), Some(Code::KeyUnsupported));
    assert_eq!(code(read(&changed(RSA_JWK, "d", Some("\"AA\"")))), Some(Code::KeyInvalid));
    assert_eq!(code(read(&changed(RSA_JWK, "d", Some("\"\"")))), Some(Code::JwkInvalid));
}

#[test]
fn secrets() {
    let text = |length: usize, more: &str| format!("{{\"kty\":\"oct\",\"k\":{}{more}}}", quoted(&vec![b'x'; length]));
    let algorithms = |text: &str, allow_weak| {
        let key = Key::from_jwk_text(text.as_bytes(), &KeyOptions { allow_weak, ..free() })?;
        Ok((key.algorithms().iter().map(Algorithm::name).collect::<Vec<_>>().join(" "), key.algorithm()))
    };
    let all = "HS256 HS384 HS512".to_owned();
    assert_eq!(algorithms(&text(64, ""), false), Ok((all.clone(), None)));
    assert_eq!(algorithms(&text(48, ""), false), Ok(("HS256 HS384".to_owned(), None)));
    assert_eq!(algorithms(&text(32, ""), false), Ok(("HS256".to_owned(), Some(Algorithm::Hs256))));
    assert_eq!(code(algorithms(&text(31, ""), false)), Some(Code::KeyWeak));
    assert_eq!(algorithms(&text(1, ""), true), Ok((all, None)));
    assert_eq!(code(algorithms(&text(63, r#","alg":"HS512""#), false)), Some(Code::KeyWeak));
    assert_eq!(algorithms(&text(64, r#","alg":"HS256""#), false), Ok(("HS256".to_owned(), Some(Algorithm::Hs256))));
    assert_eq!(code(algorithms(&text(0, ""), true)), Some(Code::SecretEmpty));
    let pem = quoted(super::samples::ED_PUBLIC.as_bytes());
    assert_eq!(code(read(&format!("{{\"kty\":\"oct\",\"k\":{pem}}}"))), Some(Code::SecretIsKey));
}

#[test]
fn texts() {
    for text in ["", "null", "[]", "{", "{}", "\u{feff}{}", r#"{"kty":"oct","kty":"oct"}"#, r#"{"kty":NaN}"#] {
        assert_eq!(code(read(text)), Some(Code::JwkInvalid), "{text}");
    }
    assert_eq!(code(Key::from_jwk_text(b"{\"kty\":\"\xff\"}", &free())), Some(Code::JwkInvalid));
    let long = format!("{P256_JWK}{}", " ".repeat(crate::keys::MAX_BYTES));
    assert_eq!(code(read(&long)), Some(Code::KeyTooLarge));
}
