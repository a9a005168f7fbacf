"""`iss`, `aud`, `sub` and `jti` are compared whole (CVE-2024-53861, CVE-2020-26160, CVE-2025-30144, RFC 8725 section 3.9)."""

from __future__ import annotations

from typing import Any

import pytest
from judge import verdict

import forge

GOOD = "https://issuer.example/"
NEARLY = [
    "", "h", "https://issuer.example", "https://issuer.example/ ", " https://issuer.example/", "https://issuer.example/x", "HTTPS://ISSUER.EXAMPLE/",
    "https://issuer.example/\0", "\0https://issuer.example/", "https://issuer.example//", "xhttps://issuer.example/", "https://issuer.exampl\u0435/",
    "https://issuer%2Eexample/", "https://issuer.example:443/", "https://issuer.example/?", "*", "https://issuer.example/,x", "None", "null",
    "https://\uff49ssuer.example/", "https://issuer.example/\u200b",
]  # fmt: skip
NO_STRING: list[Any] = [None, 0, 1, True, 1.5, {}, {GOOD: GOOD}]


def code(verifier: Any, claims: dict[str, Any]) -> str | None:
    return verdict(verifier, forge.token(forge.CLAIMS | claims))


@pytest.mark.parametrize("value", NEARLY)
def test_values_that_are_nearly_right(verifier: Any, value: str) -> None:
    for wanted in (GOOD, [GOOD], (GOOD, "https://other.example/")):
        assert code(verifier(issuer=wanted), {"iss": value}) == "iss_mismatch"
        assert code(verifier(audience=wanted), {"aud": value}) == "aud_mismatch"
        assert code(verifier(audience=wanted), {"aud": [value]}) == "aud_mismatch"
        assert code(verifier(audience=wanted), {"aud": [value, value, "x"]}) == "aud_mismatch"
    assert code(verifier(subject=GOOD), {"sub": value}) == "sub_mismatch"


@pytest.mark.parametrize("value", [*NO_STRING, [], [GOOD]])
def test_values_of_another_type(verifier: Any, value: Any) -> None:
    for policy in ({}, {"issuer": GOOD}):
        assert code(verifier(**policy), {"iss": value}) == "iss_invalid"
    for policy in ({}, {"subject": GOOD}):
        expected = "claim_missing" if policy and value is None else "sub_invalid"
        assert code(verifier(**policy), {"sub": value}) == expected
    assert code(verifier(), {"jti": value}) == "jti_invalid"


@pytest.mark.parametrize(
    "value", [*NO_STRING, [None], [GOOD, None], [1, GOOD], [GOOD, [GOOD]], [{}, GOOD], [[GOOD]], [True]]
)
def test_audiences_of_another_type(verifier: Any, value: Any) -> None:
    """One element that is no string spoils all: a right one beside it does not count."""
    for audience in (None, GOOD, [GOOD]):
        assert code(verifier(audience=audience), {"aud": value}) == "aud_invalid"


@pytest.mark.parametrize("value", ["", "x", [], [""], ["x", "y"]])
def test_an_audience_that_nobody_expects(verifier: Any, value: Any) -> None:
    assert code(verifier(), {"aud": value}) == "aud_unexpected"
    assert code(verifier(audience=GOOD), {"aud": value}) == "aud_mismatch"


def test_what_is_accepted(verifier: Any) -> None:
    for aud in (GOOD, [GOOD], ["x", GOOD], [GOOD, GOOD], [f"{i}" for i in range(1000)] + [GOOD]):
        assert code(verifier(audience=["a", GOOD], issuer=GOOD), {"aud": aud, "iss": GOOD}) is None


def test_what_is_missing(verifier: Any) -> None:
    assert code(verifier(issuer=GOOD), {}) == "claim_missing"
    assert code(verifier(audience=GOOD), {}) == "claim_missing"
    assert code(verifier(issuer=GOOD), {"ISS": GOOD, "iss ": GOOD, "x": {"iss": GOOD}}) == "claim_missing"
    assert verdict(verifier(subject="user-1"), forge.token({"exp": forge.NOW + 9})) == "claim_missing"


@pytest.mark.parametrize("option", ["issuer", "audience"])
@pytest.mark.parametrize(
    "value",
    ["", [], (), [""], ["x", ""], {}, b"x", 1, True, [None], [b"x"], ["x", 1], iter(["x"]), "\ud800", ["\ud800"]],
)
def test_policies_that_check_nothing(verifier: Any, option: str, value: Any) -> None:
    """An empty list is not "anything goes": only None, said aloud, is."""
    with pytest.raises((TypeError, ValueError), match=option):
        verifier(**{option: value})


def test_policies_cannot_be_left_out(impl: Any, key: Any) -> None:
    for missing in ("issuer", "audience", "algorithms"):
        options = {"issuer": None, "audience": None, "algorithms": ["HS256"]}
        del options[missing]
        with pytest.raises(TypeError, match=missing):
            impl.Verifier(key("HS256"), **options)


@pytest.mark.parametrize("require", ["exp", b"exp", [1], [None], None, {"exp": 1}, "\ud800"])
def test_require_of_another_type(verifier: Any, require: Any) -> None:
    """A plain string would be a list of letters, and `exp` no longer required."""
    with pytest.raises((TypeError, ValueError), match="require"):
        verifier(require=require)


def test_required_names(verifier: Any) -> None:
    """Own names, odd names, names twice; null is not given."""
    for name in ("tenant", "", "a.b", "é", "\0", "__class__", "exp\0"):
        judge = verifier(require=[name, name])
        assert code(judge, {name: 0}) is None
        assert code(judge, {name: ""}) is None
        assert code(judge, {name: None}) == "claim_missing"
        assert code(judge, {name + "x": 1}) == "claim_missing"
