//! The member names of one object so far: notices a second use, in linear time even for hostile objects.

use std::borrow::Cow;
use std::collections::HashSet;

/// Up to this many names are compared one by one; token objects rarely have more.
const LINEAR: usize = 32;

/// Names seen in one object.
#[derive(Default)]
pub struct Names<'a> {
    /// A filter: a clear bit proves that a name is new without comparing.
    seen: [u64; 4],
    few: Vec<Cow<'a, str>>,
    /// Made when it is needed: a new hash set asks for a random seed.
    many: Option<HashSet<Cow<'a, str>>>,
}

impl<'a> Names<'a> {
    /// Take note of a name. False when it was there already.
    pub fn add(&mut self, name: &Cow<'a, str>) -> bool {
        let maybe_known = self.mark(spread(name.as_bytes()));
        let name = match name {
            Cow::Borrowed(name) => Cow::Borrowed(*name),
            Cow::Owned(name) => Cow::Owned(name.clone()),
        };
        if self.few.len() < LINEAR {
            if maybe_known && self.few.contains(&name) {
                return false;
            }
            self.few.push(name);
            return true;
        }
        !(maybe_known && self.few.contains(&name)) && self.many.get_or_insert_default().insert(name)
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
    let number = |bytes: Option<&[u8; 8]>| bytes.map(|bytes| u64::from_le_bytes(*bytes));
    let half = |bytes: Option<&[u8; 4]>| bytes.map(|bytes| u64::from(u32::from_le_bytes(*bytes)));
    let ends = match (number(text.first_chunk()), number(text.last_chunk())) {
        (Some(first), Some(last)) => first ^ last.rotate_left(31),
        _ => match (half(text.first_chunk()), half(text.last_chunk())) {
            (Some(first), Some(last)) => first | last << 32,
            _ => text.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
        },
    };
    let mixed = (ends ^ text.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as u32
}
