"""One OpenSSH public key line (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709): bytes in, the parts of a key out. The comment
is not looked at.
"""

from __future__ import annotations

import re
from typing import Final

from rapidjwt._fallback.keys import tlv
from rapidjwt._fallback.keys.material import ECParts, Ed25519Parts, Parts, RSAParts
from rapidjwt._fallback.keys.pem import decode_base64
from rapidjwt.exceptions import build

__all__ = ["read"]

_CURVES: Final = {b"nistp256": ("P-256", 32), b"nistp384": ("P-384", 48), b"nistp521": ("P-521", 66)}
"""Curve, and length of a coordinate."""
_KNOWN: Final = (b"ssh-rsa", b"ssh-ed25519", *(b"ecdsa-sha2-" + name for name in _CURVES))
_FOREIGN: Final = (b"ssh-", b"ecdsa-sha2-", b"sk-")
"""How the names of other OpenSSH keys begin: DSA, Ed448, certificates, security keys."""


def read(line: bytes) -> Parts:
    """Read type, base64 and comment. Another type of OpenSSH key is `key_unsupported`, anything else `key_malformed`."""
    line = line.strip(b" \t\r\n\f")
    words = re.split(rb"[ \t]+", line)
    if len(words) < 2 or b"\n" in line or b"\r" in line:
        raise build("key_malformed")
    kind, data = words[0], decode_base64(words[1])
    if kind not in _KNOWN:
        raise build("key_unsupported" if kind.startswith(_FOREIGN) else "key_malformed")
    fields = _fields(data or b"")
    if not fields or fields[0] != kind:
        raise build("key_malformed")
    return _parts(kind, fields[1:])


def _parts(kind: bytes, fields: list[bytes]) -> Parts:
    if kind == b"ssh-rsa":
        e, n = (_positive(field) for field in _exactly(2, fields))
        return RSAParts(n, e)
    if kind == b"ssh-ed25519":
        (x,) = _exactly(1, fields)
        if len(x) != 32:
            raise build("key_malformed")
        return Ed25519Parts(x)
    name, point = _exactly(2, fields)
    curve, length = _CURVES[kind.removeprefix(b"ecdsa-sha2-")]
    if b"ecdsa-sha2-" + name != kind or not _is_point(point, length):
        raise build("key_malformed")
    return ECParts(curve, point)


def _is_point(point: bytes, length: int) -> bool:
    """SEC 1 section 2.3.3: uncompressed, or compressed with one of two signs."""
    if point.startswith(b"\4"):
        return len(point) == 1 + 2 * length
    return point.startswith((b"\2", b"\3")) and len(point) == 1 + length


def _positive(field: bytes) -> int:
    """An mpint (RFC 4251 section 5) above zero, in its shortest form."""
    if field == b"\0":
        raise build("key_malformed")
    return tlv.unsigned(field)


def _exactly(count: int, fields: list[bytes]) -> list[bytes]:
    if len(fields) != count:
        raise build("key_malformed")
    return fields


def _fields(data: bytes) -> list[bytes]:
    """Strings with their length in four bytes before them (RFC 4251 section 5); [] when they do not fill `data`."""
    fields, at = [], 0
    while at < len(data):
        start = at + 4
        at = start + int.from_bytes(data[at:start], "big")
        fields.append(data[start:at])
    return fields if at == len(data) else []
