//! Numbers (RFC 8259 section 6): exact where they are integers, the nearest binary64 where not.

use super::{Fault, MAX_INTEGER_DIGITS, Reader, Sink};

/// A number, as far as its form goes.
pub enum Number<'a> {
    /// Fits 64 bits.
    Small(i64),
    /// An integer of at most `MAX_INTEGER_DIGITS` digits.
    Big(&'a str),
    /// With fraction or exponent; finite.
    Float(f64),
}

impl Number<'_> {
    /// The nearest binary64; None when there is none that is finite.
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Self::Small(value) => Some(value as f64),
            Self::Big(digits) => digits.parse().ok().filter(|value: &f64| value.is_finite()),
            Self::Float(value) => Some(value),
        }
    }

    /// Hand it to a sink.
    pub fn give<S: Sink>(self, sink: &mut S) -> Result<S::Value, Fault> {
        match self {
            Self::Small(value) => sink.integer(value),
            Self::Big(digits) => sink.big_integer(digits),
            Self::Float(value) => sink.float(value),
        }
    }
}

impl<'a> Reader<'a> {
    /// Read a number. The next byte must be `-` or a digit.
    pub fn number(&mut self) -> Result<Number<'a>, Fault> {
        let rest = self.rest();
        let negative = rest.first() == Some(&b'-');
        let digits = rest.get(usize::from(negative)..).unwrap_or_default();
        let (whole, value) = leading_digits(digits);
        if whole == 0 || (whole > 1 && digits.first() == Some(&b'0')) {
            return Err(Fault::Syntax);
        }
        let length = usize::from(negative) + whole;
        match digits.get(whole) {
            Some(b'.' | b'e' | b'E') => self.float(length),
            // Up to 18 digits the value did not overflow.
            _ if whole <= 18 => {
                self.at += length;
                Ok(Number::Small(if negative { -value } else { value }))
            }
            _ if whole > MAX_INTEGER_DIGITS => Err(Fault::Syntax),
            _ => {
                let text = self.take(length)?;
                Ok(text.parse().map_or(Number::Big(text), Number::Small))
            }
        }
    }

    fn float(&mut self, whole: usize) -> Result<Number<'a>, Fault> {
        let tail = fraction_and_exponent(self.rest().get(whole..).unwrap_or_default())?;
        let value: f64 = self.take(whole + tail)?.parse().map_err(|_| Fault::Syntax)?;
        if value.is_finite() { Ok(Number::Float(value)) } else { Err(Fault::Syntax) }
    }
}

/// How many digits stand at the start, and their value, which is right if they are at most 18.
#[inline]
pub(super) fn leading_digits(bytes: &[u8]) -> (usize, i64) {
    let (mut count, mut value) = (0, 0);
    // Times have ten digits: eight of them at once.
    if let Some(eight) = bytes.first_chunk().and_then(|chunk| eight_digits(*chunk)) {
        (count, value) = (8, eight);
    }
    for byte in bytes.iter().skip(count) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        value = i64::wrapping_add(i64::wrapping_mul(value, 10), i64::from(digit));
        count += 1;
    }
    (count, value)
}

/// The value of eight digits; None if one of them is none.
#[inline]
fn eight_digits(bytes: [u8; 8]) -> Option<i64> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(bytes);
    let digits = word.wrapping_sub(LOW * u64::from(b'0'));
    // A byte above 9 reaches the high half when 0x76 is added; one below '0' has it set, by the borrow, already.
    if (digits | digits.wrapping_add(LOW * 0x76)) & (LOW * 0x80) != 0 {
        return None;
    }
    // Neighbours join to numbers of two, four and eight digits; the first byte is the most significant digit.
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    let eight = (fours.wrapping_mul(10_000) + (fours >> 32)) & 0xFFFF_FFFF;
    i64::try_from(eight).ok()
}

fn count_digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The length of `.digits`, `e+digits` or both.
fn fraction_and_exponent(bytes: &[u8]) -> Result<usize, Fault> {
    let mut length = 0;
    if bytes.first() == Some(&b'.') {
        let digits = count_digits(bytes.get(1..).unwrap_or_default());
        if digits == 0 {
            return Err(Fault::Syntax);
        }
        length = 1 + digits;
    }
    if let Some(b'e' | b'E') = bytes.get(length) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let digits = count_digits(bytes.get(length + 1 + sign..).unwrap_or_default());
        if digits == 0 {
            return Err(Fault::Syntax);
        }
        length += 1 + sign + digits;
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn eight_digits_at_once_are_the_same() {
        for number in (0..100_000_000_i64).step_by(9_973) {
            let text = format!("{number:08}");
            assert_eq!(text.as_bytes().first_chunk().and_then(|chunk| eight_digits(*chunk)), Some(number));
        }
        for place in 0..8 {
            for byte in 0..=255_u8 {
                let mut text = *b"90817263";
                text[place] = byte;
                assert_eq!(eight_digits(text).is_some(), byte.is_ascii_digit(), "{byte:#x} at {place}");
            }
        }
        for text in ["1", "12345678", "123456789", "1234567", "1700000000"] {
            assert_eq!(leading_digits(format!("{text},").as_bytes()), (text.len(), text.parse().unwrap_or(-1)));
        }
    }

    #[test]
    fn integers_around_18_digits() {
        for text in ["999999999999999999", "1000000000000000000", "9223372036854775807", "-9223372036854775808"] {
            let number = Reader::new(text.as_bytes(), 1).and_then(|mut reader| reader.number());
            assert!(matches!(number, Ok(Number::Small(value)) if value.to_string() == text), "{text}");
        }
        let number = Reader::new(b"9223372036854775808", 1).and_then(|mut reader| reader.number());
        assert!(matches!(number, Ok(Number::Big("9223372036854775808"))));
    }
}
