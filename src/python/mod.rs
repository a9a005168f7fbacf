//! The binding: the only folder that knows Python. Each function takes arguments, calls one core function, and turns its
//! answer into Python. No rule about tokens stands here.

mod admission;
mod cache;
mod check;
mod claims;
mod copy;
mod crypto;
mod errors;
mod explain;
mod input;
mod into;
mod issuer;
mod key;
mod key_set;
mod observer;
mod own_clock;
mod policy;
mod results;
mod shortcut;
mod sign;
mod slot;
mod source;
mod table;
mod token;
mod unverified;
mod vectorcall;
mod verifier;

use pyo3::prelude::*;

/// The native half of rapidjwt; `_native.pyi` documents it.
#[pymodule(name = "_native")]
mod native {
    #[pymodule_export]
    use super::admission::PyAdmission;
    #[pymodule_export]
    use super::cache::PyTokenCache;
    #[pymodule_export]
    use super::crypto::crypto_state;
    #[pymodule_export]
    use super::issuer::PyIssuerPolicy;
    #[pymodule_export]
    use super::key::PyKey;
    #[pymodule_export]
    use super::key_set::PyKeySet;
    #[pymodule_export]
    use super::shortcut::PyShortcut;
    #[pymodule_export]
    use super::sign::{sign_compact, sign_compact_with};
    #[pymodule_export]
    use super::slot::PyKeySlot;
    #[pymodule_export]
    use super::table::{algorithm_table, describe};
    #[pymodule_export]
    use super::token::{PyRejection, PyVerifiedToken};
    #[pymodule_export]
    use super::unverified::decode_unverified;
    #[pymodule_export]
    use super::verifier::PyVerifier;

    #[pymodule_init]
    fn init(_module: &pyo3::Bound<'_, pyo3::types::PyModule>) {
        super::crypto::listen();
    }
}

/// An attribute of a Python module, looked up once.
fn imported<'py>(
    cell: &'static pyo3::sync::PyOnceLock<Py<PyAny>>,
    py: Python<'py>,
    module: &str,
    name: &str,
) -> PyResult<&'py Bound<'py, PyAny>> {
    cell.get_or_try_init(py, || py.import(module)?.getattr(name).map(Bound::unbind)).map(|object| object.bind(py))
}
