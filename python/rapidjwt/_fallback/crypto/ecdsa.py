"""ECDSA on P-256, P-384, P-521 and secp256k1 (RFC 7518 section 3.4, RFC 8812), on `cryptography`. A point
is looked at by the library: off the curve or at infinity, it makes no key.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from rapidjwt._fallback import base64url
from rapidjwt._fallback.crypto.errors import refusing
from rapidjwt._fallback.crypto.prepared import Kty, Verify
from rapidjwt.exceptions import build
from rapidjwt.types import AlgorithmRow

__all__ = ["ECKey", "generate", "private", "public"]

_CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "secp256k1": ec.SECP256K1(),
}
_HASHES: Final = {"SHA-256": hashes.SHA256(), "SHA-384": hashes.SHA384(), "SHA-512": hashes.SHA512()}


class ECKey:
    """A key on one of the four curves."""

    __slots__ = ("_private", "_public", "bits", "curve")

    kty: Kty = "EC"

    def __init__(
        self, curve: str, public: ec.EllipticCurvePublicKey, private: ec.EllipticCurvePrivateKey | None
    ) -> None:
        self.curve = curve
        self.bits = _CURVES[curve].key_size
        self._public = public
        self._private = private

    @property
    def is_private(self) -> bool:
        """Can it sign?"""
        return self._private is not None

    def verifier(self, row: AlgorithmRow) -> Verify:
        """Prepare verification with the curve's algorithm."""
        key, half, algorithm = self._public, _octets(self.bits), ec.ECDSA(_HASHES[row.hash])

        def verify(signing_input: bytes, signature: bytes) -> bool:
            if len(signature) != 2 * half:
                return False
            r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
            try:
                # The library refuses r and s outside 1..n-1.
                key.verify(encode_dss_signature(r, s), signing_input, algorithm)
            except InvalidSignature:
                return False
            return True

        return verify

    def sign(self, row: AlgorithmRow, signing_input: bytes) -> bytes:
        """Make a signature: r and s in full length, one after the other."""
        if self._private is None:
            raise build("key_public")
        r, s = decode_dss_signature(self._private.sign(signing_input, ec.ECDSA(_HASHES[row.hash])))
        half = _octets(self.bits)
        return r.to_bytes(half, "big") + s.to_bytes(half, "big")

    def public(self) -> ECKey:
        """The public part."""
        return ECKey(self.curve, self._public, None)

    def members(self, *, private: bool) -> dict[str, str]:
        """The JWK members (RFC 7518 section 6.2), all of full length."""
        point = self._public.public_numbers()
        members = {"kty": self.kty, "crv": self.curve, "x": self._encode(point.x), "y": self._encode(point.y)}
        if private and self._private is not None:
            members["d"] = self._encode(self._private.private_numbers().private_value)
        return members

    def der(self, *, private: bool) -> bytes:
        """SPKI, or PKCS#8."""
        der = serialization.Encoding.DER
        if private and self._private is not None:
            return self._private.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self._public.public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo)

    def _encode(self, number: int) -> str:
        return base64url.encode(number.to_bytes(_octets(self.bits), "big"))


def public(curve: str, point: bytes) -> ECKey:
    """A public key from its point as SEC1 writes it, uncompressed or compressed; never infinity, always on the curve."""
    with refusing("key_invalid"):
        return ECKey(curve, ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[curve], point), None)


def private(curve: str, d: int, point: bytes | None) -> ECKey:
    """A private key; where its point is given too, the two must fit."""
    with refusing("key_invalid"):
        key = ec.derive_private_key(d, _CURVES[curve])
    derived = key.public_key()
    if point is not None and public(curve, point)._public.public_numbers() != derived.public_numbers():
        raise build("key_invalid")
    return ECKey(curve, derived, key)


def generate(curve: str) -> ECKey:
    """A new key."""
    key = ec.generate_private_key(_CURVES[curve])
    return ECKey(curve, key.public_key(), key)


def _octets(bits: int) -> int:
    # The order of each of the four curves is as long as its field.
    return (bits + 7) // 8
