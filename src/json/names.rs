//! The member names of one object so far: notices a second use, in linear time even for hostile objects.

use std::borrow::Cow;
use std::collections::HashSet;

/// Up to this many names are compared one by one; token objects rarely have more.
const LINEAR: usize = 32;

/// The first names of every object that is open, inner ones last: one allocation a text.
pub type Stack<'a> = Vec<Cow<'a, str>>;

/// Names seen in one object.
pub struct Names<'a> {
    /// A filter: a clear bit proves that a name is new without comparing.
    seen: [u64; 4],
    /// Where the object's names begin on the stack.
    start: usize,
    /// Those after the first ones. Made when it is needed: a new hash set asks for a random seed.
    many: Option<HashSet<Cow<'a, str>>>,
}

impl<'a> Names<'a> {
    /// None so far.
    pub fn new(stack: &Stack<'a>) -> Self {
        Self { seen: [0; 4], start: stack.len(), many: None }
    }

    /// Take note of a name. False when it was there already.
    #[inline]
    #[allow(clippy::ptr_arg, reason = "a borrowed name is kept without a copy, an unescaped one is not")]
    pub fn add(&mut self, stack: &mut Stack<'a>, name: &Cow<'a, str>) -> bool {
        let maybe_known = self.mark(spread(name.as_bytes()));
        let few = stack.get(self.start..).unwrap_or_default();
        if maybe_known && few.contains(name) {
            return false;
        }
        let is_early = few.len() < LINEAR;
        let name = match name {
            Cow::Borrowed(name) => Cow::Borrowed(*name),
            Cow::Owned(name) => Cow::Owned(name.clone()),
        };
        if !is_early {
            return self.many.get_or_insert_default().insert(name);
        }
        if stack.capacity() == 0 {
            stack.reserve(LINEAR);
        }
        stack.push(name);
        true
    }

    /// The object ends.
    pub fn end(&self, stack: &mut Stack<'a>) {
        stack.truncate(self.start);
    }

    /// Set a bit of the filter. Was it set?
    fn mark(&mut self, hash: u32) -> bool {
        let bit = 1_u64 << (hash & 63);
        let Some(word) = self.seen.get_mut((hash >> 6 & 3) as usize) else { return true };
        let was_set = *word & bit != 0;
        *word |= bit;
        was_set
    }
}

/// A cheap spread of texts over small tables in which two texts that meet cost time, and nothing else.
#[inline]
pub fn spread(text: &[u8]) -> u32 {
    spread_ends(ends(text), text.len())
}

/// The same for a text whose `ends` are known.
#[inline]
pub fn spread_ends((first, last): (u64, u64), length: usize) -> u32 {
    let mixed = (first ^ last.rotate_left(31) ^ length as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as u32
}

/// The first and the last eight bytes as numbers, fewer of shorter texts. Up to 16 bytes, texts of one length that have the
/// same ends are the same.
#[inline]
pub fn ends(text: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
    } else {
        (text.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_known_by_their_ends() {
        for length in 0..=16_usize {
            let text: Vec<u8> = (0..length as u8).collect();
            for place in 0..length {
                let mut other = text.clone();
                other.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= 0x80);
                assert_ne!(ends(&text), ends(&other), "{length} {place}");
            }
        }
    }
}
