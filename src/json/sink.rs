//! What the reader hands its findings to. The binding builds Python objects, the tests a tree, `Skip` nothing.

use super::{Fault, Made};

/// Takes the parts of a JSON text, inner ones first.
pub trait Sink {
    /// Does `object_end` notice a name inserted twice? If not, the reader keeps track of the names itself.
    const FINDS_DUPLICATES: bool;
    /// Is nothing left of what is handed over?
    const KEEPS_NOTHING: bool = false;
    /// A finished value.
    type Value;
    /// An array under construction.
    type Array;
    /// An object under construction.
    type Object;

    /// `null`.
    fn null(&mut self) -> Result<Self::Value, Fault>;
    /// `true` or `false`.
    fn boolean(&mut self, value: bool) -> Result<Self::Value, Fault>;
    /// An integer that fits 64 bits.
    fn integer(&mut self, value: i64) -> Result<Self::Value, Fault>;
    /// Any other integer, as written.
    fn big_integer(&mut self, digits: &str) -> Result<Self::Value, Fault>;
    /// A number with a fraction or an exponent; finite.
    fn float(&mut self, value: f64) -> Result<Self::Value, Fault>;
    /// A string, unescaped.
    fn string(&mut self, text: &str) -> Result<Self::Value, Fault>;
    /// A string that the next text mostly has too, such as the issuer.
    fn repeated(&mut self, text: &str) -> Result<Self::Value, Fault> {
        self.string(text)
    }
    /// The value that an earlier text had in the same place, letter by letter; None if it has to be read again.
    fn again(&mut self, made: &Made) -> Result<Option<Self::Value>, Fault> {
        let _ = made;
        Ok(None)
    }
    /// It was read again: `made` is for what helps next time.
    fn keep(&mut self, value: &Self::Value, made: &Made) -> Result<(), Fault> {
        let _ = (value, made);
        Ok(())
    }
    /// An array begins.
    fn array(&mut self) -> Result<Self::Array, Fault>;
    /// The next element.
    fn push(&mut self, array: &mut Self::Array, value: Self::Value) -> Result<(), Fault>;
    /// The array ends.
    fn array_end(&mut self, array: Self::Array) -> Result<Self::Value, Fault>;
    /// An object begins.
    fn object(&mut self) -> Result<Self::Object, Fault>;
    /// The next member.
    fn insert(&mut self, object: &mut Self::Object, name: &str, value: Self::Value) -> Result<(), Fault>;
    /// The next member, whose name an earlier text had in the same place; `made` is for what the sink makes of it.
    fn insert_again(
        &mut self,
        object: &mut Self::Object,
        name: &str,
        made: &Made,
        value: Self::Value,
    ) -> Result<(), Fault> {
        let _ = made;
        self.insert(object, name, value)
    }
    /// The object ends after so many members; `Fault::Duplicate` if that is more than it has names.
    fn object_end(&mut self, object: Self::Object, members: usize) -> Result<Self::Value, Fault>;
}

/// Keeps nothing: only the reader's own checks happen, of names too if `NAMES`.
pub struct Skip<const NAMES: bool>;

impl<const NAMES: bool> Sink for Skip<NAMES> {
    const FINDS_DUPLICATES: bool = !NAMES;
    const KEEPS_NOTHING: bool = true;
    type Value = ();
    type Array = ();
    type Object = ();

    fn again(&mut self, _: &Made) -> Result<Option<()>, Fault> {
        Ok(Some(()))
    }
    fn null(&mut self) -> Result<(), Fault> {
        Ok(())
    }
    fn boolean(&mut self, _: bool) -> Result<(), Fault> {
        Ok(())
    }
    fn integer(&mut self, _: i64) -> Result<(), Fault> {
        Ok(())
    }
    fn big_integer(&mut self, _: &str) -> Result<(), Fault> {
        Ok(())
    }
    fn float(&mut self, _: f64) -> Result<(), Fault> {
        Ok(())
    }
    fn string(&mut self, _: &str) -> Result<(), Fault> {
        Ok(())
    }
    fn array(&mut self) -> Result<(), Fault> {
        Ok(())
    }
    fn push(&mut self, (): &mut (), (): ()) -> Result<(), Fault> {
        Ok(())
    }
    fn array_end(&mut self, (): ()) -> Result<(), Fault> {
        Ok(())
    }
    fn object(&mut self) -> Result<(), Fault> {
        Ok(())
    }
    fn insert(&mut self, (): &mut (), _: &str, (): ()) -> Result<(), Fault> {
        Ok(())
    }
    fn object_end(&mut self, (): (), _: usize) -> Result<(), Fault> {
        Ok(())
    }
}
