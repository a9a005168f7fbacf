//! `Admission`: the ordinary requests of a guard, straight to the engine; no answer for all others.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};

use super::verifier::PyVerifier;
use super::{errors, input};
use crate::admission::{self, Needs, Place, Rule};

/// See `_native.pyi`.
#[pyclass(name = "Admission", module = "rapidjwt", frozen)]
pub struct PyAdmission {
    verifier: Py<PyVerifier>,
    rules: Vec<Rule>,
    /// What Python calls each of them.
    objects: Vec<Py<PyAny>>,
}

/// The engine's rule of one of Python's.
fn read(rule: &Bound<'_, PyAny>) -> PyResult<Rule> {
    let methods = rule.getattr("methods")?.try_iter()?.map(|method| method?.extract()).collect::<PyResult<_>>()?;
    let place = match rule.getattr("path")?.extract::<Option<String>>()? {
        Some(path) => Place::exact(&path),
        None => Place::below(&rule.getattr("prefix")?.extract::<String>()?),
    };
    let requirement = rule.getattr("requirement")?;
    let needs = match requirement.getattr("only_scopes")?.extract::<Option<Vec<String>>>()? {
        _ if requirement.getattr("access")?.eq("public")? => Needs::Nothing,
        Some(scopes) => Needs::Scopes(scopes),
        None => Needs::More,
    };
    Ok(Rule { methods, place, needs })
}

fn text<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    object.cast_exact::<PyString>().ok()?.to_str().ok()
}

fn text_or_bytes<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    text(object).or_else(|| std::str::from_utf8(object.cast_exact::<PyBytes>().ok()?.as_bytes()).ok())
}

/// The values of the `Authorization` headers; None where these are not pairs of bytes.
fn authorization<'py>(headers: &Bound<'py, PyAny>) -> Option<Vec<Bound<'py, PyBytes>>> {
    let mut values = Vec::new();
    for header in headers.cast_exact::<PyList>().ok()?.iter() {
        let pair = header.cast_exact::<PyTuple>().ok()?.as_slice();
        let [name, value] = pair else { return None };
        if name.cast_exact::<PyBytes>().ok()?.as_bytes() == b"authorization" {
            values.push(value.cast_exact::<PyBytes>().ok()?.clone());
        }
    }
    Some(values)
}

impl PyAdmission {
    /// The place of the rule that is about the request, if its path says the same in both forms.
    fn rule(&self, method: &Bound<'_, PyAny>, path: &Bound<'_, PyAny>, raw_path: &Bound<'_, PyAny>) -> Option<usize> {
        let raw = text_or_bytes(raw_path)?;
        if !path.is_none() && text(path)? != raw {
            return None;
        }
        admission::rule_for(&self.rules, text(method)?, raw)
    }
}

/// A proof or a refusal, the rule, and whether the proof is known to meet it.
type Answer = (Py<PyAny>, Py<PyAny>, bool);

#[pymethods]
impl PyAdmission {
    #[new]
    fn new(verifier: &Bound<'_, PyAny>, rules: &Bound<'_, PyAny>) -> PyResult<Self> {
        let verifier =
            verifier.cast::<PyVerifier>().map_err(|_| input::type_error("verifier", "a Verifier", verifier))?;
        let objects: Vec<_> = rules.try_iter()?.collect::<PyResult<_>>()?;
        let rules = objects.iter().map(read).collect::<PyResult<_>>()?;
        Ok(Self {
            verifier: verifier.clone().unbind(),
            rules,
            objects: objects.into_iter().map(Bound::unbind).collect(),
        })
    }

    fn decide<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'py, PyAny>,
        path: &Bound<'py, PyAny>,
        raw_path: &Bound<'py, PyAny>,
        headers: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Answer>> {
        let found = self.rule(method, path, raw_path);
        let Some((rule, object)) = found.and_then(|place| self.rules.get(place).zip(self.objects.get(place))) else {
            return Ok(None);
        };
        let scopes = match &rule.needs {
            Needs::Nothing => return Ok(None),
            Needs::Scopes(scopes) => Some(scopes),
            Needs::More => None,
        };
        let values = authorization(headers).unwrap_or_default();
        let Some(token) = admission::bearer(values.iter().map(|value| value.as_bytes())) else { return Ok(None) };
        match self.verifier.get().attempt_bytes(py, token) {
            Ok(proof) => {
                let met = scopes.is_some_and(|scopes| proof.get().grants(scopes));
                Ok(Some((proof.into_any().unbind(), object.clone_ref(py), met)))
            }
            Err(error) if errors::is_refusal(py, &error)? => {
                Ok(Some((error.into_value(py).into_any(), object.clone_ref(py), false)))
            }
            Err(error) => Err(error),
        }
    }

    fn __repr__(&self) -> String {
        format!("<Admission rules={}>", self.rules.len())
    }
}
