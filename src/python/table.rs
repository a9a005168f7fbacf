//! What this half knows and is made of: for tests that compare the halves, and for `rapidjwt doctor`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict, PyTuple};

use super::imported;
use crate::alg::{Row, TABLE};

/// The algorithm table as rows for Python.
#[pyfunction]
pub fn algorithm_table(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    static ROW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class = imported(&ROW, py, "rapidjwt.types", "AlgorithmRow")?;
    let make = |row: &Row| {
        let (kty, curve) = (row.family.kty().name(), row.curve.map(|curve| curve.name()));
        class.call1((row.name, row.family.name(), row.hash.name(), kty, curve, row.signature_bytes, row.min_key_bits))
    };
    PyTuple::new(py, TABLE.iter().map(make).collect::<PyResult<Vec<_>>>()?)
}

/// Names and versions of what this half is made of.
#[pyfunction]
pub fn describe(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let parts = [
        ("implementation", "native"),
        ("version", env!("CARGO_PKG_VERSION")),
        ("crypto", "aws-lc-rs 1.19.0"),
        ("python binding", "PyO3 0.30.1"),
        ("build target", TARGET),
    ];
    parts.into_py_dict(py)
}

const TARGET: &str = if cfg!(target_arch = "x86_64") {
    "x86_64"
} else if cfg!(target_arch = "aarch64") {
    "aarch64"
} else {
    "other"
};
