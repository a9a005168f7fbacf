//! The same things done again in the plainest way, to compare with. Slow and short.

use rapidjwt::json::Fault;

/// base64url by the book (RFC 4648 section 5), canonical only.
pub fn base64url(text: &[u8]) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for byte in text {
        bits = bits << 6 | ALPHABET.iter().position(|letter| letter == byte)? as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    (count < 6 && bits == 0).then_some(bytes)
}

/// The deepest nesting of brackets outside strings (docs/design/001-verification.md).
pub fn depth(text: &str) -> i64 {
    let (mut depth, mut deepest) = (0, 0);
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            '"' => {
                while let Some(inner) = chars.next() {
                    match inner {
                        '"' => break,
                        '\\' => drop(chars.next()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// What the design page says of a text, found with another parser. `Ok` holds that parser's tree.
pub fn judge(bytes: &[u8], max_depth: usize, object_wanted: bool) -> Result<serde_json::Value, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::Utf8)?;
    if depth(text) > max_depth as i64 {
        return Err(Fault::TooDeep);
    }
    let value: serde_json::Value = serde_json::from_str(text).map_err(|_| Fault::Syntax)?;
    if !numbers_are_fine(&value) || has_bad_number_that_was_overwritten(text) {
        return Err(Fault::Syntax);
    }
    if object_wanted && !value.is_object() {
        return Err(Fault::NotObject);
    }
    if has_twins(text) { Err(Fault::Duplicate) } else { Ok(value) }
}

/// serde_json keeps any number; ours must be finite as binary64 or have at most 640 digits.
fn number_is_fine(text: &str) -> bool {
    match text.find(['.', 'e', 'E']) {
        Some(_) => text.parse().is_ok_and(f64::is_finite),
        None => text.trim_start_matches('-').len() <= rapidjwt::json::MAX_INTEGER_DIGITS,
    }
}

fn numbers_are_fine(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Number(number) => number_is_fine(&number.to_string()),
        serde_json::Value::Array(items) => items.iter().all(numbers_are_fine),
        serde_json::Value::Object(members) => members.values().all(numbers_are_fine),
        _ => true,
    }
}

/// Of two members of one name serde_json keeps one: the numbers of valid JSON are looked at in the text, too.
fn has_bad_number_that_was_overwritten(text: &str) -> bool {
    pieces(text).any(|piece| matches!(piece, Piece::Other(word) if word.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) && !number_is_fine(word)))
}

enum Piece<'t> {
    /// A string with its quotes.
    String(&'t str),
    /// A bracket, comma or colon.
    Mark(char),
    /// A number or a word.
    Other(&'t str),
}

/// The pieces of valid JSON.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        let first = rest.chars().next()?;
        let length = match first {
            '"' => {
                let mut escaped = false;
                let inner = rest.get(1..)?.find(|char| {
                    let end = char == '"' && !escaped;
                    escaped = char == '\\' && !escaped;
                    end
                })?;
                inner + 2
            }
            '[' | ']' | '{' | '}' | ',' | ':' => 1,
            _ => rest.find([' ', '\t', '\n', '\r', '[', ']', '{', '}', ',', ':', '"']).unwrap_or(rest.len()),
        };
        let piece = rest.get(..length)?;
        rest = rest.get(length..)?;
        Some(match first {
            '"' => Piece::String(piece),
            '[' | ']' | '{' | '}' | ',' | ':' => Piece::Mark(first),
            _ => Piece::Other(piece),
        })
    })
}

/// Does an object of this valid JSON have a name twice?
fn has_twins(text: &str) -> bool {
    let mut open: Vec<Vec<String>> = Vec::new();
    let mut last = None;
    for piece in pieces(text) {
        match piece {
            Piece::Mark('{' | '[') => open.push(Vec::new()),
            Piece::Mark('}' | ']') => drop(open.pop()),
            Piece::Mark(':') => {
                let name = last.take().and_then(|name| serde_json::from_str::<String>(name).ok()).unwrap_or_default();
                if let Some(names) = open.last_mut() {
                    if names.contains(&name) {
                        return true;
                    }
                    names.push(name);
                }
            }
            _ => {}
        }
        last = if let Piece::String(name) = piece { Some(name) } else { None };
    }
    false
}
