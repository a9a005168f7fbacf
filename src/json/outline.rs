//! The values of an accepted text, one after the other, and a reader's way along them. Where the next text differs from it in
//! plain values only, and nobody keeps those, it is passed over by comparing what stands between the values. At anything else
//! the reader goes on member by member, as if nothing had been passed over.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::number::leading_digits;
use super::shape::{Guess, Shape, common_length};
use super::{Members, Reader};

/// The values of a text that have no members of their own, in order. `L` says what a value is to whoever asks.
#[derive(Debug)]
pub struct Outline<L> {
    text: Arc<[u8]>,
    leaves: Box<[Leaf<L>]>,
    /// Where each outermost member begins, and where the last one ends.
    members: Box<[Start]>,
    /// Every outermost member is there, and there is one.
    is_whole: bool,
}

/// One value, as places in the text, which is short enough for them. Small, so that those of a token are few cache lines.
#[derive(Clone, Copy, Debug)]
struct Leaf<L> {
    start: u16,
    end: u16,
    kind: Kind,
    /// The number of the outermost member that it belongs to.
    member: u8,
    label: L,
}

/// Behind the value before an outermost member, and the number of its first leaf.
#[derive(Clone, Copy, Debug)]
struct Start {
    lead: usize,
    leaf: usize,
}

/// What another value has to be like to be passed over.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// A string without escapes.
    Text,
    /// A list of them, not empty, without white space.
    Texts,
    /// An integer of up to 18 digits, without a sign.
    Integer,
    /// `true`, `false` or `null`.
    Word,
    /// The same letter by letter.
    Same,
}

/// A value that is passed over.
pub enum Passed<'a> {
    /// The one of the outline's text.
    Same,
    /// A string.
    Text(&'a str),
    /// An integer.
    Integer(i64),
    /// Something else.
    Other,
}

impl<L: Copy + PartialEq> Outline<L> {
    /// Of a shape. `label` says by its name what the value of an outermost member is; values that stand deeper are `inner`.
    /// None for one whose places do not fit, of which there is none: shapes are short, and have few names.
    pub fn of(shape: &Shape, label: impl Fn(&str) -> L, inner: L) -> Option<Self> {
        let (mut leaves, mut members, mut end) = (Vec::new(), Vec::new(), 0);
        for (guess, name) in shape.guesses().iter().zip(shape.names()) {
            let number = members.len();
            members.push(Start { lead: guess.lead_place(), leaf: leaves.len() });
            add(&mut leaves, shape, guess, (number, label(name), inner))?;
            end = guess.place().end;
        }
        members.push(Start { lead: end, leaf: leaves.len() });
        let (text, is_whole) = (Arc::clone(shape.text()), shape.is_whole() && members.len() > 1);
        Some(Self { text, leaves: leaves.into(), members: members.into(), is_whole })
    }
}

/// Add the leaves of one member: those of the object that its value is, or itself; a value with a label stays whole.
fn add<L: Copy + PartialEq>(
    leaves: &mut Vec<Leaf<L>>,
    shape: &Shape,
    guess: &Guess,
    (number, label, inner): (usize, L, L),
) -> Option<()> {
    let has_leaves = |object: &&Shape| object.is_whole() && !object.guesses().is_empty();
    if let Some(object) = guess.inner().filter(has_leaves).filter(|_| label == inner) {
        return object.guesses().iter().try_for_each(|guess| add(leaves, object, guess, (number, inner, inner)));
    }
    let Range { start, end } = guess.place();
    let kind = Kind::of(shape.text().get(start..end)?);
    let (start, end, member) = (start.try_into().ok()?, end.try_into().ok()?, number.try_into().ok()?);
    leaves.push(Leaf { start, end, kind, member, label });
    Some(())
}

impl Kind {
    fn of(value: &[u8]) -> Self {
        match value {
            [b'"', ..] => Self::Text,
            [b'[', b'"', ..] => Self::Texts,
            [b'0'..=b'9', ..] => Self::Integer,
            [b't' | b'f' | b'n', ..] => Self::Word,
            _ => Self::Same,
        }
    }
}

impl<'a> Reader<'a> {
    /// Pass over members whose names are the outline's and whose values `takes` accepts. True when that was all of the text;
    /// else the reader stands behind a member, as if it had read up to there. The outline is of the shape that the members
    /// were thought to have, and no deeper than this text may be.
    #[inline(always)]
    pub fn pass_over<L: Copy>(
        &mut self,
        members: &mut Members<'a>,
        outline: &Outline<L>,
        mut takes: impl FnMut(L, Passed<'a>) -> bool,
    ) -> bool {
        let Some(&Start { lead, leaf }) = members.as_guessed().and_then(|count| outline.members.get(count)) else {
            return false;
        };
        let (text, known) = (self.text.as_bytes(), &*outline.text);
        // What stands at a place of the known text stands here so much further on, and is the same up to the place `same`.
        let mut shift = self.at.wrapping_sub(lead);
        let mut same = lead + common_length((text, self.at), (known, lead));
        // The member in which the shift changed last, and the shift before it.
        let mut shifted = (usize::MAX, shift);
        let mut leaves = outline.leaves.get(leaf..).unwrap_or_default().iter();
        let stop = loop {
            let Some(leaf) = leaves.next() else { break None };
            let (start, end, member) = (usize::from(leaf.start), usize::from(leaf.end), usize::from(leaf.member));
            // A number could go on where the texts part.
            let value = if end < same {
                Passed::Same
            } else if start <= same
                && let Some(value) = self.plain(leaf.kind, start.wrapping_add(shift))
            {
                if member != shifted.0 {
                    shifted = (member, shift);
                }
                shift = self.at.wrapping_sub(end);
                same = end + common_length((text, self.at), (known, end));
                value
            } else {
                break Some(member);
            };
            if !takes(leaf.label, value) {
                break Some(member);
            }
        };
        if stop.is_none() && outline.is_whole && same == known.len() && same.wrapping_add(shift) == text.len() {
            return true;
        }
        let stop = stop.unwrap_or(outline.members.len() - 1);
        let lead = |member: usize| outline.members.get(member).map_or(0, |start| start.lead);
        // What differs may be the end of the object that is the value before.
        let stop = if same < lead(stop) { stop.saturating_sub(1) } else { stop };
        self.at = lead(stop).wrapping_add(if stop == shifted.0 { shifted.1 } else { shift });
        members.passed(stop);
        false
    }

    /// Read a plain value of a kind that stands `at` a place; behind it then stands the reader.
    #[inline(always)]
    fn plain(&mut self, kind: Kind, at: usize) -> Option<Passed<'a>> {
        self.at = at;
        match kind {
            Kind::Text => self.plain_string().map(Passed::Text),
            Kind::Texts => self.plain_strings().then_some(Passed::Other),
            Kind::Integer => {
                let (digits, value) = leading_digits(self.rest());
                let behind = self.rest().get(digits);
                let is_other =
                    (digits > 1 && self.rest().first() == Some(&b'0')) || matches!(behind, Some(b'.' | b'e' | b'E'));
                self.at += digits;
                (matches!(digits, 1..=18) && !is_other).then_some(Passed::Integer(value))
            }
            Kind::Word => {
                let word =
                    ["true", "false", "null"].into_iter().find(|word| self.rest().starts_with(word.as_bytes()))?;
                self.at += word.len();
                Some(Passed::Other)
            }
            Kind::Same => None,
        }
    }

    #[inline(always)]
    fn plain_string(&mut self) -> Option<&'a str> {
        if self.rest().first() != Some(&b'"') {
            return None;
        }
        match self.string() {
            Ok(Cow::Borrowed(text)) => Some(text),
            _ => None,
        }
    }

    fn plain_strings(&mut self) -> bool {
        if self.rest().first() != Some(&b'[') {
            return false;
        }
        loop {
            self.at += 1;
            let is_string = self.plain_string().is_some();
            match self.rest().first() {
                Some(b',') if is_string => {}
                end => {
                    return is_string && end == Some(&b']') && {
                        self.at += 1;
                        true
                    };
                }
            }
        }
    }
}
