"""Whether `cryptography` is there, and the types of its keys that are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, Union

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
    import cryptography  # noqa: F401
except ModuleNotFoundError:
    has_crypto = False
else:
    has_crypto = True

if TYPE_CHECKING or has_crypto:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

    # Union and not |: it has the same repr and get_args on every Python.
    AllowedRSAKeys: TypeAlias = Union[RSAPrivateKey, RSAPublicKey]  # noqa: UP007
    AllowedECKeys: TypeAlias = Union[EllipticCurvePrivateKey, EllipticCurvePublicKey]  # noqa: UP007
    AllowedOKPKeys: TypeAlias = Union[Ed25519PrivateKey, Ed25519PublicKey, Ed448PrivateKey, Ed448PublicKey]  # noqa: UP007
    AllowedKeys: TypeAlias = Union[AllowedRSAKeys, AllowedECKeys, AllowedOKPKeys]  # noqa: UP007
    AllowedPrivateKeys: TypeAlias = Union[RSAPrivateKey, EllipticCurvePrivateKey, Ed25519PrivateKey, Ed448PrivateKey]  # noqa: UP007
    AllowedPublicKeys: TypeAlias = Union[RSAPublicKey, EllipticCurvePublicKey, Ed25519PublicKey, Ed448PublicKey]  # noqa: UP007
else:
    from typing import Never

    AllowedRSAKeys = AllowedECKeys = AllowedOKPKeys = AllowedKeys = AllowedPrivateKeys = AllowedPublicKeys = Never
