"""Ed25519 (RFC 8032, RFC 8037 section 3.1), on `cryptography`. Encodings that are not canonical and points of small order are
refused before they come here.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rapidjwt._fallback import base64url
from rapidjwt._fallback.crypto.errors import refusing
from rapidjwt._fallback.crypto.prepared import Kty, Verify
from rapidjwt.exceptions import build
from rapidjwt.types import AlgorithmRow

__all__ = ["Ed25519Key", "generate", "private", "public"]


class Ed25519Key:
    """An Ed25519 key."""

    __slots__ = ("_private", "_public")

    kty: Kty = "OKP"
    curve: str = "Ed25519"
    bits: int = 256

    def __init__(self, public: Ed25519PublicKey, private: Ed25519PrivateKey | None) -> None:
        self._public = public
        self._private = private

    @property
    def is_private(self) -> bool:
        """Can it sign?"""
        return self._private is not None

    def verifier(self, row: AlgorithmRow) -> Verify:
        """Prepare verification."""
        key = self._public

        def verify(signing_input: bytes, signature: bytes) -> bool:
            try:
                key.verify(signature, signing_input)
            except InvalidSignature:
                return False
            return True

        return verify

    def sign(self, row: AlgorithmRow, signing_input: bytes) -> bytes:
        """Make a signature."""
        if self._private is None:
            raise build("key_public")
        return self._private.sign(signing_input)

    def public(self) -> Ed25519Key:
        """The public part."""
        return Ed25519Key(self._public, None)

    def members(self, *, private: bool) -> dict[str, str]:
        """The JWK members (RFC 8037 section 2)."""
        x = self._public.public_bytes_raw()
        members = {"kty": self.kty, "crv": self.curve, "x": base64url.encode(x)}
        if private and self._private is not None:
            members["d"] = base64url.encode(self._private.private_bytes_raw())
        return members

    def der(self, *, private: bool) -> bytes:
        """SPKI, or PKCS#8."""
        der = serialization.Encoding.DER
        if private and self._private is not None:
            return self._private.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self._public.public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo)


def public(x: bytes) -> Ed25519Key:
    """A public key from its 32 bytes."""
    with refusing("key_invalid"):
        return Ed25519Key(Ed25519PublicKey.from_public_bytes(x), None)


def private(seed: bytes, x: bytes | None) -> Ed25519Key:
    """A private key; where its public key is given too, the two must fit."""
    with refusing("key_invalid"):
        key = Ed25519PrivateKey.from_private_bytes(seed)
    derived = key.public_key()
    if x is not None and derived.public_bytes_raw() != x:
        raise build("key_invalid")
    return Ed25519Key(derived, key)


def generate() -> Ed25519Key:
    """A new key."""
    key = Ed25519PrivateKey.generate()
    return Ed25519Key(key.public_key(), key)
