"""Whether `cryptography` is there, and the types of its keys that are taken."""

from __future__ import annotations

from typing import TypeAlias, Union

__all__ = [
    "AllowedECKeys",
    "AllowedKeys",
    "AllowedOKPKeys",
    "AllowedPrivateKeys",
    "AllowedPublicKeys",
    "AllowedRSAKeys",
    "has_crypto",
]

try:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
except ModuleNotFoundError:
    from typing import Never

    has_crypto = False
    AllowedRSAKeys = AllowedECKeys = AllowedOKPKeys = Never  # type: ignore[misc]
    AllowedKeys = AllowedPrivateKeys = AllowedPublicKeys = Never  # type: ignore[misc]
else:
    has_crypto = True
    # Union and not |: only the former has get_args and a repr that name the parts on every Python.
    AllowedRSAKeys: TypeAlias = Union[RSAPrivateKey, RSAPublicKey]  # noqa: UP007
    AllowedECKeys: TypeAlias = Union[EllipticCurvePrivateKey, EllipticCurvePublicKey]  # noqa: UP007
    AllowedOKPKeys: TypeAlias = Union[Ed25519PrivateKey, Ed25519PublicKey, Ed448PrivateKey, Ed448PublicKey]  # noqa: UP007
    AllowedKeys: TypeAlias = Union[AllowedRSAKeys, AllowedECKeys, AllowedOKPKeys]  # noqa: UP007
    AllowedPrivateKeys: TypeAlias = Union[RSAPrivateKey, EllipticCurvePrivateKey, Ed25519PrivateKey, Ed448PrivateKey]  # noqa: UP007
    AllowedPublicKeys: TypeAlias = Union[RSAPublicKey, EllipticCurvePublicKey, Ed25519PublicKey, Ed448PublicKey]  # noqa: UP007
