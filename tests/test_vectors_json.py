"""JSONTestSuite: each text as a payload, and as the value of a claim. y_ is accepted, n_ refused, i_ whichever, but by both halves alike."""

from __future__ import annotations

import json

import pytest

import forge
from rapidjwt.exceptions import PyJWTError

NOT_JSON = ("payload_utf8", "payload_too_deep", "payload_json")

DEVIATIONS = {
    "y_object_duplicated_key.json": "a member name twice is refused (RFC 7519 section 4)",
    "y_object_duplicated_key_and_value.json": "a member name twice is refused (RFC 7519 section 4)",
}
"""Texts that a JSON parser must accept and a token verifier need not, and why."""


@pytest.fixture(scope="module")
def texts(vectors):
    """The text of each file, by name."""
    return {
        path.name: path.read_bytes() for path in sorted((vectors / "jsontestsuite" / "test_parsing").glob("*.json"))
    }


@pytest.fixture
def lax(verifier):
    """Accepts any claims, and tokens of any size that the suite has."""
    return verifier(require=(), max_token_bytes=2**20)


def wrapped(text):
    return b'{"v":' + text + b"}"


def chosen(texts, letter):
    found = {name: text for name, text in texts.items() if name.startswith(letter + "_")}
    assert len(found) > 30
    return found


def answer(check, payload):
    """The claims, or the code of the refusal."""
    try:
        return check.decode(forge.token(payload))
    except PyJWTError as error:
        return error.code


def exactly(value):
    """Equal only when all types are equal too, and floats bit for bit."""
    return repr(value)


def test_texts_that_are_json(lax, texts):
    met = 0
    for name, text in chosen(texts, "y").items():
        if name in DEVIATIONS:
            assert answer(lax, text) == answer(lax, wrapped(text)) == "payload_duplicate"
            continue
        expected = json.loads(text)
        assert exactly(answer(lax, wrapped(text))) == exactly({"v": expected}), name
        assert exactly(answer(lax, text)) == exactly(
            expected if isinstance(expected, dict) else "payload_not_object"
        ), name
        met += 1
    assert met == len(chosen(texts, "y")) - len(DEVIATIONS)


def test_texts_that_are_not_json(lax, texts):
    for name, text in chosen(texts, "n").items():
        assert answer(lax, text) in NOT_JSON, name
        assert answer(lax, wrapped(text)) in NOT_JSON, name


def test_every_deviation_is_needed(texts):
    assert set(DEVIATIONS) <= set(texts)


def test_both_halves_take_the_same_decision_on_every_text(both, texts):
    checks = []
    for half in both:
        key = half.Key.from_secret(forge.material("HS256").secret, algorithm="HS256")
        policy = {"issuer": None, "audience": None, "require": (), "max_token_bytes": 2**20}
        checks.append(half.Verifier(key, algorithms=["HS256"], **policy))
    for name, text in texts.items():
        for payload in (text, wrapped(text)):
            native, pure = (exactly(answer(check, payload)) for check in checks)
            assert native == pure, name


def test_texts_that_may_be_either_raise_nothing_else(lax, texts):
    for text in chosen(texts, "i").values():
        assert isinstance(answer(lax, wrapped(text)), dict | str)
