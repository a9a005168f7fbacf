"""HMAC secrets: what is refused because it is empty, or because it is the text of another key (CVE-2017-11424, CVE-2022-29217):
whoever knows that public key could sign.
"""

from __future__ import annotations

from typing import Final

from rapidjwt._fallback.keys import tlv
from rapidjwt.exceptions import PyJWTError, build

__all__ = ["check", "is_der"]

_MARKS: Final = (b"-----BEGIN ", b"---- BEGIN ", b"ssh-rsa", b"ssh-ed25519", b"ssh-dss", b"ecdsa-sha2-")
_BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")
_WHITE_SPACE: Final = b" \t\n\r\f\v"

_SHORTEST_DER: Final = 44
"""An Ed25519 SPKI, the shortest of all public keys."""


def check(secret: bytes) -> None:
    """Refuse with `secret_empty` or `secret_is_key`."""
    if not secret:
        raise build("secret_empty")
    # Without its NUL bytes, ASCII in UTF-16 or UTF-32 is plain ASCII.
    text = secret.replace(b"\0", b"")
    if any(mark in text for mark in _MARKS) or is_der(secret) or _is_jwk(text):
        raise build("secret_is_key")


def is_der(secret: bytes) -> bool:
    """Is it one DER sequence, filled by its members, of which the first is a sequence or an integer? All keys in DER are."""
    if len(secret) < _SHORTEST_DER or secret[0] != tlv.SEQUENCE:
        return False
    try:
        (outer,) = tlv.elements(secret, strict=False)
        inner = tlv.elements(outer.content, strict=False)
    except (PyJWTError, ValueError):
        # ValueError: something follows the sequence.
        return False
    return tlv.shape(inner[:1]) in ((tlv.SEQUENCE,), (tlv.INTEGER,))


def _is_jwk(text: bytes) -> bool:
    """JSON that names, or might name in escapes, a `kty`."""
    text = text.strip(_WHITE_SPACE)
    while text.startswith(_BYTE_ORDER_MARKS):
        text = text[3 if text.startswith(b"\xef") else 2 :].lstrip(_WHITE_SPACE)
    if not text.startswith((b"{", b"[")) or not text.endswith((b"}", b"]")):
        return False
    return b"kty" in text or b"\\u" in text
