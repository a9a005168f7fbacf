"""What `import rapidjwt` and a short command bring in: start-up is paid by every worker and every shell prompt."""

from __future__ import annotations

import ast
import copy
import json
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import rapidjwt
import rapidjwt.jwks
import rapidjwt.observe
import rapidjwt.web
from rapidjwt._impl import IMPL
from rapidjwt.unverified import UnverifiedToken

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.AAAA"


def modules_after(code: str) -> set[str]:
    report = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines())


@pytest.mark.skipif(IMPL != "native", reason="the pure half is made of what the native one saves")
def test_importing_the_native_half_brings_in_no_heavy_module():
    heavy = {"typing", "collections", "re", "json", "enum", "dataclasses", "asyncio", "ssl", "http", "cryptography"}
    assert not heavy & (modules_after("import rapidjwt") - modules_after("pass"))


def test_decode_on_the_command_line_goes_without_cryptography_and_network():
    run = f"from rapidjwt.cli.program import main; main(['decode', {TOKEN!r}])"
    brought = modules_after(run)
    assert not {"cryptography", "ssl", "http", "asyncio", "socket"} & brought
    assert IMPL == "pure" or "typing" not in brought


@pytest.mark.parametrize(
    "package", [rapidjwt, rapidjwt.jwks, rapidjwt.observe, rapidjwt.web], ids=lambda one: one.__name__
)
def test_names_imported_on_first_use(package):
    for name in package.__all__:
        assert name in dir(package)
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'Verfier'"):
        package.Verfier  # noqa: B018


@pytest.mark.parametrize(
    "package", [rapidjwt, rapidjwt.jwks, rapidjwt.observe, rapidjwt.web], ids=lambda one: one.__name__
)
def test_type_checkers_are_told_where_names_come_from(package):
    """What a program gets on first use is what they read under `if TYPE_CHECKING:`."""
    tree = ast.parse(Path(package.__file__).read_text("utf-8"))
    (told,) = [node for node in tree.body if isinstance(node, ast.If) and isinstance(node.test, ast.Name)]
    places = {alias.name: line.module for line in told.body for alias in line.names}
    (late,) = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "imported"]
    found = {name: f"{package.__name__}.{at.arg}" for at in late.keywords for name in ast.literal_eval(at.value)}
    assert found == places
    for name, module in found.items():
        assert getattr(package, name) is getattr(import_module(module), name)


def test_the_way_to_late_names_is_late_itself():
    assert "rapidjwt._on_first_use" not in modules_after(
        "import rapidjwt, rapidjwt.jwks, rapidjwt.observe, rapidjwt.web"
    )


def test_an_unverified_token_is_a_named_tuple():
    token = UnverifiedToken({"alg": "HS256"}, {"sub": "a"})
    header, claims = token
    assert (token.header, token.claims) == (header, claims) == ({"alg": "HS256"}, {"sub": "a"})
    assert repr(token) == "UnverifiedToken(header={'alg': 'HS256'}, claims={'sub': 'a'})"
    assert copy.copy(token) == pickle.loads(pickle.dumps(token)) == token
    assert json.loads(json.dumps(token)) == [header, claims]
    match token:
        case UnverifiedToken(header, {"sub": subject}):
            assert subject == "a"
