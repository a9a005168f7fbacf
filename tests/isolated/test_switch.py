"""RAPIDJWT_IMPL and the choice of the half: forced, defaulted, absent, broken."""

import pytest

from program import copy_of_the_package, run, told

WHICH = (
    "import json; from rapidjwt import IMPL; from rapidjwt._impl import IMPL_WHY; print(json.dumps([IMPL, IMPL_WHY]))"
)


def last_line(done):
    assert done.returncode == 1
    return done.stderr.strip().splitlines()[-1]


def test_forced(half, impl):
    assert told(WHICH, RAPIDJWT_IMPL=half) == [half, f"RAPIDJWT_IMPL={half}"]


def test_native_is_the_default_where_it_is(native):
    assert told(WHICH) == ["native", "the native module is installed"]
    assert told(WHICH, RAPIDJWT_IMPL="")[0] == "native"


@pytest.mark.parametrize("value", ["rust", "Native", "PURE", "1", " pure", "native,pure"])
def test_any_other_value(value):
    done = run("import rapidjwt", RAPIDJWT_IMPL=value)
    assert last_line(done) == f"ImportError: RAPIDJWT_IMPL must be native or pure, not {value!r}"


def test_pure_where_there_is_no_native_module(tmp_path):
    folder = copy_of_the_package(tmp_path, native=None)
    assert told(WHICH, path=folder) == ["pure", "this installation has no native module"]
    assert told(WHICH, path=folder, RAPIDJWT_IMPL="pure") == ["pure", "RAPIDJWT_IMPL=pure"]


def test_forced_native_where_there_is_none(tmp_path):
    folder = copy_of_the_package(tmp_path, native=None)
    done = run("import rapidjwt", path=folder, RAPIDJWT_IMPL="native")
    assert last_line(done) == "ImportError: RAPIDJWT_IMPL=native, but this installation has no native module"


BROKEN = {
    "raise ImportError('undefined symbol: Py_Broken')": "ImportError: undefined symbol: Py_Broken",
    "import no_such_module_at_all": "ModuleNotFoundError: No module named 'no_such_module_at_all'",
    "raise SystemError('bad magic')": "SystemError: bad magic",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_native_module_is_heard_of(tmp_path, text):
    folder = copy_of_the_package(tmp_path, native=text)
    for environment in ({}, {"RAPIDJWT_IMPL": "native"}):
        assert last_line(run("import rapidjwt", path=folder, **environment)) == BROKEN[text]
    assert told(WHICH, path=folder, RAPIDJWT_IMPL="pure")[0] == "pure"


def test_a_binary_that_is_none_is_heard_of(tmp_path):
    import importlib.machinery

    folder = copy_of_the_package(tmp_path, native=None)
    (folder / "rapidjwt" / f"_native{importlib.machinery.EXTENSION_SUFFIXES[0]}").write_bytes(
        b"no ELF, no Mach-O, no PE"
    )
    done = run("import rapidjwt", path=folder)
    assert "ImportError" in last_line(done)


def test_a_native_module_that_lacks_a_name_is_heard_of(tmp_path):
    folder = copy_of_the_package(tmp_path, native="Key = KeySet = None")
    assert "ImportError: cannot import name" in last_line(run("import rapidjwt", path=folder))
