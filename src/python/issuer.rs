//! `IssuerPolicy`: the engine's part of an `Issuer`; and a verifier's `issuers=`, taken apart.

use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use super::input::{self, Given, boolean, needed_string, strings, value_error};
use super::policy::{Arguments, LimitArguments, parse};
use super::slot::PyKeySlot;
use super::source::{Parties, Party};
use crate::alg::{Algorithm, Kty};
use crate::compact::Limits;
use crate::issuer::{Issuer, Issuers, Name, Template};
use crate::keys::Slot;
use crate::policy::Policy;

/// See `_native.pyi`.
#[pyclass(name = "IssuerPolicy", module = "rapidjwt", frozen)]
pub struct PyIssuerPolicy {
    name: Name,
    slot: Arc<Slot>,
    source: Option<Py<PyAny>>,
    policy: Policy,
    algorithms: Vec<Algorithm>,
    checks: Vec<Py<PyAny>>,
}

#[pymethods]
impl PyIssuerPolicy {
    #[new]
    #[pyo3(signature = (
        iss, slot, source, *, template, tenants, untyped, algorithms, audience, subject, leeway, require, typ, max_age,
        max_lifetime, checks,
    ))]
    #[allow(clippy::too_many_arguments, reason = "they are the issuer's keywords")]
    fn new(
        iss: &Bound<'_, PyAny>,
        slot: &Bound<'_, PyAny>,
        source: Option<&Bound<'_, PyAny>>,
        template: &Bound<'_, PyAny>,
        tenants: Option<&Bound<'_, PyAny>>,
        untyped: &Bound<'_, PyAny>,
        algorithms: &Bound<'_, PyAny>,
        audience: &Bound<'_, PyAny>,
        subject: Option<&Bound<'_, PyAny>>,
        leeway: Given<'_>,
        require: Given<'_>,
        typ: Option<&Bound<'_, PyAny>>,
        max_age: Option<&Bound<'_, PyAny>>,
        max_lifetime: Option<&Bound<'_, PyAny>>,
        checks: Given<'_>,
    ) -> PyResult<Self> {
        let iss = needed_string("iss", iss)?;
        let slot = slot.cast::<PyKeySlot>().map_err(|_| input::type_error("slot", "a KeySlot", slot))?.get().slot();
        let tenants = tenants.map(|tenants| strings("tenants", "a list or tuple of strings", tenants)).transpose()?;
        let name = if boolean("template", template)? {
            let open = |iss: &str| {
                let (before, rest) = iss.split_once('{')?;
                let (_, after) = rest.split_once('}')?;
                Some((before.to_owned(), after.to_owned()))
            };
            let (before, after) = open(&iss).ok_or_else(|| value_error("iss", "has no placeholder"))?;
            let tenants = tenants.map(|tenants| tenants.into_iter().map(Into::into).collect());
            Name::Template(Template::new(&before, &after, tenants))
        } else {
            Name::Exact(iss.as_str().into())
        };
        let py = algorithms.py();
        let only = match name {
            Name::Exact(_) => PyString::new(py, &iss).into_any(),
            Name::Template(_) => py.None().into_bound(py),
        };
        let limits = LimitArguments {
            max_token_bytes: Given::NOT,
            max_header_bytes: Given::NOT,
            max_depth: Given::NOT,
            allow_padding: Given::NOT,
        };
        let given = Arguments {
            algorithms,
            issuer: &only,
            audience,
            subject,
            leeway,
            require,
            typ,
            max_age,
            max_lifetime,
            checks,
            clock: None,
            limits,
        };
        let mut parsed = parse(&given)?;
        if boolean("untyped", untyped)? {
            let typ = parsed.policy.typ.take().unwrap_or_default();
            parsed.policy.typ = Some(typ.into_iter().chain([Box::default()]).collect());
        }
        let source = source.map(|source| source.clone().unbind());
        if source.is_some() && parsed.algorithms.iter().any(|algorithm| algorithm.row().family.kty() == Kty::Oct) {
            return Err(value_error("algorithms", "must not be HMAC where keys come from a source"));
        }
        let (policy, algorithms, checks) = (parsed.policy, parsed.algorithms, parsed.checks);
        let held = slot.load();
        let fits = |key: &Arc<crate::keys::Key>| key.algorithms().intersects(policy.algorithms);
        if source.is_none()
            && held.loaded().is_some_and(|keys| !keys.keys().is_empty() && !keys.keys().iter().any(fits))
        {
            return Err(value_error("keys", "fit none of the algorithms"));
        }
        drop(held);
        Ok(Self { name, slot, source, policy, algorithms, checks })
    }

    #[getter]
    fn algorithms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.algorithms.iter().map(|algorithm| algorithm.name()))
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("an IssuerPolicy holds keys and cannot be pickled"))
    }

    fn __repr__(&self) -> String {
        let names: Vec<_> = self.algorithms.iter().map(|algorithm| algorithm.name()).collect();
        format!("<IssuerPolicy algorithms={}>", names.join(","))
    }
}

/// Take `issuers=` apart: for the core, for Python, and the algorithms in the order in which they come.
pub fn take(issuers: &Bound<'_, PyAny>, limits: Limits) -> PyResult<(Issuers, Parties, Vec<Algorithm>)> {
    const WHAT: &str = "a list or tuple of Issuer";
    let (mut named, mut parties, mut algorithms) = (Vec::new(), Vec::new(), Vec::new());
    for issuer in input::items("issuers", WHAT, issuers)? {
        let wrong = || input::type_error("issuers", WHAT, &issuer);
        let engine = issuer.getattr_opt("_policy")?.ok_or_else(wrong)?;
        let engine = engine.cast::<PyIssuerPolicy>().map_err(|_| wrong())?.get();
        let policy = Policy { limits, ..engine.policy.clone() };
        named.push((engine.name.clone(), Issuer { policy, slot: Arc::clone(&engine.slot) }));
        let py = issuer.py();
        parties.push(Party {
            source: engine.source.as_ref().map(|source| source.clone_ref(py)),
            checks: engine.checks.iter().map(|check| check.clone_ref(py)).collect(),
            issuer: issuer.unbind(),
        });
        let new = |algorithm: &&Algorithm| !algorithms.contains(*algorithm);
        let new: Vec<_> = engine.algorithms.iter().filter(new).copied().collect();
        algorithms.extend(new);
    }
    if named.is_empty() {
        return Err(value_error("issuers", "must not be empty"));
    }
    let issuers = Issuers::named(named, limits).ok_or_else(|| value_error("issuers", "have the same iss twice"))?;
    Ok((issuers, Parties::new(parties), algorithms))
}
