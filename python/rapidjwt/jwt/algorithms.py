"""The algorithms that PyJWT knows. Without `cryptography` there are `none` and HMAC only, and the other classes do not exist."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from rapidjwt.jwt._algorithm import Algorithm, NoneAlgorithm
from rapidjwt.jwt._hmac import HMACAlgorithm
from rapidjwt.jwt._key_types import (
    AllowedECKeys,
    AllowedKeys,
    AllowedOKPKeys,
    AllowedPrivateKeys,
    AllowedPublicKeys,
    AllowedRSAKeys,
    has_crypto,
)

# Code that was written for PyJWT finds these here too.
from rapidjwt.jwt.exceptions import InvalidKeyError  # noqa: F401
from rapidjwt.jwt.utils import (  # noqa: F401
    base64url_decode,
    base64url_encode,
    der_to_raw_signature,
    force_bytes,
    from_base64url_uint,
    is_pem_format,
    is_ssh_key,
    raw_to_der_signature,
    to_base64url_uint,
)

__all__ = [
    "Algorithm",
    "AllowedECKeys",
    "AllowedKeys",
    "AllowedOKPKeys",
    "AllowedPrivateKeys",
    "AllowedPublicKeys",
    "AllowedRSAKeys",
    "HMACAlgorithm",
    "NoneAlgorithm",
    "get_default_algorithms",
    "has_crypto",
    "requires_cryptography",
]

if TYPE_CHECKING or has_crypto:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    from rapidjwt.jwt._ec import ECAlgorithm
    from rapidjwt.jwt._okp import OKPAlgorithm
    from rapidjwt.jwt._rsa import RSAAlgorithm, RSAPSSAlgorithm

    __all__ += ["ECAlgorithm", "OKPAlgorithm", "RSAAlgorithm", "RSAPSSAlgorithm"]

requires_cryptography: set[str] = {
    *(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)),
    "ES256K",
    "ES521",
    "EdDSA",
}
"""The `alg` names that need `cryptography`. ES521 is an old misspelling of ES512 that is still read."""


def get_default_algorithms() -> dict[str, Algorithm]:
    """A new object for each `alg` that can be used here."""
    table: dict[str, Algorithm] = {
        "none": NoneAlgorithm(),
        "HS256": HMACAlgorithm(hashlib.sha256),
        "HS384": HMACAlgorithm(hashlib.sha384),
        "HS512": HMACAlgorithm(hashlib.sha512),
    }
    if has_crypto:
        sizes: dict[int, type[hashes.HashAlgorithm]] = {256: hashes.SHA256, 384: hashes.SHA384, 512: hashes.SHA512}
        table |= {f"RS{bits}": RSAAlgorithm(kind) for bits, kind in sizes.items()}
        table |= {
            "ES256": ECAlgorithm(hashes.SHA256, ec.SECP256R1),
            "ES256K": ECAlgorithm(hashes.SHA256, ec.SECP256K1),
            "ES384": ECAlgorithm(hashes.SHA384, ec.SECP384R1),
            "ES521": ECAlgorithm(hashes.SHA512, ec.SECP521R1),
            "ES512": ECAlgorithm(hashes.SHA512, ec.SECP521R1),
        }
        table |= {f"PS{bits}": RSAPSSAlgorithm(kind) for bits, kind in sizes.items()}
        table["EdDSA"] = OKPAlgorithm()
    return table
