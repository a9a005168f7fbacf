"""Both halves choose the same issuer, whatever the payload is: by all bytes, by JSON that is nearly good, by `iss` in odd places."""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st
from outcome import Halves, same

import forge

pytestmark = pytest.mark.property

NAMES = ("a", "https://b.example/", "é", "\U0001f600", 'q"', "back\\slash", "n\n")

_ISS = [
    '"iss"', '"\\u0069ss"', '"i\\u0073s"', '"Iss"', '"iss\\u0000"', '"is"', '"\\iss"', '"x"', '"aud"', "iss", "'iss'",
]  # fmt: skip
_VALUES = [
    '"a"', '"\\u0061"', '"https:\\/\\/b.example\\/"', '"https://b.example/"', '"é"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\U0001f600"',
    '"\\ud83d"', '"q\\""', '"back\\\\slash"', '"n\\n"', '"n\n"', '"unknown"', '"', '"a', "null", "1", '["a"]', '{"iss":"a"}', "", '""',
    '"https://t.example/x-1/v2"', '"https://t.example/../v2"', '"https://t.example/ä/v2"', '"https://t.example/v2"', '"https://t.example/x/v2/"',
]  # fmt: skip
_PIECES = st.one_of(
    st.tuples(st.sampled_from(_ISS), st.sampled_from([":", " : ", "\n:", "", ","]), st.sampled_from(_VALUES)).map(
        "".join
    ),
    st.sampled_from(
        [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            " ",
            '"',
            "\\",
            '"x":1',
            '"y":{"iss":"a"}',
            '"z":["iss"]',
            '"e":"\\"iss\\":"',
            "\t",
            "ï",
        ]
    ),
)
payloads = st.one_of(
    st.lists(_PIECES, max_size=8).map(lambda pieces: ("{" + ",".join(pieces) + "}").encode()),
    st.lists(_PIECES, max_size=8).map(lambda pieces: "".join(pieces).encode()),
    strategies.hostile_json,
    strategies.damaged(st.sampled_from([forge.dump({"iss": name, "exp": forge.NOW + 9}) for name in NAMES])),
    st.binary(max_size=60),
)


@functools.cache
def _verifier(name: str, impl: Any) -> Any:
    key = impl.Key.from_secret(forge.material("HS256").secret, algorithm="HS256")
    options = {"keys": key, "algorithms": ["HS256"], "audience": None, "require": []}
    issuers = [impl.Issuer(iss, **options) for iss in NAMES]
    issuers.append(impl.Issuer("https://t.example/{t}/v2", tenants=["x-1", "x"], **options))
    return impl.Verifier(issuers=issuers, clock=lambda: forge.NOW)


class Shared(SimpleNamespace):
    """A half that can be a key of a cache."""

    __hash__ = object.__hash__


_shared: dict[str, Shared] = {}


def verifier(impl: SimpleNamespace) -> Any:
    return _verifier(impl.IMPL, _shared.setdefault(impl.IMPL, Shared(**vars(impl))))


@given(payload=payloads)
def test_the_same_issuer(both: Halves, payload: bytes) -> None:
    token = forge.token(payload)
    said = same(both, lambda half: verifier(half).decode(token))
    assert same(both, lambda half: verifier(half).explain(token))[0] == "value"
    if said[0] == "value":
        assert any(repr(name) in said[1] for name in (*NAMES, "https://t.example/x-1/v2", "https://t.example/x/v2"))


@given(payload=payloads)
def test_what_is_accepted_has_the_iss_that_chose(both: Halves, payload: bytes) -> None:
    """The route may be lenient; what comes out of it is not."""
    for half in both:
        for result in verifier(half).verify_many([forge.token(payload)]):
            if result.ok:
                assert result.issuer in NAMES or result.issuer.startswith("https://t.example/x")
            else:
                assert result.code not in ("iss_mismatch", "check_failed")
