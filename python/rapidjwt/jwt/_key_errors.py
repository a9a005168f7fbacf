"""Refused keys for which PyJWT lets a foreign exception through.

They belong to PyJWT's tree, so that `except PyJWTError` is enough, and to the class that was let through, so that code written
for that one keeps working.
"""

from __future__ import annotations

from rapidjwt.jwt.exceptions import InvalidKeyError, PyJWKError, PyJWKSetError

__all__ = [
    "EncryptedKeyError",
    "KeyHalfError",
    "UnreadableJWKError",
    "UnreadableJWKSetError",
    "UnreadableKeyError",
    "UnsupportedKeyError",
]


class UnreadableKeyError(InvalidKeyError, ValueError):
    """The bytes are no key of this kind."""


class UnsupportedKeyError(InvalidKeyError):
    """A key of a kind that `cryptography` does not know. Its own exception is no class of the standard library, and is not kept."""

    code = "key_unsupported"


class EncryptedKeyError(InvalidKeyError, TypeError):
    """The key needs a password, which PyJWT has no way to take."""

    code = "key_encrypted"


class KeyHalfError(InvalidKeyError, AttributeError):
    """A private key where only a public one verifies, or a public key where a private one signs."""

    code = "key_algorithm"


class UnreadableJWKError(PyJWKError, ValueError):
    """The text is not JSON, or not a JSON object (RFC 7517 section 4)."""


class UnreadableJWKSetError(PyJWKSetError, ValueError):
    """The text is not JSON, or not a JSON object (RFC 7517 section 5)."""
