//! The member names of one object so far: notices a second use, in linear time even for hostile objects.

use std::borrow::Cow;
use std::collections::HashSet;

/// Up to this many names are compared one by one; token objects rarely have more.
const LINEAR: usize = 32;

/// Names seen in one object.
#[derive(Default)]
pub struct Names<'a> {
    /// One bit a name: a clear bit proves that a name is new without comparing.
    seen: u64,
    few: Vec<Cow<'a, str>>,
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Names<'a> {
    /// Take note of a name. False when it was there already.
    pub fn add(&mut self, name: Cow<'a, str>) -> bool {
        let bit = 1_u64 << bucket(name.as_bytes());
        let maybe_known = self.seen & bit != 0;
        self.seen |= bit;
        if self.few.len() < LINEAR {
            if maybe_known && self.few.contains(&name) {
                return false;
            }
            self.few.push(name);
            return true;
        }
        !(maybe_known && self.few.contains(&name)) && self.many.insert(name)
    }
}

/// A cheap spread of names over 64 buckets; its quality matters for speed only.
fn bucket(name: &[u8]) -> u32 {
    let sum = name.iter().fold(name.len() as u64, |sum, &byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    (sum.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58) as u32
}
