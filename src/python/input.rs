//! Arguments as the core wants them: bytes of tokens and keys, sequences of names.

use std::borrow::Cow;
use std::num::NonZero;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFrozenSet, PyInt, PyList, PyMapping, PySet, PyString, PyTuple};

use crate::alg::Algorithm;
use crate::json::Value;

/// Name of an object's type, for messages.
pub fn type_name(object: &Bound<'_, PyAny>) -> String {
    object.get_type().name().map_or_else(|_| "object".to_owned(), |name| name.to_string())
}

/// `{name} must be {what}, not {type}`.
pub fn type_error(name: &str, what: &str, object: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!("{name} must be {what}, not {}", type_name(object)))
}

/// `{name} {problem}`.
pub fn value_error(name: &str, problem: &str) -> PyErr {
    PyValueError::new_err(format!("{name} {problem}"))
}

/// The bytes of a str (as UTF-8) or bytes object, without a copy where Python allows it.
pub fn text<'a>(name: &str, object: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(text) = object.cast::<PyString>() {
        return string_bytes(text);
    }
    match object.cast::<PyBytes>() {
        Ok(bytes) => Ok(Cow::Borrowed(bytes.as_bytes())),
        Err(_) => Err(type_error(name, "str or bytes", object)),
    }
}

fn string_bytes<'a>(text: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, [u8]>> {
    match text.to_str() {
        Ok(text) => Ok(Cow::Borrowed(text.as_bytes())),
        // A lone surrogate has no UTF-8 form; its three bytes then fail where any other strange character does.
        Err(_) => {
            let bytes = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
            Ok(Cow::Owned(bytes.cast::<PyBytes>()?.as_bytes().to_vec()))
        }
    }
}

/// An optional `algorithm` argument.
pub fn algorithm(object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Algorithm>> {
    let Some(object) = object else { return Ok(None) };
    let name = object.cast::<PyString>().map_err(|_| type_error("algorithm", "a string or None", object))?;
    Algorithm::from_name(&name.to_string_lossy()).map(Some).ok_or_else(|| unknown_algorithm(object))
}

/// The `algorithm` argument of functions that need one.
pub fn needed_algorithm(object: &Bound<'_, PyAny>) -> PyResult<Algorithm> {
    let name = object.cast::<PyString>().map_err(|_| type_error("algorithm", "a string", object))?;
    Algorithm::from_name(&name.to_string_lossy()).ok_or_else(|| unknown_algorithm(object))
}

fn unknown_algorithm(object: &Bound<'_, PyAny>) -> PyErr {
    let shown = object.repr().map(|repr| repr.to_string()).unwrap_or_default();
    PyValueError::new_err(format!("algorithm is unknown: {shown}"))
}

/// An optional str argument.
pub fn optional_string(name: &str, object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<String>> {
    let Some(object) = object else { return Ok(None) };
    match object.cast::<PyString>() {
        Ok(text) => utf8(name, text).map(Some),
        Err(_) => Err(type_error(name, "a string or None", object)),
    }
}

/// A str argument.
pub fn needed_string(name: &str, object: &Bound<'_, PyAny>) -> PyResult<String> {
    object.cast::<PyString>().map_or_else(|_| Err(type_error(name, "a string", object)), |text| utf8(name, text))
}

/// A bytes argument.
pub fn bytes<'a>(name: &str, object: &'a Bound<'_, PyAny>) -> PyResult<&'a [u8]> {
    object.cast::<PyBytes>().map(|bytes| bytes.as_bytes()).map_err(|_| type_error(name, "bytes", object))
}

fn utf8(name: &str, text: &Bound<'_, PyString>) -> PyResult<String> {
    text.to_str().map(str::to_owned).map_err(|_| value_error(name, "must not have lone surrogates"))
}

/// A bool argument; other truthy things are a mistake.
pub fn boolean(name: &str, object: &Bound<'_, PyAny>) -> PyResult<bool> {
    object.cast::<PyBool>().map(|value| value.is_true()).map_err(|_| type_error(name, "a bool", object))
}

/// An int argument from 1 on.
pub fn positive(name: &str, object: &Bound<'_, PyAny>) -> PyResult<NonZero<usize>> {
    if !object.is_instance_of::<PyInt>() || object.is_instance_of::<PyBool>() {
        return Err(type_error(name, "an int", object));
    }
    // One that does not fit is more than there can ever be of anything, or negative.
    let number = object.extract::<usize>().or_else(|_| object.gt(0).map(|many| if many { usize::MAX } else { 0 }))?;
    NonZero::new(number).ok_or_else(|| value_error(name, "must be at least 1"))
}

/// The items of a list, tuple, set or frozenset.
pub fn items<'py>(name: &str, what: &str, object: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let known = object.is_instance_of::<PyList>()
        || object.is_instance_of::<PyTuple>()
        || object.is_instance_of::<PySet>()
        || object.is_instance_of::<PyFrozenSet>();
    if known { object.try_iter()?.collect() } else { Err(type_error(name, what, object)) }
}

/// A list or tuple of strings.
pub fn strings(name: &str, what: &str, object: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let string = |item: Bound<'_, PyAny>| match item.cast::<PyString>() {
        Ok(text) => utf8(name, text),
        Err(_) => Err(type_error(name, what, &item)),
    };
    items(name, what, object)?.into_iter().map(string).collect()
}

/// An argument that has a default other than None, so that None itself is a mistake.
pub struct Given<'py>(Option<Bound<'py, PyAny>>);

impl<'py> Given<'py> {
    /// Not given.
    pub const NOT: Self = Self(None);

    /// The object, if there is one.
    pub fn object(&self) -> Option<&Bound<'py, PyAny>> {
        self.0.as_ref()
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Given<'py> {
    type Error = std::convert::Infallible;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Self::Error> {
        Ok(Self(Some(object.to_owned())))
    }
}

/// The members of a JWK that are ever looked at (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2; Entra's `issuer`).
const JWK_MEMBERS: [&str; 20] = [
    "kty", "alg", "kid", "use", "key_ops", "k", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi", "oth",
    "issuer", "keys",
];

/// A mapping that should be a JWK, as the core's tree. Members that nobody reads are not looked at: whatever they hold, in
/// one key or in one of a set, it harms no key.
pub fn jwk(mapping: &Bound<'_, PyMapping>) -> PyResult<Value> {
    object(mapping, member)
}

/// A mapping that should be a JWK Set.
pub fn jwks(mapping: &Bound<'_, PyMapping>) -> PyResult<Value> {
    object(mapping, |keys| list(keys, |key| key.cast::<PyMapping>().map_or_else(|_| Ok(Value::Null), jwk)))
}

fn object(mapping: &Bound<'_, PyMapping>, read: impl Fn(&Bound<'_, PyAny>) -> PyResult<Value>) -> PyResult<Value> {
    let mut members = Vec::new();
    for name in JWK_MEMBERS {
        if mapping.contains(name)? {
            members.push((name.to_owned(), read(&mapping.get_item(name)?)?));
        }
    }
    Ok(Value::Object(members))
}

/// A string or a list of strings; everything else has the wrong type, and which one does not matter.
fn member(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    if value.cast::<PyString>().is_ok() { Ok(string(value)) } else { list(value, |item| Ok(string(item))) }
}

fn list(value: &Bound<'_, PyAny>, read: impl Fn(&Bound<'_, PyAny>) -> PyResult<Value>) -> PyResult<Value> {
    if !value.is_instance_of::<PyList>() && !value.is_instance_of::<PyTuple>() {
        return Ok(Value::Null);
    }
    value.try_iter()?.map(|item| read(&item?)).collect::<PyResult<_>>().map(Value::Array)
}

fn string(value: &Bound<'_, PyAny>) -> Value {
    let text = value.cast::<PyString>().ok().and_then(|text| text.to_str().ok());
    text.map_or(Value::Null, |text| Value::String(text.to_owned()))
}
