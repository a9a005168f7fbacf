//! `Shortcut`: the ordinary calls of the drop-in's `decode`, straight to the engine; all others to PyJWT's own way.

use std::borrow::Cow;
use std::ffi::CStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use arc_swap::ArcSwapOption;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyBytes, PyDelta, PyDeltaAccess, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple,
    PyType,
};

use super::cache::{self, PyTokenCache, Template};
use super::claims::PySink;
use super::key::PyKey;
use super::vectorcall::{self, Arguments, Callee};
use super::{input, token};
use crate::alg::{Algorithm, AlgorithmSet, TABLE};
use crate::cache::Accepted;
use crate::compact::Limits;
use crate::json::Reader;
use crate::policy::REGISTERED;
use crate::shortcut::{self, Asked, Known, Names, Plans};

/// More leeway than this is not ordinary; as binary64 it is exact.
const MAX_LEEWAY: f64 = 1e9;

/// See `_native.pyi`.
#[pyclass(name = "Shortcut", module = "rapidjwt", frozen)]
pub struct PyShortcut {
    otherwise: Py<PyAny>,
    seams: Vec<Seam>,
    guards: Vec<Guard>,
    jwk_type: Py<PyType>,
    time: Py<PyDict>,
    plans: Plans,
    /// Keys given as text or bytes.
    texts: Known,
    /// Keys of JWK objects, by the bytes of the key alone. Apart from the texts: as a text the same bytes may be no key.
    jwks: Known,
    /// How many claims the last token had.
    claims: AtomicUsize,
    /// Where accepted tokens are kept, if anywhere.
    cache: ArcSwapOption<Py<PyTokenCache>>,
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

const PARAMETERS: [&str; 10] =
    ["jwt", "key", "algorithms", "options", "verify", "detached_payload", "audience", "subject", "issuer", "leeway"];

/// What somebody may change from outside, who then expects that to matter.
enum Guard {
    /// Attributes of a class: CPython counts their changes, as its own cache of methods has to know.
    Class(Py<PyType>, u32),
    /// How many names a namespace has.
    Namespace(Py<PyDict>, usize),
}

impl Guard {
    fn new(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(namespace) = object.cast::<PyDict>() {
            return Ok(Self::Namespace(namespace.clone().unbind(), namespace.len()));
        }
        let class = object.cast::<PyType>().map_err(|_| input::type_error("guards", "classes and dicts", object))?;
        // A class has a number from the first time on that an attribute of it is looked up.
        class.getattr(pyo3::intern!(object.py(), "__name__"))?;
        class.getattr_opt(pyo3::intern!(object.py(), "decode"))?;
        Ok(Self::Class(class.clone().unbind(), version(class)))
    }

    fn holds(&self, py: Python<'_>) -> bool {
        match self {
            // Without a number nothing is known.
            Self::Class(class, then) => *then != 0 && version(class.bind(py)) == *then,
            Self::Namespace(namespace, then) => namespace.bind(py).len() == *then,
        }
    }
}

fn version(class: &Bound<'_, PyType>) -> u32 {
    // SAFETY: the pointer is that of a living class; the field is written under the GIL or, without one, as a whole word.
    unsafe { (*class.as_type_ptr()).tp_version_tag }
}

/// The arguments of `decode`; None for one that was not given, or given as None.
struct Call<'a, 'py> {
    jwt: Borrowed<'a, 'py, PyAny>,
    key: Option<Borrowed<'a, 'py, PyAny>>,
    algorithms: Option<Borrowed<'a, 'py, PyAny>>,
    options: Option<Borrowed<'a, 'py, PyAny>>,
    audience: Option<Borrowed<'a, 'py, PyAny>>,
    subject: Option<Borrowed<'a, 'py, PyAny>>,
    issuer: Option<Borrowed<'a, 'py, PyAny>>,
    leeway: Option<Borrowed<'a, 'py, PyAny>>,
}

impl<'a, 'py> Call<'a, 'py> {
    /// None for a call with deprecated or unusual arguments.
    fn read(py: Python<'py>, arguments: &Arguments<'a, 'py>) -> Option<Self> {
        static NAMES: PyOnceLock<[Py<PyString>; 10]> = PyOnceLock::new();
        let names = NAMES.get_or_init(py, || PARAMETERS.map(|name| PyString::intern(py, name).unbind()));
        let [jwt, key, algorithms, options, verify, detached, audience, subject, issuer, leeway] =
            arguments.sorted(names)?;
        let given = |argument: Option<Borrowed<'a, 'py, PyAny>>| argument.filter(|argument| !argument.is_none());
        if given(verify).is_some() || given(detached).is_some() || leeway.is_some_and(|leeway| leeway.is_none()) {
            return None;
        }
        Some(Self {
            jwt: jwt?,
            key,
            algorithms: given(algorithms),
            options: given(options),
            audience: given(audience),
            subject: given(subject),
            issuer: given(issuer),
            leeway,
        })
    }

    /// What the call accepts, if it says so in the ordinary way.
    fn asked(&self) -> Option<Asked<'a>> {
        let audiences = some(self.audience, names)?;
        // PyJWT takes an empty `aud` for none at all.
        if audiences.as_ref().is_some_and(Names::has_empty) {
            return None;
        }
        let mut asked = Asked {
            algorithms: some(self.algorithms, algorithms)?.unwrap_or_default(),
            issuers: some(self.issuer, names)?,
            audiences,
            subject: some(self.subject, exact_text)?,
            leeway: some(self.leeway, seconds)?.unwrap_or(0.0),
            require: Names::Many(Vec::new()),
            unchecked: 0,
            unverified: false,
        };
        some(self.options, |options| read_options(options, &mut asked))?;
        Some(asked)
    }
}

/// Read an argument that may be left out: None when it is there and cannot be read.
fn some<'a, 'py, T>(
    argument: Option<Borrowed<'a, 'py, PyAny>>,
    read: impl FnOnce(Borrowed<'a, 'py, PyAny>) -> Option<T>,
) -> Option<Option<T>> {
    argument.map_or(Some(None), |argument| read(argument).map(Some))
}

/// The key as it was given.
enum Material<'a, 'py> {
    Text(&'a [u8]),
    Jwk(Bound<'py, PyBytes>, Algorithm),
}

impl PyShortcut {
    /// The claims, or None for "ask the other".
    fn claims<'py>(&self, py: Python<'py>, call: &Call<'_, 'py>) -> Option<Bound<'py, PyAny>> {
        if self.disabled.load(Ordering::Relaxed) || !self.is_untouched(py) {
            return None;
        }
        let token = exact_bytes(call.jwt)?;
        let mut asked = call.asked()?;
        if asked.unverified {
            let now = self.now(py)?;
            let sink = &mut PySink::untrusted(py);
            return self.plans.with(&asked, |plan| shortcut::claims_unverified(token, plan.policy(), now, sink));
        }
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
        if let Some(cache) = &*self.cache.load() {
            let how = (cache.bind(py).get().cache(), Template::new as fn() -> Template);
            let found = self.plans.with(&asked, |plan| shortcut::remembered(token, known, key, plan, now, how))?;
            return match found {
                Accepted::Entry(entry) => cache::fresh_claims(py, &entry),
                Accepted::Token(verified) => token::read_dict(py, &verified.payload),
            }
            .map(Bound::into_any)
            .ok();
        }
        let sink = || PySink::new(py).expect(self.claims.load(Ordering::Relaxed));
        let claims = self.plans.with(&asked, |plan| shortcut::claims(token, known, key, plan.policy(), now, sink))?;
        self.claims.store(claims.cast::<PyDict>().map_or(0, |claims| claims.len()), Ordering::Relaxed);
        Some(claims)
    }

    fn is_untouched(&self, py: Python<'_>) -> bool {
        self.seams.iter().all(|seam| seam.is_closed(py)) && self.guards.iter().all(|guard| guard.holds(py))
    }

    fn material<'a, 'py>(&self, call: &Call<'a, 'py>) -> Option<Material<'a, 'py>> {
        let key = call.key?;
        if key.get_type().is(&self.jwk_type) { jwk(&key) } else { exact_bytes(key).map(Material::Text) }
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
    let (bytes, kept) = (left.get_item(0).ok()?, left.iter_borrowed().skip(1));
    let names = [pyo3::intern!(py, "key"), pyo3::intern!(py, "algorithm_name"), pyo3::intern!(py, "Algorithm")];
    let same = |(name, kept): (&Bound<'py, PyString>, Borrowed<'_, 'py, PyAny>)| {
        object.getattr(name).is_ok_and(|now| now.is(kept))
    };
    if left.len() != names.len() + 1 || !names.into_iter().zip(kept).all(same) {
        return None;
    }
    let algorithm = Algorithm::from_name(exact_text(left.get_item(2).ok()?.as_borrowed())?)?;
    Some(Material::Jwk(bytes.cast_into_exact::<PyBytes>().ok()?, algorithm))
}

fn exact_text<'a>(object: Borrowed<'a, '_, PyAny>) -> Option<&'a str> {
    let text = object.cast_exact::<PyString>().ok()?;
    let text = std::ptr::from_ref(text.to_str().ok()?);
    // SAFETY: the text is the object's own and as immutable as that, which is borrowed for 'a.
    Some(unsafe { &*text })
}

fn exact_bytes<'a>(object: Borrowed<'a, '_, PyAny>) -> Option<&'a [u8]> {
    match object.cast_exact::<PyBytes>() {
        // SAFETY: as above.
        Ok(bytes) => Some(unsafe { &*std::ptr::from_ref(bytes.as_bytes()) }),
        Err(_) => exact_text(object).map(str::as_bytes),
    }
}

/// A string, or several in one of the usual containers.
fn names<'a>(object: Borrowed<'a, '_, PyAny>) -> Option<Names<'a>> {
    exact_text(object).map_or_else(|| several(&object), |name| Some(Names::One(name)))
}

fn several(object: &Bound<'_, PyAny>) -> Option<Names<'static>> {
    let mut names = Vec::new();
    each(object, |name| {
        names.push(Cow::Owned(exact_text(name.as_borrowed())?.to_owned()));
        Some(())
    })?;
    Some(Names::Many(names))
}

/// Accepted algorithms; names that the engine does not know accept nothing here.
fn algorithms(object: Borrowed<'_, '_, PyAny>) -> Option<AlgorithmSet> {
    if let Some(text) = exact_text(object) {
        // PyJWT asks whether a name is in it, which of a string means: a part of it.
        return Some(TABLE.iter().filter(|row| text.contains(row.name)).map(|row| row.algorithm).collect());
    }
    let mut set = AlgorithmSet::default();
    each(&object, |name| {
        set = Algorithm::from_name(exact_text(name.as_borrowed())?).map_or(set, |algorithm| set.with(algorithm));
        Some(())
    })?;
    Some(set)
}

/// The items of a list, tuple or set. None for another container, or when `act` says so.
fn each(object: &Bound<'_, PyAny>, mut act: impl FnMut(&Bound<'_, PyAny>) -> Option<()>) -> Option<()> {
    if let Ok(list) = object.cast_exact::<PyList>() {
        return list.iter().try_for_each(|item| act(&item));
    }
    if let Ok(tuple) = object.cast_exact::<PyTuple>() {
        return tuple.iter_borrowed().try_for_each(|item| act(&item));
    }
    if object.cast_exact::<PySet>().is_err() && object.cast_exact::<PyFrozenSet>().is_err() {
        return None;
    }
    object.try_iter().ok()?.try_for_each(|item| act(&item.ok()?))
}

/// A whole or broken number of seconds, or a timedelta; not negative.
fn seconds(object: Borrowed<'_, '_, PyAny>) -> Option<f64> {
    let seconds = if let Ok(delta) = object.cast_exact::<PyDelta>() {
        let whole = i64::from(delta.get_days()) * 86_400 + i64::from(delta.get_seconds());
        (whole * 1_000_000 + i64::from(delta.get_microseconds())) as f64 / 1e6
    } else if object.cast_exact::<PyInt>().is_ok() || object.cast_exact::<PyFloat>().is_ok() {
        object.extract().ok()?
    } else {
        return None;
    };
    (0.0..=MAX_LEEWAY).contains(&seconds).then_some(seconds)
}

/// Options whose values are what they should be; unknown ones do nothing.
fn read_options(options: Borrowed<'_, '_, PyAny>, asked: &mut Asked<'_>) -> Option<()> {
    let mut checked = false;
    for (name, value) in options.cast_exact::<PyDict>().ok()?.iter() {
        let name = exact_text(name.as_borrowed())?;
        let flag = || value.cast_exact::<PyBool>().ok().map(|flag| flag.is_true());
        match name {
            "verify_signature" => asked.unverified = !flag()?,
            "strict_aud" => (!flag()?).then_some(())?,
            "require" => asked.require = several(&value)?,
            _ => {
                let claim =
                    name.strip_prefix("verify_").and_then(|claim| REGISTERED.iter().position(|&one| one == claim));
                let Some(index) = claim else { continue };
                if flag()? {
                    checked = true;
                } else {
                    asked.unchecked |= 1 << index;
                }
            }
        }
    }
    if asked.unverified {
        // Who does not ask for the signature is not asked for claims either, unless he says so himself.
        asked.unchecked = u8::MAX;
        return (!checked).then_some(());
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

impl Callee for PyShortcut {
    const FUNCTION: &'static CStr = c"decode";
    const SIGNATURE: &'static CStr = c"decode(jwt, key='', algorithms=None, options=None, verify=None, detached_payload=None, audience=None, subject=None, issuer=None, leeway=0, **kwargs)\n--\n\nVerify a token and return its claims.";

    fn call<'py>(&self, py: Python<'py>, arguments: &Arguments<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
        let claims = Call::read(py, arguments).and_then(|call| self.claims(py, &call));
        claims.map_or_else(|| arguments.pass_on(self.otherwise.bind(py)), Ok)
    }
}

#[pymethods]
impl PyShortcut {
    #[new]
    #[pyo3(signature = (otherwise, seams, guards, jwk_type))]
    fn new(
        py: Python<'_>,
        otherwise: Py<PyAny>,
        seams: Vec<(Bound<'_, PyDict>, Bound<'_, PyString>)>,
        guards: Vec<Bound<'_, PyAny>>,
        jwk_type: Py<PyType>,
    ) -> PyResult<Self> {
        let seam = |(namespace, name): (Bound<'_, PyDict>, Bound<'_, PyString>)| {
            let object = namespace.as_any().get_item(&name)?.unbind();
            Ok(Seam { namespace: namespace.unbind(), name: name.unbind(), object })
        };
        Ok(Self {
            otherwise,
            seams: seams.into_iter().map(seam).collect::<PyResult<_>>()?,
            guards: guards.iter().map(Guard::new).collect::<PyResult<_>>()?,
            jwk_type,
            time: py.import("time")?.dict().unbind(),
            plans: Plans::default(),
            texts: Known::default(),
            jwks: Known::default(),
            claims: AtomicUsize::new(0),
            cache: ArcSwapOption::empty(),
            disabled: AtomicBool::new(false),
        })
    }

    #[getter]
    fn decode<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        vectorcall::function(slf)
    }

    /// The header of a token of good form; None says nothing.
    fn header<'py>(&self, jwt: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
        let py = jwt.py();
        if self.disabled.load(Ordering::Relaxed) || !self.is_untouched(py) {
            return None;
        }
        let header = shortcut::header_unverified(exact_bytes(jwt.as_borrowed())?)?;
        let mut reader = Reader::new(&header, Limits::default().max_depth).ok()?;
        reader.document(&mut PySink::untrusted(py)).ok()
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

    fn remember(&self, cache: &Bound<'_, PyAny>) -> PyResult<()> {
        let wrong = || input::type_error("cache", "a TokenCache or None", cache);
        let given = (!cache.is_none()).then(|| cache.cast::<PyTokenCache>().map_err(|_| wrong())).transpose()?;
        self.cache.store(given.map(|cache| Arc::new(cache.clone().unbind())));
        Ok(())
    }

    fn disable(&self) {
        self.disabled.store(true, Ordering::Relaxed);
        self.clear();
    }

    fn clear(&self) {
        if let Some(cache) = &*self.cache.load() {
            cache.get().cache().clear();
        }
        self.texts.clear();
        self.jwks.clear();
        self.plans.clear();
    }

    fn sizes(&self) -> (usize, usize) {
        (self.texts.count() + self.jwks.count(), self.plans.count())
    }
}
