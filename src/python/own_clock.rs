//! `clock=`: the time as the caller's own clock tells it.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt};

use super::input;

/// Seconds since the epoch.
pub fn ask(clock: &Bound<'_, PyAny>) -> PyResult<f64> {
    let time = clock.call0()?;
    let is_number = time.is_instance_of::<PyFloat>() || time.is_instance_of::<PyInt>();
    if !is_number || time.is_instance_of::<PyBool>() {
        return Err(PyTypeError::new_err(format!("clock must return a number, not {}", input::type_name(&time))));
    }
    match time.extract::<f64>() {
        Ok(seconds) if seconds.is_finite() => Ok(seconds),
        _ => Err(PyValueError::new_err("clock must return a finite number")),
    }
}
