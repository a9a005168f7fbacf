"""Keys as text, read by `cryptography`, which must be installed. Its refusals come back as ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
    load_ssh_public_key,
)

from rapidjwt.jwt._key_errors import EncryptedKeyError, UnreadableKeyError, UnsupportedKeyError
from rapidjwt.jwt.utils import force_bytes

__all__ = ["key_text", "pem_private", "pem_public", "ssh_public"]

_T = TypeVar("_T")


def key_text(key: object) -> bytes:
    """The bytes of a key's text. TypeError when it is neither str nor bytes, UnreadableKeyError when it has no UTF-8 form."""
    if not isinstance(key, (bytes, str)):
        raise TypeError("Expecting a PEM-formatted key.")
    try:
        return force_bytes(key)
    except UnicodeEncodeError as error:
        raise UnreadableKeyError("The key has no UTF-8 form.") from error


def pem_public(raw: bytes) -> PublicKeyTypes:
    """Read a PEM text with a public key."""
    return _read(load_pem_public_key, raw)


def pem_private(raw: bytes) -> PrivateKeyTypes:
    """Read a PEM text with a private key, not encrypted."""
    return _read(lambda text: load_pem_private_key(text, password=None), raw)


def ssh_public(raw: bytes) -> PublicKeyTypes:
    """Read an OpenSSH public key line."""
    return _read(load_ssh_public_key, raw)


def _read(load: Callable[[bytes], _T], raw: bytes) -> _T:
    try:
        return load(raw)
    except ValueError as error:
        raise UnreadableKeyError(str(error)) from error
    except UnsupportedAlgorithm as error:
        raise UnsupportedKeyError(str(error)) from error
    except TypeError as error:
        raise EncryptedKeyError(str(error)) from error
