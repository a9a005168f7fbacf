"""Key files: a path in, at most 1 MiB of bytes out, and what they hold by their look."""

from __future__ import annotations

import os
from typing import Final, Literal

from rapidjwt._fallback.input import type_error
from rapidjwt._fallback.keys import jwk, pem, secret
from rapidjwt.exceptions import PyJWTError, build

__all__ = ["check_length", "kind", "load", "without_line_end"]

_MAX_BYTES: Final = 1 << 20


def check_length(data: bytes) -> None:
    """Keys, secrets and key sets are small; a larger text is a mistake or an attack."""
    if len(data) > _MAX_BYTES:
        raise build("key_too_large")


def load(path: object) -> bytes:
    """Read a file; OSError when it cannot be read."""
    if not isinstance(path, (str, os.PathLike)):
        raise type_error("path", "a str or os.PathLike", path)
    with open(path, "rb") as file:
        data = file.read(_MAX_BYTES + 1)
    check_length(data)
    return data


def kind(data: bytes, *, is_secret: bool) -> Literal["jwk", "der", "pem", "openssh", "secret"]:
    """What the file holds. A file said to hold a secret may still hold the secret's JWK."""
    if is_secret:
        return "jwk" if _is_jwk(data) else "secret"
    if secret.is_der(data):
        return "der"
    if pem.is_pem(data):
        return "pem"
    return "jwk" if data.lstrip(b" \t\n\r\f").startswith(b"{") else "openssh"


def without_line_end(data: bytes) -> bytes:
    """A secret as its writer meant it: editors and `echo` add one line end."""
    return data[:-2] if data.endswith(b"\r\n") else data.removesuffix(b"\n")


def _is_jwk(data: bytes) -> bool:
    try:
        return "kty" in jwk.parse(data, "jwk_invalid")
    except PyJWTError:
        return False
