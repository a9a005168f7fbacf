//! `PySink`: builds Python objects while the core reads, in the same pass.

use std::cell::RefCell;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};

use crate::json::{Fault, Sink};

/// Builds dicts, lists, strings and numbers. When Python fails (memory), `error` says why.
pub struct PySink<'py> {
    py: Python<'py>,
    /// Why the sink gave up.
    pub error: Option<PyErr>,
}

impl<'py> PySink<'py> {
    /// A sink for one text.
    pub fn new(py: Python<'py>) -> Self {
        Self { py, error: None }
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
        Ok(PyString::new(self.py, text).into_any())
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
        Ok(PyDict::new(self.py))
    }
    fn insert(&mut self, object: &mut Self::Object, name: &str, value: Self::Value) -> Result<(), Fault> {
        let inserted = object.set_item(name_object(self.py, name), value);
        self.done(inserted)
    }
    fn object_end(&mut self, object: Self::Object, members: usize) -> Result<Self::Value, Fault> {
        if object.len() == members { Ok(object.into_any()) } else { Err(Fault::Duplicate) }
    }
}

/// Claims that every token has; their names are kept as Python strings. A power of two.
const NAMES: usize = 256;
const LONGEST_NAME: usize = 32;

/// A name's text, to compare, and its Python string.
type Known = (Box<str>, Py<PyString>);

thread_local! {
    /// Recently used member names. Payloads are parsed after their signature was verified, so strangers cannot fill it.
    static RECENT: RefCell<Vec<Option<Known>>> = RefCell::new((0..NAMES).map(|_| None).collect());
}

/// A member name as a Python string, the same object as last time where possible: saves making and hashing it.
fn name_object<'py>(py: Python<'py>, name: &str) -> Bound<'py, PyString> {
    if name.len() > LONGEST_NAME {
        return PyString::new(py, name);
    }
    RECENT.with_borrow_mut(|recent| match recent.get_mut(slot(name)) {
        Some(Some((known, object))) if **known == *name => object.bind(py).clone(),
        Some(place) => {
            let object = PyString::new(py, name);
            *place = Some((name.into(), object.clone().unbind()));
            object
        }
        None => PyString::new(py, name),
    })
}

fn slot(name: &str) -> usize {
    let sum = name.bytes().fold(name.len() as u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    (sum.wrapping_mul(0x9E37_79B9) >> 24) as usize % NAMES
}
