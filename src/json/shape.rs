//! An accepted text as a guess at the next one. The tokens of one issuer have mostly the same member names and many of the same
//! values, so that comparing two texts replaces reading names, asking what they stand for, looking for their twins, and
//! reading values. A guess decides nothing: where the text goes another way, the reader goes on as if there had been none.

use std::any::Any;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::{Fault, Reader, Skip};

/// Longer texts are no guess: one is kept for each known header.
const LONGEST: usize = 16_384;
/// So many names of a text are guessed.
const MOST_NAMES: usize = 128;
/// Nor are the names of objects that stand deeper.
const DEEPEST: usize = 4;

/// The members of one object in a text that was accepted.
#[derive(Debug)]
pub struct Shape {
    text: Arc<[u8]>,
    guesses: Box<[Guess]>,
    /// All its members are guessed.
    is_whole: bool,
}

/// One member, as places in the text.
#[derive(Debug)]
pub struct Guess {
    /// Where the value before it ends.
    lead: usize,
    name: Range<usize>,
    value: Range<usize>,
    /// Its value's members, if it has some.
    inner: Option<Shape>,
    name_made: Made,
    value_made: Made,
}

/// What a sink made of a text and can use again.
pub type Made = OnceLock<Box<dyn Any + Send + Sync>>;

impl Shape {
    /// The shape of a text that was accepted; None for one that is not an object, or not valid.
    pub fn of(text: &[u8], max_depth: usize) -> Option<Self> {
        let kept = (text.len() <= LONGEST).then(|| Arc::from(text))?;
        let mut reader = Reader::new(text, max_depth).ok()?;
        let shape = Self::read(&mut reader, &kept, text, (1, &mut 0)).ok()?;
        reader.end().is_ok().then_some(shape)
    }

    fn read<'t>(
        reader: &mut Reader<'t>,
        kept: &Arc<[u8]>,
        text: &'t [u8],
        (depth, names): (usize, &mut usize),
    ) -> Result<Self, Fault> {
        let mut guesses = Vec::new();
        let mut members = reader.object_start()?;
        let mut lead = reader.position();
        while let Some(name) = reader.member::<Skip<true>>(&mut members)? {
            let is_object = reader.peek() == Some(b'{');
            let start = reader.position();
            let inner = if is_object && depth < DEEPEST {
                Some(Self::read(reader, kept, text, (depth + 1, names))?)
            } else {
                reader.value(&mut Skip::<true>)?;
                None
            };
            *names += 1;
            // Guesses are counted: one name that cannot be guessed is the end of them. One with escapes is not its text.
            if let Cow::Borrowed(name) = name
                && guesses.len() + 1 == members.count()
                && *names <= MOST_NAMES
            {
                let first = name.as_ptr().addr() - text.as_ptr().addr();
                let value = start..reader.position();
                let name = first..first + name.len();
                let (name_made, value_made) = Default::default();
                guesses.push(Guess { lead, name, value, inner, name_made, value_made });
            }
            lead = reader.position();
        }
        let is_whole = guesses.len() == members.count();
        Ok(Self { text: Arc::clone(kept), guesses: guesses.into(), is_whole })
    }

    /// The guess at the member of this number.
    #[inline(always)]
    pub fn guess(&self, number: usize) -> Option<&Guess> {
        self.guesses.get(number)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let name = |guess: &Guess| self.text.get(guess.name.clone()).and_then(|name| std::str::from_utf8(name).ok());
        self.guesses.iter().map(move |guess| name(guess).unwrap_or_default())
    }

    /// The text in which it stands.
    pub(super) fn text(&self) -> &Arc<[u8]> {
        &self.text
    }

    /// All guesses, in order.
    pub(super) fn guesses(&self) -> &[Guess] {
        &self.guesses
    }

    /// Is there a guess at each of its members?
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Does `text` go on from `at` as this one does from the end of the value before `guess` to the start of its own? `same` is
    /// how far the texts are known to be the same, as a place in this one. Past the end of a value, the value before was read
    /// in both texts to the same place; else they are compared from there.
    #[inline(always)]
    pub fn goes_on(&self, guess: &Guess, (text, at): (&[u8], usize), same: &mut usize) -> bool {
        if guess.lead >= *same {
            *same = guess.lead + common_length((text, at), (&self.text, guess.lead));
        }
        guess.value.start <= *same
    }
}

impl Guess {
    /// From the end of the value before to its name, as a length and the name's.
    #[inline(always)]
    pub fn name(&self) -> (usize, usize) {
        (self.name.start - self.lead, self.name.len())
    }

    /// From the end of the value before to its own.
    #[inline(always)]
    pub fn lead(&self) -> usize {
        self.value.start - self.lead
    }

    /// The length of its value, if the texts have it in common. A number could go on where they part.
    #[inline(always)]
    pub fn value(&self, same: usize) -> Option<usize> {
        (self.value.end < same).then_some(self.value.len())
    }

    /// Where the value before it ends.
    pub(super) fn lead_place(&self) -> usize {
        self.lead
    }

    /// Where its value stands.
    pub(super) fn place(&self) -> Range<usize> {
        self.value.clone()
    }

    /// What the sink made of its name.
    #[inline(always)]
    pub fn name_made(&self) -> &Made {
        &self.name_made
    }

    /// What the sink made of its value.
    #[inline(always)]
    pub fn value_made(&self) -> &Made {
        &self.value_made
    }

    /// The members of the object that its value was.
    #[inline]
    pub fn inner(&self) -> Option<&Shape> {
        self.inner.as_ref()
    }
}

/// How many bytes two texts have in common from a place in each on.
#[inline(always)]
pub(super) fn common_length((one, at): (&[u8], usize), (other, other_at): (&[u8], usize)) -> usize {
    let (rest, other_rest) = (one.get(at..).unwrap_or_default(), other.get(other_at..).unwrap_or_default());
    let shorter = rest.len().min(other_rest.len());
    let (blocks, other_blocks) = (rest.as_chunks::<64>().0, other_rest.as_chunks::<64>().0);
    let mut length = 0;
    for (block, other) in blocks.iter().zip(other_blocks) {
        let differences = differences_of_64(block, other);
        if differences != 0 {
            return length + differences.trailing_zeros() as usize;
        }
        length += 64;
    }
    // The last bytes are looked at with those before them, whatever these are.
    let last = |text: &[u8], at: usize| text.get(..at + shorter).and_then(|text| text.last_chunk().copied());
    match (last(one, at), last(other, other_at)) {
        (Some(block), Some(other)) if length < shorter => {
            let differences = differences_of_64(&block, &other) >> (64 + length - shorter);
            if differences == 0 { shorter } else { length + differences.trailing_zeros() as usize }
        }
        (Some(_), Some(_)) => shorter,
        _ => rest.iter().zip(other_rest).take_while(|(one, other)| one == other).count(),
    }
}

/// One bit for each byte that is not the same, the first one lowest. Mostly the next difference is in the first 64 bytes, so
/// that there is one branch, which goes the same way for every token: 16 bytes at a time cost a tenth of `verify` in
/// branches that were guessed wrong (benches/python/run.py, gateway token).
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn differences_of_64(one: &[u8; 64], other: &[u8; 64]) -> u64 {
    use std::arch::x86_64::{__m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8};
    let same = |place: usize| {
        // SAFETY: SSE2 belongs to every x86-64; 16 bytes from each of the four places lie inside the blocks, and these loads ask
        // for no alignment.
        let bits = unsafe {
            let one = _mm_loadu_si128(one.as_ptr().add(place).cast::<__m128i>());
            let other = _mm_loadu_si128(other.as_ptr().add(place).cast::<__m128i>());
            _mm_movemask_epi8(_mm_cmpeq_epi8(one, other))
        };
        u64::from(bits as u32) << place
    };
    !(same(0) | same(16) | same(32) | same(48))
}

/// The same in plain words.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn differences_of_64(one: &[u8; 64], other: &[u8; 64]) -> u64 {
    one.iter().zip(other).enumerate().fold(0, |bits, (place, (one, other))| bits | u64::from(one != other) << place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found_in_every_place() {
        for length in 0..200_usize {
            let one: Vec<u8> = (0..length).map(|place| place as u8).collect();
            for (before, other_before) in [(0, 0), (1, 70), (70, 1), (64, 63)] {
                let after = |before: usize, text: &[u8]| [&vec![b'x'; before], text].concat();
                let text = after(before, &one);
                let common = |other: &[u8]| common_length((&text, before), (&after(other_before, other), other_before));
                assert_eq!(common(&one), length);
                for place in 0..length {
                    let mut other = one.clone();
                    if let Some(byte) = other.get_mut(place) {
                        *byte ^= 0x80;
                    }
                    assert_eq!(common(&other), place);
                    assert_eq!(common(one.get(..place).unwrap_or_default()), place);
                }
            }
        }
    }
}
