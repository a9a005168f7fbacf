//! `VerifiedToken` and `Rejection`: what verifying a token comes to.

use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};

use super::claims::PySink;
use super::{errors, input};
use crate::admission;
use crate::error::Error;
use crate::json::Reader;
use crate::policy::Policy;
use crate::verify::{ANY_DEPTH, Verified};

/// Proof that a token was verified; see `_native.pyi`.
#[pyclass(name = "VerifiedToken", module = "rapidjwt", frozen)]
pub struct PyVerifiedToken {
    verified: Arc<Verified<()>>,
    claims: PyOnceLock<Py<PyDict>>,
}

impl PyVerifiedToken {
    /// From the engine's result, its claims not yet built.
    pub fn new(verified: Arc<Verified<()>>) -> Self {
        Self { verified, claims: PyOnceLock::new() }
    }

    /// The same proof as another object, with claims of its own.
    pub fn again(&self) -> Self {
        Self::new(Arc::clone(&self.verified))
    }

    /// Does its `scope` plainly name all of these?
    pub fn grants(&self, scopes: &[String]) -> bool {
        scopes.is_empty() || matches!(self.verified.claim("scope"), Some(Some(text)) if admission::grants(text, scopes))
    }

    /// The claims, built on first use.
    pub fn claims_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.claims
            .get_or_try_init(py, || read_dict(py, &self.verified.payload).map(Bound::unbind))
            .map(|dict| dict.bind(py).clone())
    }

    /// One claim, built from the payload: nobody can have changed it.
    fn claim<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.verified.claim(name) {
            Some(value) => value.map(|text| read_value(py, text)).transpose(),
            None => read_dict(py, &self.verified.payload)?.get_item(name),
        }
    }

    fn text<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyString>>> {
        let value = self.claim(py, name)?;
        Ok(value.and_then(|value| value.cast_into::<PyString>().ok()))
    }
}

/// A JSON object that was verified, as a dict.
pub fn read_dict<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyDict>> {
    Ok(read_value(py, bytes)?.cast_into::<PyDict>()?)
}

fn read_value<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let mut sink = PySink::new(py);
    let value = Reader::new(bytes, ANY_DEPTH).and_then(|mut reader| reader.document(&mut sink));
    value.map_err(|_| sink.error.take().unwrap_or_else(|| PyTypeError::new_err("a verified token is a JSON object")))
}

fn whole_seconds(time: Option<f64>) -> Option<f64> {
    time.map(f64::floor)
}

fn integer(py: Python<'_>, time: Option<f64>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let convert = |seconds: f64| py.get_type::<pyo3::types::PyInt>().call1((seconds,));
    whole_seconds(time).map(convert).transpose()
}

#[pymethods]
impl PyVerifiedToken {
    #[getter]
    fn ok(&self) -> bool {
        true
    }

    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.claims_dict(py)
    }

    #[getter]
    fn header<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        read_dict(py, &self.verified.header.decoded)
    }

    #[getter]
    fn payload<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.verified.payload)
    }

    #[getter]
    pub fn algorithm(&self) -> &'static str {
        self.verified.algorithm.name()
    }

    #[getter]
    fn kid(&self) -> Option<&str> {
        self.verified.header.header.kid.as_deref()
    }

    #[getter]
    fn issuer<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        self.text(py, "iss")
    }

    #[getter]
    fn subject<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        self.text(py, "sub")
    }

    #[getter]
    fn audience<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        match self.claim(py, "aud")? {
            None => Ok(PyTuple::empty(py)),
            Some(one) if one.is_instance_of::<PyString>() => PyTuple::new(py, [one]),
            Some(many) => PyTuple::new(py, many.try_iter()?.collect::<PyResult<Vec<_>>>()?),
        }
    }

    #[getter]
    fn jwt_id<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        self.text(py, "jti")
    }

    #[getter]
    fn scope<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        self.text(py, "scope")
    }

    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        integer(py, self.verified.times.exp)
    }

    #[getter]
    fn issued_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        integer(py, self.verified.times.iat)
    }

    #[getter]
    fn not_before<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        integer(py, self.verified.times.nbf)
    }

    #[pyo3(signature = (name, default=None))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        name: &Bound<'py, PyAny>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let name = name.cast::<PyString>().map_err(|_| input::type_error("name", "a string", name))?;
        // No claim has a name with a lone surrogate.
        let claim = name.to_str().map_or(Ok(None), |name| self.claim(py, name))?;
        Ok(claim.or(default))
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        read_dict(py, &self.verified.payload)
    }

    fn __bool__(&self) -> bool {
        true
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a VerifiedToken is a proof and cannot be pickled; pickle its to_dict()"))
    }

    fn __repr__(&self) -> String {
        format!("<VerifiedToken alg={}>", self.verified.algorithm.name())
    }
}

/// A refused token; see `_native.pyi`.
#[pyclass(name = "Rejection", module = "rapidjwt", frozen)]
pub struct PyRejection {
    code: String,
    reason: String,
    error: Py<PyAny>,
}

impl PyRejection {
    /// From an error of the engine.
    pub fn new(py: Python<'_>, error: Error, policy: &Policy) -> PyResult<Self> {
        let reason = errors::reason(py, error.code())?;
        let exception = errors::raise_for(py, error, policy).into_value(py).into_any();
        Ok(Self { code: error.code().name().to_owned(), reason, error: exception })
    }

    /// From a refusal that one of `checks=` raised.
    pub fn from_refusal(py: Python<'_>, refusal: PyErr) -> PyResult<Self> {
        let error = refusal.into_value(py).into_any();
        let text = |name| error.bind(py).getattr(name)?.extract::<String>();
        Ok(Self { code: text("code")?, reason: text("reason")?, error })
    }
}

#[pymethods]
impl PyRejection {
    #[getter]
    fn ok(&self) -> bool {
        false
    }

    #[getter]
    fn code(&self) -> &str {
        &self.code
    }

    #[getter]
    fn reason(&self) -> &str {
        &self.reason
    }

    #[getter]
    pub fn error(&self, py: Python<'_>) -> Py<PyAny> {
        self.error.clone_ref(py)
    }

    fn __bool__(&self) -> bool {
        false
    }

    fn __repr__(&self) -> String {
        format!("<Rejection code={}>", self.code)
    }
}
