#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;

fn object(text: &str) -> Result<Value, Fault> {
    parse(text.as_bytes(), 8)
}

#[test]
fn values_are_exact() {
    let value =
        object(r#"{"a":[1,-0,12345678901234567890123,1.5e3,true,false,null,"\u00e9\ud83d\ude00\/\n"]}"#).unwrap();
    let Some(Value::Array(items)) = value.get("a") else { panic!("{value:?}") };
    assert_eq!(items[1], Value::Integer("0".into()));
    assert_eq!(items[2], Value::Integer("12345678901234567890123".into()));
    assert_eq!(items[3], Value::Float(1500.0));
    assert_eq!(items[7], Value::String("\u{e9}\u{1f600}/\n".into()));
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        " ",
        "{",
        "{]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{1:2}",
        "01",
        "-",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "+1",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "-1e400",
        "nul",
        "truefalse",
        "\"\t\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"abc",
        "{} {}",
        "[1]x",
        "\u{feff}{}",
        "'a'",
        "\u{a0}1",
        "\u{c}1",
    ] {
        assert_eq!(object(text), Err(Fault::Syntax), "{text:?}");
    }
    assert_eq!(parse(b"\"\xff\"", 8), Err(Fault::Utf8));
    assert_eq!(parse(b"\"\xed\xa0\x80\"", 8), Err(Fault::Utf8));
}

#[test]
fn integers_are_bounded() {
    assert!(parse("9".repeat(MAX_INTEGER_DIGITS).as_bytes(), 8).is_ok());
    assert!(parse(format!("-{}", "9".repeat(MAX_INTEGER_DIGITS)).as_bytes(), 8).is_ok());
    assert_eq!(parse("9".repeat(MAX_INTEGER_DIGITS + 1).as_bytes(), 8), Err(Fault::Syntax));
}

#[test]
fn depth_is_bounded_and_comes_before_syntax() {
    let nest = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(object(&nest(8)).is_ok());
    assert_eq!(object(&nest(9)), Err(Fault::TooDeep));
    assert_eq!(object(&"[".repeat(1_000_000)), Err(Fault::TooDeep));
    assert_eq!(object(&format!("!{}", nest(9))), Err(Fault::TooDeep));
    assert_eq!(object(r#""[[[[[[[[[[[\"[[[[""#), Ok(Value::String("[[[[[[[[[[[\"[[[[".into())));
}

#[test]
fn duplicates_are_found_at_any_depth_and_after_unescaping() {
    for text in [r#"{"a":1,"a":2}"#, r#"{"a":1,"\u0061":2}"#, r#"[{"b":{"a":1,"c":2,"a":3}}]"#] {
        assert_eq!(object(text), Err(Fault::Duplicate), "{text}");
    }
    assert_eq!(object(r#"{"a":1,"a":2"#), Err(Fault::Syntax), "not valid JSON at all comes first");
    let many = |count: usize| {
        let members: Vec<String> = (0..count).map(|i| format!("\"{i}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    for count in [1, 31, 32, 33, 34, 5_000] {
        assert!(object(&many(count)).is_ok());
        for known in [0, count / 2, count - 1] {
            let twice = many(count).replace('}', &format!(",\"{known}\":1}}"));
            assert_eq!(object(&twice), Err(Fault::Duplicate), "{count} {known}");
        }
    }
}

#[test]
fn the_end_of_a_string_is_found_at_every_offset() {
    for length in 0..40 {
        for stop in ["\"", "\\n\""] {
            for filler in ["a", "\u{e9}", "\u{7f}", "\u{1f600}", " ", "!", "#", "[", "]"] {
                let text = format!("\"{}{stop}", filler.repeat(length));
                let wanted = format!("{}{}", filler.repeat(length), if stop.len() > 1 { "\n" } else { "" });
                assert_eq!(object(&text), Ok(Value::String(wanted)));
            }
        }
        for bad in 0..0x20_u8 {
            let mut text = format!("\"{}", "a".repeat(length)).into_bytes();
            text.extend([bad, b'b', b'"']);
            assert_eq!(parse(&text, 8), Err(Fault::Syntax));
        }
    }
}
