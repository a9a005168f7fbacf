"""What `import rapidjwt` brings along: nothing heavy, nothing that is not needed. Counted, not timed."""

import pytest

from program import told

HEAVY = {
    "argparse", "asyncio", "concurrent", "cryptography", "csv", "ctypes", "dataclasses", "decimal", "difflib", "email", "http",
    "inspect", "jwt", "logging", "msgspec", "multiprocessing", "pathlib", "pickle", "pydantic", "random", "shutil", "socket",
    "ssl", "subprocess", "tempfile", "threading", "unittest", "urllib", "uuid", "xml",
}  # fmt: skip
"""Modules that take milliseconds, or that only some users need."""

NEW = """
import json, sys
before = set(sys.modules)
import rapidjwt
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.fixture
def loaded(half, impl):
    """The modules that an import loads anew. `impl` is asked for so that a missing half is heard of."""
    return set(told(NEW, RAPIDJWT_IMPL=half))


def test_nothing_heavy(loaded):
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()


def test_nothing_of_ours_that_is_not_needed(loaded):
    ours = {name for name in loaded if name.startswith("rapidjwt")}
    assert not [name for name in ours if name.startswith(("rapidjwt.cli", "rapidjwt.jwt", "rapidjwt.__main__"))]


def test_only_one_half(half, loaded):
    other = {"native": "rapidjwt._fallback", "pure": "rapidjwt._native"}[half]
    assert not [name for name in loaded if name.startswith(other)]


def test_few_modules(half, loaded):
    """A bound on growth: whoever adds a module to every start should see it here."""
    assert len(loaded) <= {"native": 30, "pure": 45}[half], sorted(loaded)


def test_using_hmac_brings_no_cryptography(half, impl):
    program = """
import json, sys
from rapidjwt import Key, Signer, Verifier
key = Key.from_secret("x" * 32, algorithm="HS256")
claims = Verifier(key, algorithms=["HS256"], issuer=None, audience=None).decode(Signer(key, expires_in=60).sign({"sub": "a"}))
print(json.dumps([claims["sub"], "cryptography" in sys.modules]))
"""
    assert told(program, RAPIDJWT_IMPL=half) == ["a", False]


def test_the_native_half_never_needs_cryptography(native):
    program = """
import json, sys
sys.modules["cryptography"] = None
from rapidjwt import Key, Signer, Verifier
done = []
for name in ("HS256", "RS256", "PS256", "ES256", "ES256K", "EdDSA"):
    key = Key.generate(name)
    public = key if key.kty == "oct" else Key.from_pem(key.public().to_pem())
    Verifier(public, algorithms=[name], issuer=None, audience=None).decode(Signer(key, expires_in=60, algorithm=name).sign({}))
    done.append(name)
print(json.dumps(done))
"""
    assert len(told(program, RAPIDJWT_IMPL="native")) == 6


def test_type_only_names_are_there(half, impl):
    assert (
        told("import json, rapidjwt; print(json.dumps([rapidjwt.IMPL, rapidjwt.__version__]))", RAPIDJWT_IMPL=half)[0]
        == half
    )
