//! Core errors to Python exceptions, in one place. The sentence and the class come from `rapidjwt.exceptions.CODES`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use super::imported;
use crate::error::{Code, Error};
use crate::policy::Policy;

/// The exception for an error that names no claim.
pub fn raise(py: Python<'_>, error: Error) -> PyErr {
    build(py, error.code(), None, error.limit())
}

/// The exception for an error of a policy.
pub fn raise_for(py: Python<'_>, error: Error, policy: &Policy) -> PyErr {
    let claim = match error {
        Error::Missing(index) => Some(policy.claim_name(index)),
        Error::Plain(_) | Error::Limit(..) => None,
    };
    build(py, error.code(), claim, error.limit())
}

/// The reason of a code.
pub fn reason(py: Python<'_>, code: Code) -> PyResult<String> {
    static CODES: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let spec = imported(&CODES, py, "rapidjwt.exceptions", "CODES")?.get_item(code.name())?;
    spec.getattr("reason")?.extract()
}

/// Is it one of our refusals of a token?
pub fn is_refusal(py: Python<'_>, error: &PyErr) -> PyResult<bool> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    Ok(error.is_instance(py, imported(&CLASS, py, "rapidjwt.exceptions", "InvalidTokenError")?))
}

fn build(py: Python<'_>, code: Code, claim: Option<&str>, limit: Option<usize>) -> PyErr {
    static BUILD: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let made = (|| {
        let detail = PyDict::new(py);
        detail.set_item("claim", claim)?;
        detail.set_item("limit", limit)?;
        imported(&BUILD, py, "rapidjwt.exceptions", "build")?.call((code.name(),), Some(&detail))
    })();
    made.map_or_else(|error| error, PyErr::from_value)
}
