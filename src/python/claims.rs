//! `PySink`: builds Python objects while the core reads, in the same pass.

use std::cell::Cell;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};

use super::copy::fresh;
use crate::json::{self, Fault, Made, Sink};
use crate::policy::REGISTERED;

/// Builds dicts, lists, strings and numbers. When Python fails (memory), `error` says why.
pub struct PySink<'py> {
    py: Python<'py>,
    recent: Option<Box<Recent>>,
    /// How many members the next object is made for.
    expected: usize,
    /// Why the sink gave up.
    pub error: Option<PyErr>,
}

impl<'py> PySink<'py> {
    /// A sink for one text that was verified.
    pub fn new(py: Python<'py>) -> Self {
        Self { py, recent: Some(RECENT.take().unwrap_or_default()), expected: 0, error: None }
    }

    /// A sink for a text that anybody may have written: it neither uses nor fills the strings that come again.
    pub fn untrusted(py: Python<'py>) -> Self {
        Self { py, recent: None, expected: 0, error: None }
    }

    /// Make the outermost object for so many members: a dict that does not grow is filled a fifth faster.
    pub fn expect(mut self, members: usize) -> Self {
        self.expected = members;
        self
    }

    /// A string that stands in most texts; None for a long one.
    fn name(&mut self, text: &str) -> Option<Bound<'py, PyString>> {
        let recent = self.recent.as_mut().filter(|_| text.len() <= LONGEST_NAME)?;
        recent.names.get(self.py, text, Keep::AtOnce).map(|known| known.bind(self.py).clone())
    }

    /// The string of a name, made once. Two threads may both make it: waiting for each other, they could wait for the GIL.
    #[inline]
    fn name_again(&self, name: &str, made: &Made) -> Bound<'py, PyString> {
        if let Some(known) = made.get().and_then(|made| made.downcast_ref::<Py<PyString>>()) {
            return known.bind(self.py).clone();
        }
        let string = shared(self.py, name);
        let _ = made.set(Box::new(string.clone_ref(self.py)));
        string.into_bound(self.py)
    }

    fn done<T>(&mut self, result: PyResult<T>) -> Result<T, Fault> {
        result.map_err(|error| {
            self.error = Some(error);
            Fault::Sink
        })
    }
}

impl<'py> Sink for PySink<'py> {
    const FINDS_DUPLICATES: bool = true;
    type Value = Bound<'py, PyAny>;
    type Array = Bound<'py, PyList>;
    type Object = Bound<'py, PyDict>;

    fn null(&mut self) -> Result<Self::Value, Fault> {
        Ok(self.py.None().into_bound(self.py))
    }
    fn boolean(&mut self, value: bool) -> Result<Self::Value, Fault> {
        Ok(PyBool::new(self.py, value).to_owned().into_any())
    }
    fn integer(&mut self, value: i64) -> Result<Self::Value, Fault> {
        Ok(PyInt::new(self.py, value).into_any())
    }
    fn big_integer(&mut self, digits: &str) -> Result<Self::Value, Fault> {
        let made = self.py.get_type::<PyInt>().call1((digits,));
        self.done(made)
    }
    fn float(&mut self, value: f64) -> Result<Self::Value, Fault> {
        Ok(PyFloat::new(self.py, value).into_any())
    }
    fn string(&mut self, text: &str) -> Result<Self::Value, Fault> {
        let known = match (&mut self.recent, text.len()) {
            (Some(recent), 2..=LONGEST_VALUE) => recent.values.get(self.py, text, Keep::SeenTwice),
            _ => None,
        };
        let made = known.map_or_else(|| string(self.py, text), |known| Ok(known.bind(self.py).clone()));
        self.done(made.map(Bound::into_any))
    }
    fn repeated(&mut self, text: &str) -> Result<Self::Value, Fault> {
        match self.name(text) {
            Some(known) => Ok(known.into_any()),
            None => self.string(text),
        }
    }
    fn again(&mut self, made: &Made) -> Result<Option<Self::Value>, Fault> {
        let Some(known) = made.get().and_then(|made| made.downcast_ref::<Py<PyAny>>()) else { return Ok(None) };
        let value = fresh(known.bind(self.py));
        self.done(value).map(Some)
    }
    fn keep(&mut self, value: &Self::Value, made: &Made) -> Result<(), Fault> {
        let own = fresh(value).map(|value| made.set(Box::new(value.unbind())));
        self.done(own).map(|_| ())
    }
    fn array(&mut self) -> Result<Self::Array, Fault> {
        Ok(PyList::empty(self.py))
    }
    fn push(&mut self, array: &mut Self::Array, value: Self::Value) -> Result<(), Fault> {
        let pushed = array.append(value);
        self.done(pushed)
    }
    fn array_end(&mut self, array: Self::Array) -> Result<Self::Value, Fault> {
        Ok(array.into_any())
    }
    fn object(&mut self) -> Result<Self::Object, Fault> {
        let made = dict(self.py, std::mem::take(&mut self.expected));
        self.done(made)
    }
    fn insert(&mut self, object: &mut Self::Object, name: &str, value: Self::Value) -> Result<(), Fault> {
        let name = self.name(name).unwrap_or_else(|| PyString::new(self.py, name));
        let inserted = object.set_item(name, value);
        self.done(inserted)
    }
    fn insert_again(
        &mut self,
        object: &mut Self::Object,
        name: &str,
        made: &Made,
        value: Self::Value,
    ) -> Result<(), Fault> {
        let name = self.name_again(name, made);
        let inserted = object.set_item(name, value);
        self.done(inserted)
    }
    fn object_end(&mut self, object: Self::Object, members: usize) -> Result<Self::Value, Fault> {
        if object.len() == members { Ok(object.into_any()) } else { Err(Fault::Duplicate) }
    }
}

/// Texts are kept in sets of `WAYS`: texts of one token that meet in a smaller one would be made anew for every token.
const SETS: usize = 128;
const WAYS: usize = 4;
/// Member names are shorter than this; so are most issuers and audiences.
const LONGEST_NAME: usize = 128;
/// Up to this length two texts are compared by their ends alone. Roles, scopes and flags are mostly that short.
const LONGEST_VALUE: usize = 16;

/// A dict is not made larger than this on expectation alone.
const MAX_EXPECTED: usize = 256;

/// Python strings of texts that came lately: saves making, hashing and comparing them, and dropping them again. Payloads are
/// parsed after their signature was verified, so strangers cannot fill it.
#[derive(Default)]
struct Recent {
    /// Member names, issuers and audiences.
    names: Texts,
    /// Short string values.
    values: Texts,
}

thread_local! {
    /// One a thread: no lock. It is taken out while a sink uses it, and put back.
    static RECENT: Cell<Option<Box<Recent>>> = const { Cell::new(None) };
}

/// When a text that is not known is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    AtOnce,
    /// When it was the last unknown one of its set before as well: a text that comes once leaves nothing but a number.
    SeenTwice,
}

/// A table of a fixed size.
struct Texts {
    sets: Vec<Set>,
    /// Which of its set the next new text replaces.
    victim: usize,
}

#[derive(Default)]
struct Set {
    texts: [Option<Text>; WAYS],
    /// The ends of the last unknown text.
    missed: (u64, u64),
}

struct Text {
    ends: (u64, u64),
    text: Box<str>,
    object: Py<PyString>,
}

impl Text {
    #[inline]
    fn is(&self, ends: (u64, u64), text: &str) -> bool {
        self.ends == ends && self.text.len() == text.len() && (text.len() <= 16 || *self.text == *text)
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self { sets: (0..SETS).map(|_| Set::default()).collect(), victim: 0 }
    }
}

impl Texts {
    /// The string of a text; None for one that is not kept.
    #[inline]
    fn get(&mut self, py: Python<'_>, text: &str, keep: Keep) -> Option<&Py<PyString>> {
        let ends = json::ends(text.as_bytes());
        let set = self.sets.get_mut(json::spread_ends(ends, text.len()) as usize % SETS)?;
        let is_it = |place: &Option<Text>| place.as_ref().is_some_and(|known| known.is(ends, text));
        let place = match set.texts.iter().position(is_it) {
            Some(place) => place,
            None if keep == Keep::SeenTwice && std::mem::replace(&mut set.missed, ends) != ends => return None,
            None => {
                self.victim = (self.victim + 1) % WAYS;
                *set.texts.get_mut(self.victim)? = Some(Text { ends, text: text.into(), object: shared(py, text) });
                self.victim
            }
        };
        set.texts.get(place)?.as_ref().map(|known| &known.object)
    }
}

/// A string for many dicts. Only the names that every program asks for are interned: CPython 3.12 never frees those again.
fn shared(py: Python<'_>, text: &str) -> Py<PyString> {
    if REGISTERED.contains(&text) { PyString::intern(py, text) } else { PyString::new(py, text) }.unbind()
}

impl Drop for PySink<'_> {
    fn drop(&mut self) {
        if let Some(recent) = self.recent.take() {
            RECENT.set(Some(recent));
        }
    }
}

/// CPython's own way to make a dict of a size, which it does not document; known to be there in the versions named, and
/// left alone elsewhere.
#[cfg(all(not(Py_LIMITED_API), not(Py_GIL_DISABLED), not(PyPy), not(GraalPy), not(Py_3_15)))]
fn dict(py: Python<'_>, members: usize) -> PyResult<Bound<'_, PyDict>> {
    unsafe extern "C" {
        fn _PyDict_NewPresized(members: ffi::Py_ssize_t) -> *mut ffi::PyObject;
    }
    if members == 0 {
        return Ok(PyDict::new(py));
    }
    // SAFETY: the interpreter is attached; the call returns a new dict, or NULL with an exception set.
    unsafe {
        let object = _PyDict_NewPresized(members.min(MAX_EXPECTED) as ffi::Py_ssize_t);
        Ok(Bound::from_owned_ptr_or_err(py, object)?.cast_into_unchecked())
    }
}

#[cfg(not(all(not(Py_LIMITED_API), not(Py_GIL_DISABLED), not(PyPy), not(GraalPy), not(Py_3_15))))]
fn dict(py: Python<'_>, _members: usize) -> PyResult<Bound<'_, PyDict>> {
    Ok(PyDict::new(py))
}

/// A Python string. Nearly all strings in tokens are ASCII, which Python stores as it is: one copy, no second look.
fn string<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyString>> {
    if !text.is_ascii() || text.len() < 2 {
        // Python keeps the strings of up to one character ready.
        return Ok(PyString::new(py, text));
    }
    // SAFETY: PyUnicode_New gives a new string of `len` one-byte characters, or NULL with an exception set. Nobody else has
    // seen it, so it may be written; ASCII text is its own one-byte form, and `len` bytes are exactly its data.
    unsafe {
        let object = ffi::PyUnicode_New(text.len() as ffi::Py_ssize_t, 0x7f);
        let owned = Bound::from_owned_ptr_or_err(py, object)?;
        std::ptr::copy_nonoverlapping(text.as_ptr(), ffi::PyUnicode_DATA(object).cast::<u8>(), text.len());
        Ok(owned.cast_into_unchecked())
    }
}
