//! What `verify_stream` returns: takes tokens from an iterator, batch by batch, and gives out results one by one.

use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyIterator;

use super::input;
use super::verifier::PyVerifier;

/// Tokens that are held at once, unless told otherwise.
pub const DEFAULT_BATCH: NonZero<usize> = NonZero::<usize>::MIN.saturating_add(1023);

/// An iterator over results.
#[pyclass(name = "results", module = "rapidjwt", frozen)]
pub struct PyResults {
    verifier: Py<PyVerifier>,
    tokens: Py<PyIterator>,
    threads: Option<NonZero<usize>>,
    batch: usize,
    ready: Mutex<Ready>,
}

#[derive(Default)]
struct Ready {
    results: VecDeque<Py<PyAny>>,
    /// What ended the tokens, to be raised after the results of those before it.
    failure: Option<PyErr>,
}

impl PyResults {
    /// Nothing is taken from `tokens` yet.
    pub fn new(
        verifier: &Bound<'_, PyVerifier>,
        tokens: &Bound<'_, PyIterator>,
        threads: Option<NonZero<usize>>,
        batch: NonZero<usize>,
    ) -> Self {
        let (verifier, tokens) = (verifier.clone().unbind(), tokens.clone().unbind());
        Self { verifier, tokens, threads, batch: batch.get(), ready: Mutex::default() }
    }

    fn ready(&self) -> MutexGuard<'_, Ready> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> PyResult<Option<Py<PyAny>>> {
        let mut ready = self.ready();
        match ready.results.pop_front() {
            Some(result) => Ok(Some(result)),
            None => ready.failure.take().map_or(Ok(None), Err),
        }
    }

    /// Verify the next batch.
    fn fill(&self, py: Python<'_>) -> PyResult<()> {
        let mut tokens = Vec::new();
        let mut failure = None;
        for token in self.tokens.bind(py).clone().take(self.batch) {
            match token.and_then(|token| input::text("token", &token).map(|_| ()).map(|()| token)) {
                Ok(token) => tokens.push(token),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        let results = match tokens.as_slice() {
            [] => Vec::new(),
            tokens => self.verifier.get().judge(py, tokens, self.threads)?,
        };
        let mut ready = self.ready();
        ready.results.extend(results.into_iter().map(Bound::unbind));
        ready.failure = failure;
        Ok(())
    }
}

#[pymethods]
impl PyResults {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        if let Some(result) = self.next()? {
            return Ok(Some(result));
        }
        self.fill(py)?;
        self.next()
    }
}
