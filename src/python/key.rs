//! `Key`: arguments in, a prepared core key out, and its parts as Python objects.

use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyMapping, PyString, PyTuple};
use zeroize::Zeroizing;

use super::input::Given;
use super::{errors, input};
use crate::alg::{Hash, Kty};
use crate::error::{Code, Error};
use crate::keys::{GenerateError, JwkMember, Key, KeyOptions};

/// Files of keys are small; a larger one is a mistake.
pub const MAX_FILE_BYTES: usize = 1 << 20;

/// A prepared key; see `_native.pyi`.
#[pyclass(name = "Key", module = "rapidjwt", frozen)]
pub struct PyKey(Arc<Key>);

impl PyKey {
    /// Wrap a core key.
    pub fn new(key: Arc<Key>) -> Self {
        Self(key)
    }

    /// The core key.
    pub fn key(&self) -> Arc<Key> {
        Arc::clone(&self.0)
    }
}

type Argument<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// The keyword arguments that the constructors share.
struct Options<'a> {
    algorithm: Option<crate::alg::Algorithm>,
    kid: Option<String>,
    password: Option<std::borrow::Cow<'a, [u8]>>,
    allow_weak: bool,
}

impl<'a> Options<'a> {
    fn parse(
        algorithm: Argument<'_, '_>,
        kid: Argument<'_, '_>,
        password: Argument<'a, '_>,
        allow_weak: &Given<'_>,
    ) -> PyResult<Self> {
        Ok(Self {
            algorithm: input::algorithm(algorithm)?,
            kid: input::optional_string("kid", kid)?,
            password: password.map(|password| input::text("password", password)).transpose()?,
            allow_weak: flag("allow_weak", allow_weak)?,
        })
    }

    fn core(&self) -> KeyOptions<'_> {
        KeyOptions {
            algorithm: self.algorithm,
            kid: self.kid.as_deref(),
            password: self.password.as_deref(),
            allow_weak: self.allow_weak,
        }
    }

    /// Read a key. Making a key of a password takes up to seconds: other threads run meanwhile.
    fn read<T: Send>(&self, py: Python<'_>, read: impl Fn(&KeyOptions<'_>) -> T + Sync) -> T {
        let options = self.core();
        if options.password.is_some() { py.detach(|| read(&options)) } else { read(&options) }
    }
}

fn wrap(py: Python<'_>, key: Result<Key, Error>) -> PyResult<PyKey> {
    key.map(|key| PyKey(Arc::new(key))).map_err(|error| errors::raise(py, error))
}

/// The bytes of a key file. Python opens it: its OSError knows errno and name.
pub fn read_file(path: &Bound<'_, PyAny>) -> PyResult<Zeroizing<Vec<u8>>> {
    if !path.is_instance_of::<PyString>() && !path.hasattr("__fspath__")? {
        return Err(input::type_error("path", "a str or os.PathLike", path));
    }
    let file = path.py().import("builtins")?.getattr("open")?.call1((path, "rb"))?;
    let content = file.call_method1("read", (MAX_FILE_BYTES + 1,));
    file.call_method0("close")?;
    let content = content?;
    let bytes = input::bytes("content", &content)?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(errors::raise(path.py(), Code::KeyTooLarge.into()));
    }
    Ok(Zeroizing::new(bytes.to_vec()))
}

/// A JWK as a dict.
pub fn jwk_dict<'py>(py: Python<'py>, members: Vec<(&'static str, JwkMember)>) -> PyResult<Bound<'py, PyDict>> {
    let jwk = PyDict::new(py);
    for (name, member) in members {
        match member {
            JwkMember::Text(text) => jwk.set_item(name, text.as_str())?,
            JwkMember::List(items) => jwk.set_item(name, items)?,
        }
    }
    Ok(jwk)
}

#[pymethods]
impl PyKey {
    #[staticmethod]
    #[pyo3(signature = (pem, *, algorithm=None, kid=None, password=None, allow_weak=Given::NOT), text_signature = "(pem, *, algorithm=None, kid=None, password=None, allow_weak=False)")]
    fn from_pem(
        py: Python<'_>,
        pem: &Bound<'_, PyAny>,
        algorithm: Argument<'_, '_>,
        kid: Argument<'_, '_>,
        password: Argument<'_, '_>,
        allow_weak: Given<'_>,
    ) -> PyResult<Self> {
        let options = Options::parse(algorithm, kid, password, &allow_weak)?;
        let pem = input::text("pem", pem)?;
        wrap(py, options.read(py, |options| Key::from_pem(&pem, options)))
    }

    #[staticmethod]
    #[pyo3(signature = (der, *, algorithm=None, kid=None, password=None, allow_weak=Given::NOT), text_signature = "(der, *, algorithm=None, kid=None, password=None, allow_weak=False)")]
    fn from_der(
        py: Python<'_>,
        der: &Bound<'_, PyAny>,
        algorithm: Argument<'_, '_>,
        kid: Argument<'_, '_>,
        password: Argument<'_, '_>,
        allow_weak: Given<'_>,
    ) -> PyResult<Self> {
        let options = Options::parse(algorithm, kid, password, &allow_weak)?;
        let der = der.cast::<PyBytes>().map_err(|_| input::type_error("der", "bytes", der))?.as_bytes();
        wrap(py, options.read(py, |options| Key::from_der(der, options)))
    }

    #[staticmethod]
    #[pyo3(signature = (line, *, algorithm=None, kid=None, allow_weak=Given::NOT), text_signature = "(line, *, algorithm=None, kid=None, allow_weak=False)")]
    fn from_openssh(
        py: Python<'_>,
        line: &Bound<'_, PyAny>,
        algorithm: Argument<'_, '_>,
        kid: Argument<'_, '_>,
        allow_weak: Given<'_>,
    ) -> PyResult<Self> {
        let options = Options::parse(algorithm, kid, None, &allow_weak)?;
        wrap(py, Key::from_openssh(&input::text("line", line)?, &options.core()))
    }

    #[staticmethod]
    #[pyo3(signature = (jwk, *, algorithm=None, kid=None, allow_weak=Given::NOT), text_signature = "(jwk, *, algorithm=None, kid=None, allow_weak=False)")]
    fn from_jwk(
        py: Python<'_>,
        jwk: &Bound<'_, PyAny>,
        algorithm: Argument<'_, '_>,
        kid: Argument<'_, '_>,
        allow_weak: Given<'_>,
    ) -> PyResult<Self> {
        let options = Options::parse(algorithm, kid, None, &allow_weak)?;
        let key = if jwk.is_instance_of::<PyString>() || jwk.is_instance_of::<PyBytes>() {
            Key::from_jwk_text(&input::text("jwk", jwk)?, &options.core())
        } else if let Ok(mapping) = jwk.cast::<PyMapping>() {
            Key::from_jwk(&input::jwk(mapping)?, &options.core())
        } else {
            return Err(input::type_error("jwk", "a mapping, str or bytes", jwk));
        };
        wrap(py, key)
    }

    #[staticmethod]
    #[pyo3(signature = (secret, *, algorithm, kid=None, allow_weak=Given::NOT), text_signature = "(secret, *, algorithm, kid=None, allow_weak=False)")]
    fn from_secret(
        py: Python<'_>,
        secret: &Bound<'_, PyAny>,
        algorithm: &Bound<'_, PyAny>,
        kid: Argument<'_, '_>,
        allow_weak: Given<'_>,
    ) -> PyResult<Self> {
        let mut options = Options::parse(None, kid, None, &allow_weak)?;
        options.algorithm = Some(input::needed_algorithm(algorithm)?);
        wrap(py, Key::from_secret(&input::text("secret", secret)?, &options.core()))
    }

    #[staticmethod]
    #[pyo3(signature = (path, *, algorithm=None, kid=None, password=None, allow_weak=Given::NOT), text_signature = "(path, *, algorithm=None, kid=None, password=None, allow_weak=False)")]
    fn from_file(
        py: Python<'_>,
        path: &Bound<'_, PyAny>,
        algorithm: Argument<'_, '_>,
        kid: Argument<'_, '_>,
        password: Argument<'_, '_>,
        allow_weak: Given<'_>,
    ) -> PyResult<Self> {
        let options = Options::parse(algorithm, kid, password, &allow_weak)?;
        let bytes = read_file(path)?;
        wrap(py, options.read(py, |options| Key::from_file_content(&bytes, options)))
    }

    #[staticmethod]
    #[pyo3(signature = (algorithm, *, kid=None, bits=None))]
    fn generate(
        py: Python<'_>,
        algorithm: &Bound<'_, PyAny>,
        kid: Argument<'_, '_>,
        bits: Argument<'_, '_>,
    ) -> PyResult<Self> {
        let algorithm = input::needed_algorithm(algorithm)?;
        let kid = input::optional_string("kid", kid)?;
        let misfit = || input::value_error("bits", "do not fit the algorithm");
        let bits = match bits {
            None => None,
            Some(bits)
                if !bits.is_instance_of::<pyo3::types::PyInt>() || bits.is_instance_of::<pyo3::types::PyBool>() =>
            {
                return Err(input::type_error("bits", "an integer or None", bits));
            }
            Some(bits) => Some(bits.extract::<usize>().map_err(|_| misfit())?),
        };
        // Making an RSA key takes tenths of a second: let other threads run.
        let made = py.detach(|| Key::generate(algorithm, kid.as_deref(), bits));
        match made {
            Ok(key) => Ok(Self(Arc::new(key))),
            Err(GenerateError::Bits) => Err(misfit()),
            Err(GenerateError::Failed(error)) => Err(errors::raise(py, error)),
        }
    }

    #[getter]
    fn kty(&self) -> &'static str {
        self.0.kty().name()
    }

    #[getter]
    fn curve(&self) -> Option<&'static str> {
        self.0.curve().map(|curve| curve.name())
    }

    #[getter]
    fn algorithm(&self) -> Option<&'static str> {
        self.0.algorithm().map(|algorithm| algorithm.name())
    }

    #[getter]
    fn algorithms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let names: Vec<_> = self.0.algorithms().iter().map(|algorithm| algorithm.name()).collect();
        PyTuple::new(py, names)
    }

    #[getter]
    fn kid(&self) -> Option<&str> {
        self.0.kid()
    }

    #[getter]
    fn r#use(&self) -> Option<&str> {
        self.0.usage()
    }

    #[getter]
    fn key_ops<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.0.key_ops().map(|names| PyTuple::new(py, names.iter().map(|name| &**name))).transpose()
    }

    #[getter]
    fn issuer(&self) -> Option<&str> {
        self.0.issuer()
    }

    #[getter]
    fn bits(&self) -> usize {
        self.0.bits()
    }

    #[getter]
    fn is_private(&self) -> bool {
        self.0.is_private()
    }

    fn public(&self, py: Python<'_>) -> PyResult<Self> {
        wrap(py, self.0.public())
    }

    #[pyo3(signature = (*, private=Given::NOT), text_signature = "($self, *, private=False)")]
    fn to_pem(&self, py: Python<'_>, private: Given<'_>) -> PyResult<String> {
        let pem = self.0.to_pem(flag("private", &private)?).map_err(|error| errors::raise(py, error))?;
        Ok(pem.as_str().to_owned())
    }

    #[pyo3(signature = (*, private=Given::NOT), text_signature = "($self, *, private=False)")]
    fn to_der<'py>(&self, py: Python<'py>, private: Given<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let der = self.0.to_der(flag("private", &private)?).map_err(|error| errors::raise(py, error))?;
        Ok(PyBytes::new(py, &der))
    }

    #[pyo3(signature = (*, private=Given::NOT), text_signature = "($self, *, private=False)")]
    fn to_jwk<'py>(&self, py: Python<'py>, private: Given<'py>) -> PyResult<Bound<'py, PyDict>> {
        jwk_dict(py, self.0.to_jwk(flag("private", &private)?).map_err(|error| errors::raise(py, error))?)
    }

    #[pyo3(signature = (*, hash=Given::NOT), text_signature = "($self, *, hash='SHA-256')")]
    fn thumbprint(&self, hash: Given<'_>) -> PyResult<String> {
        let hash = match hash.object() {
            None => Hash::Sha256.name().to_owned(),
            Some(hash) => input::needed_string("hash", hash)?,
        };
        let known = [Hash::Sha256, Hash::Sha384, Hash::Sha512];
        let hash = known.into_iter().find(|known| known.name() == hash);
        hash.map(|hash| self.0.thumbprint(hash))
            .ok_or_else(|| input::value_error("hash", "must be SHA-256, SHA-384 or SHA-512"))
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Key cannot be pickled"))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let key = &self.0;
        let algorithm = key.algorithm().map_or("any", |algorithm| algorithm.name());
        let kid = match key.kid() {
            Some(kid) => format!(" kid={}", PyString::new(py, kid).repr()?),
            None => String::new(),
        };
        let part = match (key.kty(), key.is_private()) {
            (Kty::Oct, _) => "secret",
            (_, true) => "private",
            (_, false) => "public",
        };
        Ok(format!("<Key kty={} bits={} algorithm={algorithm}{kid} {part}>", key.kty().name(), key.bits()))
    }
}

/// An argument that is False unless it is given.
pub fn flag(name: &str, value: &Given<'_>) -> PyResult<bool> {
    value.object().map_or(Ok(false), |value| input::boolean(name, value))
}
