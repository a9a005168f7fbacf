//! `checks=`: the caller's own callables, run after the engine's checks. Anything that is not a clear yes refuses the token.

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::PyBool;

use super::errors;
use super::token::PyVerifiedToken;
use crate::error::Code;

/// Ask each callable in order.
pub fn run(checks: &[Py<PyAny>], token: &Bound<'_, PyVerifiedToken>) -> PyResult<()> {
    checks.iter().try_for_each(|check| ask(check.bind(token.py()), token))
}

fn ask(check: &Bound<'_, PyAny>, token: &Bound<'_, PyVerifiedToken>) -> PyResult<()> {
    let py = token.py();
    match check.call1((token,)) {
        Ok(answer) if answer.is_none() || answer.cast::<PyBool>().is_ok_and(|answer| answer.is_true()) => Ok(()),
        Ok(_) => Err(errors::raise(py, Code::CheckFailed.into())),
        Err(error) if errors::is_refusal(py, &error)? => Err(error),
        Err(error) if error.is_instance_of::<PyException>(py) => {
            let refusal = errors::raise(py, Code::CheckFailed.into());
            refusal.set_cause(py, Some(error));
            Err(refusal)
        }
        Err(error) => Err(error),
    }
}
