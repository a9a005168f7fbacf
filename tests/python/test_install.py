"""`install_as_jwt()`: what was written for PyJWT finds the drop-in. Each case in an interpreter of its own, since it changes what `import` does."""

from __future__ import annotations

import pytest

from program import PACKAGE, run, told

pytestmark = pytest.mark.usefixtures("impl")  # a half that is wanted and absent must be heard of

START = "import importlib, json, pickle, sys, threading, rapidjwt\nsay = lambda *what: print(json.dumps(what))\n"


def ask(program: str, half: str) -> list:
    return told(START + program, RAPIDJWT_IMPL=half)


def test_nothing_is_imported_before_it_is_wanted(half):
    program = """
rapidjwt.install_as_jwt()
say([name for name in sys.modules if name.startswith(("jwt", "rapidjwt.jwt"))], "cryptography" in sys.modules)
"""
    assert ask(program, half) == [[], False]


IMPORTS = {
    "import jwt": "jwt",
    "import jwt.algorithms": "jwt.algorithms",
    "import jwt.api_jwt as module": "module",
    "from jwt import algorithms": "algorithms",
    "from jwt import exceptions as e": "e",
    "from jwt.exceptions import DecodeError": "sys.modules['jwt.exceptions']",
    "import importlib; module = importlib.import_module('.utils', 'jwt')": "module",
    "from jwt import *": "sys.modules['jwt']",
    "jwt = __import__('jwt.api_jwk')": "jwt",
}


@pytest.mark.parametrize("line", IMPORTS)
def test_every_form_of_import_gives_the_one_module(half, line):
    program = f"""
rapidjwt.install_as_jwt()
{line}
module = {IMPORTS[line]}
from rapidjwt import jwt as ours
names = [name for name in sys.modules if name == "jwt" or name.startswith("jwt.")]
apart = [name for name in names if sys.modules[name] is not sys.modules["rapidjwt." + name]]
say(module.__name__.startswith("rapidjwt.jwt"), apart, sys.modules["jwt"] is ours, sys.modules["jwt.api_jwt"] is ours.api_jwt)
"""
    assert ask(program, half) == [True, [], True, True]


def test_every_module_of_pyjwt_is_there_under_both_names(half):
    program = """
import pkgutil
import jwt as real
names = ["jwt." + module.name for module in pkgutil.iter_modules(real.__path__)]
rapidjwt.install_as_jwt(replace=True)
say([(name, importlib.import_module(name) is importlib.import_module("rapidjwt." + name)) for name in names])
"""
    (answer,) = ask(program, half)
    assert len(answer) >= 11
    assert all(same for _, same in answer), answer


def test_the_drop_in_was_imported_under_its_own_name_before(half):
    program = """
from rapidjwt import jwt as ours
from rapidjwt.jwt import help as theirs
rapidjwt.install_as_jwt()
import jwt
say(jwt is ours, sys.modules["jwt.help"] is theirs, jwt.help is theirs)
"""
    assert ask(program, half) == [True, True, True]


def test_a_module_that_is_nowhere(half):
    program = """
rapidjwt.install_as_jwt()
import jwt
try:
    import jwt.no_such_thing
except ModuleNotFoundError as error:
    say(error.name)
"""
    assert ask(program, half) == ["jwt.no_such_thing"]


def test_the_modules_keep_their_own_spec_and_can_be_reloaded(half):
    program = """
rapidjwt.install_as_jwt()
import jwt, jwt.utils
specs = [module.__spec__.name for module in (jwt, jwt.utils)]
jwt.utils.force_bytes = None
again = importlib.reload(jwt.utils)
say(specs, again is jwt.utils is sys.modules["jwt.utils"], again.force_bytes is not None, importlib.reload(jwt) is jwt)
"""
    assert ask(program, half) == [["rapidjwt.jwt", "rapidjwt.jwt.utils"], True, True, True]


def test_twice_is_once(half):
    program = """
rapidjwt.install_as_jwt()
finders = list(sys.meta_path)
rapidjwt.install_as_jwt()
import jwt
rapidjwt.install_as_jwt()
say(finders == sys.meta_path, jwt is sys.modules["rapidjwt.jwt"])
"""
    assert ask(program, half) == [True, True]


def test_pyjwt_was_first(half):
    """The message names what stands there and each way out."""
    done = run("import jwt, rapidjwt\nrapidjwt.install_as_jwt()", RAPIDJWT_IMPL=half)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("RuntimeError: PyJWT 2.15.1 (")
    for remedy in ("before the first `import jwt`", "python -m rapidjwt.run", "replace=True"):
        assert remedy in last
    program = """
import jwt
try:
    rapidjwt.install_as_jwt()
except RuntimeError:
    import jwt as after, jwt.help
say(after is jwt, jwt.__name__, jwt.help.__name__)
"""
    assert ask(program, half) == [True, "jwt", "jwt.help"]


def test_another_package_named_jwt_was_first(half):
    program = """
import types
sys.modules["jwt"] = types.ModuleType("jwt")
try:
    rapidjwt.install_as_jwt()
except RuntimeError as error:
    say(str(error).partition(" is already")[0])
"""
    assert ask(program, half) == ["another package"]


def test_except_in_code_that_imported_pyjwt_before(half):
    """What `replace=True` cannot do: a class that somebody holds is not exchanged."""
    program = """
import jwt as before
from jwt import InvalidTokenError as held
rapidjwt.install_as_jwt(replace=True)
import jwt

def caught_by(*classes):
    try:
        jwt.decode("no token", "k" * 32, algorithms=["HS256"])
    except classes:
        return True
    except Exception:
        return False

say(before is not jwt, caught_by(before.InvalidTokenError), caught_by(held), caught_by(jwt.InvalidTokenError))
try:
    before.decode("no token", "k" * 32, algorithms=["HS256"])
except held as error:
    assert not isinstance(error, jwt.PyJWTError)
"""
    assert ask(program, half) == [True, False, False, True]


def test_uninstalling_brings_back_what_was_there(half):
    program = """
import jwt, jwt.help
real = {name: module for name, module in sys.modules.items() if name == "jwt" or name.startswith("jwt.")}
rapidjwt.install_as_jwt(replace=True)
import jwt as ours, jwt.utils
decode, encode = ours.decode, ours.encode
rapidjwt.uninstall_as_jwt()
rapidjwt.uninstall_as_jwt()
now = {name: module for name, module in sys.modules.items() if name == "jwt" or name.startswith("jwt.")}
import jwt as again
token = encode({"a": 1}, "k" * 32)
say(now == real, again is real["jwt"], decode(token, "k" * 32, algorithms=["HS256"]))
"""
    assert ask(program, half) == [True, True, {"a": 1}]


def test_uninstalling_leaves_the_next_import_to_pyjwt(half):
    program = """
rapidjwt.install_as_jwt()
import jwt as ours, jwt.algorithms
rapidjwt.uninstall_as_jwt()
left = [name for name in sys.modules if name.startswith("jwt")]
import jwt
say(left, ours.__name__, jwt.__name__)
rapidjwt.uninstall_as_jwt()
"""
    assert ask(program, half) == [[], "rapidjwt.jwt", "jwt"]


def test_exceptions_can_be_pickled(half):
    """By their true name, so that who reads them needs rapidjwt, but no `install_as_jwt`."""
    program = """
rapidjwt.install_as_jwt()
import jwt
errors = [jwt.ExpiredSignatureError("Signature has expired"), jwt.DecodeError("Not enough segments")]
again = [pickle.loads(pickle.dumps(error)) for error in errors]
written_by_pyjwt = b"cjwt.exceptions\\nExpiredSignatureError\\n(VSignature has expired\\ntR."
say([[type(one) is type(other), one.args == other.args] for one, other in zip(errors, again)],
    type(pickle.loads(written_by_pyjwt)) is jwt.ExpiredSignatureError)
"""
    assert ask(program, half) == [[[True, True], [True, True]], True]


def test_the_metadata_of_pyjwt_stays_what_it_is(half):
    program = """
from importlib import metadata
before = metadata.version("PyJWT")
rapidjwt.install_as_jwt()
import jwt
say(before == metadata.version("PyJWT") == metadata.version("pyjwt"), metadata.requires("PyJWT") is not None)
"""
    assert ask(program, half) == [True, True]


def test_patches_by_name_reach_the_drop_in(half):
    """`mock.patch("jwt.encode")` is how the suites of other packages take a function away."""
    program = """
from unittest import mock
rapidjwt.install_as_jwt()
with mock.patch("jwt.encode", lambda *arguments: "patched"), mock.patch("jwt.algorithms.has_crypto", "patched too"):
    import jwt
    say(jwt.encode({}, ""), sys.modules["rapidjwt.jwt.algorithms"].has_crypto)
"""
    assert ask(program, half) == ["patched", "patched too"]


def test_many_threads_install_and_import(half):
    program = """
sys.setswitchinterval(1e-6)
seen, start = [], threading.Barrier(8)

def work(number):
    start.wait()
    rapidjwt.install_as_jwt()
    if number % 2:
        import jwt.algorithms as algorithms
    else:
        from rapidjwt.jwt import algorithms
    import jwt
    seen.append((id(jwt), id(algorithms), jwt.__name__))

threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join(60)
say(len(seen), len(set(seen)), seen[0][2], sum(type(finder).__module__ == "rapidjwt.install" for finder in sys.meta_path))
"""
    assert ask(program, half) == [8, 1, "rapidjwt.jwt", 1]


def test_a_forked_child_has_it_and_a_new_process_has_not(half):
    program = """
import os, subprocess
rapidjwt.install_as_jwt()
child = os.fork()
if child == 0:
    import jwt
    os._exit(jwt.__name__ != "rapidjwt.jwt")
fresh = subprocess.run([sys.executable, "-c", "import jwt; print(jwt.__name__)"], capture_output=True, text=True, check=True)
say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), fresh.stdout.strip())
"""
    assert ask(program, half) == [0, "jwt"]


def test_sitecustomize_reaches_every_python_that_inherits_the_environment(half, tmp_path):
    """The way for child processes that docs/migrate-from-pyjwt.md shows; nothing is imported in a Python that needs no jwt."""
    (tmp_path / "sitecustomize.py").write_text("import rapidjwt\nrapidjwt.install_as_jwt()\n")
    program = """
import subprocess, sys
print("jwt" in sys.modules, "rapidjwt.jwt" in sys.modules)
import jwt
print(jwt.__name__)
print(subprocess.run([sys.executable, "-c", "import jwt; print(jwt.__name__)"], capture_output=True, text=True, check=True).stdout)
"""
    done = run(program, RAPIDJWT_IMPL=half, PYTHONPATH=f"{tmp_path}:{PACKAGE.parent}")
    assert (done.stdout.split(), done.stderr) == (["False", "False", "rapidjwt.jwt", "rapidjwt.jwt"], "")
