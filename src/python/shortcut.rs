//! `Shortcut`: the ordinary calls of the drop-in's `decode`, straight to the engine; all others to PyJWT's own way.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple, PyType};

use super::claims::PySink;
use super::input::{self, Given};
use super::key::PyKey;
use crate::alg::{Algorithm, AlgorithmSet};
use crate::policy::REGISTERED;
use crate::shortcut::{self, Asked, Known, Plans};

/// More leeway than this is not ordinary; as binary64 it is exact.
const MAX_LEEWAY: f64 = 1e9;

/// See `_native.pyi`.
#[pyclass(name = "Shortcut", module = "rapidjwt", frozen)]
pub struct PyShortcut {
    otherwise: Py<PyAny>,
    seams: Vec<Seam>,
    jwk_type: Py<PyType>,
    time: Py<PyDict>,
    plans: Plans,
    /// Keys given as text or bytes.
    texts: Known,
    /// Keys of JWK objects, by the bytes of the key alone. Apart from the texts: as a text the same bytes may be no key.
    jwks: Known,
    disabled: AtomicBool,
}

/// A name whose object somebody may replace, who then expects that to matter.
struct Seam {
    namespace: Py<PyDict>,
    name: Py<PyString>,
    object: Py<PyAny>,
}

impl Seam {
    fn is_closed(&self, py: Python<'_>) -> bool {
        let now = self.namespace.bind(py).get_item(&self.name);
        now.is_ok_and(|now| now.is_some_and(|now| now.is(&self.object)))
    }
}

/// The arguments of `decode` as they came.
struct Call<'a, 'py> {
    jwt: &'a Bound<'py, PyAny>,
    key: Given<'py>,
    algorithms: Option<&'a Bound<'py, PyAny>>,
    options: Option<&'a Bound<'py, PyAny>>,
    verify: Option<&'a Bound<'py, PyAny>>,
    detached_payload: Option<&'a Bound<'py, PyAny>>,
    audience: Option<&'a Bound<'py, PyAny>>,
    subject: Option<&'a Bound<'py, PyAny>>,
    issuer: Option<&'a Bound<'py, PyAny>>,
    leeway: Given<'py>,
    others: Option<&'a Bound<'py, PyDict>>,
}

impl<'py> Call<'_, 'py> {
    fn is_plain(&self) -> bool {
        self.verify.is_none() && self.detached_payload.is_none() && self.others.is_none_or(|others| others.is_empty())
    }

    /// The same call again.
    fn pass_on(&self, otherwise: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = otherwise.py();
        let key = self.key.object().cloned().unwrap_or_else(|| PyString::new(py, "").into_any());
        let leeway = self.leeway.object().cloned().unwrap_or_else(|| PyInt::new(py, 0).into_any());
        let (audience, subject, issuer) = (self.audience, self.subject, self.issuer);
        otherwise.call(
            (
                self.jwt,
                key,
                self.algorithms,
                self.options,
                self.verify,
                self.detached_payload,
                audience,
                subject,
                issuer,
                leeway,
            ),
            self.others,
        )
    }

    /// What the call accepts, if it says so in the ordinary way.
    fn asked(&self) -> Option<Asked<'_>> {
        let audiences = self.audience.map_or(Some(None), |audience| names(audience).map(Some))?;
        // PyJWT takes an empty `aud` for none at all.
        if audiences.as_ref().is_some_and(|names| names.iter().any(|name| name.is_empty())) {
            return None;
        }
        let mut asked = Asked {
            algorithms: self.algorithms.map_or(Some(AlgorithmSet::default()), algorithms)?,
            issuers: self.issuer.map_or(Some(None), |issuer| names(issuer).map(Some))?,
            audiences,
            subject: self.subject.map_or(Some(None), |subject| exact_text(subject).map(Some))?,
            leeway: self.leeway.object().map_or(Some(0.0), seconds)?,
            require: Vec::new(),
            unchecked: 0,
        };
        self.options.map_or(Some(()), |options| read_options(options, &mut asked))?;
        Some(asked)
    }
}

/// The key as it was given.
enum Material<'a, 'py> {
    Text(&'a [u8]),
    Jwk(Bound<'py, PyBytes>, Algorithm),
}

impl PyShortcut {
    /// The claims, or None for "ask the other".
    fn claims<'py>(&self, py: Python<'py>, call: &Call<'_, 'py>) -> Option<Bound<'py, PyAny>> {
        let is_open = self.disabled.load(Ordering::Relaxed) || !self.seams.iter().all(|seam| seam.is_closed(py));
        if is_open || !call.is_plain() {
            return None;
        }
        let token = exact_bytes(call.jwt)?;
        let mut asked = call.asked()?;
        let material = self.material(call)?;
        let (known, key) = match &material {
            Material::Text(bytes) => (&self.texts, *bytes),
            Material::Jwk(bytes, algorithm) => {
                asked.algorithms = bound_to(*algorithm, asked.algorithms, call.algorithms.is_some());
                (&self.jwks, bytes.as_bytes())
            }
        };
        asked.algorithms = shortcut::shared_algorithms(asked.algorithms);
        let now = self.now(py)?;
        self.plans.with(&asked, |policy| shortcut::claims(token, known, key, policy, now, || PySink::new(py)))
    }

    fn material<'a, 'py>(&self, call: &'a Call<'_, 'py>) -> Option<Material<'a, 'py>> {
        let key = call.key.object()?;
        if key.get_type().is(&self.jwk_type) { jwk(key) } else { exact_bytes(key).map(Material::Text) }
    }

    /// Asked by name, each time: whoever travels in time puts another function there.
    fn now(&self, py: Python<'_>) -> Option<f64> {
        let clock = self.time.bind(py).get_item(pyo3::intern!(py, "time")).ok()??;
        let now = clock.call0().ok()?.cast_into_exact::<PyFloat>().ok()?.value();
        now.is_finite().then_some(now)
    }
}

/// A JWK object is bound to one algorithm, which the list, where there is one, must name.
fn bound_to(algorithm: Algorithm, listed: AlgorithmSet, is_listed: bool) -> AlgorithmSet {
    let alone = AlgorithmSet::default().with(algorithm);
    if !is_listed || listed.contains(algorithm) { alone } else { AlgorithmSet::default() }
}

/// What `learn` left with a JWK object, if its key and its algorithm are still the same.
fn jwk<'a, 'py>(object: &Bound<'py, PyAny>) -> Option<Material<'a, 'py>> {
    let py = object.py();
    let left = object.getattr(pyo3::intern!(py, "_shortcut")).ok()?.cast_into_exact::<PyTuple>().ok()?;
    let (bytes, key, name) = (left.get_item(0).ok()?, left.get_item(1).ok()?, left.get_item(2).ok()?);
    let same_key = object.getattr(pyo3::intern!(py, "key")).is_ok_and(|now| now.is(&key));
    let same_name = object.getattr(pyo3::intern!(py, "algorithm_name")).is_ok_and(|now| now.is(&name));
    let algorithm = Algorithm::from_name(exact_text(&name)?)?;
    let bytes = bytes.cast_into_exact::<PyBytes>().ok()?;
    (same_key && same_name).then_some(Material::Jwk(bytes, algorithm))
}

fn exact_text<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    object.cast_exact::<PyString>().ok()?.to_str().ok()
}

fn exact_bytes<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a [u8]> {
    match object.cast_exact::<PyBytes>() {
        Ok(bytes) => Some(bytes.as_bytes()),
        Err(_) => exact_text(object).map(str::as_bytes),
    }
}

/// A string, or several in one of the usual containers.
fn names<'a>(object: &'a Bound<'_, PyAny>) -> Option<Vec<Cow<'a, str>>> {
    exact_text(object).map_or_else(|| several(object, owned_text), |name| Some(vec![Cow::Borrowed(name)]))
}

fn owned_text(name: &Bound<'_, PyAny>) -> Option<Cow<'static, str>> {
    exact_text(name).map(|name| Cow::Owned(name.to_owned()))
}

/// Accepted algorithms; names that the engine does not know accept nothing here.
fn algorithms(object: &Bound<'_, PyAny>) -> Option<AlgorithmSet> {
    let known: Vec<_> = several(object, |name| exact_text(name).map(Algorithm::from_name))?;
    Some(known.into_iter().flatten().collect())
}

fn several<T>(object: &Bound<'_, PyAny>, read: impl Fn(&Bound<'_, PyAny>) -> Option<T>) -> Option<Vec<T>> {
    let is_usual = object.cast_exact::<PyList>().is_ok()
        || object.cast_exact::<PyTuple>().is_ok()
        || object.cast_exact::<PySet>().is_ok()
        || object.cast_exact::<PyFrozenSet>().is_ok();
    if !is_usual {
        return None;
    }
    object.try_iter().ok()?.map(|item| read(&item.ok()?)).collect()
}

/// A whole or broken number of seconds, not negative.
fn seconds(object: &Bound<'_, PyAny>) -> Option<f64> {
    if object.cast_exact::<PyInt>().is_err() && object.cast_exact::<PyFloat>().is_err() {
        return None;
    }
    object.extract().ok().filter(|seconds| (0.0..=MAX_LEEWAY).contains(seconds))
}

/// Options whose values are what they should be; unknown ones do nothing.
fn read_options(options: &Bound<'_, PyAny>, asked: &mut Asked<'_>) -> Option<()> {
    for (name, value) in options.cast_exact::<PyDict>().ok()?.iter() {
        let name = exact_text(&name)?;
        let flag = || value.cast_exact::<PyBool>().ok().map(|flag| flag.is_true());
        match name {
            "verify_signature" => flag()?.then_some(())?,
            "strict_aud" => (!flag()?).then_some(())?,
            "require" => asked.require = several(&value, owned_text)?,
            _ => {
                let claim =
                    name.strip_prefix("verify_").and_then(|claim| REGISTERED.iter().position(|&one| one == claim));
                if let Some(index) = claim
                    && !flag()?
                {
                    asked.unchecked |= 1 << index;
                }
            }
        }
    }
    Some(())
}

fn learn(known: &Known, key: &[u8], algorithm: &Bound<'_, PyAny>, prepare: &Bound<'_, PyAny>) -> PyResult<()> {
    let algorithm = input::needed_algorithm(algorithm)?;
    if !known.has(key, algorithm) {
        known.learn(key, algorithm, prepare.call0()?.cast::<PyKey>()?.get().key());
    }
    Ok(())
}

#[pymethods]
impl PyShortcut {
    #[new]
    #[pyo3(signature = (otherwise, seams, jwk_type))]
    fn new(
        py: Python<'_>,
        otherwise: Py<PyAny>,
        seams: Vec<(Bound<'_, PyDict>, Bound<'_, PyString>)>,
        jwk_type: Py<PyType>,
    ) -> PyResult<Self> {
        let seam = |(namespace, name): (Bound<'_, PyDict>, Bound<'_, PyString>)| {
            let object = namespace.as_any().get_item(&name)?.unbind();
            Ok(Seam { namespace: namespace.unbind(), name: name.unbind(), object })
        };
        Ok(Self {
            otherwise,
            seams: seams.into_iter().map(seam).collect::<PyResult<_>>()?,
            jwk_type,
            time: py.import("time")?.dict().unbind(),
            plans: Plans::default(),
            texts: Known::default(),
            jwks: Known::default(),
            disabled: AtomicBool::new(false),
        })
    }

    #[pyo3(signature = (
        jwt, key=Given::NOT, algorithms=None, options=None, verify=None, detached_payload=None, audience=None, subject=None,
        issuer=None, leeway=Given::NOT, **kwargs
    ), text_signature = "($self, jwt, key='', algorithms=None, options=None, verify=None, detached_payload=None, audience=None, subject=None, issuer=None, leeway=0, **kwargs)")]
    #[allow(clippy::too_many_arguments, reason = "they are PyJWT's")]
    fn decode<'py>(
        &self,
        jwt: &Bound<'py, PyAny>,
        key: Given<'py>,
        algorithms: Option<&Bound<'py, PyAny>>,
        options: Option<&Bound<'py, PyAny>>,
        verify: Option<&Bound<'py, PyAny>>,
        detached_payload: Option<&Bound<'py, PyAny>>,
        audience: Option<&Bound<'py, PyAny>>,
        subject: Option<&Bound<'py, PyAny>>,
        issuer: Option<&Bound<'py, PyAny>>,
        leeway: Given<'py>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = jwt.py();
        let call = Call {
            jwt,
            key,
            algorithms,
            options,
            verify,
            detached_payload,
            audience,
            subject,
            issuer,
            leeway,
            others: kwargs,
        };
        self.claims(py, &call).map_or_else(|| call.pass_on(self.otherwise.bind(py)), Ok)
    }

    fn learn(&self, key: &Bound<'_, PyAny>, algorithm: &Bound<'_, PyAny>, prepare: &Bound<'_, PyAny>) -> PyResult<()> {
        learn(&self.texts, &input::text("key", key)?, algorithm, prepare)
    }

    fn learn_jwk(
        &self,
        key: &Bound<'_, PyAny>,
        algorithm: &Bound<'_, PyAny>,
        prepare: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        learn(&self.jwks, input::bytes("key", key)?, algorithm, prepare)
    }

    fn disable(&self) {
        self.disabled.store(true, Ordering::Relaxed);
        self.clear();
    }

    fn clear(&self) {
        self.texts.clear();
        self.jwks.clear();
        self.plans.clear();
    }

    fn sizes(&self) -> (usize, usize) {
        (self.texts.count() + self.jwks.count(), self.plans.count())
    }
}
