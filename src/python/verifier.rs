//! `Verifier`: a policy and keys made once, then tokens.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyTuple};

use super::cache::{PyTokenCache, Template};
use super::claims::PySink;
use super::input::Given;
use super::key::PyKey;
use super::key_set::PyKeySet;
use super::policy::{Arguments, LimitArguments, parse};
use super::results::{DEFAULT_BATCH, PyResults};
use super::token::{self, PyRejection, PyVerifiedToken};
use super::{cache, check, errors, explain, imported, input};
use crate::alg::Algorithm;
use crate::batch::{self, Verdict};
use crate::cache::{Accepted, TokenCache};
use crate::clock;
use crate::error::{Code, Error};
use crate::header::Memo;
use crate::json::{Sink, Skip};
use crate::keys::KeySet;
use crate::policy::Policy;
use crate::verify::{self, Verified};

/// A policy and its keys; see `_native.pyi`.
#[pyclass(name = "Verifier", module = "rapidjwt", frozen)]
pub struct PyVerifier {
    policy: Policy,
    algorithms: Vec<Algorithm>,
    current: ArcSwap<Current>,
    /// How many claims the last accepted token had: those of one issuer mostly have as many.
    claims: AtomicUsize,
    checks: Vec<Py<PyAny>>,
    clock: Option<Py<PyAny>>,
    cache: Option<Py<PyTokenCache>>,
    /// Whose entries of the cache are meant.
    number: u64,
}

/// So many verifiers were made.
static NUMBERS: AtomicU64 = AtomicU64::new(0);

/// The keys, and the headers of tokens that they verified.
struct Current {
    keys: Arc<KeySet>,
    headers: Memo,
}

impl Current {
    fn new(keys: Arc<KeySet>) -> Arc<Self> {
        Arc::new(Self { keys, headers: Memo::default() })
    }
}

impl PyVerifier {
    fn now(&self, py: Python<'_>) -> PyResult<f64> {
        self.clock.as_ref().map_or_else(|| Ok(clock::system()), |clock| ask_clock(clock.bind(py)))
    }

    fn run<S: Sink>(&self, token: &[u8], now: f64, sink: &mut S) -> Result<Verified<S::Value>, Error> {
        let current = self.current.load();
        verify::verify(token, &current.keys, &self.policy, &current.headers, now, sink)
    }

    fn raise(&self, py: Python<'_>, error: Error) -> PyErr {
        errors::raise_for(py, error, &self.policy)
    }

    fn remembered(&self, cache: &TokenCache<Template>, token: &[u8], now: f64) -> Result<Accepted<Template>, Error> {
        let current = self.current.load();
        cache.verify(self.number, token, &current.keys, &self.policy, &current.headers, now, Template::new)
    }

    /// The proof of a token, from the cache if there is one.
    fn verified(&self, py: Python<'_>, token: &[u8], now: f64) -> Result<Arc<Verified<()>>, Error> {
        match &self.cache {
            None => self.run(token, now, &mut Skip::<true>).map(Arc::new),
            Some(cache) => self.remembered(cache.bind(py).get().cache(), token, now).map(Accepted::into_verified),
        }
    }

    /// The claims, in one pass, or from the cache.
    fn claims<'py>(&self, py: Python<'py>, token: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        if let Some(cache) = &self.cache {
            let remembered = self.remembered(cache.bind(py).get().cache(), token, self.now(py)?);
            return match remembered.map_err(|error| self.raise(py, error))? {
                Accepted::Entry(entry) => cache::fresh_claims(py, &entry).map(Bound::into_any),
                Accepted::Token(verified) => token::read_dict(py, &verified.payload).map(Bound::into_any),
            };
        }
        let mut sink = PySink::new(py).expect(self.claims.load(Ordering::Relaxed));
        let result = self.run(token, self.now(py)?, &mut sink);
        let claims = result.map_err(|error| sink.error.take().unwrap_or_else(|| self.raise(py, error)))?.value;
        self.claims.store(claims.cast::<PyDict>().map_or(0, |claims| claims.len()), Ordering::Relaxed);
        Ok(claims)
    }

    /// The token as a proof, or the engine's refusal. A refusal by `checks=` is a Python error already.
    fn prove<'py>(
        &self,
        py: Python<'py>,
        token: &[u8],
        now: f64,
    ) -> PyResult<Result<Bound<'py, PyVerifiedToken>, Error>> {
        match self.verified(py, token, now) {
            Ok(verified) => self.checked(py, verified).map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }

    /// A result for each token, in order. The GIL is left once, for all of them.
    pub fn judge<'py>(
        &self,
        py: Python<'py>,
        tokens: &[Bound<'py, PyAny>],
        threads: Option<NonZero<usize>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let texts: Vec<_> = tokens.iter().map(|token| input::text("token", token)).collect::<PyResult<_>>()?;
        let texts: Vec<&[u8]> = texts.iter().map(|text| &**text).collect();
        let threads = threads.unwrap_or_else(|| batch::threads_for(texts.len()));
        let now = self.now(py)?;
        let current = self.current.load_full();
        let verdicts = py.detach(|| batch::verify(&texts, &current.keys, &self.policy, &current.headers, now, threads));
        verdicts.into_iter().map(|verdict| self.result(py, verdict)).collect()
    }

    /// One verdict as a result, after the caller's own checks.
    fn result<'py>(&self, py: Python<'py>, verdict: Verdict) -> PyResult<Bound<'py, PyAny>> {
        let rejection = match verdict.map(|verified| self.checked(py, Arc::new(verified))) {
            Ok(Ok(token)) => return Ok(token.into_any()),
            Err(error) => PyRejection::new(py, error, &self.policy)?,
            Ok(Err(error)) if errors::is_refusal(py, &error)? => PyRejection::from_refusal(py, error)?,
            Ok(Err(error)) => return Err(error),
        };
        Ok(Bound::new(py, rejection)?.into_any())
    }

    fn checked<'py>(&self, py: Python<'py>, verified: Arc<Verified<()>>) -> PyResult<Bound<'py, PyVerifiedToken>> {
        let token = Bound::new(py, PyVerifiedToken::new(verified))?;
        check::run(&self.checks, &token)?;
        Ok(token)
    }
}

fn ask_clock(clock: &Bound<'_, PyAny>) -> PyResult<f64> {
    let time = clock.call0()?;
    let is_number = time.is_instance_of::<PyFloat>() || time.is_instance_of::<PyInt>();
    if !is_number || time.is_instance_of::<PyBool>() {
        return Err(PyTypeError::new_err(format!("clock must return a number, not {}", input::type_name(&time))));
    }
    match time.extract::<f64>() {
        Ok(seconds) if seconds.is_finite() => Ok(seconds),
        _ => Err(PyValueError::new_err("clock must return a finite number")),
    }
}

/// Keys as an argument: a `Key`, a `KeySet` or an iterable of `Key`. Private keys stay where they belong.
fn key_set(object: &Bound<'_, PyAny>) -> PyResult<Arc<KeySet>> {
    const WHAT: &str = "a Key, a KeySet or an iterable of Key";
    let keys = if let Ok(keys) = object.cast::<PyKeySet>() {
        keys.get().keys()
    } else if let Ok(key) = object.cast::<PyKey>() {
        Arc::new(KeySet::new(vec![key.get().key()]))
    } else {
        let items = object.try_iter().map_err(|_| input::type_error("keys", WHAT, object))?;
        let key = |item: PyResult<Bound<'_, PyAny>>| {
            let item = item?;
            item.cast::<PyKey>().map(|key| key.get().key()).map_err(|_| input::type_error("keys", WHAT, &item))
        };
        Arc::new(KeySet::new(items.map(key).collect::<PyResult<_>>()?))
    };
    if keys.keys().iter().any(|key| key.is_private() && key.kty() != crate::alg::Kty::Oct) {
        return Err(errors::raise(object.py(), Code::KeyPrivate.into()));
    }
    Ok(keys)
}

fn token_cache(object: &Bound<'_, PyAny>) -> PyResult<Py<PyTokenCache>> {
    let cache =
        object.cast::<PyTokenCache>().map_err(|_| input::type_error("cache", "a TokenCache or None", object))?;
    Ok(cache.clone().unbind())
}

/// Resolve `into=` before the token is looked at.
fn check_into(py: Python<'_>, into: &Bound<'_, PyAny>) -> PyResult<()> {
    static CHECK: pyo3::sync::PyOnceLock<Py<PyAny>> = pyo3::sync::PyOnceLock::new();
    imported(&CHECK, py, "rapidjwt._into", "check")?.call1((into,)).map(|_| ())
}

fn convert<'py>(claims: Bound<'py, PyAny>, into: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static CONVERT: pyo3::sync::PyOnceLock<Py<PyAny>> = pyo3::sync::PyOnceLock::new();
    imported(&CONVERT, claims.py(), "rapidjwt._into", "convert")?.call1((claims, into))
}

#[pymethods]
impl PyVerifier {
    #[new]
    #[pyo3(signature = (
        keys, *, algorithms, issuer, audience, subject=None, leeway=Given::NOT, require=Given::NOT, typ=None,
        max_age=None, max_lifetime=None, checks=Given::NOT, clock=None, max_token_bytes=Given::NOT,
        max_header_bytes=Given::NOT, max_depth=Given::NOT, allow_padding=Given::NOT, cache=None,
        crypto=Given::NOT,
    ), text_signature = "(keys, *, algorithms, issuer, audience, subject=None, leeway=0, require=('exp',), typ=None, max_age=None, max_lifetime=None, checks=(), clock=None, max_token_bytes=262144, max_header_bytes=16384, max_depth=128, allow_padding=False, cache=None, crypto='auto')")]
    #[allow(clippy::too_many_arguments, reason = "they are the policy's keywords")]
    fn new(
        keys: &Bound<'_, PyAny>,
        algorithms: &Bound<'_, PyAny>,
        issuer: &Bound<'_, PyAny>,
        audience: &Bound<'_, PyAny>,
        subject: Option<&Bound<'_, PyAny>>,
        leeway: Given<'_>,
        require: Given<'_>,
        typ: Option<&Bound<'_, PyAny>>,
        max_age: Option<&Bound<'_, PyAny>>,
        max_lifetime: Option<&Bound<'_, PyAny>>,
        checks: Given<'_>,
        clock: Option<&Bound<'_, PyAny>>,
        max_token_bytes: Given<'_>,
        max_header_bytes: Given<'_>,
        max_depth: Given<'_>,
        allow_padding: Given<'_>,
        cache: Option<&Bound<'_, PyAny>>,
        crypto: Given<'_>,
    ) -> PyResult<Self> {
        let keys = key_set(keys)?;
        let limits = LimitArguments { max_token_bytes, max_header_bytes, max_depth, allow_padding };
        let given = Arguments {
            algorithms,
            issuer,
            audience,
            subject,
            leeway,
            require,
            typ,
            max_age,
            max_lifetime,
            checks,
            clock,
            limits,
        };
        let mut parsed = parse(&given)?;
        let cache = cache.map(token_cache).transpose()?;
        parsed.policy.crypto = super::crypto::choice(&crypto)?;
        let fits = keys.keys().iter().any(|key| key.algorithms().intersects(parsed.policy.algorithms));
        if !fits && !keys.keys().is_empty() {
            return Err(input::value_error("keys", "fit none of the algorithms"));
        }
        Ok(Self {
            policy: parsed.policy,
            algorithms: parsed.algorithms,
            current: ArcSwap::new(Current::new(keys)),
            claims: AtomicUsize::new(0),
            checks: parsed.checks,
            clock: parsed.clock,
            cache,
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
        })
    }

    #[getter]
    fn keys(&self) -> PyKeySet {
        PyKeySet::new(Arc::clone(&self.current.load().keys))
    }

    #[getter]
    fn algorithms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.algorithms.iter().map(|algorithm| algorithm.name()))
    }

    fn replace_keys(&self, keys: &Bound<'_, PyAny>) -> PyResult<()> {
        self.current.store(Current::new(key_set(keys)?));
        Ok(())
    }

    #[pyo3(signature = (token, *, into=None))]
    fn decode<'py>(
        &self,
        py: Python<'py>,
        token: &Bound<'py, PyAny>,
        into: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        into.map_or(Ok(()), |into| check_into(py, into))?;
        let token = input::text("token", token)?;
        let claims = if self.checks.is_empty() {
            self.claims(py, &token)?
        } else {
            let token = self.prove(py, &token, self.now(py)?)?.map_err(|error| self.raise(py, error))?;
            token.get().claims_dict(py)?.into_any()
        };
        into.map_or(Ok(claims.clone()), |into| convert(claims, into))
    }

    fn verify<'py>(&self, py: Python<'py>, token: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyVerifiedToken>> {
        let token = input::text("token", token)?;
        self.prove(py, &token, self.now(py)?)?.map_err(|error| self.raise(py, error))
    }

    #[pyo3(signature = (tokens, *, threads=None))]
    fn verify_many<'py>(
        &self,
        py: Python<'py>,
        tokens: &Bound<'py, PyAny>,
        threads: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let threads = threads.map(|threads| input::positive("threads", threads)).transpose()?;
        let tokens: Vec<_> = tokens.try_iter()?.collect::<PyResult<_>>()?;
        PyList::new(py, self.judge(py, &tokens, threads)?)
    }

    #[pyo3(signature = (tokens, *, threads=None, batch=Given::NOT), text_signature = "($self, tokens, *, threads=None, batch=1024)")]
    fn verify_stream(
        slf: &Bound<'_, Self>,
        tokens: &Bound<'_, PyAny>,
        threads: Option<&Bound<'_, PyAny>>,
        batch: Given<'_>,
    ) -> PyResult<PyResults> {
        let threads = threads.map(|threads| input::positive("threads", threads)).transpose()?;
        let batch = batch.object().map_or(Ok(DEFAULT_BATCH), |batch| input::positive("batch", batch))?;
        Ok(PyResults::new(slf, &tokens.try_iter()?, threads, batch))
    }

    fn explain<'py>(&self, py: Python<'py>, token: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let bytes = input::text("token", token)?;
        let now = self.now(py)?;
        let checks = crate::explain::explain(&bytes, &self.current.load().keys, &self.policy, now);
        let passed = checks.iter().all(|check| check.result == Some(Ok(())));
        let own = if passed { Some(self.prove(py, &bytes, now)) } else { None };
        explain::explanation(py, &bytes, &self.policy, &checks, own)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Verifier holds keys and cannot be pickled"))
    }

    fn __repr__(&self) -> String {
        let names: Vec<_> = self.algorithms.iter().map(|algorithm| algorithm.name()).collect();
        format!("<Verifier algorithms={}>", names.join(","))
    }
}

/// Python dict of a text that may or may not be a JSON object.
pub fn object_or_none<'py>(py: Python<'py>, bytes: &[u8], max_depth: usize) -> Option<Bound<'py, PyDict>> {
    let mut sink = PySink::untrusted(py);
    let mut reader = crate::json::Reader::new(bytes, max_depth).ok()?;
    reader.document(&mut sink).ok()?.cast_into::<PyDict>().ok()
}
