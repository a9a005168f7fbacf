//! A function of Python that gets its arguments where the interpreter laid them. pyo3 collects them into a tuple and a dict as
//! soon as a function takes any keyword, which costs as much as a fifth of a small token.

use std::ffi::CStr;
use std::os::raw::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::ffi;
use pyo3::panic::PanicException;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

/// The arguments of one call.
pub struct Arguments<'a, 'py> {
    py: Python<'py>,
    values: &'a [*mut ffi::PyObject],
    positional: usize,
    names: Option<Borrowed<'a, 'py, PyTuple>>,
}

impl<'a, 'py> Arguments<'a, 'py> {
    /// Sort them to the parameters `names`. None when there are too many, one has another name, or one is given twice.
    pub fn sorted<const N: usize>(&self, names: &[Py<PyString>; N]) -> Option<[Option<Borrowed<'a, 'py, PyAny>>; N]> {
        let mut slots = [None; N];
        let (positional, by_name) = self.values.split_at_checked(self.positional)?;
        for (place, &value) in positional.iter().enumerate() {
            *slots.get_mut(place)? = Some(self.borrow(value));
        }
        for (place, &value) in by_name.iter().enumerate() {
            let tuple = self.names?;
            let given = tuple.get_borrowed_item(place).ok()?;
            // Names in source text are interned, and so are the parameters'.
            let same = || names.iter().position(|name| given.is(name));
            let slot = same().or_else(|| names.iter().position(|name| given.eq(name).is_ok_and(|equal| equal)))?;
            if slots.get_mut(slot)?.replace(self.borrow(value)).is_some() {
                return None;
            }
        }
        Some(slots)
    }

    fn borrow(&self, value: *mut ffi::PyObject) -> Borrowed<'a, 'py, PyAny> {
        // SAFETY: the caller of the function keeps its arguments, which are never NULL, until it returns.
        unsafe { Borrowed::from_ptr(self.py, value) }
    }

    /// Call another function in the same way.
    pub fn pass_on(&self, function: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let names = self.names.map_or(std::ptr::null_mut(), |names| names.as_ptr());
        // SAFETY: function, arguments and names are those of one call, as the protocol wants them (PEP 590).
        unsafe {
            let result = ffi::PyObject_Vectorcall(function.as_ptr(), self.values.as_ptr(), self.positional, names);
            Bound::from_owned_ptr_or_err(self.py, result)
        }
    }
}

/// What a function does: its object's own part, and the arguments.
pub trait Callee: pyo3::PyClass<Frozen = pyo3::pyclass::boolean_struct::True> + Sync {
    /// Its name.
    const FUNCTION: &'static CStr;
    /// Its signature and documentation.
    const SIGNATURE: &'static CStr;

    /// The call.
    fn call<'py>(&self, py: Python<'py>, arguments: &Arguments<'_, 'py>) -> PyResult<Bound<'py, PyAny>>;
}

struct Definition<T>(ffi::PyMethodDef, std::marker::PhantomData<fn() -> T>);

// SAFETY: the definition is constant: pointers to constants and to a function.
unsafe impl<T> Sync for Definition<T> {}

impl<T: Callee> Definition<T> {
    const STATIC: &'static Self = &Self(
        ffi::PyMethodDef {
            ml_name: T::FUNCTION.as_ptr(),
            ml_meth: ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: enter::<T> },
            ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS as c_int,
            ml_doc: T::SIGNATURE.as_ptr(),
        },
        std::marker::PhantomData,
    );
}

/// The function of an object.
pub fn function<'py, T: Callee>(object: &Bound<'py, T>) -> PyResult<Bound<'py, PyAny>> {
    let definition: *const ffi::PyMethodDef = &raw const Definition::<T>::STATIC.0;
    // SAFETY: the definition lives for ever, and CPython does not write to it; the function holds its object.
    unsafe {
        let function = ffi::PyCFunction_NewEx(definition.cast_mut(), object.as_ptr(), std::ptr::null_mut());
        Bound::from_owned_ptr_or_err(object.py(), function)
    }
}

unsafe extern "C" fn enter<T: Callee>(
    object: *mut ffi::PyObject,
    values: *const *mut ffi::PyObject,
    positional: ffi::Py_ssize_t,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    Python::attach(|py| {
        let run = || {
            // SAFETY: METH_FASTCALL | METH_KEYWORDS: `positional` values, then one for each of `names`, which may be NULL;
            // values may be NULL when there are none. `object` is what `function` bound.
            let (object, arguments) = unsafe {
                let object = Borrowed::from_ptr(py, object).cast_unchecked::<T>();
                let names = Borrowed::from_ptr_or_opt(py, names).map(|names| names.cast_unchecked::<PyTuple>());
                let positional = positional.unsigned_abs();
                let count = positional + names.map_or(0, |names| names.len());
                let values = if count == 0 { &[][..] } else { std::slice::from_raw_parts(values, count) };
                (object, Arguments { py, values, positional, names })
            };
            object.get().call(py, &arguments)
        };
        let result = catch_unwind(AssertUnwindSafe(run))
            .unwrap_or_else(|_| Err(PanicException::new_err("the engine panicked; this is a fault in rapidjwt")));
        result.map_or_else(
            |error| {
                error.restore(py);
                std::ptr::null_mut()
            },
            Bound::into_ptr,
        )
    })
}
