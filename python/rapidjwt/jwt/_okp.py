"""EdDSA with Ed25519 and Ed448 (RFC 8037). Needs `cryptography`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rapidjwt.jwt._algorithm import Algorithm
from rapidjwt.jwt._jwk_text import read_jwk, write_jwk
from rapidjwt.jwt._key_errors import KeyHalfError, UnreadableKeyError
from rapidjwt.jwt._loading import key_text, pem_private, pem_public, ssh_public
from rapidjwt.jwt._prepared import prepared
from rapidjwt.jwt.exceptions import InvalidKeyError
from rapidjwt.jwt.utils import base64url_decode, base64url_encode

if TYPE_CHECKING:
    from rapidjwt.jwt._key_types import AllowedKeys, AllowedOKPKeys
    from rapidjwt.jwt.types import JWKDict

__all__ = ["OKPAlgorithm"]

_Public: TypeAlias = Ed25519PublicKey | Ed448PublicKey
_Private: TypeAlias = Ed25519PrivateKey | Ed448PrivateKey

_CURVES: dict[str, tuple[type[_Public], type[_Private]]] = {
    "Ed25519": (Ed25519PublicKey, Ed25519PrivateKey),
    "Ed448": (Ed448PublicKey, Ed448PrivateKey),
}
"""JWK `crv` (RFC 8037 section 2)."""


class OKPAlgorithm(Algorithm):
    """EdDSA; the key says on which curve. Takes keyword arguments, and ignores them."""

    __module__ = "rapidjwt.jwt.algorithms"

    _crypto_key_types: tuple[type[AllowedKeys], ...] | None = (
        Ed25519PrivateKey,
        Ed25519PublicKey,
        Ed448PrivateKey,
        Ed448PublicKey,
    )

    def __init__(self, **kwargs: Any) -> None:
        pass

    def prepare_key(self, key: AllowedOKPKeys | str | bytes) -> AllowedOKPKeys:
        """A key object from itself, a PEM text, or an OpenSSH line. InvalidKeyError when it is no such key."""
        loaded: Any = prepared("OKP", key_text(key), _read_key) if isinstance(key, (str, bytes)) else key
        self.check_crypto_key_type(loaded)
        okp_key: AllowedOKPKeys = loaded
        return okp_key

    def sign(self, msg: str | bytes, key: _Private) -> bytes:
        """The signature of `msg`. InvalidKeyError when the key is a public one."""
        if not hasattr(key, "sign") and isinstance(key, _Public):
            raise KeyHalfError("A public EdDSA key cannot sign.")
        return key.sign(_octets(msg))

    def verify(self, msg: str | bytes, key: AllowedOKPKeys, sig: str | bytes) -> bool:
        """Whether `sig` is a signature of `msg`; of a private key the public part is taken."""
        public = key.public_key() if isinstance(key, _Private) else key
        try:
            public.verify(_octets(sig), _octets(msg))
        except InvalidSignature:
            return False
        return True

    @overload
    @staticmethod
    def to_jwk(key: AllowedOKPKeys, as_dict: Literal[True]) -> JWKDict: ...
    @overload
    @staticmethod
    def to_jwk(key: AllowedOKPKeys, as_dict: Literal[False] = False) -> str: ...
    @staticmethod
    def to_jwk(key: AllowedOKPKeys, as_dict: bool = False) -> JWKDict | str:
        """Write a key as JWK of type `OKP` (RFC 8037 section 2)."""
        crv = next((name for name, kinds in _CURVES.items() if isinstance(key, kinds)), None)
        if crv is None:
            raise InvalidKeyError("Not a public or private key")
        if isinstance(key, _Private):
            members = {"x": _text(key.public_key().public_bytes_raw()), "d": _text(key.private_bytes_raw())}
        else:
            members = {"x": _text(key.public_bytes_raw())}
        return write_jwk({**members, "kty": "OKP", "crv": crv}, as_dict)

    @staticmethod
    def from_jwk(jwk: str | JWKDict) -> AllowedOKPKeys:
        """Read a key from a JWK of type `OKP`. InvalidKeyError when it is none, or when `d` and `x` do not belong together."""
        members = read_jwk(jwk, "OKP", "Not an Octet Key Pair")
        crv = members.get("crv")
        if not isinstance(crv, str) or crv not in _CURVES:
            raise InvalidKeyError(f"Invalid curve: {crv}")
        if "x" not in members:
            raise InvalidKeyError('OKP should have "x" parameter')
        public_type, private_type = _CURVES[crv]
        x = base64url_decode(members["x"])
        try:
            if "d" not in members:
                return public_type.from_public_bytes(x)
            private = private_type.from_private_bytes(base64url_decode(members["d"]))
        except ValueError as error:
            raise InvalidKeyError("Invalid key parameter") from error
        if private.public_key().public_bytes_raw() != x:
            raise InvalidKeyError("Public key does not match private key")
        return private


def _octets(text: str | bytes) -> bytes:
    return text.encode("utf-8") if isinstance(text, str) else text


def _text(raw: bytes) -> str:
    return base64url_encode(raw).decode()


def _read_key(raw: bytes) -> object:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableKeyError("The key is not UTF-8.") from error
    if "-----BEGIN PUBLIC" in text:
        return pem_public(raw)
    if "-----BEGIN PRIVATE" in text:
        return pem_private(raw)
    if text.startswith("ssh-"):
        return ssh_public(raw)
    raise InvalidKeyError("Not a public or private key")
