"""The spine the other way: header and payload in, a compact JWS out. What they say is the caller's business."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rapidjwt._fallback import base64url, input
from rapidjwt._fallback.keys import Key
from rapidjwt.exceptions import build
from rapidjwt.types import AlgorithmRow

__all__ = ["sign_compact", "sign_compact_with"]

_RSA_OCTETS: Final = range(256, 1024 + 1)
"""A signature is as long as the modulus, which has 2048 to 8192 bits."""


def sign_compact(key: Key, algorithm: str, header: bytes, payload: bytes) -> str:
    """Sign `base64url(header) . base64url(payload)` and return the compact JWS (RFC 7515 section 5.1)."""
    if not isinstance(key, Key):
        raise input.type_error("key", "a Key", key)
    row = input.needed_algorithm(algorithm)
    signing_input = _signing_input(header, payload)
    if row.name not in key.algorithms:
        raise build("key_algorithm")
    if not key.is_private:
        raise build("key_public")
    return _compact(signing_input, key._bound.prepared.sign(row, signing_input))


def sign_compact_with(signer: Callable[[bytes], bytes], algorithm: str, header: bytes, payload: bytes) -> str:
    """As `sign_compact`, with a callable (KMS, HSM) that gets the signing input and returns the raw JWS signature."""
    row = input.needed_algorithm(algorithm)
    if row.kty == "oct":
        raise input.value_error("algorithm", "must not be HS* for an external signer")
    signing_input = _signing_input(header, payload)
    signature = signer(signing_input)
    if not isinstance(signature, bytes) or not _has_length(row, signature):
        raise build("external_signature")
    return _compact(signing_input, signature)


def _has_length(row: AlgorithmRow, signature: bytes) -> bool:
    return len(signature) in _RSA_OCTETS if row.signature_bytes is None else len(signature) == row.signature_bytes


def _signing_input(header: bytes, payload: bytes) -> bytes:
    for name, part in (("header", header), ("payload", payload)):
        if not isinstance(part, bytes):
            raise input.type_error(name, "bytes", part)
    return f"{base64url.encode(header)}.{base64url.encode(payload)}".encode("ascii")


def _compact(signing_input: bytes, signature: bytes) -> str:
    return f"{signing_input.decode('ascii')}.{base64url.encode(signature)}"
