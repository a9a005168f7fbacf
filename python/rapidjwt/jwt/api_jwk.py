"""JWKs and sets of them (RFC 7517)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rapidjwt.jwt._key_errors import UnreadableJWKError, UnreadableJWKSetError
from rapidjwt.jwt._key_types import has_crypto
from rapidjwt.jwt.algorithms import get_default_algorithms, requires_cryptography
from rapidjwt.jwt.exceptions import (
    InvalidKeyError,
    MissingCryptographyError,
    PyJWKError,
    PyJWKSetError,
    PyJWTError,
)

if TYPE_CHECKING:
    from rapidjwt.jwt.algorithms import Algorithm
    from rapidjwt.jwt.types import JWKDict

__all__ = ["PyJWK", "PyJWKSet", "PyJWTSetWithTimestamp"]

_EC_ALGORITHMS = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "secp256k1": "ES256K"}
_BROKEN_JWK = (TypeError, ValueError, KeyError, AttributeError, ArithmeticError)
"""What comes of reading members that have the wrong type or make no key."""


class PyJWK:
    """One key, bound to one algorithm.

    Args:
        jwk_data: the members of the JWK.
        algorithm: the `alg` of the key; None: the JWK's own, or else the usual one for its `kty` and `crv`.

    Attributes:
        key: what the algorithm made of it: bytes, or a key object of `cryptography`.
        Algorithm: the algorithm object.
        algorithm_name: the `alg`.

    Raises:
        InvalidKeyError: it is no key, or of an unknown kind.
        MissingCryptographyError: its algorithm needs `cryptography`.
        PyJWKError: its algorithm is unknown.
    """

    _shortcut: Any = None

    def __init__(self, jwk_data: JWKDict, algorithm: str | None = None) -> None:
        self._jwk_data = jwk_data
        if not hasattr(jwk_data, "get"):
            raise InvalidKeyError("Key is not valid JSON")
        if not jwk_data.get("kty", None):
            raise InvalidKeyError("kty is not found")
        if not algorithm and isinstance(jwk_data, dict):
            algorithm = jwk_data.get("alg", None)
        self.algorithm_name: str = algorithm or _usual_algorithm(jwk_data)
        self.Algorithm: Algorithm = _algorithm(self.algorithm_name)
        try:
            self.key: Any = self.Algorithm.from_jwk(jwk_data)
        except NotImplementedError as error:
            raise InvalidKeyError(f"Unable to construct key from JWK: {self.algorithm_name} has no keys") from error
        except _BROKEN_JWK as error:
            raise InvalidKeyError(f"Unable to construct key from JWK: {error}") from error

    @staticmethod
    def from_dict(obj: JWKDict, algorithm: str | None = None) -> PyJWK:
        """The same as the constructor."""
        return PyJWK(obj, algorithm)

    @staticmethod
    def from_json(data: str, algorithm: str | None = None) -> PyJWK:
        """Read JSON text. PyJWKError when it is not JSON; else as the constructor."""
        try:
            members = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise UnreadableJWKError(f"Invalid JWK string: {error}") from error
        return PyJWK.from_dict(members, algorithm)

    @property
    def key_type(self) -> str | None:
        """`kty` (RFC 7517 section 4.1)."""
        return self._jwk_data.get("kty", None)

    @property
    def key_id(self) -> str | None:
        """`kid` (RFC 7517 section 4.5)."""
        return self._jwk_data.get("kid", None)

    @property
    def public_key_use(self) -> str | None:
        """`use` (RFC 7517 section 4.2)."""
        return self._jwk_data.get("use", None)


def _usual_algorithm(jwk_data: JWKDict) -> str:
    kty, crv = jwk_data.get("kty"), jwk_data.get("crv", None)
    if kty == "RSA":
        return "RS256"
    if kty == "oct":
        return "HS256"
    if kty not in ("EC", "OKP"):
        raise InvalidKeyError(f"Unsupported kty: {kty}")
    if not crv and kty == "OKP":
        raise InvalidKeyError("crv is not found")
    known = _EC_ALGORITHMS if kty == "EC" else {"Ed25519": "EdDSA"}
    crv = crv or "P-256"
    if not isinstance(crv, str) or crv not in known:
        raise InvalidKeyError(f"Unsupported crv: {crv}")
    return known[crv]


def _algorithm(name: object) -> Algorithm:
    if not isinstance(name, str):
        raise PyJWKError("Unable to find an algorithm for key")
    if not has_crypto and name in requires_cryptography:
        raise MissingCryptographyError(f"{name} requires 'cryptography' to be installed.")
    try:
        return get_default_algorithms()[name]
    except KeyError:
        raise PyJWKError("Unable to find an algorithm for key") from None


class PyJWKSet:
    """Several keys. Members that cannot be used are left out.

    Args:
        keys: the JWKs, a list of dicts.

    Attributes:
        keys: those that can be used, in order.

    Raises:
        PyJWKSetError: there is no list, or no usable key in it.
        MissingCryptographyError: one of the keys needs `cryptography`.
    """

    def __init__(self, keys: list[JWKDict]) -> None:
        if not keys:
            raise PyJWKSetError("The JWK Set did not contain any keys")
        if not isinstance(keys, list):
            raise PyJWKSetError("Invalid JWK Set value")
        self.keys: list[PyJWK] = [key for key in map(_usable, keys) if key is not None]
        if not self.keys:
            raise PyJWKSetError("The JWK Set did not contain any usable keys. Perhaps 'cryptography' is not installed?")

    @staticmethod
    def from_dict(obj: dict[str, Any]) -> PyJWKSet:
        """Read a JWK Set (RFC 7517 section 5): its member `keys`."""
        if not hasattr(obj, "get"):
            raise PyJWKSetError("Invalid JWK Set value")
        return PyJWKSet(obj.get("keys", []))

    @staticmethod
    def from_json(data: str) -> PyJWKSet:
        """Read JSON text. PyJWKSetError when it is not JSON; else as `from_dict`."""
        try:
            members = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise UnreadableJWKSetError(f"Invalid JWK Set string: {error}") from error
        return PyJWKSet.from_dict(members)

    def __getitem__(self, kid: str) -> PyJWK:
        for key in self.keys:
            if key.key_id == kid:
                return key
        raise KeyError(f"keyset has no key for kid: {kid}")

    def __iter__(self) -> Iterator[PyJWK]:
        return iter(self.keys)


def _usable(member: object) -> PyJWK | None:
    if not isinstance(member, dict):
        return None
    try:
        return PyJWK(member)
    except MissingCryptographyError:
        raise
    except PyJWTError:
        return None


class PyJWTSetWithTimestamp:
    """A set, and when it came, by the monotonic clock in seconds."""

    def __init__(self, jwk_set: PyJWKSet) -> None:
        self.jwk_set = jwk_set
        self.timestamp: float = time.monotonic()

    def get_jwk_set(self) -> PyJWKSet:
        """The set."""
        return self.jwk_set

    def get_timestamp(self) -> float:
        """When it came."""
        return self.timestamp
