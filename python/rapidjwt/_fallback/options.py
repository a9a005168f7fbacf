"""The Verifier's arguments: each checked for type and sense once, all of them into a `Policy`."""

from __future__ import annotations

import math
from typing import Any, Final

from rapidjwt._fallback import alg, input
from rapidjwt._fallback.compact import Limits
from rapidjwt._fallback.policy import Policy, normal_typ
from rapidjwt.types import CheckCallable, Clock

__all__ = ["callables", "limits", "policy"]

_NAMES: Final = "a list or tuple of names"
_ONE_OR_MORE: Final = "a string, a list or tuple of strings, or None"
_MAX_BYTES: Final = 1 << 30
_MAX_DEPTH: Final = 512


def policy(
    *,
    algorithms: object,
    issuer: object,
    audience: object,
    subject: object,
    leeway: object,
    require: object,
    typ: object,
    max_age: object,
    max_lifetime: object,
    checks: object,
    clock: Any,
    **sizes: object,
) -> Policy:
    """Check the arguments in the order in which they are written."""
    accepted = _algorithms(algorithms)
    issuers = _one_or_more("issuer", issuer)
    audiences = _one_or_more("audience", audience)
    wanted_subject = input.optional_string("subject", subject)
    forgiven = _seconds("leeway", "a number of seconds", leeway)
    names = input.strings("require", _NAMES, require)
    typs = _one_or_more("typ", typ)
    age = _optional_seconds("max_age", max_age)
    lifetime = _optional_seconds("max_lifetime", max_lifetime)
    own_checks, own_clock = callables(checks, clock)
    names += ["sub"] * (wanted_subject is not None) + ["iat"] * (age is not None)
    names += ["iat", "exp"] * (lifetime is not None)
    return Policy(
        algorithms=accepted,
        issuers=issuers,
        audiences=audiences,
        subject=wanted_subject,
        leeway=forgiven,
        require=tuple(dict.fromkeys(names)),
        typ=None if typs is None else frozenset(map(normal_typ, typs)),
        max_age=age,
        max_lifetime=lifetime,
        checks=own_checks,
        clock=own_clock,
        limits=limits(**sizes),
    )


def callables(checks: object, clock: Any) -> tuple[tuple[CheckCallable, ...], Clock | None]:
    """The caller's own checks, and his clock."""
    return tuple(_callables(checks)), _clock(clock)


def limits(
    *, max_token_bytes: object, max_header_bytes: object, max_depth: object, allow_padding: object = False
) -> Limits:
    """Check the sizes."""
    return Limits(
        _size("max_token_bytes", max_token_bytes, _MAX_BYTES),
        _size("max_header_bytes", max_header_bytes, _MAX_BYTES),
        _size("max_depth", max_depth, _MAX_DEPTH),
        input.boolean("allow_padding", allow_padding),
    )


def _algorithms(value: object) -> tuple[str, ...]:
    names = input.strings("algorithms", _NAMES, value)
    if not names:
        raise input.value_error("algorithms", "must not be empty")
    for name in names:
        if alg.from_name(name) is None:
            raise input.value_error("algorithms", f"has an unknown name: {name!r}")
    return tuple(names)


def _one_or_more(name: str, value: object) -> frozenset[str] | None:
    if value is None:
        return None
    accepted = input.strings(name, _ONE_OR_MORE, [value] if isinstance(value, str) else value)
    if not accepted or "" in accepted:
        raise input.value_error(name, "must not be empty")
    return frozenset(accepted)


def _seconds(name: str, what: str, value: object) -> float:
    seconds = input.number(value)
    if seconds is None:
        raise input.type_error(name, what, value)
    if not 0 <= seconds < math.inf:
        raise input.value_error(name, "must be finite and not negative")
    return seconds


def _optional_seconds(name: str, value: object) -> float | None:
    return None if value is None else _seconds(name, "a number of seconds or None", value)


def _callables(value: object) -> list[Any]:
    what = "a list or tuple of callables"
    checks = input.items("checks", what, value)
    for check in checks:
        if not callable(check):
            raise input.type_error("checks", what, check)
    return checks


def _clock(value: Any) -> Any:
    if value is not None and not callable(value):
        raise input.type_error("clock", "callable or None", value)
    return value


def _size(name: str, value: object, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise input.type_error(name, "an integer", value)
    size = int.__int__(value)
    if not 1 <= size <= most:
        raise input.value_error(name, f"must be from 1 to {most}")
    return size
