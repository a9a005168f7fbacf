//! `Verifier`: a policy and keys made once, then tokens.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyEllipsis, PyList, PyTuple};

use super::cache::{PyTokenCache, Template};
use super::claims::PySink;
use super::input::Given;
use super::key::PyKey;
use super::key_set::PyKeySet;
use super::observer::Observer;
use super::policy::{Arguments, LimitArguments, Parsed, callables, limits, parse};
use super::results::{DEFAULT_BATCH, PyResults};
use super::source::Parties;
use super::token::{self, PyRejection, PyVerifiedToken};
use super::{cache, check, errors, explain, imported, input, into, issuer as named, own_clock};
use crate::alg::Algorithm;
use crate::batch::{self, Verdict};
use crate::cache::{Accepted, TokenCache};
use crate::clock;
use crate::error::{Code, Error};
use crate::issuer::{Issuer, Issuers, Trail};
use crate::json::Skip;
use crate::keys::{KeySet, Slot};
use crate::policy::Policy;
use crate::verify::{self, Verified};

/// A policy and its keys, or several issuers; see `_native.pyi`.
#[pyclass(name = "Verifier", module = "rapidjwt", frozen)]
pub struct PyVerifier {
    issuers: Issuers,
    parties: Parties,
    algorithms: Vec<Algorithm>,
    /// How many claims the last accepted token had: those of one issuer mostly have as many.
    claims: AtomicUsize,
    checks: Vec<Py<PyAny>>,
    /// Has anybody checks of his own, or wants to hear of each token?
    asks: bool,
    observer: Option<Observer>,
    clock: Option<Py<PyAny>>,
    cache: Option<Py<PyTokenCache>>,
    /// Whose entries of the cache are meant.
    number: u64,
}

impl PyVerifier {
    fn now(&self, py: Python<'_>) -> PyResult<f64> {
        self.clock.as_ref().map_or_else(|| Ok(clock::system()), |clock| own_clock::ask(clock.bind(py)))
    }

    /// The issuer's policy that a token is judged by. Where it has no issuer, one without wishes.
    fn policy(&self, trail: &Trail) -> std::borrow::Cow<'_, Policy> {
        let issuer = trail.issuer.and_then(|index| self.issuers.list().get(index));
        issuer.map_or_else(Default::default, |issuer| std::borrow::Cow::Borrowed(&issuer.policy))
    }

    fn raise(&self, py: Python<'_>, error: Error, trail: &Trail) -> PyErr {
        errors::raise_for(py, error, &self.policy(trail))
    }

    /// Verify once, and a second time when a source of keys found the one that was missing. A refusal that a source could
    /// help is marked where nobody may be asked.
    fn attempt<T>(
        &self,
        py: Python<'_>,
        seek: Seek,
        trail: &mut Trail,
        mut verify: impl FnMut(&mut Trail) -> Result<T, Error>,
    ) -> PyResult<T> {
        let mut result = verify(trail);
        self.parties.tell(py, trail)?;
        if result.is_err() && trail.missed.is_some() && seek == Seek::Ask && self.parties.find(py, trail)? {
            *trail = Trail::default();
            result = verify(trail);
        }
        match result {
            Ok(value) => Ok(value),
            Err(error) => {
                let refusal = self.raise(py, error, trail);
                if let (Seek::Mark, Some(missed)) = (seek, self.parties.missed(py, trail)) {
                    refusal.value(py).setattr("_missed", missed)?;
                }
                Err(refusal)
            }
        }
    }

    /// A token from the cache, or to it.
    fn remembered(
        &self,
        py: Python<'_>,
        cache: &TokenCache<Template>,
        token: &[u8],
        now: f64,
        seek: Seek,
        trail: &mut Trail,
    ) -> PyResult<Accepted<Template>> {
        self.attempt(py, seek, trail, |trail| {
            cache.verify(self.number, token, &self.issuers, now, trail, Template::new)
        })
    }

    /// The claims, in one pass, or from the cache.
    fn claims<'py>(&self, py: Python<'py>, token: &[u8], seek: Seek) -> PyResult<Bound<'py, PyAny>> {
        let now = self.now(py)?;
        let mut trail = Trail::default();
        if let Some(cache) = &self.cache {
            return match self.remembered(py, cache.bind(py).get().cache(), token, now, seek, &mut trail)? {
                Accepted::Entry(entry) => cache::fresh_claims(py, &entry).map(Bound::into_any),
                Accepted::Token(verified) => token::read_dict(py, &verified.payload).map(Bound::into_any),
            };
        }
        let mut sink = PySink::new(py).expect(self.claims.load(Ordering::Relaxed));
        let run = |trail: &mut Trail| verify::verify_for(token, &self.issuers, now, &mut sink, trail, &mut |_, _| ());
        let result = self.attempt(py, seek, &mut trail, run);
        let claims = result.map_err(|refusal| sink.error.take().unwrap_or(refusal))?.value;
        self.claims.store(claims.cast::<PyDict>().map_or(0, |claims| claims.len()), Ordering::Relaxed);
        Ok(claims)
    }

    /// The token as a proof.
    fn prove<'py>(
        &self,
        py: Python<'py>,
        token: &[u8],
        now: f64,
        seek: Seek,
        trail: &mut Trail,
    ) -> PyResult<Bound<'py, PyVerifiedToken>> {
        let verified = if let Some(cache) = &self.cache {
            self.remembered(py, cache.bind(py).get().cache(), token, now, seek, trail)?.into_verified()
        } else {
            self.attempt(py, seek, trail, |trail| {
                verify::verify_for(token, &self.issuers, now, &mut Skip::<true>, trail, &mut |_, _| ()).map(Arc::new)
            })?
        };
        self.checked(py, verified, trail)
    }

    /// What `verify` returns.
    fn verified<'py>(
        &self,
        py: Python<'py>,
        token: &Bound<'py, PyAny>,
        seek: Seek,
    ) -> PyResult<Bound<'py, PyVerifiedToken>> {
        self.verified_bytes(py, &input::text("token", token)?, seek)
    }

    fn verified_bytes<'py>(&self, py: Python<'py>, token: &[u8], seek: Seek) -> PyResult<Bound<'py, PyVerifiedToken>> {
        let prove = |trail: &mut Trail| self.prove(py, token, self.now(py)?, seek, trail);
        match &self.observer {
            None => prove(&mut Trail::default()),
            Some(observer) => {
                let proof = |trail: &mut Trail| prove(trail).map(|proof| (proof.clone(), proof));
                observer.watch(py, &self.issuers, token, proof)
            }
        }
    }

    /// `_verify` of the bytes of a token.
    pub fn attempt_bytes<'py>(&self, py: Python<'py>, token: &[u8]) -> PyResult<Bound<'py, PyVerifiedToken>> {
        self.verified_bytes(py, token, Seek::Mark)
    }

    /// What `decode` returns.
    fn decoded<'py>(
        &self,
        py: Python<'py>,
        token: &Bound<'py, PyAny>,
        into: Option<&Bound<'py, PyAny>>,
        seek: Seek,
    ) -> PyResult<Bound<'py, PyAny>> {
        into.map_or(Ok(()), |into| into::check(py, into))?;
        let token = input::text("token", token)?;
        let converted = |claims: Bound<'py, PyAny>| into.map_or(Ok(claims.clone()), |into| into::convert(claims, into));
        if !self.asks {
            return converted(self.claims(py, &token, seek)?);
        }
        let prove = |trail: &mut Trail| {
            let proof = self.prove(py, &token, self.now(py)?, seek, trail)?;
            let claims = converted(proof.get().claims_dict(py)?.into_any())?;
            Ok((proof, claims))
        };
        match &self.observer {
            None => Ok(prove(&mut Trail::default())?.1),
            Some(observer) => observer.watch(py, &self.issuers, &token, prove),
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
        let observed = self.observer.as_ref().map(|observer| (observer, Instant::now()));
        let now = self.now(py)?;
        let mut verdicts = py.detach(|| batch::verify(&texts, &self.issuers, now, threads));
        let mut failed = self.seek_for_all(py, &texts, &mut verdicts, now, threads)?;
        if failed.is_empty() && observed.is_none() {
            return verdicts.into_iter().map(|verdict| self.result(py, verdict)).collect();
        }
        let result = |(place, verdict)| match failed.remove(&place) {
            Some(refusal) => self.rejected(py, refusal),
            None => self.result(py, verdict),
        };
        let Some((observer, started)) = observed else { return verdicts.into_iter().enumerate().map(result).collect() };
        let routes: Vec<_> = verdicts.iter().map(|(_, trail)| trail.issuer).collect();
        let results: Vec<_> = verdicts.into_iter().enumerate().map(result).collect::<PyResult<_>>()?;
        observer.watched(&self.issuers, &texts, &routes, &results, started)?;
        Ok(results)
    }

    /// Ask the sources once for each key that any token missed, and verify those tokens again whose source found it. What a
    /// source failed with, for the place of each of its tokens.
    fn seek_for_all(
        &self,
        py: Python<'_>,
        texts: &[&[u8]],
        verdicts: &mut [Verdict],
        now: f64,
        threads: NonZero<usize>,
    ) -> PyResult<HashMap<usize, PyErr>> {
        let (mut failed, mut again) = (HashMap::new(), Vec::new());
        if self.parties.is_empty() {
            return Ok(failed);
        }
        let mut told = std::collections::HashSet::new();
        let mut asked: HashMap<(Option<usize>, Option<&str>), PyResult<bool>> = HashMap::new();
        for (place, (_, trail)) in verdicts.iter().enumerate() {
            if trail.is_due && told.insert(trail.issuer) {
                self.parties.tell(py, trail)?;
            }
            let Some((_, kid)) = self.parties.missed(py, trail) else { continue };
            let answer = asked.entry((trail.issuer, kid)).or_insert_with(|| self.parties.find(py, trail));
            match answer {
                Ok(true) => again.push(place),
                Ok(false) => {}
                Err(error) if errors::is_refusal(py, error)? => {
                    failed.insert(place, error.clone_ref(py));
                }
                Err(error) => return Err(error.clone_ref(py)),
            }
        }
        let texts: Vec<&[u8]> = again.iter().filter_map(|&place| texts.get(place).copied()).collect();
        let second = py.detach(|| batch::verify(&texts, &self.issuers, now, threads));
        for (place, verdict) in again.into_iter().zip(second) {
            if let Some(first) = verdicts.get_mut(place) {
                *first = verdict;
            }
        }
        Ok(failed)
    }

    /// One verdict as a result, after the caller's own checks.
    fn result<'py>(&self, py: Python<'py>, (verdict, trail): Verdict) -> PyResult<Bound<'py, PyAny>> {
        match verdict.map(|verified| self.checked(py, verified, &trail)) {
            Ok(Ok(token)) => Ok(token.into_any()),
            Ok(Err(error)) => self.rejected(py, error),
            Err(error) => Ok(Bound::new(py, PyRejection::new(py, error, &self.policy(&trail))?)?.into_any()),
        }
    }

    fn rejected<'py>(&self, py: Python<'py>, error: PyErr) -> PyResult<Bound<'py, PyAny>> {
        if errors::is_refusal(py, &error)? {
            Ok(Bound::new(py, PyRejection::from_refusal(py, error)?)?.into_any())
        } else {
            Err(error)
        }
    }

    /// After the issuer's checks and the caller's.
    fn checked<'py>(
        &self,
        py: Python<'py>,
        verified: Arc<Verified<()>>,
        trail: &Trail,
    ) -> PyResult<Bound<'py, PyVerifiedToken>> {
        let token = Bound::new(py, PyVerifiedToken::new(verified))?;
        check::run(self.parties.checks(trail), &token)?;
        check::run(&self.checks, &token)?;
        Ok(token)
    }

    /// The slot of a verifier without `issuers`.
    fn own_slot(&self, what: &str) -> PyResult<&Slot> {
        let issuer = self.issuers.without_choice();
        issuer.map(|issuer| &*issuer.slot).ok_or_else(|| {
            PyAttributeError::new_err(format!("a Verifier with issuers has no {what} of its own: each issuer has"))
        })
    }

    fn build(parts: Parts<'_, '_>) -> PyResult<Self> {
        let Parts { issuers, parties, algorithms, checks, clock, cache, observer } = parts;
        let cache = cache.map(token_cache).transpose()?;
        let observer = observer.map(|observer| Observer::new(observer, &issuers, &parties)).transpose()?;
        Ok(Self {
            asks: !checks.is_empty() || parties.have_checks() || observer.is_some(),
            observer,
            issuers,
            parties,
            algorithms,
            claims: AtomicUsize::new(0),
            checks,
            clock,
            cache,
            number: crate::cache::number(),
        })
    }
}

/// What to do when the source of an issuer's keys might know the missing one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seek {
    /// Ask it.
    Ask,
    /// Say so in the refusal: the caller asks.
    Mark,
}

/// What a verifier is made of.
struct Parts<'a, 'py> {
    issuers: Issuers,
    parties: Parties,
    algorithms: Vec<Algorithm>,
    checks: Vec<Py<PyAny>>,
    clock: Option<Py<PyAny>>,
    cache: Option<&'a Bound<'py, PyAny>>,
    observer: Option<&'a Bound<'py, PyAny>>,
}

/// What each issuer says for itself, as arguments of a verifier.
fn refuse_issuers_own(given: &[(&str, bool)]) -> PyResult<()> {
    match given.iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) => {
            Err(PyTypeError::new_err(format!("Verifier() takes no '{name}' with 'issuers': it belongs to each Issuer")))
        }
        None => Ok(()),
    }
}

fn needed<'a, 'py>(name: &str, given: &'a Given<'py>) -> PyResult<&'a Bound<'py, PyAny>> {
    said(given).ok_or_else(|| PyTypeError::new_err(format!("Verifier() missing required argument: '{name}'")))
}

/// An argument whose default is `...`, as the signature shows it.
fn said<'a, 'py>(given: &'a Given<'py>) -> Option<&'a Bound<'py, PyAny>> {
    given.object().filter(|object| !object.is_instance_of::<PyEllipsis>())
}

/// Is it there, and other than its default?
fn says<'py>(given: &Given<'py>, default: impl IntoPyObject<'py>) -> PyResult<bool> {
    given.object().map_or(Ok(false), |object| object.ne(default))
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

#[pymethods]
impl PyVerifier {
    #[new]
    #[pyo3(signature = (
        keys=Given::NOT, *, issuers=None, algorithms=Given::NOT, issuer=Given::NOT, audience=Given::NOT, subject=None,
        leeway=Given::NOT, require=Given::NOT, typ=None, max_age=None, max_lifetime=None, checks=Given::NOT, clock=None,
        max_token_bytes=Given::NOT, max_header_bytes=Given::NOT, max_depth=Given::NOT, allow_padding=Given::NOT, cache=None,
        crypto=Given::NOT, observer=None,
    ), text_signature = "(keys=..., *, issuers=None, algorithms=..., issuer=..., audience=..., subject=None, leeway=0, require=('exp',), typ=None, max_age=None, max_lifetime=None, checks=(), clock=None, max_token_bytes=262144, max_header_bytes=16384, max_depth=128, allow_padding=False, cache=None, crypto='auto', observer=None)")]
    #[allow(clippy::too_many_arguments, reason = "they are the policy's keywords")]
    fn new(
        keys: Given<'_>,
        issuers: Option<&Bound<'_, PyAny>>,
        algorithms: Given<'_>,
        issuer: Given<'_>,
        audience: Given<'_>,
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
        observer: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let sizes = LimitArguments { max_token_bytes, max_header_bytes, max_depth, allow_padding };
        if let Some(issuers) = issuers {
            refuse_issuers_own(&[
                ("keys", said(&keys).is_some()),
                ("algorithms", said(&algorithms).is_some()),
                ("issuer", said(&issuer).is_some()),
                ("audience", said(&audience).is_some()),
                ("subject", subject.is_some()),
                ("leeway", says(&leeway, 0)?),
                ("require", says(&require, ("exp",))?),
                ("typ", typ.is_some()),
                ("max_age", max_age.is_some()),
                ("max_lifetime", max_lifetime.is_some()),
            ])?;
            let (checks, clock) = callables(&checks, clock)?;
            let crypto = super::crypto::choice(&crypto)?;
            let (issuers, parties, algorithms) = named::take(issuers, limits(&sizes)?, crypto)?;
            return Self::build(Parts { issuers, parties, algorithms, checks, clock, cache, observer });
        }
        let keys = key_set(needed("keys", &keys)?)?;
        let given = Arguments {
            algorithms: needed("algorithms", &algorithms)?,
            issuer: needed("issuer", &issuer)?,
            audience: needed("audience", &audience)?,
            subject,
            leeway,
            require,
            typ,
            max_age,
            max_lifetime,
            checks,
            clock,
            limits: sizes,
        };
        let Parsed { mut policy, algorithms, checks, clock } = parse(&given)?;
        policy.crypto = super::crypto::choice(&crypto)?;
        let fits = keys.keys().iter().any(|key| key.algorithms().intersects(policy.algorithms));
        if !fits && !keys.keys().is_empty() {
            return Err(input::value_error("keys", "fit none of the algorithms"));
        }
        let issuers = Issuers::lone(Issuer { policy, slot: Arc::new(Slot::own(keys)) });
        Self::build(Parts { issuers, parties: Parties::default(), algorithms, checks, clock, cache, observer })
    }

    #[getter]
    fn keys(&self) -> PyResult<PyKeySet> {
        let held = self.own_slot("keys")?.load();
        Ok(PyKeySet::new(held.loaded().map_or_else(|| Arc::new(KeySet::new(Vec::new())), Arc::clone)))
    }

    #[getter]
    fn issuers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.parties.objects(py)
    }

    #[getter]
    fn algorithms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.algorithms.iter().map(|algorithm| algorithm.name()))
    }

    fn replace_keys(&self, keys: &Bound<'_, PyAny>) -> PyResult<()> {
        let slot = self.own_slot("keys")?;
        slot.fill(key_set(keys)?);
        Ok(())
    }

    #[pyo3(signature = (token, *, into=None))]
    fn decode<'py>(
        &self,
        py: Python<'py>,
        token: &Bound<'py, PyAny>,
        into: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.decoded(py, token, into, Seek::Ask)
    }

    #[pyo3(signature = (token, *, into=None))]
    fn adecode<'py>(
        slf: &Bound<'py, Self>,
        token: &Bound<'py, PyAny>,
        into: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        static DECODE: pyo3::sync::PyOnceLock<Py<PyAny>> = pyo3::sync::PyOnceLock::new();
        imported(&DECODE, slf.py(), "rapidjwt._awaiting", "decode")?.call1((slf, token, into))
    }

    fn averify<'py>(slf: &Bound<'py, Self>, token: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        static VERIFY: pyo3::sync::PyOnceLock<Py<PyAny>> = pyo3::sync::PyOnceLock::new();
        imported(&VERIFY, slf.py(), "rapidjwt._awaiting", "verify")?.call1((slf, token))
    }

    /// `decode` that asks no source: the refusal says in `_missed` which one could help, and with what kid.
    fn _decode<'py>(
        &self,
        py: Python<'py>,
        token: &Bound<'py, PyAny>,
        into: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.decoded(py, token, into, Seek::Mark)
    }

    /// `verify` that asks no source.
    fn _verify<'py>(&self, py: Python<'py>, token: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyVerifiedToken>> {
        self.verified(py, token, Seek::Mark)
    }

    fn verify<'py>(&self, py: Python<'py>, token: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyVerifiedToken>> {
        self.verified(py, token, Seek::Ask)
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
        let (checks, issuer) = crate::explain::explain(&bytes, &self.issuers, now);
        let passed = checks.iter().all(|check| check.result == Some(Ok(())));
        let own = passed.then(|| self.prove(py, &bytes, now, Seek::Mark, &mut Trail::default()));
        let trail = Trail { issuer, ..Trail::default() };
        explain::explanation(py, &bytes, &self.policy(&trail), self.issuers.limits(), &checks, own)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Verifier holds keys and cannot be pickled"))
    }

    fn __repr__(&self) -> String {
        let names: Vec<_> = self.algorithms.iter().map(|algorithm| algorithm.name()).collect();
        let issuers = match self.issuers.without_choice() {
            Some(_) => String::new(),
            None => format!(" issuers={}", self.issuers.list().len()),
        };
        format!("<Verifier{issuers} algorithms={}>", names.join(","))
    }
}

/// Python dict of a text that may or may not be a JSON object.
pub fn object_or_none<'py>(py: Python<'py>, bytes: &[u8], max_depth: usize) -> Option<Bound<'py, PyDict>> {
    let mut sink = PySink::untrusted(py);
    let mut reader = crate::json::Reader::new(bytes, max_depth).ok()?;
    reader.document(&mut sink).ok()?.cast_into::<PyDict>().ok()
}
