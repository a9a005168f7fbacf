//! `into=`: claims as a type of the caller's, which `rapidjwt._into` makes.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use super::imported;

/// Resolve `into=` before the token is looked at.
pub fn check(py: Python<'_>, into: &Bound<'_, PyAny>) -> PyResult<()> {
    static CHECK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    imported(&CHECK, py, "rapidjwt._into", "check")?.call1((into,)).map(|_| ())
}

/// The claims as the type asked for.
pub fn convert<'py>(claims: Bound<'py, PyAny>, into: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static CONVERT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    imported(&CONVERT, claims.py(), "rapidjwt._into", "convert")?.call1((claims, into))
}
