//! Arguments as the core wants them: bytes of tokens and keys, sequences of names.

use std::borrow::Cow;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFrozenSet, PyList, PyMapping, PySet, PyString, PyTuple};

use crate::alg::Algorithm;
use crate::json::{Fault, Value};

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

fn utf8(name: &str, text: &Bound<'_, PyString>) -> PyResult<String> {
    text.to_str().map(str::to_owned).map_err(|_| value_error(name, "must not have lone surrogates"))
}

/// A bool argument; other truthy things are a mistake.
pub fn boolean(name: &str, object: &Bound<'_, PyAny>) -> PyResult<bool> {
    object.cast::<PyBool>().map(|value| value.is_true()).map_err(|_| type_error(name, "a bool", object))
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

/// A mapping that should be a JSON object (a JWK or a JWK Set) as the core's tree. Values of types that JSON does not have, and
/// nesting beyond `max_depth`, are `Fault::Syntax`.
pub fn json_value(object: &Bound<'_, PyAny>, max_depth: usize) -> PyResult<Result<Value, Fault>> {
    let Some(depth_left) = max_depth.checked_sub(1) else { return Ok(Err(Fault::TooDeep)) };
    if object.is_none() {
        return Ok(Ok(Value::Null));
    }
    if let Ok(value) = object.cast::<PyBool>() {
        return Ok(Ok(Value::Bool(value.is_true())));
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(text.to_str().map(|text| Value::String(text.to_owned())).map_err(|_| Fault::Syntax));
    }
    if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        return json_array(object, depth_left);
    }
    if let Ok(mapping) = object.cast::<PyMapping>() {
        return json_object(mapping, depth_left);
    }
    // Numbers and everything else: no member of a JWK that we read has one, so what it is does not matter.
    Ok(Ok(Value::Null))
}

fn json_array(object: &Bound<'_, PyAny>, depth_left: usize) -> PyResult<Result<Value, Fault>> {
    let mut values = Vec::new();
    for item in object.try_iter()? {
        match json_value(&item?, depth_left)? {
            Ok(value) => values.push(value),
            Err(fault) => return Ok(Err(fault)),
        }
    }
    Ok(Ok(Value::Array(values)))
}

fn json_object(mapping: &Bound<'_, PyMapping>, depth_left: usize) -> PyResult<Result<Value, Fault>> {
    let mut members = Vec::new();
    for item in mapping.items()?.try_iter()? {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item?.extract()?;
        // A name that is no string, or that has lone surrogates, is none that we look for.
        let Ok(name) = name.extract::<String>() else { continue };
        match json_value(&value, depth_left)? {
            Ok(value) => members.push((name, value)),
            Err(fault) => return Ok(Err(fault)),
        }
    }
    Ok(Ok(Value::Object(members)))
}
