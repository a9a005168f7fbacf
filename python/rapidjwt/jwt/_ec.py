"""ES256, ES384, ES512 (RFC 7518 section 3.4) and ES256K (RFC 8812 section 3.2). Needs `cryptography`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from rapidjwt.jwt._algorithm import Algorithm
from rapidjwt.jwt._jwk_text import read_jwk, write_jwk
from rapidjwt.jwt._key_errors import KeyHalfError, UnreadableKeyError
from rapidjwt.jwt._loading import key_text, pem_private, pem_public, ssh_public
from rapidjwt.jwt._prepared import prepared
from rapidjwt.jwt.exceptions import InvalidKeyError
from rapidjwt.jwt.utils import base64url_decode, der_to_raw_signature, raw_to_der_signature, to_base64url_uint

if TYPE_CHECKING:
    from rapidjwt.jwt._key_types import AllowedECKeys, AllowedKeys
    from rapidjwt.jwt.types import JWKDict

__all__ = ["ECAlgorithm"]

_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1,
    "P-384": ec.SECP384R1,
    "P-521": ec.SECP521R1,
    "secp256k1": ec.SECP256K1,
}
"""JWK `crv` (RFC 7518 section 6.2.1.1, RFC 8812 section 3.1)."""


class ECAlgorithm(Algorithm):
    """ECDSA with one hash.

    Args:
        hash_alg: a class of `cryptography.hazmat.primitives.hashes`.
        expected_curve: the only curve that is taken; None: any.
    """

    __module__ = "rapidjwt.jwt.algorithms"

    SHA256: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA256
    SHA384: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA384
    SHA512: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA512

    _crypto_key_types: tuple[type[AllowedKeys], ...] | None = (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)

    def __init__(
        self, hash_alg: type[hashes.HashAlgorithm], expected_curve: type[ec.EllipticCurve] | None = None
    ) -> None:
        self.hash_alg = hash_alg
        self.expected_curve = expected_curve

    def prepare_key(self, key: AllowedECKeys | str | bytes) -> AllowedECKeys:
        """A key object from itself, a PEM text, or an OpenSSH line.

        Raises:
            InvalidKeyError: it is no EC key, or on another curve.
            TypeError: it is neither a key object nor text.
        """
        if isinstance(key, (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)):
            self._validate_curve(key)
            return key
        loaded: Any = prepared("EC", key_text(key), _read_key)
        self.check_crypto_key_type(loaded)
        ec_key: AllowedECKeys = loaded
        self._validate_curve(ec_key)
        return ec_key

    def _validate_curve(self, key: AllowedECKeys) -> None:
        expected = self.expected_curve
        if expected is not None and not isinstance(key.curve, expected):
            raise InvalidKeyError(
                f"The key's curve '{key.curve.name}' does not match the expected curve '{expected.name}' for this algorithm"
            )

    def sign(self, msg: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
        """The signature of `msg`: r and s side by side. InvalidKeyError when the key is a public one."""
        if not hasattr(key, "sign") and isinstance(key, ec.EllipticCurvePublicKey):
            raise KeyHalfError("A public EC key cannot sign.")
        return der_to_raw_signature(key.sign(msg, ec.ECDSA(self.hash_alg())), key.curve)

    def verify(self, msg: bytes, key: AllowedECKeys, sig: bytes) -> bool:
        """Whether `sig` is a signature of `msg`; of a private key the public part is taken."""
        try:
            der = raw_to_der_signature(sig, key.curve)
        except ValueError:
            return False
        try:
            _public(key).verify(der, msg, ec.ECDSA(self.hash_alg()))
        except InvalidSignature:
            return False
        return True

    @overload
    @staticmethod
    def to_jwk(key_obj: AllowedECKeys, as_dict: Literal[True]) -> JWKDict: ...
    @overload
    @staticmethod
    def to_jwk(key_obj: AllowedECKeys, as_dict: Literal[False] = False) -> str: ...
    @staticmethod
    def to_jwk(key_obj: AllowedECKeys, as_dict: bool = False) -> JWKDict | str:
        """Write a key as JWK of type `EC` (RFC 7518 section 6.2)."""
        if not isinstance(key_obj, (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)):
            raise InvalidKeyError("Not a public or private key")
        curve = key_obj.curve
        crv = next((name for name, kind in _CURVES.items() if isinstance(curve, kind)), None)
        if crv is None:
            raise InvalidKeyError(f"Invalid curve: {curve}")
        numbers = _public(key_obj).public_numbers()
        values = {"x": numbers.x, "y": numbers.y}
        if isinstance(key_obj, ec.EllipticCurvePrivateKey):
            values["d"] = key_obj.private_numbers().private_value
        members = {name: to_base64url_uint(value, bit_length=curve.key_size).decode() for name, value in values.items()}
        return write_jwk({"kty": "EC", "crv": crv, **members}, as_dict)

    @staticmethod
    def from_jwk(jwk: str | JWKDict) -> AllowedECKeys:
        """Read a key from a JWK of type `EC`. InvalidKeyError when it is none, ValueError when it is not on its curve."""
        members = read_jwk(jwk, "EC", "Not an Elliptic curve key")
        if "x" not in members or "y" not in members:
            raise InvalidKeyError("Not an Elliptic curve key")
        x, y = base64url_decode(members["x"]), base64url_decode(members["y"])
        crv = members.get("crv")
        if not isinstance(crv, str) or crv not in _CURVES:
            raise InvalidKeyError(f"Invalid curve: {crv}")
        curve = _CURVES[crv]()
        size = -(-curve.key_size // 8)
        if len(x) != size or len(y) != size:
            raise InvalidKeyError(f"Coords should be {size} bytes for curve {crv}")
        point = ec.EllipticCurvePublicNumbers(_number(x), _number(y), curve)
        if "d" not in members:
            return point.public_key()
        d = base64url_decode(members["d"])
        if len(d) != size:
            raise InvalidKeyError("D should be {} bytes for curve {}", size, crv)
        return ec.EllipticCurvePrivateNumbers(_number(d), point).private_key()


def _public(key: AllowedECKeys) -> ec.EllipticCurvePublicKey:
    return key.public_key() if isinstance(key, ec.EllipticCurvePrivateKey) else key


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big")


def _read_key(raw: bytes) -> object:
    """An OpenSSH line or a public key, or else a private key."""
    try:
        if raw.startswith(b"ecdsa-sha2-"):
            return ssh_public(raw)
        # No label without this word is that of a public key: saves whoever signs a failed attempt each time.
        if b"PUBLIC" in raw:
            return pem_public(raw)
    except UnreadableKeyError:
        pass
    return pem_private(raw)
