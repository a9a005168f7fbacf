//! `TokenCache`: the engine's cache of verified tokens, with a dict for each that was decoded.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList};

use super::input::{self, Given};
use super::{imported, token};
use crate::cache::{Entry, TokenCache};

/// 16 MiB: some thousand tokens of a gateway.
const DEFAULT_BYTES: usize = 1 << 24;

/// The claims of a cached token. Nobody sees them: each caller gets a copy.
pub type Template = PyOnceLock<Py<PyDict>>;

/// See `_native.pyi`.
#[pyclass(name = "TokenCache", module = "rapidjwt", frozen)]
pub struct PyTokenCache(TokenCache<Template>);

impl PyTokenCache {
    /// The engine's cache.
    pub fn cache(&self) -> &TokenCache<Template> {
        &self.0
    }
}

/// The claims of an entry as a dict that nobody else has.
pub fn fresh_claims<'py>(py: Python<'py>, entry: &Arc<Entry<Template>>) -> PyResult<Bound<'py, PyDict>> {
    let template =
        entry.extra.get_or_try_init(py, || token::read_dict(py, &entry.verified.payload).map(Bound::unbind))?;
    copy_dict(template.bind(py))
}

fn copy_dict<'py>(dict: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
    let copy = dict.copy()?;
    for (name, value) in dict {
        if let Some(value) = copy_container(&value)? {
            copy.set_item(name, value)?;
        }
    }
    Ok(copy)
}

fn copy_list<'py>(list: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyList>> {
    let copy = list.get_slice(0, list.len());
    for (index, value) in list.iter().enumerate() {
        if let Some(value) = copy_container(&value)? {
            copy.set_item(index, value)?;
        }
    }
    Ok(copy)
}

/// A dict or list anew; None for what cannot be changed. As deep as the engine lets a payload be.
fn copy_container<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(dict) = value.cast_exact::<PyDict>() {
        return copy_dict(dict).map(|copy| Some(copy.into_any()));
    }
    if let Ok(list) = value.cast_exact::<PyList>() {
        return copy_list(list).map(|copy| Some(copy.into_any()));
    }
    Ok(None)
}

#[pymethods]
impl PyTokenCache {
    #[new]
    #[pyo3(signature = (*, max_bytes=Given::NOT), text_signature = "(*, max_bytes=16777216)")]
    fn new(max_bytes: Given<'_>) -> PyResult<Self> {
        let max_bytes = max_bytes.object().map(|bytes| input::positive("max_bytes", bytes)).transpose()?;
        Ok(Self(TokenCache::new(max_bytes.map_or(DEFAULT_BYTES, std::num::NonZero::get))))
    }

    fn clear(&self) {
        self.0.clear();
    }

    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        static INFO: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let info = self.0.info();
        let numbers = (info.hits, info.misses, info.evictions, info.entries, info.bytes);
        imported(&INFO, py, "rapidjwt.types", "TokenCacheInfo")?.call1(numbers)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(pyo3::exceptions::PyTypeError::new_err("a TokenCache holds tokens and cannot be pickled"))
    }

    fn __repr__(&self) -> String {
        let info = self.0.info();
        format!("<TokenCache entries={} bytes={}>", info.entries, info.bytes)
    }
}
