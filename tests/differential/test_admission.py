"""The guard with and without `Admission`: the same decision about every request, from a table of pieces in all mixtures."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

import forge
from forge import NOW
from rapidjwt.exceptions import RevokedTokenError
from rapidjwt.web import Guard, Request, Requirement, Rule

PATHS = [
    "/", "/a", "/a/", "/a/b", "/a/7", "/a/7/", "/a/7/lines", "/ab", "/a.b", "/a/.b", "/a//b", "/a/..", "/a/%37", "/a/;x",
    "/A/7", "/p", "/p/x/", "/o", "/r", "/w", "/\u00e9", "/a/\u00e9", "", "a", "/a\n", "/a/x?y",
]  # fmt: skip
METHODS = ["GET", "HEAD", "get", "POST", "OPTIONS", "M-SEARCH", "\u0131"]
CLAIMS: dict[str, Any] = {"sub": "u", "exp": NOW + 60, "iss": "i"}
TOKENS = [
    CLAIMS | {"scope": "s t"},
    CLAIMS | {"scope": "s"},
    CLAIMS | {"scp": ["s", "t"]},
    CLAIMS | {"scope": "st", "role": ["x"]},
    CLAIMS | {"scope": "s\tt"},
    CLAIMS | {"exp": NOW},
    CLAIMS | {"jti": "revoked"},
]
RULES = [
    Rule("/a/{id}", methods=["GET"], scopes=["s"]),
    Rule("/a/{id}/lines", scopes=["s", "t"]),
    Rule("/a", methods=["POST"], issuers=["j"]),
    Rule(prefix="/a", roles={"role": ["x"]}),
    Rule(prefix="/p", access="public"),
    Rule("/o", access="optional", scopes=["t"]),
    Rule("/r", requirement=Requirement(scopes=["s"]).and_(Requirement(scopes=["t"]))),
    Rule("/"),
    Rule("/w", methods=["M-SEARCH", "POST"]),
]
ALSO = [None, Requirement(scopes=["t"]), Requirement("public"), Requirement("optional", issuers=["i"])]


def _headers() -> list[list[tuple[bytes, bytes]]]:
    tokens = [forge.token(claims).encode() for claims in TOKENS]
    values = [b"Bearer " + token for token in tokens]
    values += [b"bearer  " + tokens[0], b"Bearer " + tokens[0][:-2], b"Bearer x", b"Bearer ", b"Basic x", b"Bearer a,b"]
    lines = [[], *([value] for value in values), [values[0], values[0]], [values[0], b"Basic x"]]
    return [[(b"host", b"x"), *((b"authorization", value) for value in line)] for line in lines]


def _check(token: Any) -> bool:
    if token.jwt_id == "revoked":
        raise RevokedTokenError
    return True


@pytest.fixture(params=[None, 1 << 20], ids=["no cache", "cache"])
def guards(request: pytest.FixtureRequest, native: Any) -> tuple[Guard, Guard]:
    """Of the same verifier and rules: as it is, and without `admit`."""
    key = native.Key.from_secret(forge.material("HS256").secret, algorithm="HS256")
    cache = native.TokenCache(max_bytes=request.param) if request.param else None
    policy = {"issuer": "i", "audience": None, "checks": [_check], "clock": lambda: NOW}
    fast = Guard(native.Verifier(key, algorithms=["HS256"], cache=cache, **policy), RULES)
    slow = Guard(native.Verifier(key, algorithms=["HS256"], **policy), RULES)
    assert fast.admit("GET", "/", b"/", []) is None
    object.__setattr__(slow, "admit", lambda *_: None)
    return fast, slow


def _seen(decision: Any) -> Any:
    proof = decision.token
    return (*decision[1:], None if proof is None else proof.claims)


def test_the_same_decisions(guards: tuple[Guard, Guard]):
    fast, slow = guards
    answered = 0
    for path, method, headers in itertools.product(PATHS, METHODS, _headers()):
        for decoded, raw in ((path, None), (path, path), (path, "/a/%37"), (None, path)):
            asked = Request(method, decoded, headers, raw_path=raw)
            expected = _seen(slow.decide(asked))
            answered += fast.admit(method, decoded, raw, headers) is not None
            assert _seen(fast.decide(asked)) == expected
            assert _seen(fast.decide_at_once(asked)) == expected
    assert answered == 560


def test_the_same_where_the_caller_asks_for_more(guards: tuple[Guard, Guard]):
    fast, slow = guards

    async def compare(asked: Request, also: Requirement | None) -> None:
        expected = _seen(slow.decide(asked, also))
        assert _seen(fast.decide(asked, also)) == _seen(await fast.adecide(asked, also)) == expected

    async def all_of_them() -> None:
        for path, headers, also in itertools.product(PATHS, _headers(), ALSO):
            await compare(Request("GET", path, headers, raw_path=path), also)

    asyncio.run(all_of_them())
