"""`python -m rapidjwt.run`: a program for PyJWT runs on the drop-in, and cannot tell that `python` did not start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("impl")  # a half that is wanted and absent must be heard of

PYTHON = [sys.executable]
RUN = [sys.executable, "-m", "rapidjwt.run"]

FACTS = """
import json, sys
def here(): return sys._getframe().f_code.co_filename
spec, loader = __spec__, __loader__
facts = {
    "argv": sys.argv, "path": sys.path[0], "name": __name__, "doc": __doc__, "package": __package__, "code": here(),
    "file": globals().get("__file__"), "cached": globals().get("__cached__"),
    "spec": spec and [spec.name, spec.origin, spec.parent], "loader": getattr(loader, "__name__", type(loader).__name__),
    "main": vars(sys.modules["__main__"]) is globals(), "builtins": __builtins__.__name__,
    "ours": sorted(name for name in globals() if name.startswith("rapid")),
}
import jwt
print(json.dumps(facts)); print(jwt.__name__)
"""


def start(command: list[str], folder: Path, half: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"RAPIDJWT_IMPL": half, "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same program in every form that `python` can start."""
    for name in (
        "script.py",
        "tool/__main__.py",
        "pack/__init__.py",
        "pack/__main__.py",
        "pack/part.py",
        "sub/deep.py",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("" if name.endswith("__init__.py") else FACTS)
    (tmp_path / "link.py").symlink_to("sub/deep.py")
    with zipfile.ZipFile(tmp_path / "tool.zip", "w") as archive:
        archive.writestr("__main__.py", FACTS)
    return tmp_path


FORMS = {
    "a script": ["script.py", "-v", "-m", "x"],
    "a script elsewhere": ["./sub/../sub/deep.py"],
    "a link to a script": ["link.py"],
    "a module": ["-m", "pack.part", "-c", "--", "-h"],
    "a package": ["-m", "pack", "one"],
    "a folder": ["tool", "one"],
    "an archive": ["tool.zip", "one"],
    "text": ["-c", FACTS, "-m", "one"],
}


@pytest.mark.parametrize("options", [[], ["-P"]], ids=["", "safe path"])
@pytest.mark.parametrize("form", FORMS)
def test_the_program_sees_what_python_shows_it(folder, half, form, options):
    arguments = FORMS[form]
    environment = {"PYTHONPATH": f"{os.environ.get('PYTHONPATH', '')}:{folder}"} if options else {}
    theirs = start([*PYTHON, *options, *arguments], folder, half, **environment)
    ours = start([*PYTHON, *options, "-m", "rapidjwt.run", *arguments], folder, half, **environment)
    assert ours.returncode == theirs.returncode == 0, ours.stderr + theirs.stderr
    facts, expected = json.loads(ours.stdout.splitlines()[0]), json.loads(theirs.stdout.splitlines()[0])
    assert facts == expected
    assert ours.stdout.splitlines()[1] == "rapidjwt.jwt"
    assert theirs.stdout.splitlines()[1] == "jwt"


def test_an_absolute_path(folder, half):
    path = str(folder / "script.py")
    theirs, ours = (start([*program, path], folder, half).stdout.splitlines()[0] for program in (PYTHON, RUN))
    assert ours == theirs


ENDS = {
    "": 0,
    "import sys; sys.exit(3)": 3,
    "raise SystemExit('why')": 1,
    "1 / 0": 1,
    "(": 1,
    "import signal, os; os.kill(os.getpid(), signal.SIGTERM)": -15,
    "raise KeyboardInterrupt": -2,
}


@pytest.mark.parametrize("text", ENDS)
def test_the_program_ends_as_it_would(tmp_path, half, text):
    (tmp_path / "script.py").write_text(text)
    theirs, ours = (start([*program, "script.py"], tmp_path, half) for program in (PYTHON, RUN))
    assert ours.returncode == theirs.returncode == ENDS[text]
    assert ours.stderr.splitlines()[-1:] == theirs.stderr.splitlines()[-1:]


WRONG = {
    "-m": ("argument expected for -m", 2),
    "-c": ("argument expected for -c", 2),
    "--x": ("unknown option --x; options of python stand before -m rapidjwt.run", 2),
    "absent.py": ("cannot open absent.py: No such file or directory", 2),
    "-m absent": ("no module named absent", 1),
    "-m absent.part": ("cannot find absent.part (ModuleNotFoundError: No module named 'absent')", 1),
    "-m package": ("no module named package.__main__", 1),
    "-m math": ("math has no Python code to run", 1),
    "package": ("cannot find a __main__ module in package", 1),
}


@pytest.mark.parametrize("arguments", WRONG)
def test_what_cannot_be_run(tmp_path, half, arguments):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    done = start([*RUN, *arguments.split()], tmp_path, half)
    message, code = WRONG[arguments]
    assert (done.stdout, done.stderr, done.returncode) == ("", f"rapidjwt.run: {message}\n", code)
    assert start([*PYTHON, *arguments.split()], tmp_path, half).returncode == code


def test_help(tmp_path, half):
    done = start([*RUN, "--help"], tmp_path, half)
    assert done.returncode == 0
    assert "-m MODULE" in done.stdout
    assert (start(RUN, tmp_path, half).stdout, start(RUN, tmp_path, half).returncode) == (done.stdout, 2)


def test_pyjwt_was_imported_before_the_start(tmp_path, half):
    (tmp_path / "sitecustomize.py").write_text("import jwt")
    path = f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"
    done = start([*RUN, "-c", "print(1)"], tmp_path, half, PYTHONPATH=path)
    assert (done.stdout, done.returncode) == ("", 1)
    assert done.stderr.startswith("rapidjwt.run: PyJWT 2.15.1 (")


def test_a_module_of_the_drop_in_as_the_program(tmp_path, half):
    done = start([*RUN, "-m", "jwt.help"], tmp_path, half)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["implementation"]["name"] == "CPython"


def test_what_outlives_the_program_finds_its_main(tmp_path, half):
    """A thread that goes on, and a function for the end: both need `__main__`, for pickle if for nothing else."""
    (tmp_path / "script.py").write_text("""
import atexit, pickle, threading, time
class Thing: pass
def work(): time.sleep(0.3); print(type(pickle.loads(pickle.dumps(Thing()))) is Thing)
threading.Thread(target=work).start()
atexit.register(work)
""")
    done = start([*RUN, "script.py"], tmp_path, half)
    assert (done.stdout, done.stderr) == ("True\nTrue\n", "")


PROCESSES = """
import multiprocessing, sys
def work(out):
    import jwt
    out.put(jwt.__name__)
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    out = context.SimpleQueue()
    process = context.Process(target=work, args=(out,))
    process.start(); print(out.get()); process.join()
"""


@pytest.mark.parametrize(("method", "package"), [("fork", "rapidjwt.jwt"), ("spawn", "jwt")])
def test_only_forked_processes_are_covered(tmp_path, half, method, package):
    (tmp_path / "script.py").write_text(PROCESSES)
    done = start([*RUN, "script.py", method], tmp_path, half)
    assert done.stdout == f"{package}\n", done.stderr


def test_a_call_at_the_top_of_the_main_module_covers_spawned_processes_too(tmp_path, half):
    (tmp_path / "script.py").write_text(f"import rapidjwt\nrapidjwt.install_as_jwt()\n{PROCESSES}")
    done = start([*PYTHON, "script.py", "spawn"], tmp_path, half)
    assert done.stdout == "rapidjwt.jwt\n", done.stderr
