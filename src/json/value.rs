//! A JSON text as a tree, for keys and tests. Tokens are not read this way.

use super::{Fault, Sink};

/// A JSON value. Strings may hold key material: they are cleared when the tree is dropped.
#[derive(Debug, PartialEq)]
#[allow(missing_docs, reason = "the names are those of RFC 8259")]
pub enum Value {
    Null,
    Bool(bool),
    /// As written.
    Integer(Box<str>),
    Float(f64),
    String(String),
    Array(Vec<Value>),
    /// In order.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The member of an object; None for anything else.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a string; None for anything else.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        if let Self::String(text) = self {
            zeroize::Zeroize::zeroize(text);
        }
    }
}

/// Builds a `Value`.
pub struct ValueSink;

impl Sink for ValueSink {
    const FINDS_DUPLICATES: bool = false;
    type Value = Value;
    type Array = Vec<Value>;
    type Object = Vec<(String, Value)>;

    fn null(&mut self) -> Result<Value, Fault> {
        Ok(Value::Null)
    }
    fn boolean(&mut self, value: bool) -> Result<Value, Fault> {
        Ok(Value::Bool(value))
    }
    fn integer(&mut self, value: i64) -> Result<Value, Fault> {
        Ok(Value::Integer(value.to_string().into()))
    }
    fn big_integer(&mut self, digits: &str) -> Result<Value, Fault> {
        Ok(Value::Integer(digits.into()))
    }
    fn float(&mut self, value: f64) -> Result<Value, Fault> {
        Ok(Value::Float(value))
    }
    fn string(&mut self, text: &str) -> Result<Value, Fault> {
        Ok(Value::String(text.to_owned()))
    }
    fn array(&mut self) -> Result<Vec<Value>, Fault> {
        Ok(Vec::new())
    }
    fn push(&mut self, array: &mut Vec<Value>, value: Value) -> Result<(), Fault> {
        array.push(value);
        Ok(())
    }
    fn array_end(&mut self, array: Vec<Value>) -> Result<Value, Fault> {
        Ok(Value::Array(array))
    }
    fn object(&mut self) -> Result<Self::Object, Fault> {
        Ok(Vec::new())
    }
    fn insert(&mut self, object: &mut Self::Object, name: &str, value: Value) -> Result<(), Fault> {
        object.push((name.to_owned(), value));
        Ok(())
    }
    fn object_end(&mut self, object: Self::Object, _: usize) -> Result<Value, Fault> {
        Ok(Value::Object(object))
    }
}
