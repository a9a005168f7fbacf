//! `PySink`: builds Python objects while the core reads, in the same pass.

use std::cell::Cell;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};

use crate::json::{self, Fault, Sink};

/// Builds dicts, lists, strings and numbers. When Python fails (memory), `error` says why.
pub struct PySink<'py> {
    py: Python<'py>,
    names: Option<Box<Names>>,
    /// How many members the next object is made for.
    expected: usize,
    /// Why the sink gave up.
    pub error: Option<PyErr>,
}

impl<'py> PySink<'py> {
    /// A sink for one text.
    pub fn new(py: Python<'py>) -> Self {
        Self { py, names: Some(Names::take()), expected: 0, error: None }
    }

    /// Make the outermost object for so many members: a dict that does not grow is filled a fifth faster.
    pub fn expect(mut self, members: usize) -> Self {
        self.expected = members;
        self
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
        let made = string(self.py, text);
        self.done(made)
    }
    fn repeated(&mut self, text: &str) -> Result<Self::Value, Fault> {
        let known = self.names.as_mut().and_then(|names| names.get(self.py, text));
        match known {
            Some(known) => Ok(known.bind(self.py).clone().into_any()),
            None => self.string(text),
        }
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
        let known = self.names.as_mut().and_then(|names| names.get(self.py, name));
        let inserted = match known {
            Some(known) => object.set_item(known.bind(self.py), value),
            None => object.set_item(PyString::new(self.py, name), value),
        };
        self.done(inserted)
    }
    fn object_end(&mut self, object: Self::Object, members: usize) -> Result<Self::Value, Fault> {
        if object.len() == members { Ok(object.into_any()) } else { Err(Fault::Duplicate) }
    }
}

/// Names are kept in sets of `WAYS`: names of one token that meet in a smaller one would be made anew for every token.
const SETS: usize = 128;
const WAYS: usize = 4;
/// Longer ones, up to this, are issuers and audiences.
const LONGEST_NAME: usize = 128;

/// A dict is not made larger than this on expectation alone.
const MAX_EXPECTED: usize = 256;

/// A name's ends and text, to compare, and its interned Python string.
struct Name {
    ends: (u64, u64),
    text: Box<str>,
    object: Py<PyString>,
}

impl Name {
    #[inline]
    fn is(&self, ends: (u64, u64), name: &str) -> bool {
        self.ends == ends && self.text.len() == name.len() && (name.len() <= 16 || *self.text == *name)
    }
}

/// Member names, issuers and audiences used lately: saves making, hashing and comparing them. Payloads are parsed after their signature was
/// verified, so strangers cannot fill it.
struct Names {
    sets: Vec<[Option<Name>; WAYS]>,
    /// Which of its set the next new name replaces.
    victim: usize,
}

thread_local! {
    /// One table a thread: no lock. It is taken out while a sink uses it, and put back.
    static RECENT: Cell<Option<Box<Names>>> = const { Cell::new(None) };
}

impl Names {
    fn take() -> Box<Self> {
        let empty = || Self { sets: (0..SETS).map(|_| Default::default()).collect(), victim: 0 };
        RECENT.take().unwrap_or_else(|| Box::new(empty()))
    }

    /// The interned string of a name; None for one that is not kept.
    #[inline]
    fn get(&mut self, py: Python<'_>, name: &str) -> Option<&Py<PyString>> {
        let ends = json::ends(name.as_bytes());
        let set = self.sets.get_mut(json::spread_ends(ends, name.len()) as usize % SETS)?;
        let is_it = |place: &Option<Name>| place.as_ref().is_some_and(|known| known.is(ends, name));
        let place = match set.iter().position(is_it) {
            Some(place) => place,
            None if name.len() > LONGEST_NAME => return None,
            None => {
                self.victim = (self.victim + 1) % WAYS;
                let object = PyString::intern(py, name).unbind();
                *set.get_mut(self.victim)? = Some(Name { ends, text: name.into(), object });
                self.victim
            }
        };
        set.get(place)?.as_ref().map(|known| &known.object)
    }
}

impl Drop for PySink<'_> {
    fn drop(&mut self) {
        RECENT.set(self.names.take());
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
fn string<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    if !text.is_ascii() || text.len() < 2 {
        // Python keeps the strings of up to one character ready.
        return Ok(PyString::new(py, text).into_any());
    }
    // SAFETY: PyUnicode_New gives a new string of `len` one-byte characters, or NULL with an exception set. Nobody else has
    // seen it, so it may be written; ASCII text is its own one-byte form, and `len` bytes are exactly its data.
    unsafe {
        let object = ffi::PyUnicode_New(text.len() as ffi::Py_ssize_t, 0x7f);
        let owned = Bound::from_owned_ptr_or_err(py, object)?;
        std::ptr::copy_nonoverlapping(text.as_ptr(), ffi::PyUnicode_DATA(object).cast::<u8>(), text.len());
        Ok(owned)
    }
}
