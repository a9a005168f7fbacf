//! Claims that somebody else has too, as objects that nobody else has: lists and dicts anew, all else shared.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// A value that its owner may change.
pub fn fresh<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    Ok(container(value)?.unwrap_or_else(|| value.clone()))
}

/// A dict anew.
pub fn dict<'py>(object: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
    let copy = object.copy()?;
    for (name, value) in object {
        if let Some(value) = container(&value)? {
            copy.set_item(name, value)?;
        }
    }
    Ok(copy)
}

fn list<'py>(object: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyList>> {
    let copy = object.get_slice(0, object.len());
    for (index, value) in object.iter().enumerate() {
        if let Some(value) = container(&value)? {
            copy.set_item(index, value)?;
        }
    }
    Ok(copy)
}

/// A dict or list anew; None for what cannot be changed. As deep as the engine lets a payload be.
fn container<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(object) = value.cast_exact::<PyDict>() {
        return dict(object).map(|copy| Some(copy.into_any()));
    }
    if let Ok(object) = value.cast_exact::<PyList>() {
        return list(object).map(|copy| Some(copy.into_any()));
    }
    Ok(None)
}
