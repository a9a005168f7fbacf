"""What the drop-in remembers of keys: bounded, told of, emptied by one call, and no private key unless asked."""

from __future__ import annotations

import pytest

import forge
from rapidjwt import jwt

CLAIMS = {"sub": "a", "exp": 99_999_999_999}


@pytest.fixture(autouse=True)
def empty():
    jwt.cache_clear()
    yield
    jwt.cache_private_keys(False)


def sign(algorithm):
    return jwt.encode(CLAIMS, forge.material(algorithm).pem(private=True), algorithm)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
def test_private_keys_are_remembered_on_demand_only(algorithm):
    sign(algorithm)
    assert jwt.cache_info()["keys"] == 0
    jwt.cache_private_keys(True)
    tokens = [sign(algorithm) for _ in range(3)]
    assert jwt.cache_info()["keys"] == 1
    public = forge.material(algorithm).pem()
    assert all(jwt.decode(token, public, algorithms=[algorithm]) == CLAIMS for token in tokens)
    jwt.cache_private_keys(False)
    assert jwt.cache_info()["keys"] == 0
    sign(algorithm)
    assert jwt.cache_info()["keys"] == 0


def test_one_call_empties_all():
    token = sign("RS256")
    for _ in range(3):
        jwt.decode(token, forge.material("RS256").pem(), algorithms=["RS256"])
        jwt.encode(CLAIMS, "s" * 32, "HS256")
    info = jwt.cache_info()
    assert info["keys"] == 2
    assert info["secrets"] == 1
    jwt.cache_clear()
    assert {name: number for name, number in jwt.cache_info().items() if name != "most"} == dict.fromkeys(
        ("keys", "secrets", "engine_keys", "engine_plans"), 0
    )


def test_bounded():
    token = jwt.encode(CLAIMS, "0" * 40, "HS256")
    for number in range(600):
        key = f"{number:040}"
        jwt.encode(CLAIMS, key, "HS256")
        try:
            jwt.decode(token, key, algorithms=["HS256"])
        except jwt.InvalidSignatureError:
            assert number
    info = jwt.cache_info()
    assert info["keys"] <= info["most"]
    assert info["secrets"] <= 64
    assert info["engine_keys"] <= 256
