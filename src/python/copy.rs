//! Claims that somebody else has too, as objects that nobody else has: lists and dicts anew, all else shared.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// A value that its owner may change.
pub fn fresh<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    Ok(container(value)?.unwrap_or_else(|| value.clone()))
}

/// A dict that is copied often. Which of its values have to be made anew is found out once: looking at all of them each time
/// costs a twentieth of a cached `decode` (benches/python/run.py cache, gateway token).
pub struct Template {
    dict: Py<PyDict>,
    containers: Vec<(Py<PyAny>, Py<PyAny>)>,
}

impl Template {
    /// Of a dict that nobody else has.
    pub fn of(dict: Bound<'_, PyDict>) -> Self {
        let is_container =
            |value: &Bound<'_, PyAny>| value.is_exact_instance_of::<PyDict>() || value.is_exact_instance_of::<PyList>();
        let containers = dict.iter().filter(|(_, value)| is_container(value));
        let containers = containers.map(|(name, value)| (name.unbind(), value.unbind())).collect();
        Self { dict: dict.unbind(), containers }
    }

    /// The dict anew.
    pub fn copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let copy = self.dict.bind(py).copy()?;
        for (name, value) in &self.containers {
            copy.set_item(name, fresh(value.bind(py))?)?;
        }
        Ok(copy)
    }
}

fn dict<'py>(object: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
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
