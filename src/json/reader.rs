//! The pull parser. One pass, no backtracking; recursion is bounded by `max_depth`.

use super::names::Stack;
use super::shape::Shape;
use super::{Fault, Sink};

/// A place in a JSON text.
pub struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) depth_left: usize,
    /// The names of the objects that are open.
    pub(super) names: Stack<'a>,
}

/// Most texts are ASCII, which is found out three times as fast.
fn utf8(bytes: &[u8]) -> Option<&str> {
    // SAFETY: ASCII is UTF-8.
    if is_ascii(bytes) {
        Some(unsafe { std::str::from_utf8_unchecked(bytes) })
    } else {
        std::str::from_utf8(bytes).ok()
    }
}

/// The library's function looks at what is left after 32 bytes each byte by byte; here the last 32 are looked at together,
/// some of them again.
#[inline]
fn is_ascii(bytes: &[u8]) -> bool {
    match bytes.last_chunk::<32>() {
        Some(last) => bytes.as_chunks::<32>().0.as_flattened().is_ascii() && last.is_ascii(),
        None => bytes.is_ascii(),
    }
}

impl<'a> Reader<'a> {
    /// Start at the beginning of a text.
    pub fn new(bytes: &'a [u8], max_depth: usize) -> Result<Self, Fault> {
        let text = utf8(bytes).ok_or(Fault::Utf8)?;
        Ok(Self { text, at: 0, depth_left: max_depth, names: Stack::new() })
    }

    /// How many bytes were read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Read one value that is the whole text.
    pub fn document<S: Sink>(&mut self, sink: &mut S) -> Result<S::Value, Fault> {
        let value = self.value(sink)?;
        self.end()?;
        Ok(value)
    }

    /// Nothing but white space may be left.
    pub fn end(&mut self) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(Fault::Syntax),
        }
    }

    /// The first byte of what comes next, white space skipped.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        match self.text.as_bytes().get(self.at) {
            Some(&byte) if byte > b' ' => Some(byte),
            _ => self.peek_further(),
        }
    }

    #[inline(never)]
    fn peek_further(&mut self) -> Option<u8> {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().iter().take_while(|byte| is_space(byte)).count();
        self.rest().first().copied()
    }

    /// Read one value.
    #[inline]
    pub fn value<S: Sink>(&mut self, sink: &mut S) -> Result<S::Value, Fault> {
        self.value_like(sink, None)
    }

    /// Read one value, which may be an object with the members of `shape`.
    #[inline(always)]
    pub(super) fn value_like<S: Sink>(&mut self, sink: &mut S, shape: Option<&'a Shape>) -> Result<S::Value, Fault> {
        if self.peek() == Some(b'"') { sink.string(&self.string()?) } else { self.no_string(sink, shape) }
    }

    #[inline(never)]
    fn no_string<S: Sink>(&mut self, sink: &mut S, shape: Option<&'a Shape>) -> Result<S::Value, Fault> {
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => self.number()?.give(sink),
            Some(b'{') => self.object(sink, shape),
            Some(b'[') => self.array(sink),
            Some(b't') => self.word("true").and_then(|()| sink.boolean(true)),
            Some(b'f') => self.word("false").and_then(|()| sink.boolean(false)),
            Some(b'n') => self.word("null").and_then(|()| sink.null()),
            _ => Err(Fault::Syntax),
        }
    }

    fn array<S: Sink>(&mut self, sink: &mut S) -> Result<S::Value, Fault> {
        let mut array = sink.array()?;
        let mut first = true;
        self.array_start()?;
        while self.element(&mut first)? {
            let value = self.value(sink)?;
            sink.push(&mut array, value)?;
        }
        sink.array_end(array)
    }

    /// Step into an array. The next byte must be `[`.
    pub fn array_start(&mut self) -> Result<(), Fault> {
        if self.peek() != Some(b'[') {
            return Err(Fault::Syntax);
        }
        self.at += 1;
        self.depth_left = self.depth_left.checked_sub(1).ok_or(Fault::TooDeep)?;
        Ok(())
    }

    /// Is there another element? It comes next then. `first` starts true.
    #[inline]
    pub fn element(&mut self, first: &mut bool) -> Result<bool, Fault> {
        match self.peek() {
            Some(b']') => {
                self.at += 1;
                self.depth_left += 1;
                return Ok(false);
            }
            Some(b',') if !*first => {
                self.at += 1;
                // A comma promises a value: `[1,]` is not JSON.
                if self.peek() == Some(b']') {
                    return Err(Fault::Syntax);
                }
            }
            Some(_) if *first => {}
            _ => return Err(Fault::Syntax),
        }
        *first = false;
        Ok(true)
    }

    fn word(&mut self, word: &str) -> Result<(), Fault> {
        if self.rest().starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        Err(Fault::Syntax)
    }

    /// What was not read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// So many bytes of it.
    pub(super) fn take(&mut self, length: usize) -> Result<&'a str, Fault> {
        let text = self.text.get(self.at..self.at + length).ok_or(Fault::Syntax)?;
        self.at += length;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_that_is_not_ascii_is_found_in_every_place() {
        for length in 0..100 {
            let text = vec![b'a'; length];
            assert!(is_ascii(&text));
            for place in 0..length {
                let mut other = text.clone();
                other.iter_mut().skip(place).take(1).for_each(|byte| *byte = 0x80);
                assert!(!is_ascii(&other), "{place} of {length}");
                assert_eq!(utf8(&other), None);
            }
        }
    }
}
