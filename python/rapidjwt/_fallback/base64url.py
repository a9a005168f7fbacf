"""base64url of RFC 4648 section 5: strict and canonical, no padding. Text in, bytes out, or nothing at all."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from typing import Final

__all__ = ["decode", "decode_canonical", "encode", "is_canonical"]

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TO_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_FROM_STANDARD: Final = bytes.maketrans(b"+/", b"-_")

# RFC 4648 section 3.5: a last group of two characters has four unused bits, one of three has two; all must be zero. The
# last character must then be one of every 16th, or of every 4th, of the alphabet.
_LAST_OF: Final = {0: frozenset(_ALPHABET), 2: frozenset(_ALPHABET[::16]), 3: frozenset(_ALPHABET[::4])}


def is_canonical(text: bytes) -> bool:
    """Is `text` what `encode` would have written for some bytes?"""
    if not text:
        return True
    # Deleting the alphabet is one pass in C; the standard library's own decoders skip or accept foreign characters.
    return not text.translate(None, _ALPHABET) and text[-1] in _LAST_OF.get(len(text) % 4, ())


def decode(text: bytes) -> bytes | None:
    """Decode canonical base64url."""
    return decode_canonical(text) if is_canonical(text) else None


def decode_canonical(text: bytes) -> bytes:
    """Decode a text that `is_canonical`: asked already, it need not be asked again."""
    return a2b_base64(text.translate(_TO_STANDARD) + b"=" * (-len(text) % 4))


def encode(data: bytes) -> str:
    """Encode without padding."""
    return b2a_base64(data, newline=False).rstrip(b"=").translate(_FROM_STANDARD).decode("ascii")
