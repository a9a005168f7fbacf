"""HMAC with SHA-2 (RFC 7518 section 3.2), on the standard library alone."""

from __future__ import annotations

import hmac

from rapidjwt._fallback import base64url
from rapidjwt._fallback.alg import HASHES
from rapidjwt._fallback.crypto.prepared import Kty, Verify
from rapidjwt.exceptions import build
from rapidjwt.types import AlgorithmRow

__all__ = ["HMACSecret"]


class HMACSecret:
    """A secret; the same for signing and verifying."""

    __slots__ = ("_secret", "bits")

    kty: Kty = "oct"
    curve: str | None = None
    is_private: bool = True

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.bits = len(secret) * 8

    def verifier(self, row: AlgorithmRow) -> Verify:
        """Prepare verification: the key is hashed once, each token starts from a copy."""
        keyed = hmac.new(self._secret, digestmod=HASHES[row.hash])

        def verify(signing_input: bytes, signature: bytes) -> bool:
            mac = keyed.copy()
            mac.update(signing_input)
            return hmac.compare_digest(mac.digest(), signature)

        return verify

    def sign(self, row: AlgorithmRow, signing_input: bytes) -> bytes:
        """Make the MAC."""
        return hmac.digest(self._secret, signing_input, HASHES[row.hash])

    def public(self) -> HMACSecret:
        """An HMAC secret has no public part."""
        raise build("key_unsupported")

    def members(self, *, private: bool) -> dict[str, str]:
        """The JWK members; all of them are secret."""
        return {"kty": self.kty, "k": base64url.encode(self._secret)}

    def der(self, *, private: bool) -> bytes:
        """There is no such form."""
        raise build("key_unsupported")
