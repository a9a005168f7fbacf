"""What a call comes to, in a form in which two halves can be compared: values with their types, errors with all that they say."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from expect import traits
from rapidjwt.exceptions import CODES, PyJWTError

Halves = tuple[SimpleNamespace, SimpleNamespace]

KEY = ("kty", "curve", "algorithm", "algorithms", "kid", "use", "key_ops", "bits", "is_private")
PROOF = (
    "ok", "claims", "header", "payload", "algorithm", "kid", "issuer", "subject", "audience", "jwt_id", "scope", "expires_at", "issued_at", "not_before",
)  # fmt: skip


def outcome(call: Callable[[], Any]) -> tuple[Any, ...]:
    """The value, or the error. Anything but our errors and a TypeError or ValueError of ours goes through, and fails the test."""
    try:
        value = call()
    except PyJWTError as error:
        spec = CODES[error.code]
        assert (type(error), error.reason) == (spec.cls, spec.reason)
        cause = error.__cause__
        return ("refused", *traits(error), type(cause))
    except (TypeError, ValueError) as error:
        assert type(error) in (TypeError, ValueError), repr(error)
        return ("misused", type(error), str(error))
    return ("value", shown(value))


def shown(value: Any) -> Any:
    """A value as something that compares as it should: 1 is not 1.0, -0.0 is not 0.0, and a dict has an order."""
    kind = type(value).__name__
    if kind == "Key":
        made = [getattr(value, name) for name in KEY]
        private = value.is_private
        return repr([*made, value.to_jwk(private=private), value.thumbprint(), repr(value)])
    if kind == "KeySet":
        return [shown(key) for key in value], value.skipped, repr(value)
    if kind == "VerifiedToken":
        return repr([[getattr(value, name) for name in PROOF], value.to_dict(), bool(value), repr(value)])
    if kind == "Rejection":
        return value.ok, value.code, value.reason, traits(value.error), bool(value), repr(value)
    if isinstance(value, list):
        return [shown(one) for one in value]
    return repr(value)


def same(halves: Halves, ask: Callable[[SimpleNamespace], Any]) -> tuple[Any, ...]:
    """Ask both halves; they must agree. Returns what they say."""
    native, pure = (outcome(lambda half=half: ask(half)) for half in halves)
    assert native == pure
    return native
