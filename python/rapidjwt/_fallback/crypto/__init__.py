"""The seam to the cryptographic libraries: verify and sign, by family. Only `verify` makes a `SignatureVerified`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidjwt._fallback.crypto.errors import needing_cryptography
from rapidjwt._fallback.crypto.prepared import Prepared, Verify
from rapidjwt.exceptions import build
from rapidjwt.types import AlgorithmRow

__all__ = ["Prepared", "SignatureVerified", "Verify", "generate", "verify"]


class SignatureVerified:
    """Proof that a signature was checked and is good. `verify` alone hands it out."""

    __slots__ = ()


_PROOF: Final = SignatureVerified()


def verify(candidates: Sequence[Verify], signing_input: bytes, signature: bytes) -> SignatureVerified:
    """Try the candidates in order."""
    for is_good in candidates:
        if is_good(signing_input, signature):
            return _PROOF
    raise build("bad_signature")


def generate(row: AlgorithmRow, bits: int) -> Prepared:
    """Make a new private key or secret."""
    if row.kty == "oct":
        return _secret(bits)
    with needing_cryptography():
        from rapidjwt._fallback.crypto import ecdsa, eddsa, rsa
    if row.kty == "RSA":
        return rsa.generate(bits)
    if row.kty == "EC" and row.curve is not None:
        return ecdsa.generate(row.curve)
    return eddsa.generate()


def _secret(bits: int) -> Prepared:
    import secrets

    from rapidjwt._fallback.crypto.hmac import HMACSecret

    return HMACSecret(secrets.token_bytes(bits // 8))
