//! `TokenCache`: the engine's cache of verified tokens, with a dict for each that was decoded.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use super::input::{self, Given};
use super::{copy, imported, token};
use crate::cache::{Entry, TokenCache};

/// 16 MiB: some thousand tokens of a gateway.
const DEFAULT_BYTES: usize = 1 << 24;

/// The claims of a cached token. Nobody sees them: each caller gets a copy.
pub type Template = PyOnceLock<copy::Template>;

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
    let template = || token::read_dict(py, &entry.verified.payload).map(copy::Template::of);
    entry.extra.get_or_try_init(py, template)?.copy(py)
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
