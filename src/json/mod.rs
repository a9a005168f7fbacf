//! JSON (RFC 8259), strictly: bytes in, calls to a `Sink` out. Bounded in depth and in the length of integers; never
//! accepts NaN, lone surrogates, a member name twice, or text that is not UTF-8.

mod member;
mod names;
mod number;
mod object;
mod outline;
mod reader;
mod shape;
mod sink;
mod string;
mod value;

pub use member::Member;
pub use names::{ends, spread, spread_ends};
pub use number::Number;
pub use object::Members;
pub use outline::{Outline, Passed};
pub use reader::Reader;
pub use shape::{Made, Shape};
pub use sink::{Sink, Skip};
pub use value::{Value, ValueSink};

pub(crate) use string::plain_length;

/// Integers of up to this many digits are accepted: what every CPython converts, whatever its own limit is set to.
pub const MAX_INTEGER_DIGITS: usize = 640;

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not valid UTF-8.
    Utf8,
    /// It is nested deeper than allowed.
    TooDeep,
    /// It is not valid JSON.
    Syntax,
    /// It is valid JSON, but not an object.
    NotObject,
    /// A member name stands twice in one object.
    Duplicate,
    /// The sink gave up, and knows why.
    Sink,
}

/// Read a whole text as a tree.
pub fn parse(bytes: &[u8], max_depth: usize) -> Result<Value, Fault> {
    Reader::new(bytes, max_depth)
        .and_then(|mut reader| reader.document(&mut ValueSink))
        .map_err(|fault| classify(bytes, max_depth, false, fault))
}

/// Find the rule that a refused text broke first, in the order of docs/design/001-verification.md. The reader stops at the
/// first trouble in the text, which may be another one; only refused texts pay for this second look.
pub fn classify(bytes: &[u8], max_depth: usize, object_wanted: bool, fault: Fault) -> Fault {
    if fault == Fault::Sink {
        return fault;
    }
    if std::str::from_utf8(bytes).is_err() {
        return Fault::Utf8;
    }
    if depth(bytes) > max_depth {
        return Fault::TooDeep;
    }
    let syntax = Reader::new(bytes, max_depth).and_then(|mut reader| reader.document(&mut Skip::<false>));
    if syntax.is_err() {
        return Fault::Syntax;
    }
    if object_wanted && !bytes.trim_ascii_start().starts_with(b"{") {
        return Fault::NotObject;
    }
    Fault::Duplicate
}

/// The deepest nesting by brackets outside strings, whether or not the text is valid JSON.
pub fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_isize, 0_isize, false, false);
    for &byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth -= 1,
            _ => {}
        }
    }
    deepest.unsigned_abs()
}

#[cfg(test)]
mod tests;
