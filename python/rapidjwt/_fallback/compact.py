"""The compact serialisation (RFC 7515 section 3.1): bytes in, the three segments out. Looks at form and size only, and gives out
the payload only against the proof that its signature was verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rapidjwt._fallback import base64url
from rapidjwt.exceptions import build

if TYPE_CHECKING:
    from rapidjwt._fallback.crypto import SignatureVerified

__all__ = ["Compact", "Limits", "split"]


class Limits(NamedTuple):
    """How much of a token is looked at."""

    max_token_bytes: int = 262_144
    max_header_bytes: int = 16_384
    max_depth: int = 128
    allow_padding: bool = False


class Compact:
    """A token of good form. Its segments are canonical base64url, without padding."""

    __slots__ = ("_header", "_payload", "_signature", "signing_input")

    def __init__(self, signing_input: bytes, header: bytes, payload: bytes, signature: bytes) -> None:
        self.signing_input = signing_input
        """What the signature covers, as sent (RFC 7515 section 5.2)."""
        self._header = header
        self._payload = payload
        self._signature = signature

    def header(self) -> bytes:
        """The decoded header."""
        return base64url.decode_canonical(self._header)

    def signature(self) -> bytes:
        """The decoded signature."""
        return base64url.decode_canonical(self._signature)

    def payload(self, proof: SignatureVerified) -> bytes:
        """The decoded payload of a token whose signature is good."""
        return self.payload_unverified()

    def payload_unverified(self) -> bytes:
        """The decoded payload, whoever wrote it."""
        return base64url.decode_canonical(self._payload)


def split(token: bytes, limits: Limits) -> Compact:
    """Take a token apart."""
    if len(token) > limits.max_token_bytes:
        raise build("token_too_large", limit=limits.max_token_bytes)
    if token.count(b".") != 2:
        raise build("segment_count")
    signing_input, _, signature = token.rpartition(b".")
    header, _, payload = signing_input.partition(b".")
    if len(header) > limits.max_header_bytes:
        raise build("header_too_large", limit=limits.max_header_bytes)
    return Compact(
        signing_input,
        _segment(header, limits, "header_base64"),
        _segment(payload, limits, "payload_base64"),
        _segment(signature, limits, "signature_base64"),
    )


def _segment(text: bytes, limits: Limits, code: str) -> bytes:
    if limits.allow_padding and text.endswith(b"=") and len(text) % 4 == 0:
        # Two characters need two `=`, three need one: anything else fails the check below by its length or an inner `=`.
        text = text.removesuffix(b"==") if text.endswith(b"==") else text[:-1]
    if not base64url.is_canonical(text):
        raise build(code)
    return text
