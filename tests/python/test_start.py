"""What `import rapidjwt` and a short command bring in: start-up is paid by every worker and every shell prompt."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys

import pytest

import rapidjwt
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


def test_names_imported_on_first_use():
    for name in rapidjwt.__all__:
        assert name in dir(rapidjwt)
        assert getattr(rapidjwt, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Verfier'"):
        rapidjwt.Verfier  # noqa: B018


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
