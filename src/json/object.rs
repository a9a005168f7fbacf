//! Objects: their members one after the other, with the names of an earlier text as a guess.

use std::borrow::Cow;

use super::names::{Names, Stack};
use super::shape::{Guess, Shape};
use super::{Fault, Reader, Sink};

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

    /// How many there were, if all their names were those guessed.
    #[inline(always)]
    pub(super) fn as_guessed(&self) -> Option<usize> {
        self.shape.map(|_| self.count)
    }

    /// So many of those guessed were passed over. Nothing is known of what follows.
    #[inline(always)]
    pub(super) fn passed(&mut self, count: usize) {
        (self.count, self.same) = (count, 0);
    }

    /// What the last one is thought to be.
    #[inline(always)]
    fn guess(&self) -> Option<&'a Guess> {
        self.shape?.guess(self.guessed()?)
    }

    /// Is the value of the last one that of the shape?
    #[inline(always)]
    pub fn value_is_known(&self) -> bool {
        self.guess().is_some_and(|guess| guess.value(self.same).is_some())
    }

    /// Hand the last member to the sink.
    #[inline(always)]
    pub fn insert<S: Sink>(
        &self,
        sink: &mut S,
        object: &mut S::Object,
        name: &str,
        value: S::Value,
    ) -> Result<(), Fault> {
        match self.guess() {
            Some(guess) => sink.insert_again(object, name, guess.name_made(), value),
            None => sink.insert(object, name, value),
        }
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
    /// Read the value of the last member.
    #[inline(always)]
    pub fn member_value<S: Sink>(&mut self, sink: &mut S, members: &Members<'a>) -> Result<S::Value, Fault> {
        let Some(guess) = members.guess() else { return self.value(sink) };
        let Some(length) = guess.value(members.same) else { return self.value_like(sink, guess.inner()) };
        if let Some(value) = sink.again(guess.value_made())? {
            self.at += length;
            return Ok(value);
        }
        let value = self.value(sink)?;
        sink.keep(&value, guess.value_made())?;
        Ok(value)
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
        if !shape.goes_on(guess, (self.text.as_bytes(), self.at), &mut members.same) {
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

    pub(super) fn object<S: Sink>(&mut self, sink: &mut S, shape: Option<&'a Shape>) -> Result<S::Value, Fault> {
        let mut members = self.object_like(shape)?;
        let mut object = sink.object()?;
        while let Some(name) = self.member::<S>(&mut members)? {
            let value = self.member_value(sink, &members)?;
            members.insert(sink, &mut object, &name, value)?;
        }
        sink.object_end(object, members.count)
    }
}
