//! One member that the verifier looks at itself while the sink gets it too.

use std::borrow::Cow;

use super::{Fault, Reader, Sink};

/// What was found under a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Member<T> {
    /// No such member.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A value of another type than the name stands for.
    Invalid,
    /// The value.
    Is(T),
}

impl<T> Member<T> {
    /// The value, if it is there and of the right type.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            _ => None,
        }
    }

    /// The same with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Member<U> {
        match self {
            Self::Absent => Member::Absent,
            Self::Null => Member::Null,
            Self::Invalid => Member::Invalid,
            Self::Is(value) => Member::Is(change(value)),
        }
    }

    /// Neither absent nor null?
    pub fn is_given(&self) -> bool {
        matches!(self, Self::Invalid | Self::Is(_))
    }
}

impl<'a> Reader<'a> {
    /// Read a value that should be a string, which `give` hands to the sink.
    pub fn text_member<S: Sink>(
        &mut self,
        sink: &mut S,
        give: impl FnOnce(&mut S, &str) -> Result<S::Value, Fault>,
        found: &mut Member<Cow<'a, str>>,
    ) -> Result<S::Value, Fault> {
        if self.peek() != Some(b'"') {
            return self.other_member(sink, found);
        }
        let text = self.string()?;
        let value = give(sink, &text)?;
        *found = Member::Is(text);
        Ok(value)
    }

    /// Read a value that should be a number, finite as binary64.
    pub fn number_member<S: Sink>(&mut self, sink: &mut S, found: &mut Member<f64>) -> Result<S::Value, Fault> {
        if !matches!(self.peek(), Some(b'-' | b'0'..=b'9')) {
            return self.other_member(sink, found);
        }
        let number = self.number()?;
        *found = number.as_f64().map_or(Member::Invalid, Member::Is);
        number.give(sink)
    }

    /// Read a value that has the wrong type.
    pub fn other_member<S: Sink, T>(&mut self, sink: &mut S, found: &mut Member<T>) -> Result<S::Value, Fault> {
        *found = if self.peek() == Some(b'n') { Member::Null } else { Member::Invalid };
        self.value(sink)
    }
}
