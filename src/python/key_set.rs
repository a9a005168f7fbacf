//! `KeySet`: an immutable collection of keys.

use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyIterator, PyList, PyMapping, PyString, PyTuple};

use super::input::Given;
use super::key::{PyKey, flag, jwk_dict, read_file};
use super::{errors, imported, input};
use crate::alg::Kty;
use crate::error::Error;
use crate::keys::KeySet;

/// A set of keys; see `_native.pyi`.
#[pyclass(name = "KeySet", module = "rapidjwt", frozen)]
pub struct PyKeySet(Arc<KeySet>);

impl PyKeySet {
    /// Wrap a core set.
    pub fn new(keys: Arc<KeySet>) -> Self {
        Self(keys)
    }

    /// The core set.
    pub fn keys(&self) -> Arc<KeySet> {
        Arc::clone(&self.0)
    }
}

fn wrap(py: Python<'_>, keys: Result<KeySet, Error>) -> PyResult<PyKeySet> {
    keys.map(|keys| PyKeySet(Arc::new(keys))).map_err(|error| errors::raise(py, error))
}

#[pymethods]
impl PyKeySet {
    #[new]
    fn from_keys(keys: &Bound<'_, PyAny>) -> PyResult<Self> {
        const WHAT: &str = "an iterable of Key";
        let items = keys.try_iter().map_err(|_| input::type_error("keys", WHAT, keys))?;
        let key = |item: PyResult<Bound<'_, PyAny>>| {
            let item = item?;
            item.cast::<PyKey>().map(|key| key.get().key()).map_err(|_| input::type_error("keys", WHAT, &item))
        };
        Ok(Self(Arc::new(KeySet::new(items.map(key).collect::<PyResult<_>>()?))))
    }

    #[staticmethod]
    #[pyo3(signature = (document, *, allow_weak=Given::NOT), text_signature = "(document, *, allow_weak=False)")]
    fn from_jwks(py: Python<'_>, document: &Bound<'_, PyAny>, allow_weak: Given<'_>) -> PyResult<Self> {
        let weak = flag("allow_weak", &allow_weak)?;
        let keys = if document.is_instance_of::<PyString>() || document.is_instance_of::<PyBytes>() {
            KeySet::from_jwks_text(&input::text("document", document)?, weak)
        } else if let Ok(mapping) = document.cast::<PyMapping>() {
            KeySet::from_jwks(&input::jwks(mapping)?, weak)
        } else {
            return Err(input::type_error("document", "a mapping, str or bytes", document));
        };
        wrap(py, keys)
    }

    #[staticmethod]
    #[pyo3(signature = (path, *, allow_weak=Given::NOT), text_signature = "(path, *, allow_weak=False)")]
    fn from_file(py: Python<'_>, path: &Bound<'_, PyAny>, allow_weak: Given<'_>) -> PyResult<Self> {
        let weak = flag("allow_weak", &allow_weak)?;
        let bytes = read_file(path)?;
        wrap(py, KeySet::from_jwks_text(&bytes, weak))
    }

    #[getter]
    fn skipped<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        static SKIPPED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let class = imported(&SKIPPED, py, "rapidjwt.types", "SkippedKey")?;
        let rows = self.0.skipped().iter().map(|skipped| class.call1((skipped.index, skipped.code.name())));
        PyTuple::new(py, rows.collect::<PyResult<Vec<_>>>()?)
    }

    fn get(&self, kid: &Bound<'_, PyAny>) -> PyResult<Option<PyKey>> {
        let kid = kid.cast::<PyString>().map_err(|_| input::type_error("kid", "a string", kid))?;
        // A kid with lone surrogates is no key's.
        let key = kid.to_str().ok().and_then(|kid| self.0.get(kid));
        Ok(key.map(|key| PyKey::new(Arc::clone(key))))
    }

    #[pyo3(signature = (*, private=Given::NOT), text_signature = "($self, *, private=False)")]
    fn to_jwks<'py>(&self, py: Python<'py>, private: Given<'py>) -> PyResult<Bound<'py, PyDict>> {
        let private = flag("private", &private)?;
        let keys = PyList::empty(py);
        for key in self.0.keys().iter().filter(|key| private || key.kty() != Kty::Oct) {
            keys.append(jwk_dict(py, key.to_jwk(private).map_err(|error| errors::raise(py, error))?)?)?;
        }
        let document = PyDict::new(py);
        document.set_item("keys", keys)?;
        Ok(document)
    }

    fn __len__(&self) -> usize {
        self.0.keys().len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        let keys = self.0.keys().iter().map(|key| Bound::new(py, PyKey::new(Arc::clone(key))));
        PyTuple::new(py, keys.collect::<PyResult<Vec<_>>>()?)?.try_iter()
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a KeySet cannot be pickled"))
    }

    fn __repr__(&self) -> String {
        let count = self.0.keys().len();
        format!("<KeySet of {count} key{}>", if count == 1 { "" } else { "s" })
    }
}
