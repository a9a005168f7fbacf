//! The arguments of `Verifier` to a `Policy`, checked once, in the order of the signature.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use super::input::{Given, boolean, items, optional_string, strings, type_error, value_error};
use crate::alg::Algorithm;
use crate::compact::Limits;
use crate::policy::{Policy, normal_typ};

const MAX_BYTES: usize = 1 << 30;
const MAX_DEPTH: usize = 512;

/// The keyword arguments, as Python gave them.
pub struct Arguments<'a, 'py> {
    pub algorithms: &'a Bound<'py, PyAny>,
    pub issuer: &'a Bound<'py, PyAny>,
    pub audience: &'a Bound<'py, PyAny>,
    pub subject: Option<&'a Bound<'py, PyAny>>,
    pub leeway: Given<'py>,
    pub require: Given<'py>,
    pub typ: Option<&'a Bound<'py, PyAny>>,
    pub max_age: Option<&'a Bound<'py, PyAny>>,
    pub max_lifetime: Option<&'a Bound<'py, PyAny>>,
    pub checks: Given<'py>,
    pub clock: Option<&'a Bound<'py, PyAny>>,
    pub limits: LimitArguments<'py>,
}

/// Those that bound what is looked at.
pub struct LimitArguments<'py> {
    pub max_token_bytes: Given<'py>,
    pub max_header_bytes: Given<'py>,
    pub max_depth: Given<'py>,
    pub allow_padding: Given<'py>,
}

/// What they come to.
pub struct Parsed {
    pub policy: Policy,
    pub algorithms: Vec<Algorithm>,
    pub checks: Vec<Py<PyAny>>,
    pub clock: Option<Py<PyAny>>,
}

/// Check everything and build the policy.
pub fn parse(given: &Arguments<'_, '_>) -> PyResult<Parsed> {
    let algorithms = algorithms(given.algorithms)?;
    let mut policy = Policy {
        algorithms: algorithms.iter().copied().collect(),
        issuers: names("issuer", Some(given.issuer))?,
        audiences: names("audience", Some(given.audience))?,
        subject: optional_string("subject", given.subject)?.map(Into::into),
        leeway: given.leeway.object().map_or(Ok(0.0), |value| seconds("leeway", "a number of seconds", value))?,
        ..Policy::default()
    };
    let require = match given.require.object() {
        Some(names) => strings("require", "a list or tuple of names", names)?,
        None => vec!["exp".to_owned()],
    };
    policy.typ = names("typ", given.typ)?.map(|names| names.iter().map(|name| normal_typ(name)).collect());
    policy.max_age = optional_seconds("max_age", given.max_age)?;
    policy.max_lifetime = optional_seconds("max_lifetime", given.max_lifetime)?;
    let (checks, clock) = callables(&given.checks, given.clock)?;
    policy.limits = limits(&given.limits)?;
    policy.require(require.iter().map(String::as_str));
    Ok(Parsed { policy, algorithms, checks, clock })
}

fn algorithms(object: &Bound<'_, PyAny>) -> PyResult<Vec<Algorithm>> {
    let names = strings("algorithms", "a list or tuple of names", object)?;
    if names.is_empty() {
        return Err(value_error("algorithms", "must not be empty"));
    }
    let known = |name: &String| {
        let unknown = || PyString::new(object.py(), name).repr().map_or_else(|_| name.clone(), |repr| repr.to_string());
        Algorithm::from_name(name)
            .ok_or_else(|| value_error("algorithms", &format!("has an unknown name: {}", unknown())))
    };
    names.iter().map(known).collect()
}

/// A string or several, none of them empty; None when not given.
fn names(name: &str, object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Box<[Box<str>]>>> {
    const WHAT: &str = "a string, a list or tuple of strings, or None";
    let Some(object) = object.filter(|object| !object.is_none()) else { return Ok(None) };
    let names = match object.cast::<PyString>() {
        Ok(_) => optional_string(name, Some(object))?.into_iter().collect(),
        Err(_) => strings(name, WHAT, object)?,
    };
    if names.is_empty() || names.iter().any(String::is_empty) {
        return Err(value_error(name, "must not be empty"));
    }
    Ok(Some(names.into_iter().map(Into::into).collect()))
}

fn optional_seconds(name: &str, object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<f64>> {
    object.map(|value| seconds(name, "a number of seconds or None", value)).transpose()
}

fn seconds(name: &str, what: &str, object: &Bound<'_, PyAny>) -> PyResult<f64> {
    let is_number = object.is_instance_of::<PyFloat>() || object.is_instance_of::<PyInt>();
    if !is_number || object.is_instance_of::<PyBool>() {
        return Err(type_error(name, what, object));
    }
    // An integer beyond binary64 does not extract.
    match object.extract::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err(value_error(name, "must be finite and not negative")),
    }
}

/// The caller's own checks, and his clock.
pub type Callables = (Vec<Py<PyAny>>, Option<Py<PyAny>>);

/// Check both.
pub fn callables(checks: &Given<'_>, clock: Option<&Bound<'_, PyAny>>) -> PyResult<Callables> {
    Ok((checks.object().map_or(Ok(Vec::new()), each_callable)?, clock.map(callable).transpose()?))
}

fn each_callable(object: &Bound<'_, PyAny>) -> PyResult<Vec<Py<PyAny>>> {
    const WHAT: &str = "a list or tuple of callables";
    let callable = |item: Bound<'_, PyAny>| {
        if item.is_callable() { Ok(item.unbind()) } else { Err(type_error("checks", WHAT, &item)) }
    };
    items("checks", WHAT, object)?.into_iter().map(callable).collect()
}

fn callable(object: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    if object.is_callable() {
        Ok(object.clone().unbind())
    } else {
        Err(type_error("clock", "callable or None", object))
    }
}

/// The limits, the defaults where not given.
pub fn limits(given: &LimitArguments<'_>) -> PyResult<Limits> {
    let default = Limits::default();
    Ok(Limits {
        max_token_bytes: limit("max_token_bytes", given.max_token_bytes.object(), MAX_BYTES, default.max_token_bytes)?,
        max_header_bytes: limit(
            "max_header_bytes",
            given.max_header_bytes.object(),
            MAX_BYTES,
            default.max_header_bytes,
        )?,
        max_depth: limit("max_depth", given.max_depth.object(), MAX_DEPTH, default.max_depth)?,
        allow_padding: given.allow_padding.object().map_or(Ok(false), |value| boolean("allow_padding", value))?,
    })
}

fn limit(name: &str, object: Option<&Bound<'_, PyAny>>, max: usize, default: usize) -> PyResult<usize> {
    let Some(object) = object else { return Ok(default) };
    if !object.is_instance_of::<PyInt>() || object.is_instance_of::<PyBool>() {
        return Err(type_error(name, "an integer", object));
    }
    match object.extract::<usize>() {
        Ok(value) if (1..=max).contains(&value) => Ok(value),
        _ => Err(value_error(name, &format!("must be from 1 to {max}"))),
    }
}
