"""Secrets that are no secrets: public keys, certificates and JWKs given for an HMAC secret.

Who may choose `alg` could else sign with what everybody knows (RFC 8725 section 2.1, CVE-2017-11424).
"""

from __future__ import annotations

import json
import re
from typing import Any

from rapidjwt.jwt._key_types import has_crypto
from rapidjwt.jwt.utils import is_pem_format, is_ssh_key

__all__ = ["is_asymmetric", "is_jwk"]

_SEQUENCE = 0x30
"""The first byte of every DER key and certificate (X.690 section 8.9)."""


def is_asymmetric(secret: bytes) -> bool:
    """Whether it is a key or certificate as PEM, OpenSSH or DER. DER is known only where `cryptography` is installed."""
    return is_pem_format(secret) or is_ssh_key(secret) or (has_crypto and secret[0] == _SEQUENCE and _is_der(secret))


def _is_der(secret: bytes) -> bool:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key
    from cryptography.x509 import load_der_x509_certificate

    for load in (load_der_public_key, load_der_x509_certificate):
        try:
            load(secret)
        except (TypeError, ValueError, UnsupportedAlgorithm):
            continue
        return True
    return False


def is_jwk(secret: bytes) -> bool:
    """Whether it is JSON in which an object, however deep, has a member `kty` (RFC 7517 section 4.1)."""
    if not (b"{" in secret or b"[" in secret):
        return False
    found = False

    def look(members: dict[str, Any]) -> None:
        nonlocal found
        found = found or "kty" in members

    try:
        # `len` reads a number of any length, which `int` would refuse.
        json.loads(secret, object_hook=look, parse_int=len)
    except RecursionError:
        return _is_deep_jwk(secret.decode(json.detect_encoding(secret), "surrogatepass"))
    except ValueError:
        return False
    return found


_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"(?:[ \t\r\n]*+(:))?', re.DOTALL)
"""A JSON string, with the colon that makes it a member's name (RFC 8259 sections 4 and 7)."""


def _is_deep_jwk(text: str) -> bool:
    """The same for what is nested too deep for the parser: any object is suspect, an array where `kty` names a member."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    return start == "{" or (
        start == "[" and any(colon and _unescaped(name) == "kty" for name, colon in _STRING.findall(text))
    )


def _unescaped(name: str) -> object:
    try:
        return json.loads(f'"{name}"')
    except ValueError:
        return None
