"""PEM (RFC 7468): text in, the parts of its first key out, and back. Text around the block and any line length are accepted; the
base64 inside must be canonical.
"""

from __future__ import annotations

from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Iterator
from typing import Final

from rapidjwt._fallback.keys import der
from rapidjwt._fallback.keys.material import Parts
from rapidjwt.exceptions import build

__all__ = ["decode_base64", "is_pem", "read", "write"]

_BEGIN: Final = b"-----BEGIN "
_DASHES: Final = b"-----"

_FORMS: Final[dict[bytes, der.Form]] = {
    b"PUBLIC KEY": "spki",
    b"RSA PUBLIC KEY": "pkcs1_public",
    b"PRIVATE KEY": "pkcs8",
    b"ENCRYPTED PRIVATE KEY": "encrypted",
    b"RSA PRIVATE KEY": "pkcs1_private",
    b"EC PRIVATE KEY": "sec1",
    b"CERTIFICATE": "certificate",
}
"""The blocks that hold a key."""


def is_pem(text: bytes) -> bool:
    """Is there the beginning of any PEM block?"""
    return _BEGIN in text


def read(text: bytes, password: bytes | None) -> Parts:
    """Read the first block with a label that we know. Other blocks only: `key_unsupported`; none: `key_malformed`."""
    code = "key_malformed"
    for label, start in _blocks(text):
        form = _FORMS.get(label)
        if form is not None:
            return der.read(_decode(label, text[start:]), password, form)
        if label != b"EC PARAMETERS":
            code = "key_unsupported"
    raise build(code)


def write(data: bytes, label: str) -> str:
    """Put armour around DER."""
    text = b2a_base64(data, newline=False).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def decode_base64(text: bytes) -> bytes | None:
    """Decode canonical base64 (RFC 4648 section 4), padding included."""
    try:
        data = a2b_base64(text)
    except Error:
        return None
    return data if b2a_base64(data, newline=False) == text else None


def _blocks(text: bytes) -> Iterator[tuple[bytes, int]]:
    """Label, and the place behind it, for each block. A label does not span lines."""
    at = text.find(_BEGIN)
    while at >= 0:
        start = at + len(_BEGIN)
        end = text.find(_DASHES, start)
        if end >= 0 and b"\n" not in text[start:end]:
            yield text[start:end], end + len(_DASHES)
        at = text.find(_BEGIN, start)


def _decode(label: bytes, rest: bytes) -> bytes:
    body, footer, _ = rest.partition(b"-----END " + label + _DASHES)
    if b"Proc-Type:" in body and footer:
        # Encryption as OpenSSL did it before PKCS#8: MD5 for a key derivation, no authentication.
        raise build("key_unsupported")
    data = decode_base64(body.translate(None, b" \t\r\n"))
    if not footer or data is None:
        raise build("key_malformed")
    return data
