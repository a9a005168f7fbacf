"""The checks of claims (RFC 7519 section 4.1), each by itself. They know the payload and what is expected, and no options."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from rapidjwt.jwt.exceptions import (
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAudienceError,
    InvalidIssuedAtError,
    InvalidIssuerError,
    InvalidJTIError,
    InvalidSubjectError,
    InvalidTokenError,
    MissingRequiredClaimError,
)

__all__ = ["audience", "expired", "issuer", "jwt_id", "not_yet", "required", "subject"]

_NO_NUMBER: dict[str, tuple[type[InvalidTokenError], str]] = {
    "iat": (InvalidIssuedAtError, "Issued At claim (iat) must be an integer."),
    "nbf": (DecodeError, "Not Before claim (nbf) must be an integer."),
    "exp": (DecodeError, "Expiration Time claim (exp) must be an integer."),
}


def _seconds(payload: dict[str, Any], claim: str) -> int:
    """A NumericDate as whole seconds, as `int` reads it: also from text, and without the fraction."""
    value = payload[claim]
    try:
        return int(value)
    except (ValueError, TypeError, OverflowError):
        error, sentence = _NO_NUMBER[claim]
        raise error(sentence) from None


def not_yet(claim: str, payload: dict[str, Any], now: float, leeway: float) -> None:
    """`iat` or `nbf` is not in the future."""
    if _seconds(payload, claim) > now + leeway:
        raise ImmatureSignatureError(f"The token is not yet valid ({claim})")


def expired(payload: dict[str, Any], now: float, leeway: float) -> None:
    """`exp` is in the future."""
    if _seconds(payload, "exp") <= now - leeway:
        raise ExpiredSignatureError("Signature has expired")


def required(payload: dict[str, Any], claims: Iterable[str]) -> None:
    """Every one of `claims` is there and not null."""
    for claim in claims:
        if payload.get(claim) is None:
            raise MissingRequiredClaimError(claim)


def issuer(payload: dict[str, Any], expected: Container[str] | str | None) -> None:
    """`iss` is `expected`, or in it. None: not checked."""
    if expected is None:
        return
    if "iss" not in payload:
        raise MissingRequiredClaimError("iss")
    iss = payload["iss"]
    if not isinstance(iss, str):
        raise InvalidIssuerError("Payload Issuer (iss) must be a string")
    try:
        # A str is a container too, of all its parts.
        accepted = iss == expected if isinstance(expected, str) else iss in expected
    except TypeError:
        raise InvalidIssuerError('Issuer param must be "str" or "Container[str]"') from None
    if not accepted:
        raise InvalidIssuerError("Invalid issuer")


def audience(payload: dict[str, Any], expected: str | Iterable[str] | None, strict: bool) -> None:
    """`aud` names one of `expected`. None: there is no `aud`. Strict: both are one string."""
    aud = payload["aud"] if "aud" in payload else None  # noqa: SIM401  # as a subclass of dict says
    if not aud:
        if expected is not None:
            raise MissingRequiredClaimError("aud")
    elif expected is None:
        raise InvalidAudienceError("Invalid audience")
    elif strict:
        _same_audience(aud, expected)
    else:
        _among_audience(aud, expected)


def _same_audience(aud: object, expected: object) -> None:
    if not isinstance(expected, str):
        raise InvalidAudienceError("Invalid audience (strict)")
    if not isinstance(aud, str):
        raise InvalidAudienceError("Invalid claim format in token (strict)")
    if aud != expected:
        raise InvalidAudienceError("Audience doesn't match (strict)")


def _among_audience(aud: object, expected: str | Iterable[str]) -> None:
    named = [aud] if isinstance(aud, str) else aud
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise InvalidAudienceError("Invalid claim format in token")
    wanted = [expected] if isinstance(expected, str) else expected
    if not any(one in named for one in wanted):
        raise InvalidAudienceError("Audience doesn't match")


def subject(payload: dict[str, Any], expected: str | None) -> None:
    """`sub`, where it is, is a string, and `expected` unless that is None."""
    if "sub" not in payload:
        return
    if not isinstance(payload["sub"], str):
        raise InvalidSubjectError("Subject must be a string")
    if expected is not None and payload["sub"] != expected:
        raise InvalidSubjectError("Invalid subject")


def jwt_id(payload: dict[str, Any]) -> None:
    """`jti`, where it is, is a string."""
    if "jti" in payload and not isinstance(payload["jti"], str):
        raise InvalidJTIError("JWT ID must be a string")
