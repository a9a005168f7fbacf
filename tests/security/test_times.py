"""Times are JSON numbers, compared as they are; a claim of another type is an error, never absent (RFC 7519 section 4.1.4,
CVE-2026-25537).
"""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from judge import verdict

import forge
from forge import NOW

ODD: list[Any] = [
    None, True, False, "", "1", str(NOW + 9), f" {NOW + 9} ", "9_999_999_999", "NaN", "Infinity", "never", "2099-01-01T00:00:00Z",
    "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u0660", [], [NOW + 9], {}, {"exp": NOW + 9}, 10**309, -(10**309), 2**1024,
]  # fmt: skip


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:30])
@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
def test_times_of_odd_types(verifier: Any, claim: str, value: Any) -> None:
    judge = verifier(require=[])
    assert verdict(judge, forge.token({claim: value})) == f"{claim}_invalid"
    required = "claim_missing" if value is None else f"{claim}_invalid"
    assert verdict(verifier(require=[claim]), forge.token({claim: value})) == required
    assert verdict(verifier(require=[], leeway=1e9), forge.token({claim: value})) == f"{claim}_invalid"
    assert verdict(verifier(require=[], max_age=60), forge.token({"iat": NOW} | {claim: value})) is not None
    assert (
        verdict(verifier(require=[], max_lifetime=60), forge.token({"iat": NOW, "exp": NOW + 9} | {claim: value}))
        is not None
    )


def test_numbers_that_are_no_json(verifier: Any) -> None:
    for claim in ("exp", "nbf", "iat"):
        for text in ("NaN", "Infinity", "-Infinity", "1e400", "0x7fffffff", "+1"):
            assert verdict(verifier(), forge.token(b'{"%s":%s}' % (claim.encode(), text.encode()))) == "payload_json"


EXPIRED = [
    (NOW, True), (NOW + 1, False), (NOW - 1, True), (NOW + 0.5, True), (NOW + 0.999999, True), (NOW + 1.5, False), (0, True), (-1, True),
    (-0.5, True), (1e300, False), (-1e300, True), (2**63, False), (2**64 + NOW - 1, False), (10**30, False), (1.7976931348623157e308, False),
]  # fmt: skip


@pytest.mark.parametrize(("exp", "expired"), EXPIRED)
def test_exp(verifier: Any, exp: float, expired: bool) -> None:
    """Expired "on or after": a token whose exp is now is expired. Fractions are rounded down."""
    assert verdict(verifier(), forge.token({"exp": exp})) == ("expired" if expired else None)
    assert verdict(verifier(require=[]), forge.token({"exp": exp})) == ("expired" if expired else None)


@pytest.mark.parametrize(
    ("leeway", "ago", "expired"),
    [(10, 9, False), (10, 10, True), (10.5, 10, False), (0.5, 0, False), (0, 0, True), (0, -1, False)],
)
def test_leeway(verifier: Any, leeway: float, ago: float, expired: bool) -> None:
    assert verdict(verifier(leeway=leeway), forge.token({"exp": NOW - ago})) == ("expired" if expired else None)


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_the_future(verifier: Any, claim: str) -> None:
    code = f"{claim}_in_future"
    for value, expected in (
        (NOW, None),
        (NOW + 0.001, code),
        (NOW + 1, code),
        (-1, None),
        (1e300, code),
        (10**300, code),
        (-0.0, None),
    ):
        assert verdict(verifier(), forge.token({"exp": NOW + 9, claim: value})) == expected
    for value, expected in ((NOW + 10, None), (NOW + 10.001, code)):
        assert verdict(verifier(leeway=10), forge.token({"exp": NOW + 99, claim: value})) == expected


@pytest.mark.parametrize("leeway", [-1, -0.001, math.inf, -math.inf, math.nan, 10**400])
def test_leeways_that_would_switch_time_off(verifier: Any, leeway: float) -> None:
    with pytest.raises(ValueError, match="leeway"):
        verifier(leeway=leeway)
    for option in ("max_age", "max_lifetime"):
        with pytest.raises(ValueError, match=option):
            verifier(**{option: leeway})


@pytest.mark.parametrize("value", [True, "0", None, [], b"1", 1j])
def test_seconds_of_another_type(verifier: Any, value: Any) -> None:
    with pytest.raises(TypeError, match="leeway"):
        verifier(leeway=value)


def test_a_token_without_exp(verifier: Any) -> None:
    assert verdict(verifier(), forge.token({})) == "claim_missing"
    assert verdict(verifier(), forge.token({"exp": None})) == "claim_missing"
    assert verdict(verifier(), forge.token({"EXP": NOW + 9})) == "claim_missing"
    assert verdict(verifier(), forge.token({"x": {"exp": NOW + 9}})) == "claim_missing"
    assert verdict(verifier(), forge.token(header={"exp": NOW + 9}, claims={})) == "claim_missing"


def test_age_and_lifetime(verifier: Any) -> None:
    for claims, code in [
        ({"iat": NOW - 60}, None),
        ({"iat": NOW - 60.001}, "too_old"),
        ({"iat": -1e308}, "too_old"),
        ({}, "claim_missing"),
        ({"iat": None}, "claim_missing"),
    ]:
        assert verdict(verifier(max_age=60), forge.token({"exp": NOW + 9} | claims)) == code
    for claims, code in [
        ({"iat": NOW, "exp": NOW + 60}, None),
        ({"iat": NOW, "exp": NOW + 60.5}, "lifetime_too_long"),
        ({"iat": -1.7e308, "exp": 1.7e308}, "lifetime_too_long"),
        ({"exp": NOW + 9}, "claim_missing"),
    ]:
        assert verdict(verifier(max_lifetime=60), forge.token(claims)) == code


def test_huge_times_come_out_as_numbers(verifier: Any) -> None:
    for exp in (1e300, 2**70, 10**300, NOW + 1.75, 1.7976931348623157e308):
        proof = verifier().verify(forge.token({"exp": exp, "iat": -1e300, "nbf": -0.5}))
        assert proof.expires_at == math.floor(float(exp))
        assert (proof.issued_at, proof.not_before) == (math.floor(-1e300), -1)
        assert all(type(time) is int for time in (proof.expires_at, proof.issued_at, proof.not_before))


@pytest.mark.parametrize("time", [math.inf, -math.inf, math.nan, 10**400, None, "1", b"1", True, [], 1j])
def test_a_clock_that_tells_no_time(verifier: Any, time: Any) -> None:
    """No token is accepted, and none is refused as if it were the token's fault."""
    judge = verifier(clock=lambda: time)
    for ask in (judge.decode, judge.verify, judge.explain, lambda token: judge.verify_many([token])):
        for token in (forge.token(), "garbage"):
            with pytest.raises((TypeError, ValueError), match="clock"):
                ask(token)


def test_a_clock_that_fails(verifier: Any) -> None:
    class OwnError(Exception):
        pass

    def clock() -> float:
        raise OwnError

    judge = verifier(clock=clock)
    for ask in (judge.decode, judge.verify, judge.explain, lambda token: judge.verify_many([token])):
        with pytest.raises(OwnError):
            ask(forge.token())


def test_odd_times_in_all_three_at_once(verifier: Any) -> None:
    """The order is fixed: iat, nbf, exp."""
    claims = {"exp": "x", "nbf": "x", "iat": "x"}
    for claim in ("iat", "nbf", "exp"):
        assert verdict(verifier(), forge.token(claims)) == f"{claim}_invalid"
        del claims[claim]
    assert json.dumps(claims) == "{}"
