//! The JSON reader against serde_json: the same texts are accepted, with the same values, and refused for the reason that
//! the design page names.

use rapidjwt::json::{Fault, Value, classify, parse};

use crate::model;

/// serde_json gives up below 128 levels.
const MAX_DEPTH: usize = 100;

pub fn body(data: &[u8]) {
    let depth = data.first().map_or(MAX_DEPTH, |first| usize::from(*first) % MAX_DEPTH + 1);
    let text = data.get(1..).unwrap_or_default();
    for max_depth in [depth, MAX_DEPTH] {
        let (ours, theirs) = (parse(text, max_depth), model::judge(text, max_depth, false));
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => assert!(equal(ours, theirs), "{ours:?} is not {theirs:?}"),
            (Err(ours), Err(theirs)) => assert_eq!(ours, theirs),
            _ => panic!("{ours:?} is not {theirs:?}"),
        }
        if let Err(fault) = ours {
            let wanted = model::judge(text, max_depth, true).expect_err("refused before");
            assert_eq!(classify(text, max_depth, true, fault), wanted);
            assert_eq!(classify(text, max_depth, true, Fault::Sink), Fault::Sink);
        }
    }
}

fn equal(ours: &Value, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(ours), serde_json::Value::Bool(theirs)) => ours == theirs,
        (Value::Integer(ours), serde_json::Value::Number(theirs)) => {
            let theirs = theirs.to_string();
            **ours == *theirs || (&**ours, &*theirs) == ("0", "-0")
        }
        (Value::Float(ours), serde_json::Value::Number(theirs)) => {
            let theirs = theirs.to_string();
            theirs.contains(['.', 'e', 'E'])
                && theirs.parse::<f64>().is_ok_and(|theirs| theirs.to_bits() == ours.to_bits())
        }
        (Value::String(ours), serde_json::Value::String(theirs)) => ours == theirs,
        (Value::Array(ours), serde_json::Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| equal(ours, theirs))
        }
        (Value::Object(ours), serde_json::Value::Object(theirs)) => {
            // In the order of the text.
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|((name, ours), (their_name, theirs))| name == their_name && equal(ours, theirs))
        }
        _ => false,
    }
}
