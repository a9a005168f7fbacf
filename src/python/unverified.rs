//! `decode_unverified`: reading without verifying, under its own loud name and with its own return type.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use super::claims::PySink;
use super::input::Given;
use super::policy::{LimitArguments, limits};
use super::{errors, imported, input};
use crate::claims::Registered;
use crate::error::Error;
use crate::json::{self, Reader};
use crate::{claims, compact, header};

/// Read a token WITHOUT verifying anything.
#[pyfunction]
#[pyo3(signature = (token, *, max_token_bytes=Given::NOT, max_header_bytes=Given::NOT, max_depth=Given::NOT), text_signature = "(token, *, max_token_bytes=262144, max_header_bytes=16384, max_depth=128)")]
pub fn decode_unverified<'py>(
    py: Python<'py>,
    token: &Bound<'py, PyAny>,
    max_token_bytes: Given<'py>,
    max_header_bytes: Given<'py>,
    max_depth: Given<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    static UNVERIFIED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let limits = limits(&LimitArguments { max_token_bytes, max_header_bytes, max_depth, allow_padding: Given::NOT })?;
    let token = input::text("token", token)?;
    let mut sink = PySink::untrusted(py);
    let result = read(&token, &limits, &mut sink);
    let (header, claims) = result.map_err(|error| sink.error.take().unwrap_or_else(|| errors::raise(py, error)))?;
    imported(&UNVERIFIED, py, "rapidjwt.unverified", "UnverifiedToken")?.call1((header, claims))
}

type Objects<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

fn read<'py>(token: &[u8], limits: &compact::Limits, sink: &mut PySink<'py>) -> Result<Objects<'py>, Error> {
    let compact = compact::split(token, limits)?;
    let header = header_object(&compact.header()?, limits.max_depth, sink)?;
    let payload = compact.payload_unverified()?;
    let claims = claims::read_unverified(&payload, (&[], limits.max_depth), sink, &mut Registered::default())?;
    Ok((header, claims))
}

fn header_object<'py>(bytes: &[u8], max_depth: usize, sink: &mut PySink<'py>) -> Result<Bound<'py, PyAny>, Error> {
    let read = Reader::new(bytes, max_depth).and_then(|mut reader| match reader.peek() {
        Some(b'{') => reader.document(sink),
        _ => Err(json::Fault::NotObject),
    });
    read.map_err(|fault| header::fault_error(json::classify(bytes, max_depth, true, fault), max_depth))
}
