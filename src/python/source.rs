//! What a verifier says to the sources of its issuers' keys, which are Python objects: that a key is missing, and that it is time.

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyTuple};

use super::errors;
use crate::error::Code;
use crate::issuer::Trail;

/// One of a verifier's issuers, as far as it is Python's.
pub struct Party {
    pub issuer: Py<PyAny>,
    pub source: Option<Py<PyAny>>,
    pub checks: Vec<Py<PyAny>>,
}

/// A verifier's issuers; none where it has keys of its own.
#[derive(Default)]
pub struct Parties(Vec<Party>);

impl Parties {
    /// In the order in which they were given.
    pub fn new(parties: Vec<Party>) -> Self {
        Self(parties)
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The `Issuer` objects.
    pub fn objects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.iter().map(|party| party.issuer.bind(py)))
    }

    /// Their names, as given.
    pub fn names(&self, py: Python<'_>) -> PyResult<Vec<Option<Py<PyAny>>>> {
        self.0.iter().map(|party| party.issuer.getattr(py, "iss").map(Some)).collect()
    }

    /// Has any of them checks of its own?
    pub fn have_checks(&self) -> bool {
        self.0.iter().any(|party| !party.checks.is_empty())
    }

    /// The checks of the issuer that a token came from.
    pub fn checks(&self, trail: &Trail) -> &[Py<PyAny>] {
        self.party(trail).map_or(&[], |party| &party.checks)
    }

    fn party(&self, trail: &Trail) -> Option<&Party> {
        self.0.get(trail.issuer?)
    }

    /// The source that could find what the token missed, and the kid to ask it for.
    pub fn missed<'a, 'py>(&self, py: Python<'py>, trail: &'a Trail) -> Option<(&Bound<'py, PyAny>, Option<&'a str>)> {
        let header = trail.missed.as_ref()?;
        let source = self.party(trail)?.source.as_ref()?;
        Some((source.bind(py), header.header.kid.as_deref()))
    }

    /// Ask the source for what the token missed. True: the keys changed, so that a second attempt may do better.
    pub fn find(&self, py: Python<'_>, trail: &Trail) -> PyResult<bool> {
        let Some((source, kid)) = self.missed(py, trail) else { return Ok(false) };
        match source.call_method1("find", (kid,)) {
            Ok(answer) => Ok(answer.cast::<PyBool>().is_ok_and(|answer| answer.is_true())),
            Err(error) if error.is_instance_of::<PyException>(py) => {
                let refusal = errors::raise(py, Code::KeysUnavailable.into());
                refusal.set_cause(py, Some(error));
                Err(refusal)
            }
            Err(error) => Err(error),
        }
    }

    /// Tell the source that it is time. A good token is not refused for what goes wrong there.
    pub fn tell(&self, py: Python<'_>, trail: &Trail) -> PyResult<()> {
        if !trail.is_due {
            return Ok(());
        }
        let Some(source) = self.party(trail).and_then(|party| party.source.as_ref()) else { return Ok(()) };
        match source.call_method0(py, "due") {
            Err(error) if !error.is_instance_of::<PyException>(py) => Err(error),
            _ => Ok(()),
        }
    }
}
