//! The pull parser. One pass, no backtracking; recursion is bounded by `max_depth`.

use std::borrow::Cow;

use super::names::{Names, Stack};
use super::shape::{Guess, Shape};
use super::{Fault, MAX_INTEGER_DIGITS, Sink};

/// A place in a JSON text.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth_left: usize,
    names: Stack<'a>,
}

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

/// The members of an object, one after the other.
pub struct Members<'a> {
    names: Names<'a>,
    count: usize,
    /// What the members are thought to be. None once a name was another.
    shape: Option<&'a Shape>,
    /// How far the text is known to be the shape's; see `Shape::goes_on`.
    same: usize,
}

impl<'a> Members<'a> {
    /// How many members there were.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The number of the last one, if all names so far were those guessed.
    #[inline(always)]
    pub fn guessed(&self) -> Option<usize> {
        self.shape.map(|_| self.count.wrapping_sub(1))
    }

    /// What the last one is thought to be.
    #[inline(always)]
    fn guess(&self) -> Option<&'a Guess> {
        self.shape?.guess(self.guessed()?)
    }

    /// From here on each name is looked at, beginning with those that were guessed.
    fn look_at_names<S: Sink>(&mut self, stack: &mut Stack<'a>, shape: &'a Shape) {
        if !S::FINDS_DUPLICATES {
            for name in shape.names().take(self.count) {
                self.names.add(stack, &Cow::Borrowed(name));
            }
        }
    }
}

impl<'a> Reader<'a> {
    /// Start at the beginning of a text.
    pub fn new(bytes: &'a [u8], max_depth: usize) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|_| Fault::Utf8)?;
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
        if self.peek() == Some(b'"') { sink.string(&self.string()?) } else { self.no_string(sink, None) }
    }

    /// Pass over members that are the shape's, name and value, as long as `passes` says so of their numbers.
    #[inline(always)]
    pub fn pass_over(&mut self, members: &mut Members<'a>, passes: impl Fn(usize) -> bool) {
        let Some(shape) = members.shape else { return };
        let first = members.count;
        while shape.guess(members.count).is_some_and(|guess| guess.ends_before(members.same)) && passes(members.count) {
            members.count += 1;
        }
        self.at += shape.length(first..members.count);
    }

    /// Read the value of the last member.
    #[inline(always)]
    pub fn member_value<S: Sink>(&mut self, sink: &mut S, members: &Members<'a>) -> Result<S::Value, Fault> {
        let guess = members.guess();
        if let Some(length) = guess.filter(|_| S::KEEPS_NOTHING).and_then(|guess| guess.value(members.same)) {
            self.at += length;
            return sink.null();
        }
        if self.peek() == Some(b'"') {
            sink.string(&self.string()?)
        } else {
            self.no_string(sink, guess.and_then(Guess::inner))
        }
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

    /// Step into an object. The next byte must be `{`.
    pub fn object_start(&mut self) -> Result<Members<'a>, Fault> {
        self.object_like(None)
    }

    /// Step into an object which may have the names of `shape`.
    pub fn object_like(&mut self, shape: Option<&'a Shape>) -> Result<Members<'a>, Fault> {
        match self.peek() {
            Some(b'{') => self.at += 1,
            _ => return Err(Fault::NotObject),
        }
        self.depth_left = self.depth_left.checked_sub(1).ok_or(Fault::TooDeep)?;
        Ok(Members { names: Names::new(&self.names), count: 0, shape, same: 0 })
    }

    /// The next member's name, or None at the end of the object. The value comes next.
    #[inline(always)]
    pub fn member<S: Sink>(&mut self, members: &mut Members<'a>) -> Result<Option<Cow<'a, str>>, Fault> {
        match self.guessed_name(members) {
            Some(name) => {
                members.count += 1;
                Ok(Some(Cow::Borrowed(name)))
            }
            None => self.unguessed_member::<S>(members),
        }
    }

    #[inline(never)]
    fn unguessed_member<S: Sink>(&mut self, members: &mut Members<'a>) -> Result<Option<Cow<'a, str>>, Fault> {
        let next = self.peek();
        if let Some(shape) = members.shape.take_if(|_| next != Some(b'}')) {
            members.look_at_names::<S>(&mut self.names, shape);
        }
        match next {
            Some(b',') if members.count > 0 => self.at += 1,
            Some(b'}') => return Ok(self.object_stop(members)),
            Some(_) if members.count == 0 => {}
            _ => return Err(Fault::Syntax),
        }
        if self.peek() != Some(b'"') {
            return Err(Fault::Syntax);
        }
        let name = self.string()?;
        if self.peek() != Some(b':') {
            return Err(Fault::Syntax);
        }
        self.at += 1;
        members.count += 1;
        if !S::FINDS_DUPLICATES && !members.names.add(&mut self.names, &name) {
            return Err(Fault::Duplicate);
        }
        Ok(Some(name))
    }

    /// The name that was guessed, if it stands here with all that belongs around it.
    #[inline(always)]
    fn guessed_name(&mut self, members: &mut Members<'a>) -> Option<&'a str> {
        let shape = members.shape?;
        let guess = shape.guess(members.count)?;
        if !shape.goes_on(guess, self.rest(), &mut members.same) {
            return None;
        }
        let (start, length) = guess.name();
        let start = self.at + start;
        // SAFETY: from here to the value the text is the shape's, byte by byte, and there the name stands between two `"`: so
        // this is inside the text, and between characters.
        let name = unsafe { self.text.get_unchecked(start..start + length) };
        self.at += guess.lead();
        Some(name)
    }

    fn object_stop(&mut self, members: &Members<'a>) -> Option<Cow<'a, str>> {
        self.at += 1;
        self.depth_left += 1;
        members.names.end(&mut self.names);
        None
    }

    fn object<S: Sink>(&mut self, sink: &mut S, shape: Option<&'a Shape>) -> Result<S::Value, Fault> {
        let mut members = self.object_like(shape)?;
        let mut object = sink.object()?;
        while let Some(name) = self.member::<S>(&mut members)? {
            let value = self.member_value(sink, &members)?;
            sink.insert(&mut object, &name, value)?;
        }
        sink.object_end(object, members.count)
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

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

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

    fn take(&mut self, length: usize) -> Result<&'a str, Fault> {
        let text = self.text.get(self.at..self.at + length).ok_or(Fault::Syntax)?;
        self.at += length;
        Ok(text)
    }

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

/// How many digits stand at the start, and their value, which is right if they are at most 18.
#[inline]
fn leading_digits(bytes: &[u8]) -> (usize, i64) {
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
