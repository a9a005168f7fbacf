"""What every adapter must answer: requests, and the status, challenge, reason and subject that come back. One table for all of them."""

from __future__ import annotations

from typing import Final, NamedTuple

import stage
from stage import METADATA, PAGE, bearer

from forge import tampered


class Case(NamedTuple):
    """A request and its answer. `sub` is whom the application sees; of a refusal it sees nothing."""

    name: str
    target: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    sub: str | None = None
    reason: str | None = None
    error: str | None = None
    """The challenge's parameters after realm and resource_metadata; None: there is no challenge at all."""
    method: str = "GET"


CHALLENGE: Final = f'Bearer realm="shop", resource_metadata="{METADATA}"'
_TOLD: Final = "The access token is invalid"
_SCHEME_ONLY: Final = ""


def cookie(value: str, csrf: str | None = None) -> tuple[str, str]:
    return ("Cookie", f"a=b; __Host-access={value}" + (f"; __Host-csrf={csrf}" if csrf else ""))


def invalid(reason: str, told: str = _TOLD) -> dict[str, object]:
    return {"status": 401, "reason": reason, "error": f', error="invalid_token", error_description="{told}"'}


def missing() -> dict[str, object]:
    return {"status": 401, "reason": "missing", "error": _SCHEME_ONLY}


def scope(needed: str = "") -> dict[str, object]:
    told = ', error="insufficient_scope", error_description="The access token does not allow this"'
    return {"status": 403, "reason": "insufficient_scope", "error": told + (f', scope="{needed}"' if needed else "")}


MULTIPLE: Final = {
    "status": 400,
    "reason": "multiple_tokens",
    "error": ', error="invalid_request", error_description="The request has more than one access token"',
}
FORGED: Final = {"status": 403, "reason": "csrf_failed"}
NO_RULE: Final = {"status": 403, "reason": "no_rule"}
DOUBLE: Final = ("X-CSRF-Token", "c5rf")
FROM_US: Final = ("Origin", PAGE)

CASES: Final = (
    Case("good", "/me", headers=(bearer(stage.GOOD),), sub="user-1"),
    Case("good, scheme in lower case", "/me", headers=(("Authorization", f"bearer {stage.GOOD}"),), sub="user-1"),
    Case("good, with a query", "/me?access_token=x", headers=(bearer(stage.GOOD),), sub="user-1"),
    Case("good, below a prefix", "/me/a/b", headers=(bearer(stage.GOOD),), sub="user-1"),
    Case("good, HEAD", "/me", headers=(bearer(stage.GOOD),), method="HEAD"),
    Case("another issuer", "/me", headers=(bearer(stage.OFFICER),), sub="officer"),
    Case("no token", "/me", **missing()),
    Case("no token, HEAD", "/me", 401, method="HEAD", error=_SCHEME_ONLY),
    Case("no token, OPTIONS that is no preflight", "/me", method="OPTIONS", **missing()),
    Case("wrong scheme", "/me", headers=(("Authorization", "Basic dXNlcjpwYXNz"),), **missing()),
    Case("scheme without a token", "/me", headers=(("Authorization", "Bearer"),), **invalid("malformed", "The access token is malformed")),
    Case("not a token", "/me", headers=(bearer("x.y.z"),), **invalid("malformed", "The access token is malformed")),
    Case("not ASCII", "/me", headers=(bearer("\xe9\xff"),), **invalid("malformed", "The access token is malformed")),
    Case("token in the query", f"/me?access_token={stage.GOOD}", **missing()),
    Case("expired", "/me", headers=(bearer(stage.EXPIRED),), **invalid("expired", "The access token expired")),
    Case("wrong audience", "/me", headers=(bearer(stage.token(aud="other")),), **invalid("wrong_audience", "The access token is for another audience")),
    Case("tampered", "/me", headers=(bearer(tampered(stage.GOOD)),), **invalid("bad_signature")),
    Case("key of another issuer", "/me", headers=(bearer(stage.token(key=1)),), **invalid("bad_signature")),
    Case("unknown issuer", "/me", headers=(bearer(stage.token(iss="https://evil.example/")),), **invalid("unknown_issuer")),
    Case("revoked", "/me", headers=(bearer(stage.token(fate="revoked")),), **invalid("revoked", "The access token was revoked")),
    Case("two tokens", "/me", headers=(bearer(stage.GOOD), bearer(stage.GOOD)), **MULTIPLE),
    Case("two schemes", "/me", headers=(("Authorization", "Basic dXNlcjpwYXNz"), bearer(stage.GOOD)), **MULTIPLE),
    Case("two tokens in one header", "/me", headers=(bearer(f"{stage.GOOD}, Bearer {stage.GOOD}"),), **MULTIPLE),
    Case("keys unavailable", "/me", 503, (bearer(stage.LOST),), reason="keys_unavailable"),
    Case("store unavailable", "/me", 503, (bearer(stage.token(fate="store_unavailable")),), reason="store_unavailable"),
    Case("scope", "/orders/7", headers=(bearer(stage.READER),), sub="reader"),
    Case("scope, slash at the end", "/orders/7/", headers=(bearer(stage.WRITER),), **scope("orders:read")),
    Case("insufficient scope", "/orders/7", headers=(bearer(stage.GOOD),), **scope("orders:read")),
    Case("scope of another method", "/orders/7", headers=(bearer(stage.READER),), method="POST", **scope("orders:write")),
    Case("scope in scp", "/orders/7", headers=(bearer(stage.WRITER),), method="POST", sub="writer"),
    Case("role", "/admin/users", headers=(bearer(stage.ADMIN),), sub="admin"),
    Case("no such role", "/admin/users", headers=(bearer(stage.CLERK),), **scope()),
    Case("no roles at all", "/admin", headers=(bearer(stage.GOOD),), **scope()),
    Case("issuer of a rule", "/staff", headers=(bearer(stage.OFFICER),), sub="officer"),
    Case("not the issuer of a rule", "/staff", headers=(bearer(stage.ADMIN),), **invalid("unknown_issuer")),
    Case("optional without", "/maybe"),
    Case("optional with", "/maybe", headers=(bearer(stage.GOOD),), sub="user-1"),
    Case("optional with a bad one", "/maybe", headers=(bearer(stage.EXPIRED),), **invalid("expired", "The access token expired")),
    Case("public", "/public/x"),
    Case("public with a bad token", "/public/x", headers=(bearer(stage.EXPIRED),)),
    Case("public, exact", "/health"),
    Case("default deny", "/secret", **NO_RULE),
    Case("default deny with a token", "/secret", headers=(bearer(stage.GOOD),), **NO_RULE),
    Case("prefixes are whole segments", "/publicity", **NO_RULE),
    Case("an exact rule has nothing below", "/health/x", **NO_RULE),
    Case("rules know the case of a path", "/Public/x", **NO_RULE),
    Case("cookie", "/me", headers=(cookie(stage.GOOD),), sub="user-1"),
    Case("expired cookie", "/me", headers=(cookie(stage.EXPIRED),), **invalid("expired", "The access token expired")),
    Case("cookie and header", "/me", headers=(cookie(stage.GOOD), bearer(stage.GOOD)), **MULTIPLE),
    Case("cookie twice", "/me", headers=(("Cookie", f"__Host-access={stage.GOOD}; __Host-access={stage.GOOD}"),), **MULTIPLE),
    Case("cookie, POST", "/me", headers=(cookie(stage.GOOD, "c5rf"), FROM_US, DOUBLE), method="POST", sub="user-1"),
    Case("cookie, POST, Sec-Fetch-Site", "/me", headers=(cookie(stage.GOOD, "c5rf"), ("Sec-Fetch-Site", "same-origin"), DOUBLE), method="POST", sub="user-1"),
    Case("cookie, POST without anything", "/me", headers=(cookie(stage.GOOD),), method="POST", **FORGED),
    Case("cookie, POST from nowhere", "/me", headers=(cookie(stage.GOOD, "c5rf"), DOUBLE), method="POST", **FORGED),
    Case("cookie, POST from elsewhere", "/me", headers=(cookie(stage.GOOD, "c5rf"), ("Origin", "https://evil.example"), DOUBLE), method="POST", **FORGED),
    Case("cookie, POST from null", "/me", headers=(cookie(stage.GOOD, "c5rf"), ("Origin", "null"), DOUBLE), method="POST", **FORGED),
    Case("cookie, POST from the same site", "/me", headers=(cookie(stage.GOOD, "c5rf"), ("Sec-Fetch-Site", "same-site"), DOUBLE), method="POST", **FORGED),
    Case("cookie, POST with another value", "/me", headers=(cookie(stage.GOOD, "other"), FROM_US, DOUBLE), method="POST", **FORGED),
    Case("cookie, POST with no value", "/me", headers=(cookie(stage.GOOD), FROM_US, DOUBLE), method="POST", **FORGED),
    Case("header, POST needs no double submit", "/me", headers=(bearer(stage.GOOD),), method="POST", sub="user-1"),
    Case("preflight for what no rule fits", "/secret", headers=(FROM_US, ("Access-Control-Request-Method", "GET")), method="OPTIONS", **NO_RULE),
)  # fmt: skip

PREFLIGHT: Final = (FROM_US, ("Access-Control-Request-Method", "POST"))
