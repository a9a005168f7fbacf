//! Which arithmetic is used: the Verifier's `crypto=` in, the state of the crypto backend out, and its one warning.

use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::input::{self, Given};
use super::key::flag;
use crate::alg::TABLE;
use crate::crypto::Choice;
use crate::crypto::backend::{self, WATCH};

/// The argument `crypto`.
pub fn choice(value: &Given<'_>) -> PyResult<Choice> {
    let Some(value) = value.object() else { return Ok(Choice::Auto) };
    Choice::named(&input::needed_string("crypto", value)?)
        .ok_or_else(|| input::value_error("crypto", "must be library, portable, ifma or auto"))
}

/// The state as a dict; see `_native.pyi`.
#[pyfunction]
#[pyo3(signature = (*, test=Given::NOT), text_signature = "(*, test=False)")]
pub fn crypto_state<'py>(py: Python<'py>, test: Given<'_>) -> PyResult<Bound<'py, PyDict>> {
    if flag("test", &test)? {
        py.detach(backend::test_instructions);
    }
    let choice = Choice::Auto.in_force();
    let paths = PyDict::new(py);
    for row in &TABLE {
        let (path, why) = backend::path_of(row.algorithm, choice);
        paths.set_item(row.name, (path.name(), why))?;
    }
    let state = backend::state();
    let told = PyDict::new(py);
    told.set_item("choice", choice.name())?;
    told.set_item("paths", paths)?;
    told.set_item("tables", state.tables)?;
    told.set_item("table_bytes", state.table_bytes)?;
    told.set_item("budget_bytes", state.budget_bytes)?;
    told.set_item("checks", state.checks)?;
    told.set_item("disagreements", state.disagreements)?;
    Ok(told)
}

/// Read the environment, start the clock, and have Python warned when prepared keys go off.
pub fn listen() {
    Choice::of_environment();
    backend::milliseconds();
    WATCH.on_disagreement(|| {
        // None when the interpreter is on its way out.
        Python::try_attach(|py| {
            let category = py.get_type::<PyRuntimeWarning>();
            let text =
                c"rapidjwt: prepared keys and the crypto library disagreed about a signature; the library's answer \
                stands, and prepared keys are off for the rest of this process. Please report it.";
            if let Err(error) = PyErr::warn(py, &category, text, 1) {
                error.write_unraisable(py, None);
            }
        });
    });
}
