"""HS256, HS384 and HS512 (RFC 7518 section 3.2)."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal, overload

from rapidjwt.jwt._algorithm import Algorithm
from rapidjwt.jwt._jwk_text import read_jwk, write_jwk
from rapidjwt.jwt._key_errors import UnreadableKeyError
from rapidjwt.jwt._lookalike import is_asymmetric, is_jwk
from rapidjwt.jwt._prepared import prepared
from rapidjwt.jwt.exceptions import InvalidKeyError
from rapidjwt.jwt.utils import base64url_decode, base64url_encode, force_bytes

if TYPE_CHECKING:
    from rapidjwt.jwt.types import HashlibHash, JWKDict

__all__ = ["HMACAlgorithm"]


class HMACAlgorithm(Algorithm):
    """HMAC with one hash.

    Args:
        hash_alg: a constructor of `hashlib`.
    """

    __module__ = "rapidjwt.jwt.algorithms"

    SHA256: ClassVar[HashlibHash] = hashlib.sha256
    SHA384: ClassVar[HashlibHash] = hashlib.sha384
    SHA512: ClassVar[HashlibHash] = hashlib.sha512

    def __init__(self, hash_alg: HashlibHash) -> None:
        self.hash_alg = hash_alg

    def prepare_key(self, key: str | bytes) -> bytes:
        """The bytes of a secret.

        Raises:
            InvalidKeyError: it is empty, or a key, certificate or JWK.
            TypeError: it is neither str nor bytes.
        """
        try:
            secret = force_bytes(key)
        except UnicodeEncodeError as error:
            raise UnreadableKeyError("The key has no UTF-8 form.") from error
        prepared("HMAC", secret, _checked)
        return secret

    def sign(self, msg: bytes, key: bytes) -> bytes:
        """The MAC of `msg`."""
        if type(msg) is bytes and type(key) is bytes:
            return hmac.digest(key, msg, self.hash_alg)
        return hmac.new(key, msg, self.hash_alg).digest()

    def verify(self, msg: bytes, key: bytes, sig: bytes) -> bool:
        """Whether `sig` is the MAC of `msg`, compared in constant time."""
        return hmac.compare_digest(sig, self.sign(msg, key))

    def check_key_length(self, key: bytes) -> str | None:
        """A sentence when the secret is shorter than the hash."""
        least, name = _hash_facts(self.hash_alg)
        if len(key) >= least:
            return None
        return (
            f"The HMAC key is {len(key)} bytes long, which is below the minimum recommended length of {least} bytes for "
            f"{name}. See RFC 7518 Section 3.2."
        )

    @overload
    @staticmethod
    def to_jwk(key_obj: str | bytes, as_dict: Literal[True]) -> JWKDict: ...
    @overload
    @staticmethod
    def to_jwk(key_obj: str | bytes, as_dict: Literal[False] = False) -> str: ...
    @staticmethod
    def to_jwk(key_obj: str | bytes, as_dict: bool = False) -> JWKDict | str:
        """Write a secret as JWK of type `oct` (RFC 7518 section 6.4)."""
        return write_jwk({"k": base64url_encode(force_bytes(key_obj)).decode(), "kty": "oct"}, as_dict)

    @staticmethod
    def from_jwk(jwk: str | JWKDict) -> bytes:
        """Read a secret from a JWK of type `oct`. InvalidKeyError when it is none, or empty."""
        members = read_jwk(jwk, "oct", "Not an HMAC key")
        if "k" not in members:
            raise InvalidKeyError('HMAC key should have "k" parameter')
        return _not_empty(base64url_decode(members["k"]))


def _not_empty(secret: bytes) -> bytes:
    if not secret:
        raise InvalidKeyError("HMAC key must not be empty.")
    return secret


def _checked(secret: bytes) -> bytes:
    if is_asymmetric(_not_empty(secret)):
        raise InvalidKeyError(
            "The specified key is an asymmetric key or x509 certificate and should not be used as an HMAC secret."
        )
    if is_jwk(secret):
        raise InvalidKeyError(
            "The specified key looks like a JWK and should not be used directly as an HMAC secret. "
            "Load it via PyJWK / HMACAlgorithm.from_jwk first."
        )
    return secret


@lru_cache(maxsize=16)
def _hash_facts(hash_alg: HashlibHash) -> tuple[int, str]:
    """Length of the digest in bytes, and the name."""
    sample = hash_alg()
    return sample.digest_size, sample.name.upper()
