"""Keyed hashes in place of names and tokens: equal for equal texts under one key, and saying nothing to whoever has not the key."""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import Final

__all__ = ["Pseudonyms"]

_SHORTEST: Final = 16
_LONGEST: Final = 64
"""Of a BLAKE2b key (RFC 7693 section 2.1)."""


class Pseudonyms:
    """Makes them, with a key of 16 to 64 bytes. None: a key of this process, so that no other one makes the same.

    Raises:
        TypeError: the key is not bytes.
        ValueError: it is too short or too long.
    """

    def __init__(self, key: bytes | None = None) -> None:
        if key is not None and not isinstance(key, bytes):
            raise TypeError(f"key must be bytes or None, not {type(key).__name__}")
        if key is not None and not _SHORTEST <= len(key) <= _LONGEST:
            raise ValueError(f"key must be of {_SHORTEST} to {_LONGEST} bytes")
        self._key: Final = os.urandom(32) if key is None else key

    def of(self, kind: str, *parts: str | bytes | None) -> str:
        """32 hexadecimal digits. `kind` keeps those apart that stand for different things."""
        hashed = blake2b(key=self._key, digest_size=16, person=kind.encode())
        for part in parts:
            data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            # The length keeps "ab" + "c" and "a" + "bc" apart, and None and "".
            hashed.update((-1 if data is None else len(data)).to_bytes(8, signed=True) + (data or b""))
        return hashed.hexdigest()

    def token(self, issuer: str | None, jwt_id: str | None, payload: bytes) -> str:
        """Of a verified token: by its `jti` where it has one, else by what was signed."""
        return self.of("jti", issuer, jwt_id) if jwt_id is not None else self.of("payload", payload)

    def subject(self, issuer: str | None, subject: str) -> str:
        """Of a verified subject, who is unique within the issuer (RFC 7519 section 4.1.2)."""
        return self.of("sub", issuer, subject)
