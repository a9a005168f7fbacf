//! What a verifier says to its observer: one event for each token that it verified or refused, once the answer is certain. It changes
//! no answer: what an observer raises ends in `rapidjwt._observing`.

use std::time::Instant;

use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};

use super::source::Parties;
use super::token::{PyRejection, PyVerifiedToken};
use super::{errors, imported, input};
use crate::issuer::{Issuers, Trail};
use crate::verify;

/// Who hears of tokens, and under what names their issuers are configured.
pub struct Observer {
    object: Py<PyAny>,
    names: Vec<Option<Py<PyAny>>>,
}

/// What an event says of a token, whatever came of it.
struct About {
    issuer: Option<usize>,
    seconds: f64,
    is_hit: bool,
}

impl Observer {
    /// From the argument `observer=`.
    pub fn new(object: &Bound<'_, PyAny>, issuers: &Issuers, parties: &Parties) -> PyResult<Self> {
        if !object.getattr_opt("on_verification")?.is_some_and(|method| method.is_callable()) {
            return Err(input::type_error("observer", "an Observer or None", object));
        }
        let py = object.py();
        let lone = issuers.without_choice().map(|issuer| issuer.policy.issuers.as_deref().unwrap_or_default());
        let names = match lone {
            None => parties.names(py)?,
            Some([first, others @ ..]) if others.iter().all(|other| other == first) => {
                vec![Some(PyString::new(py, first).into_any().unbind())]
            }
            Some(_) => vec![None],
        };
        Ok(Self { object: object.clone().unbind(), names })
    }

    /// Tell of one token. `answer` verifies it: its proof, and what the caller gets.
    pub fn watch<'py, T>(
        &self,
        py: Python<'py>,
        issuers: &Issuers,
        token: &[u8],
        answer: impl FnOnce(&mut Trail) -> PyResult<(Bound<'py, PyVerifiedToken>, T)>,
    ) -> PyResult<T> {
        let started = Instant::now();
        let mut trail = Trail::default();
        let result = answer(&mut trail);
        let about = About { issuer: trail.issuer, seconds: started.elapsed().as_secs_f64(), is_hit: trail.is_hit };
        match result {
            Ok((proof, answer)) => self.verified(&about, &proof).map(|()| answer),
            Err(error) if errors::is_refusal(py, &error)? => {
                self.refused(&about, issuers, token, error.value(py).as_any())?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Tell of a batch that was begun at `started`.
    pub fn watched(
        &self,
        issuers: &Issuers,
        tokens: &[&[u8]],
        routes: &[Option<usize>],
        results: &[Bound<'_, PyAny>],
        started: Instant,
    ) -> PyResult<()> {
        let seconds = started.elapsed().as_secs_f64() / tokens.len().max(1) as f64;
        for ((token, &issuer), result) in tokens.iter().zip(routes).zip(results) {
            let about = About { issuer, seconds, is_hit: false };
            match result.cast::<PyRejection>() {
                Ok(rejection) => {
                    self.refused(&about, issuers, token, rejection.get().error(result.py()).bind(result.py()))?;
                }
                Err(_) => self.verified(&about, result.cast::<PyVerifiedToken>()?)?,
            }
        }
        Ok(())
    }

    fn verified(&self, about: &About, proof: &Bound<'_, PyVerifiedToken>) -> PyResult<()> {
        static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        static RAISED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let py = proof.py();
        let class = imported(&CLASS, py, "rapidjwt.types", "Verification")?;
        // The constructor of the class is a frame of Python, and what it calls is this.
        let new = NEW.get_or_try_init(py, || py.get_type::<PyTuple>().getattr("__new__").map(Bound::unbind))?;
        let (none, algorithm) = (py.None(), proof.get().algorithm());
        // Another object than the caller's: neither meets what the other does to the claims.
        let token = Bound::new(py, proof.get().again())?;
        let fields = (true, self.name(about), algorithm, &none, &none, about.seconds, about.is_hit, token);
        let event = new.call1(py, (class, fields))?;
        let told = self.object.call_method1(py, intern!(py, "on_verification"), (event,));
        match told {
            Err(error) if error.is_instance_of::<PyException>(py) => {
                imported(&RAISED, py, "rapidjwt._observing", "raised")?.call1((error,)).map(drop)
            }
            told => told.map(drop),
        }
    }

    fn refused(&self, about: &About, issuers: &Issuers, token: &[u8], refusal: &Bound<'_, PyAny>) -> PyResult<()> {
        static TELL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let algorithm = verify::admitted(token, issuers, about.issuer).map(|algorithm| algorithm.name());
        let tell = imported(&TELL, refusal.py(), "rapidjwt._observing", "refused")?;
        tell.call1((&self.object, self.name(about), algorithm, about.seconds, about.is_hit, refusal))?;
        Ok(())
    }

    fn name(&self, about: &About) -> Option<&Py<PyAny>> {
        self.names.get(about.issuer?)?.as_ref()
    }
}
