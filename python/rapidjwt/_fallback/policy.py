"""What the caller accepts, parsed once. `admit` looks at the header before any key is touched, `check` at the claims of a token
whose signature is good. Neither reads a clock: the time is an argument.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from rapidjwt._fallback.compact import Limits
from rapidjwt._fallback.header import Header
from rapidjwt.exceptions import PyJWTError, build
from rapidjwt.types import AlgorithmRow, CheckCallable, Clock

__all__ = ["CLAIM_CHECKS", "Policy", "admit", "admit_algorithm", "admit_extensions", "admit_typ", "check", "normal_typ"]

_ASCII_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class Policy(NamedTuple):
    """The caller's options."""

    algorithms: tuple[str, ...]
    """Accepted `alg` values."""
    issuers: frozenset[str] | None
    """Accepted `iss` values; None: not checked."""
    audiences: frozenset[str] | None
    """Accepted `aud` values; None: a token must not have one."""
    subject: str | None
    """The only accepted `sub`."""
    leeway: float
    """Forgiven clock difference in seconds."""
    require: tuple[str, ...]
    """Required claims, with those that the other options need."""
    typ: frozenset[str] | None
    """Accepted `typ` values, as `normal_typ` writes them; an empty one stands for a token that says nothing of its type."""
    max_age: float | None
    """Seconds since `iat` at most."""
    max_lifetime: float | None
    """Seconds from `iat` to `exp` at most."""
    checks: tuple[CheckCallable, ...]
    """The caller's own checks."""
    clock: Clock | None
    """The caller's clock."""
    limits: Limits
    """Sizes."""


def normal_typ(typ: str) -> str:
    """A `typ` as it is compared: ASCII lower case, without `application/` (RFC 7515 section 4.1.9)."""
    return typ.translate(_ASCII_LOWER).removeprefix("application/")


def admit(policy: Policy, header: Header) -> AlgorithmRow:
    """Is a token with this header one that the caller wants to see (RFC 8725 sections 3.1 and 3.11)?"""
    row = admit_algorithm(policy, header)
    admit_extensions(header)
    admit_typ(policy, header)
    return row


def admit_algorithm(policy: Policy, header: Header) -> AlgorithmRow:
    """The algorithm must be known and allowed."""
    if header.algorithm is None:
        raise build("alg_unsupported")
    if header.algorithm.name not in policy.algorithms:
        raise build("alg_not_allowed")
    return header.algorithm


def admit_extensions(header: Header) -> None:
    """No extension is supported, so none may be critical (RFC 7515 section 4.1.11, RFC 7797 section 6)."""
    if header.extended:
        raise build("crit_unsupported")


def admit_typ(policy: Policy, header: Header) -> None:
    """`typ` must be an expected one."""
    if policy.typ is not None and normal_typ(header.typ or "") not in policy.typ:
        raise build("typ_mismatch")


def check(policy: Policy, claims: dict[str, Any], now: float) -> None:
    """Check the claims against the caller's options and the time in seconds since the epoch."""
    for _, missing in required(policy, claims):
        if missing is not None:
            raise missing
    for _, claim_check in CLAIM_CHECKS:
        claim_check(policy, claims, now)


def required(policy: Policy, claims: dict[str, Any]) -> Iterator[tuple[str, PyJWTError | None]]:
    """The required claims, by name, with the error where one is absent or null."""
    for name in policy.require:
        yield name, build("claim_missing", claim=name) if claims.get(name) is None else None


def _check_iat(policy: Policy, claims: dict[str, Any], now: float) -> None:
    iat = _time(claims, "iat")
    if iat is not None and iat > now + policy.leeway:
        raise build("iat_in_future")


def _check_nbf(policy: Policy, claims: dict[str, Any], now: float) -> None:
    nbf = _time(claims, "nbf")
    if nbf is not None and nbf > now + policy.leeway:
        raise build("nbf_in_future")


def _check_exp(policy: Policy, claims: dict[str, Any], now: float) -> None:
    """Rounded down, and expired "on or after" (RFC 7519 section 4.1.4)."""
    exp = _time(claims, "exp")
    if exp is not None and math.floor(exp) <= now - policy.leeway:
        raise build("expired")


def _check_iss(policy: Policy, claims: dict[str, Any], now: float) -> None:
    iss = _string(claims, "iss")
    if policy.issuers is None:
        return
    if iss is None:
        raise build("claim_missing", claim="iss")
    if iss not in policy.issuers:
        raise build("iss_mismatch")


def _check_aud(policy: Policy, claims: dict[str, Any], now: float) -> None:
    aud = _audience(claims)
    if policy.audiences is None:
        if aud is not None:
            raise build("aud_unexpected")
    elif aud is None:
        raise build("claim_missing", claim="aud")
    elif policy.audiences.isdisjoint(aud):
        raise build("aud_mismatch")


def _check_sub(policy: Policy, claims: dict[str, Any], now: float) -> None:
    sub = _string(claims, "sub")
    if policy.subject is not None and sub != policy.subject:
        raise build("sub_mismatch")


def _check_jti(policy: Policy, claims: dict[str, Any], now: float) -> None:
    _string(claims, "jti")


def _check_age(policy: Policy, claims: dict[str, Any], now: float) -> None:
    if policy.max_age is None or (iat := _usable_time(claims, "iat")) is None:
        return
    if now - iat > policy.max_age + policy.leeway:
        raise build("too_old")


def _check_lifetime(policy: Policy, claims: dict[str, Any], now: float) -> None:
    exp, iat = _usable_time(claims, "exp"), _usable_time(claims, "iat")
    if policy.max_lifetime is not None and exp is not None and iat is not None and exp - iat > policy.max_lifetime:
        raise build("lifetime_too_long")


ClaimCheck: TypeAlias = Callable[[Policy, dict[str, Any], float], None]

CLAIM_CHECKS: Final[tuple[tuple[str, ClaimCheck], ...]] = (
    ("iat", _check_iat),
    ("nbf", _check_nbf),
    ("exp", _check_exp),
    ("iss", _check_iss),
    ("aud", _check_aud),
    ("sub", _check_sub),
    ("jti", _check_jti),
    ("max_age", _check_age),
    ("max_lifetime", _check_lifetime),
)
"""The checks after `require`, in their order (PyJWT's, then ours)."""


def _usable_time(claims: dict[str, Any], name: str) -> float | None:
    """A NumericDate (RFC 7519 section 2) as binary64, if there is one. A bool is no number."""
    value = claims.get(name)
    if type(value) is not int and type(value) is not float:
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds


def _time(claims: dict[str, Any], name: str) -> float | None:
    # A claim that is there must have its type: it is never taken for absent (CVE-2026-25537).
    if name not in claims:
        return None
    seconds = _usable_time(claims, name)
    if seconds is None:
        raise build(f"{name}_invalid")
    return seconds


def _string(claims: dict[str, Any], name: str) -> str | None:
    if name not in claims:
        return None
    value = claims[name]
    if type(value) is not str:
        raise build(f"{name}_invalid")
    return value


def _audience(claims: dict[str, Any]) -> list[str] | None:
    if "aud" not in claims:
        return None
    aud = claims["aud"]
    if type(aud) is str:
        return [aud]
    if type(aud) is list and all(type(one) is str for one in aud):
        return aud
    raise build("aud_invalid")
