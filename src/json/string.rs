//! Strings (RFC 8259 section 7): mostly a piece of the text as it stands, and made anew where there are escapes.

use std::borrow::Cow;

use super::{Fault, Reader};

impl<'a> Reader<'a> {
    /// Read a string. The next byte must be `"`.
    #[inline(always)]
    pub fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.at + 1;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let length = plain_length(rest);
        if rest.get(length) == Some(&b'"') {
            self.at = start + length + 1;
            // SAFETY: `start + length` is inside the text, and both ends stand beside a `"`, so between characters. The
            // checks that this saves are a tenth of the parser's instructions.
            return Ok(Cow::Borrowed(unsafe { self.text.get_unchecked(start..start + length) }));
        }
        self.at = start;
        self.escaped_string().map(Cow::Owned)
    }

    /// A string with escapes, or without an end, after its opening quote.
    #[cold]
    fn escaped_string(&mut self) -> Result<String, Fault> {
        let mut out = String::new();
        loop {
            let length = plain_length(self.rest());
            out.push_str(self.take(length)?);
            match self.rest().first() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(Fault::Syntax),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let letter = self.rest().get(1).ok_or(Fault::Syntax)?;
        self.at += 2;
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(Fault::Syntax),
        })
    }

    /// `XXXX` of `\uXXXX`, with its second half where it is a surrogate pair (RFC 8259 section 7).
    fn unicode_escape(&mut self) -> Result<char, Fault> {
        let high = self.hex4()?;
        if !(0xD800..0xDC00).contains(&high) {
            return char::from_u32(high).ok_or(Fault::Syntax);
        }
        if !self.rest().starts_with(b"\\u") {
            return Err(Fault::Syntax);
        }
        self.at += 2;
        let low = self.hex4()?;
        if !(0xDC00..0xE000).contains(&low) {
            return Err(Fault::Syntax);
        }
        char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)).ok_or(Fault::Syntax)
    }

    fn hex4(&mut self) -> Result<u32, Fault> {
        let text = self.text.get(self.at..self.at + 4).ok_or(Fault::Syntax)?;
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Fault::Syntax);
        }
        self.at += 4;
        u32::from_str_radix(text, 16).map_err(|_| Fault::Syntax)
    }
}

/// How many bytes stand before the next `"`, `\` or control character.
#[inline]
pub fn plain_length(bytes: &[u8]) -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        let (blocks, rest) = bytes.as_chunks::<16>();
        let mut length = 0;
        for block in blocks {
            let marks = stops_of_16(block);
            if marks != 0 {
                return length + marks.trailing_zeros() as usize;
            }
            length += 16;
        }
        length + plain_length_by_word(rest)
    }
    #[cfg(not(target_arch = "x86_64"))]
    plain_length_by_word(bytes)
}

/// One bit for each byte that ends a plain run. SSE2 belongs to every x86-64.
#[cfg(target_arch = "x86_64")]
#[inline]
fn stops_of_16(block: &[u8; 16]) -> u32 {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    };
    // SAFETY: SSE2 is there, see above; the block has the 16 bytes that are read, and this load asks for no alignment.
    unsafe {
        let bytes = _mm_loadu_si128(block.as_ptr().cast::<__m128i>());
        let quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
        let slashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
        let controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, slashes), controls)) as u32
    }
}

/// The same in plain words, eight bytes at once.
fn plain_length_by_word(bytes: &[u8]) -> usize {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (words, rest) = bytes.as_chunks::<8>();
    let mut length = 0;
    for word in words {
        // In each byte the top bit is set where it is below 0x20, or equal to one of the two characters. A borrow can only
        // mark a byte above a true hit, so the lowest mark is exact.
        let word = u64::from_le_bytes(*word);
        let quote = word ^ (LOW * u64::from(b'"'));
        let slash = word ^ (LOW * u64::from(b'\\'));
        let marks = (word.wrapping_sub(LOW * 0x20) & !word)
            | (quote.wrapping_sub(LOW) & !quote)
            | (slash.wrapping_sub(LOW) & !slash);
        if marks & HIGH != 0 {
            return length + ((marks & HIGH).trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    length + rest.iter().take_while(|&&byte| byte >= 0x20 && byte != b'"' && byte != b'\\').count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn both_searches_stop_at_every_stop_and_at_nothing_else() {
        for length in 0..50 {
            for byte in 0..=255_u8 {
                let mut bytes = vec![b'a'; length];
                bytes.push(byte);
                bytes.extend_from_slice(&[b'b'; 20]);
                bytes.push(b'"');
                let stops = byte < 0x20 || byte == b'"' || byte == b'\\';
                let wanted = if stops { length } else { length + 21 };
                assert_eq!(plain_length(&bytes), wanted, "{byte:#x} after {length}");
                assert_eq!(plain_length_by_word(&bytes), wanted, "{byte:#x} after {length}");
            }
        }
    }
}
