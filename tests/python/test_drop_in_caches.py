"""What the drop-in remembers of keys: bounded, told of, emptied by one call, and no private key unless asked."""

from __future__ import annotations

import pytest

import forge
import rapidjwt
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


@pytest.fixture
def cache():
    cache = rapidjwt.TokenCache()
    jwt.cache_tokens(cache)
    yield cache
    jwt.cache_tokens(None)


def decode_often(token, key="s" * 32, times=4, **options):
    return [jwt.decode(token, key, algorithms=["HS256"], **options) for _ in range(times)]


def test_tokens_are_kept_on_demand_only(cache):
    token = jwt.encode(CLAIMS, "s" * 32, "HS256")
    assert decode_often(token) == [CLAIMS] * 4
    native = rapidjwt.IMPL == "native"
    assert cache.info().entries == native
    # The first call teaches the key, the second one the token.
    assert cache.info().hits == (2 if native else 0)
    jwt.cache_tokens(None)
    decode_often(token)
    assert cache.info().hits == (2 if native else 0)


def test_a_kept_token_is_judged_by_the_call(cache, monkeypatch):
    claims = {"sub": "a", "exp": 2_000_000_000, "aud": ["x"], "roles": ["r"], "n": 1.5}
    token = jwt.encode(claims, "s" * 32, "HS256")
    assert decode_often(token, audience="x", options={"require": ["sub"]}) == [claims] * 4
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(token, "s" * 32, algorithms=["HS256"], audience="y")
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(token, "s" * 32, algorithms=["HS256"])
    with pytest.raises(jwt.MissingRequiredClaimError):
        jwt.decode(token, "s" * 32, algorithms=["HS256"], audience="x", options={"require": ["jti"]})
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(token, "s" * 32, algorithms=["HS512"], audience="x")
    for _ in range(3):
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(token, "t" * 32, algorithms=["HS256"], audience="x")
    assert decode_often(token, audience="x") == [claims] * 4
    # The engine asks `time.time`, and when it has no answer PyJWT's way asks the clock, which is not there yet.
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    hits = cache.info().hits
    assert decode_often(token, audience="x", times=1) == [claims]
    assert cache.info().hits == hits


def test_each_caller_gets_claims_of_his_own(cache):
    claims = {"exp": 99_999_999_999, "roles": ["r", {"deep": [1]}], "org": {"id": 1}}
    token = jwt.encode(claims, "s" * 32, "HS256")
    for got in decode_often(token):
        assert got == claims
        got["roles"][1]["deep"].append(2)
        got["org"].clear()
        got["more"] = 1
    assert decode_often(token) == [claims] * 4


def test_forgetting_the_keys_forgets_the_tokens(cache):
    token = jwt.encode(CLAIMS, "s" * 32, "HS256")
    decode_often(token)
    jwt.cache_clear()
    assert cache.info().entries == 0


@pytest.mark.parametrize("cache", [1, "x", dict, rapidjwt.TokenCache])
def test_only_a_cache_is_one(cache):
    with pytest.raises(TypeError, match="cache must be a TokenCache or None"):
        jwt.cache_tokens(cache)
