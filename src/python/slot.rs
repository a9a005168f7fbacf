//! `KeySlot`: where the keys of one issuer stand, and are put by whoever gets them.

use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt};

use super::key_set::PyKeySet;
use super::{errors, input};
use crate::error::Code;
use crate::keys::{KeySet, Misplaced, Slot};

/// See `_native.pyi`.
#[pyclass(name = "KeySlot", module = "rapidjwt", frozen)]
pub struct PyKeySlot(Arc<Slot>);

impl PyKeySlot {
    /// The core slot.
    pub fn slot(&self) -> Arc<Slot> {
        Arc::clone(&self.0)
    }
}

fn key_set(keys: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Arc<KeySet>>> {
    let cast = |keys: &Bound<'_, PyAny>| {
        let set = keys.cast::<PyKeySet>().map_err(|_| input::type_error("keys", "a KeySet or None", keys))?;
        Ok(set.get().keys())
    };
    keys.map(cast).transpose()
}

fn misplaced(py: Python<'_>, what: Misplaced) -> PyErr {
    match what {
        Misplaced::Private => errors::raise(py, Code::KeyPrivate.into()),
        Misplaced::Secret => input::value_error("keys", "must not be secrets: this slot was made without one"),
    }
}

/// A time in seconds since the epoch; None: never.
fn moment(name: &str, object: Option<&Bound<'_, PyAny>>) -> PyResult<f64> {
    let Some(object) = object else { return Ok(f64::INFINITY) };
    let is_number = object.is_instance_of::<PyFloat>() || object.is_instance_of::<PyInt>();
    if !is_number || object.is_instance_of::<PyBool>() {
        return Err(input::type_error(name, "a number of seconds or None", object));
    }
    match object.extract::<f64>() {
        Ok(seconds) if !seconds.is_nan() => Ok(seconds),
        _ => Err(input::value_error(name, "must be a time in seconds since the epoch")),
    }
}

#[pymethods]
impl PyKeySlot {
    #[new]
    #[pyo3(signature = (keys=None))]
    fn new(py: Python<'_>, keys: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        Slot::new(key_set(keys)?).map(|slot| Self(Arc::new(slot))).map_err(|what| misplaced(py, what))
    }

    #[getter]
    fn keys(&self) -> Option<PyKeySet> {
        self.0.load().loaded().map(|keys| PyKeySet::new(Arc::clone(keys)))
    }

    #[pyo3(signature = (keys, *, due=None, dead=None))]
    fn replace(
        &self,
        py: Python<'_>,
        keys: Option<&Bound<'_, PyAny>>,
        due: Option<&Bound<'_, PyAny>>,
        dead: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let keys = key_set(keys)?;
        let (due, dead) = (moment("due", due)?, moment("dead", dead)?);
        self.0.replace(keys, due, dead).map_err(|what| misplaced(py, what))
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a KeySlot holds keys and cannot be pickled"))
    }

    fn __repr__(&self) -> String {
        match self.0.load().loaded() {
            None => "<KeySlot without keys>".to_owned(),
            Some(keys) => {
                let count = keys.keys().len();
                format!("<KeySlot of {count} key{}>", if count == 1 { "" } else { "s" })
            }
        }
    }
}
