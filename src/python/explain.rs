//! `Verifier.explain`: the core's list of checks as an `Explanation`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};

use super::token::PyVerifiedToken;
use super::verifier::object_or_none;
use super::{errors, imported};
use crate::compact::{self, Limits};
use crate::error::Error;
use crate::explain::Check;
use crate::policy::Policy;

/// What `checks=` said: asked only when everything before passed.
type Own<'py> = Option<PyResult<Bound<'py, PyVerifiedToken>>>;

/// Build the `rapidjwt.types.Explanation`.
pub fn explanation<'py>(
    py: Python<'py>,
    token: &[u8],
    policy: &Policy,
    limits: Limits,
    checks: &[Check],
    own: Own<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    static EXPLANATION: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let mut rows = Vec::with_capacity(checks.len() + 1);
    for check in checks {
        let failure = match check.result {
            Some(Err(error)) => Some(errors::raise_for(py, error, policy)),
            _ => None,
        };
        rows.push(row(py, &check.name, check.result.map(|result| result.is_ok()), failure)?);
    }
    let (passed, refusal) = match own {
        None => (None, None),
        Some(Ok(_)) => (Some(true), None),
        Some(Err(error)) if errors::is_refusal(py, &error)? => (Some(false), Some(error)),
        Some(Err(error)) => return Err(error),
    };
    rows.push(row(py, "checks", passed, refusal)?);
    let (header, claims) = contents(py, token, limits);
    let explanation = imported(&EXPLANATION, py, "rapidjwt.types", "Explanation")?;
    explanation.call1((passed == Some(true), PyTuple::new(py, rows)?, header, claims))
}

fn row<'py>(py: Python<'py>, name: &str, passed: Option<bool>, failure: Option<PyErr>) -> PyResult<Bound<'py, PyAny>> {
    static CHECK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let failure = failure.map(|error| error.into_value(py).into_bound(py));
    let code = failure.as_ref().map(|error| error.getattr("code")).transpose()?;
    let message = failure.as_ref().map(|error| error.str()).transpose()?;
    imported(&CHECK, py, "rapidjwt.types", "Check")?.call1((name, passed, code, message))
}

type Object<'py> = Option<Bound<'py, PyDict>>;

/// The unverified header and claims, where they can be read.
fn contents<'py>(py: Python<'py>, token: &[u8], limits: Limits) -> (Object<'py>, Object<'py>) {
    let Ok(compact) = compact::split(token, &limits) else { return (None, None) };
    let read = |bytes: Result<Vec<u8>, Error>| object_or_none(py, &bytes.ok()?, limits.max_depth);
    (read(compact.header()), read(compact.payload_unverified()))
}
