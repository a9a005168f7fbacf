"""RSA signatures, PKCS#1 v1.5 and PSS with a salt as long as the hash (RFC 7518 sections 3.3 and 3.5), on `cryptography`. The
numbers are checked before they come here.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from rapidjwt._fallback import base64url
from rapidjwt._fallback.crypto.errors import refusing
from rapidjwt._fallback.crypto.prepared import Kty, Verify
from rapidjwt.exceptions import build
from rapidjwt.types import AlgorithmRow

__all__ = ["RSAKey", "generate", "private", "public"]

_HASHES: Final = {"SHA-256": hashes.SHA256(), "SHA-384": hashes.SHA384(), "SHA-512": hashes.SHA512()}


class RSAKey:
    """An RSA key."""

    __slots__ = ("_private", "_public", "bits")

    kty: Kty = "RSA"
    curve: str | None = None

    def __init__(self, public: rsa.RSAPublicKey, private: rsa.RSAPrivateKey | None) -> None:
        self._public = public
        self._private = private
        self.bits = public.key_size

    @property
    def is_private(self) -> bool:
        """Can it sign?"""
        return self._private is not None

    def verifier(self, row: AlgorithmRow) -> Verify:
        """Prepare verification with one algorithm."""
        key, length, scheme, digest = self._public, (self.bits + 7) // 8, _padding(row), _HASHES[row.hash]

        def verify(signing_input: bytes, signature: bytes) -> bool:
            if len(signature) != length:
                return False
            try:
                key.verify(signature, signing_input, scheme, digest)
            except InvalidSignature:
                return False
            return True

        return verify

    def sign(self, row: AlgorithmRow, signing_input: bytes) -> bytes:
        """Make a signature."""
        if self._private is None:
            raise build("key_public")
        return self._private.sign(signing_input, _padding(row), _HASHES[row.hash])

    def public(self) -> RSAKey:
        """The public part."""
        return RSAKey(self._public, None)

    def members(self, *, private: bool) -> dict[str, str]:
        """The JWK members (RFC 7518 section 6.3)."""
        numbers = self._public.public_numbers()
        members = {"kty": self.kty, "n": _encode(numbers.n), "e": _encode(numbers.e)}
        if private and self._private is not None:
            secret = self._private.private_numbers()
            members |= {"d": _encode(secret.d), "p": _encode(secret.p), "q": _encode(secret.q)}
            members |= {"dp": _encode(secret.dmp1), "dq": _encode(secret.dmq1), "qi": _encode(secret.iqmp)}
        return members

    def der(self, *, private: bool) -> bytes:
        """SPKI, or PKCS#8."""
        der = serialization.Encoding.DER
        if private and self._private is not None:
            return self._private.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self._public.public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo)


def public(n: int, e: int) -> RSAKey:
    """A public key."""
    with refusing("key_invalid"):
        return RSAKey(rsa.RSAPublicNumbers(e, n).public_key(), None)


def private(n: int, e: int, d: int, p: int, q: int, dp: int, dq: int, qi: int) -> RSAKey:
    """A private key."""
    with refusing("key_invalid"):
        numbers = rsa.RSAPrivateNumbers(
            p=p, q=q, d=d, dmp1=dp, dmq1=dq, iqmp=qi, public_numbers=rsa.RSAPublicNumbers(e, n)
        )
        # What this skips was done, but for the test that p and q are prime.
        key = numbers.private_key(unsafe_skip_rsa_key_validation=True)
        return RSAKey(key.public_key(), key)


def generate(bits: int) -> RSAKey:
    """A new key."""
    key = rsa.generate_private_key(65537, bits)
    return RSAKey(key.public_key(), key)


def _padding(row: AlgorithmRow) -> padding.PKCS1v15 | padding.PSS:
    if row.family == "RSA-PKCS1":
        return padding.PKCS1v15()
    # RFC 7518 section 3.5: MGF1 with the same hash, and a salt as long as the hash.
    digest = _HASHES[row.hash]
    return padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)


def _encode(number: int) -> str:
    return base64url.encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))
