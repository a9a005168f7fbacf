"""What a compact JWS must be (RFC 7515, RFC 7797): each rule by itself, without a register or options."""

from __future__ import annotations

import binascii
from collections.abc import Container, Sequence
from typing import Any

from rapidjwt.jwt.api_jwk import PyJWK
from rapidjwt.jwt.exceptions import DecodeError, InvalidAlgorithmError, InvalidTokenError
from rapidjwt.jwt.utils import base64url_decode, base64url_encode

__all__ = ["allowed_algorithm", "check_critical", "decoded_segment", "payload_elsewhere", "token_bytes"]


def token_bytes(jwt: object) -> bytes:
    """The bytes of a token. DecodeError when it is no token."""
    if isinstance(jwt, str):
        try:
            return jwt.encode("utf-8")
        except UnicodeEncodeError as error:
            raise DecodeError("Invalid token: it has no UTF-8 form.") from error
    if not isinstance(jwt, bytes):
        raise DecodeError(f"Invalid token type. Token must be a {bytes}")
    return jwt


def decoded_segment(segment: bytes, name: str) -> bytes:
    """Decode canonical base64url; correct padding is passed over. DecodeError for anything else."""
    text = segment.rstrip(b"=")
    padding = len(segment) - len(text)
    try:
        decoded = base64url_decode(text)
    except binascii.Error:
        raise DecodeError(f"Invalid {name} padding") from None
    if padding > 2 or (padding and len(segment) % 4) or base64url_encode(decoded) != text:
        raise DecodeError(f"Invalid {name} padding")
    return decoded


def check_critical(headers: dict[str, Any], supported: Container[str]) -> None:
    """`crit` names supported extensions, which are in the header (RFC 7515 section 4.1.11). InvalidTokenError otherwise."""
    names = headers["crit"]
    if not isinstance(names, list) or not names:
        raise InvalidTokenError("Invalid 'crit' header: must be a non-empty list")
    for name in names:
        if not isinstance(name, str):
            raise InvalidTokenError("Invalid 'crit' header: values must be strings")
        if name not in supported:
            raise InvalidTokenError(f"Unsupported critical extension: {name}")
        if name not in headers:
            raise InvalidTokenError(f"Critical extension '{name}' is missing from headers")


def payload_elsewhere(header: dict[str, Any], detached_payload: bytes | None) -> bytes | None:
    """The payload that came with the call, for a token without one (RFC 7797); None for a token that has its own.

    Raises:
        DecodeError: header and call disagree about where the payload is.
        InvalidTokenError: the header does not say that its `b64` is critical.
    """
    if header.get("b64", True) is not False:
        if detached_payload is not None:
            raise DecodeError(
                'It is only valid to pass "detached_payload" when the protected header has "b64" set to false.'
            )
        return None
    critical = header.get("crit")
    if not isinstance(critical, list) or "b64" not in critical:
        raise InvalidTokenError("The 'b64' header parameter requires 'b64' to be listed in 'crit'.")
    if detached_payload is None:
        raise DecodeError(
            'It is required that you pass in a value for the "detached_payload" argument to decode a message having the '
            "b64 header set to false."
        )
    return detached_payload


def allowed_algorithm(header: dict[str, Any], key: object, algorithms: Sequence[str] | None) -> str:
    """The token's `alg`, if caller and key agree to it."""
    if algorithms is None and isinstance(key, PyJWK):
        algorithms = [key.algorithm_name]
    if "alg" not in header:
        raise InvalidAlgorithmError("Algorithm not specified")
    alg: str = header["alg"]
    try:
        allowed = bool(alg) and (algorithms is None or alg in algorithms)
    except TypeError:
        if isinstance(alg, str):
            raise
        # A list is not looked for in a set, nor a number in a str.
        allowed = False
    if not allowed:
        raise InvalidAlgorithmError("The specified alg value is not allowed")
    if isinstance(key, PyJWK) and alg != key.algorithm_name:
        raise InvalidAlgorithmError(
            f"Token algorithm {alg!r} does not match the key's algorithm {key.algorithm_name!r}"
        )
    return alg
