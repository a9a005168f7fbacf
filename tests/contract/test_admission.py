"""`Admission`: what it answers is what the guard would say; about everything else it is silent, as the pure half always is."""

from __future__ import annotations

from typing import Any

import pytest

import forge
from forge import NOW
from rapidjwt.web import Requirement, Rule

CLAIMS = {"sub": "u", "exp": NOW + 60, "scope": "a orders:read b"}
GOOD = forge.token(CLAIMS).encode()
RULES = [
    Rule("/open", access="public"),
    Rule("/orders/{id}", methods=["GET"], scopes=["orders:read"]),
    Rule(prefix="/orders", scopes=["orders:read", "orders:write"]),
    Rule("/staff", issuers=["https://staff.example/"]),
    Rule("/role", roles={"role": ["admin"]}),
    Rule("/both", requirement=Requirement(scopes=["a"]).and_(Requirement(scopes=["b"]))),
    Rule(prefix="/me"),
]


def headers(*values: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"host", b"x"), *((b"authorization", value) for value in values), (b"accept", b"*/*")]


def ask(impl: Any, verifier: Any, *values: bytes, method: Any = "GET", path: Any = "/me", raw: Any = ...) -> Any:
    raw = path.encode() if raw is ... else raw
    return impl.Admission(verifier, RULES).decide(method, path, raw, headers(*values))


@pytest.mark.parametrize(
    ("method", "path", "rule", "met"),
    [
        ("GET", "/me", 6, True),
        ("PATCH", "/me/a.b/-:@!$&'()*+,=~_/", 6, True),
        ("GET", "/orders/7", 1, True),
        ("GET", "/orders/7/", 1, True),
        ("HEAD", "/orders/7", 1, True),
        ("GET", "/orders", 2, False),
        ("POST", "/orders/7/lines", 2, False),
        ("GET", "/staff", 3, False),
        ("GET", "/role/", 4, False),
        ("GET", "/both", 5, False),
    ],
)
def test_ordinary_requests(verifier: Any, impl: Any, method: str, path: str, rule: int, met: bool):
    for raw in (path.encode(), path):
        answer = ask(impl, verifier(), b"Bearer " + GOOD, method=method, path=path, raw=raw)
        if impl.IMPL == "pure":
            assert answer is None
            continue
        token, found, is_met = answer
        assert token.claims == CLAIMS
        assert (found, is_met) == (RULES[rule], met)


@pytest.mark.parametrize("text", [b"Bearer %b", b"bearer %b", b"BEARER    %b  "])
def test_forms_of_the_header(native: Any, text: bytes):
    answer = ask(native, native_verifier(native), text % GOOD)
    assert answer[0].subject == "u"


def native_verifier(native: Any, **policy: Any) -> Any:
    keys = native.Key.from_secret(forge.material("HS256").secret, algorithm="HS256")
    options = {"issuer": None, "audience": None, "clock": lambda: NOW} | policy
    return native.Verifier(keys, algorithms=["HS256"], **options)


@pytest.mark.parametrize(
    "asked",
    [
        {"path": "/open"},
        {"path": "/nowhere"},
        {"path": "/me", "method": "OPTIONS"},
        {"path": "/me", "method": "get"},
        {"path": "/me", "method": b"GET"},
        {"path": "/me", "method": None},
        {"path": "/me", "raw": None},
        {"path": "/me", "raw": b"/m%65"},
        {"path": "/me", "raw": b"/me?x"},
        {"path": "/me", "raw": bytearray(b"/me")},
        {"path": "/me/\u00e9"},
        {"path": "/me/\udc80", "raw": b"/me/\xff"},
        {"path": "/me/.."},
        {"path": "/me//x"},
        {"path": "/me/;x"},
        {"path": ""},
        {"path": 1, "raw": b"/me"},
    ],
)
def test_other_requests(impl: Any, verifier: Any, asked: dict[str, Any]):
    assert ask(impl, verifier(), b"Bearer " + GOOD, **asked) is None


@pytest.mark.parametrize(
    "values",
    [
        [],
        [b"Bearer " + GOOD, b"Bearer " + GOOD],
        [b"Basic " + GOOD],
        [b"Bearer"],
        [b"Bearer "],
        [b"Bearer    "],
        [b"Bearer\t" + GOOD],
        [b"Basic x, Bearer " + GOOD],
        [b"Bearer " + GOOD + b"," + GOOD],
        [b""],
    ],
)
def test_other_credentials(impl: Any, verifier: Any, values: list[bytes]):
    assert ask(impl, verifier(), *values) is None


@pytest.mark.parametrize(
    "odd",
    [
        None,
        1,
        (),
        {},
        [None],
        [()],
        [(b"authorization",)],
        [(b"authorization", b"Bearer " + GOOD, b"x")],
        [("authorization", b"Bearer " + GOOD)],
        [(b"authorization", "Bearer x")],
        [[b"authorization", b"Bearer " + GOOD]],
        ((b"authorization", b"Bearer " + GOOD),),
    ],
)
def test_other_headers(impl: Any, verifier: Any, odd: Any):
    assert impl.Admission(verifier(), RULES).decide("GET", "/me", b"/me", odd) is None


@pytest.mark.parametrize(
    ("scope", "met"),
    [
        ("orders:read", True),
        ("x orders:read", True),
        ("x orders:reader", False),
        ("", False),
        (" orders:read ", True),
        (["orders:read"], False),
        (None, False),
        ("orders:read \\", False),
        ("orders:read \u00e9", False),
    ],
)
def test_scopes(native: Any, scope: Any, met: bool):
    """Where the answer is not plain the guard reads the claim itself."""
    token = forge.token(CLAIMS | {"scope": scope}).encode()
    proof, rule, is_met = ask(native, native_verifier(native), b"Bearer " + token, path="/orders/7")
    assert (rule, is_met) == (RULES[1], met)
    if met:
        assert rule.requirement.refusal(proof) is None


def test_refusals_are_answers(native: Any):
    answer = ask(native, native_verifier(native), b"Bearer " + forge.token(CLAIMS | {"exp": NOW}).encode())
    refusal, rule, met = answer
    assert (refusal.code, rule, met) == ("expired", RULES[6], False)
    refusal, _, _ = ask(native, native_verifier(native), b"Bearer \xff.b.c")
    assert refusal.reason == "malformed"


def test_what_is_no_refusal_is_raised(native: Any):
    def clock() -> float:
        raise LookupError("no clock")

    with pytest.raises(LookupError):
        ask(native, native_verifier(native, clock=clock), b"Bearer " + GOOD)


def test_headers_that_go_while_they_are_read(native: Any):
    """A check may do what it likes to the request."""
    given = headers(b"Bearer " + forge.token(CLAIMS | {"jti": "of its own"}).encode())

    def check(token: Any) -> bool:
        given.clear()
        return token.jwt_id == "of its own"

    found = native.Admission(native_verifier(native, checks=[check]), RULES).decide("GET", "/me", b"/me", given)
    assert found[0].jwt_id == "of its own"
    assert found[2]


def test_arguments(impl: Any, verifier: Any):
    with pytest.raises(TypeError):
        impl.Admission(None, RULES)
    with pytest.raises(TypeError):
        impl.Admission(verifier(), 1)
    assert repr(impl.Admission(verifier(), RULES)) == "<Admission rules=7>"


def test_rules_that_are_none(native: Any):
    with pytest.raises(AttributeError):
        native.Admission(native_verifier(native), [object()])
