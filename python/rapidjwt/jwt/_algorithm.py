"""The interface of an algorithm, and the one that does nothing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Literal, NoReturn, overload

from rapidjwt.jwt._key_types import has_crypto
from rapidjwt.jwt.exceptions import InvalidKeyError

if TYPE_CHECKING:
    from rapidjwt.jwt._key_types import AllowedKeys
    from rapidjwt.jwt.types import JWKDict

if TYPE_CHECKING or has_crypto:
    from cryptography.hazmat.primitives import hashes

__all__ = ["Algorithm", "NoneAlgorithm"]


class Algorithm(ABC):
    """Signs and verifies. Subclass it, and `register_algorithm` takes your own."""

    __module__ = "rapidjwt.jwt.algorithms"

    _crypto_key_types: tuple[type[AllowedKeys], ...] | None = None

    @abstractmethod
    def prepare_key(self, key: Any) -> Any:
        """Make of a key, as a caller gives it, what `sign` and `verify` take.

        Raises:
            InvalidKeyError: it is no key for this algorithm.
            TypeError: it is of a type that no key has.
        """

    @abstractmethod
    def sign(self, msg: bytes, key: Any) -> bytes:
        """The signature of `msg` with a prepared key."""

    @abstractmethod
    def verify(self, msg: bytes, key: Any, sig: bytes) -> bool:
        """Whether `sig` is a signature of `msg` for a prepared key."""

    # Subclasses differ in the first parameter's name, so nobody can rely on it.
    @overload
    @staticmethod
    @abstractmethod
    def to_jwk(key_obj: Any, /, as_dict: Literal[True]) -> JWKDict: ...
    @overload
    @staticmethod
    @abstractmethod
    def to_jwk(key_obj: Any, /, as_dict: Literal[False] = False) -> str: ...
    @staticmethod
    @abstractmethod
    def to_jwk(key_obj: Any, as_dict: bool = False) -> JWKDict | str:
        """Write a key as JWK (RFC 7517), as JSON text or as dict."""

    @staticmethod
    @abstractmethod
    def from_jwk(jwk: str | JWKDict) -> Any:
        """Read a key from a JWK, from JSON text or a dict. InvalidKeyError when it is none for this algorithm."""

    def check_key_length(self, key: Any) -> str | None:
        """What to say about a prepared key that is too short; None when it is long enough."""
        return None

    def compute_hash_digest(self, bytestr: bytes) -> bytes:
        """The digest of `bytestr` by the algorithm's hash. NotImplementedError when the algorithm has none."""
        kind = getattr(self, "hash_alg", None)
        if kind is None:
            raise NotImplementedError
        if has_crypto and isinstance(kind, type) and issubclass(kind, hashes.HashAlgorithm):
            digest = hashes.Hash(kind())
            digest.update(bytestr)
            return digest.finalize()
        return bytes(kind(bytestr).digest())

    def check_crypto_key_type(self, key: Any) -> None:
        """Check that a key of `cryptography` is of the algorithm's family.

        Raises:
            InvalidKeyError: it is of another.
            ValueError: `cryptography` is missing, or the algorithm does not use it.
        """
        if not has_crypto or self._crypto_key_types is None:
            raise ValueError(
                "This method requires the cryptography library, and should only be used by cryptography-based algorithms."
            )
        if not isinstance(key, self._crypto_key_types):
            expected = ", ".join(kind.__name__ for kind in self._crypto_key_types)
            raise InvalidKeyError(
                f"Expected one of {expected}, got: {type(key).__name__}. Invalid Key type for {type(self).__name__}"
            )


class NoneAlgorithm(Algorithm):
    """`alg: none` (RFC 7518 section 3.6): signs with nothing, and verifies never."""

    __module__ = "rapidjwt.jwt.algorithms"

    def prepare_key(self, key: str | None) -> None:
        """Nothing. InvalidKeyError for a key that is more than None or the empty string."""
        if key is not None and key != "":
            raise InvalidKeyError('When alg = "none", key value must be None.')

    def sign(self, msg: bytes, key: None) -> bytes:
        """The empty signature."""
        return b""

    def verify(self, msg: bytes, key: None, sig: bytes) -> bool:
        """False: nothing is proved by nothing."""
        return False

    @staticmethod
    def to_jwk(key_obj: Any, as_dict: bool = False) -> NoReturn:
        """NotImplementedError: there is no key."""
        raise NotImplementedError

    @staticmethod
    def from_jwk(jwk: str | JWKDict) -> NoReturn:
        """NotImplementedError: there is no key."""
        raise NotImplementedError
