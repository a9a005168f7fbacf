//! `sign_compact` and `sign_compact_with`: the way out, for `rapidjwt.signer`.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::key::PyKey;
use super::{errors, input};
use crate::alg::Family;
use crate::error::{Code, Error};
use crate::sign;

/// Sign with a key.
#[pyfunction]
pub fn sign_compact(
    py: Python<'_>,
    key: &Bound<'_, PyAny>,
    algorithm: &Bound<'_, PyAny>,
    header: &Bound<'_, PyAny>,
    payload: &Bound<'_, PyAny>,
) -> PyResult<String> {
    let key = key.cast::<PyKey>().map_err(|_| input::type_error("key", "a Key", key))?;
    let algorithm = input::needed_algorithm(algorithm)?;
    let (header, payload) = (input::bytes("header", header)?, input::bytes("payload", payload)?);
    sign::sign_compact(&key.get().key(), algorithm, header, payload).map_err(|error| errors::raise(py, error))
}

/// Sign with a callable that keeps its key elsewhere.
#[pyfunction]
pub fn sign_compact_with(
    py: Python<'_>,
    signer: &Bound<'_, PyAny>,
    algorithm: &Bound<'_, PyAny>,
    header: &Bound<'_, PyAny>,
    payload: &Bound<'_, PyAny>,
) -> PyResult<String> {
    let name = input::needed_algorithm(algorithm)?;
    if name.row().family == Family::Hmac {
        return Err(input::value_error("algorithm", "must not be HS* for an external signer"));
    }
    let (header, payload) = (input::bytes("header", header)?, input::bytes("payload", payload)?);
    let signing_input = sign::signing_input(header, payload);
    let signature = signer.call1((PyBytes::new(py, signing_input.as_bytes()),))?;
    let signature = signature.cast::<PyBytes>().map(|signature| signature.as_bytes());
    signature
        .map_err(|_| Error::from(Code::ExternalSignature))
        .and_then(|signature| sign::append_signature(signing_input, name, signature))
        .map_err(|error| errors::raise(py, error))
}
