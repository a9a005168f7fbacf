"""RS256 to RS512 and PS256 to PS512 (RFC 7518 sections 3.3 and 3.5). Needs `cryptography`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, overload

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from rapidjwt.jwt._algorithm import Algorithm
from rapidjwt.jwt._jwk_text import read_jwk, write_jwk
from rapidjwt.jwt._key_errors import KeyHalfError, UnreadableKeyError, UnsupportedKeyError
from rapidjwt.jwt._loading import key_text, pem_private, pem_public, ssh_public
from rapidjwt.jwt._prepared import prepared
from rapidjwt.jwt.exceptions import InvalidKeyError
from rapidjwt.jwt.utils import from_base64url_uint, to_base64url_uint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives._asymmetric import AsymmetricPadding

    from rapidjwt.jwt._key_types import AllowedKeys, AllowedRSAKeys
    from rapidjwt.jwt.types import JWKDict

__all__ = ["RSAAlgorithm", "RSAPSSAlgorithm"]


class RSAAlgorithm(Algorithm):
    """RSASSA-PKCS1-v1_5 with one hash.

    Args:
        hash_alg: a class of `cryptography.hazmat.primitives.hashes`.
    """

    __module__ = "rapidjwt.jwt.algorithms"

    SHA256: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA256
    SHA384: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA384
    SHA512: ClassVar[type[hashes.HashAlgorithm]] = hashes.SHA512

    _crypto_key_types: tuple[type[AllowedKeys], ...] | None = (rsa.RSAPrivateKey, rsa.RSAPublicKey)
    _MIN_KEY_SIZE: ClassVar[int] = 2048

    def __init__(self, hash_alg: type[hashes.HashAlgorithm]) -> None:
        self.hash_alg = hash_alg

    def prepare_key(self, key: AllowedRSAKeys | str | bytes) -> AllowedRSAKeys:
        """A key object from itself, a PEM text, or an OpenSSH line.

        Raises:
            InvalidKeyError: it is no RSA key.
            TypeError: it is neither a key object nor text.
        """
        if isinstance(key, (rsa.RSAPrivateKey, rsa.RSAPublicKey)):
            return key
        loaded: Any = prepared("RSA", key_text(key), _read_key)
        self.check_crypto_key_type(loaded)
        rsa_key: AllowedRSAKeys = loaded
        return rsa_key

    def check_key_length(self, key: AllowedRSAKeys) -> str | None:
        """A sentence when the modulus has fewer than 2048 bits (RFC 7518 section 3.3)."""
        if key.key_size >= self._MIN_KEY_SIZE:
            return None
        return (
            f"The RSA key is {key.key_size} bits long, which is below the minimum recommended size of "
            f"{self._MIN_KEY_SIZE} bits. See NIST SP 800-131A."
        )

    def sign(self, msg: bytes, key: rsa.RSAPrivateKey) -> bytes:
        """The signature of `msg`. InvalidKeyError when the key is a public one."""
        if not hasattr(key, "sign") and isinstance(key, rsa.RSAPublicKey):
            raise KeyHalfError("A public RSA key cannot sign.")
        return key.sign(msg, self._padding(), self.hash_alg())

    def verify(self, msg: bytes, key: rsa.RSAPublicKey, sig: bytes) -> bool:
        """Whether `sig` is a signature of `msg`. InvalidKeyError when the key is a private one."""
        if not hasattr(key, "verify") and isinstance(key, rsa.RSAPrivateKey):
            raise KeyHalfError("A private RSA key cannot verify: give its public key.")
        try:
            key.verify(sig, msg, self._padding(), self.hash_alg())
        except InvalidSignature:
            return False
        return True

    def _padding(self) -> AsymmetricPadding:
        return padding.PKCS1v15()

    @overload
    @staticmethod
    def to_jwk(key_obj: AllowedRSAKeys, as_dict: Literal[True]) -> JWKDict: ...
    @overload
    @staticmethod
    def to_jwk(key_obj: AllowedRSAKeys, as_dict: Literal[False] = False) -> str: ...
    @staticmethod
    def to_jwk(key_obj: AllowedRSAKeys, as_dict: bool = False) -> JWKDict | str:
        """Write a key as JWK of type `RSA`; a private key with all of its numbers (RFC 7518 section 6.3)."""
        key: Any = key_obj  # whatever can do what a key can is taken
        if hasattr(key, "private_numbers"):
            private: rsa.RSAPrivateNumbers = key.private_numbers()
            members = _public_members(private.public_numbers, "sign")
            members["d"] = _uint(private.d)
            members.update((name, _uint(getattr(private, field))) for name, field in _CRT.items())
        elif hasattr(key, "verify"):
            members = _public_members(key.public_numbers(), "verify")
        else:
            raise InvalidKeyError("Not a public or private key")
        return write_jwk(members, as_dict)

    @staticmethod
    def from_jwk(jwk: str | JWKDict) -> AllowedRSAKeys:
        """Read a key from a JWK of type `RSA`. InvalidKeyError when it is none, ValueError when its numbers are no key."""
        members = read_jwk(jwk, "RSA", "Not an RSA key")
        if "n" not in members or "e" not in members:
            raise InvalidKeyError("Not a public or private key")
        if "d" in members:
            return _private_numbers(members).private_key()
        return _public_numbers(members).public_key()


class RSAPSSAlgorithm(RSAAlgorithm):
    """RSASSA-PSS with one hash, MGF1 of the same hash, and a salt as long as the hash."""

    __module__ = "rapidjwt.jwt.algorithms"

    def _padding(self) -> AsymmetricPadding:
        return padding.PSS(mgf=padding.MGF1(self.hash_alg()), salt_length=self.hash_alg().digest_size)


def _read_key(raw: bytes) -> object:
    """An OpenSSH line, a private key, or else a public key: in this order, as it decides which error is seen."""
    try:
        return ssh_public(raw) if raw.startswith(b"ssh-rsa") else pem_private(raw)
    except UnreadableKeyError:
        pass
    try:
        return pem_public(raw)
    except (UnreadableKeyError, UnsupportedKeyError):
        raise InvalidKeyError("Could not parse the provided public key.") from None


# ---- JWK

_CRT = {"p": "p", "q": "q", "dp": "dmp1", "dq": "dmq1", "qi": "iqmp"}
"""Members besides `d` of a private key, and the names that `cryptography` has for them (RFC 7518 section 6.3.2)."""


def _uint(number: int) -> str:
    return to_base64url_uint(number).decode()


def _public_members(numbers: rsa.RSAPublicNumbers, operation: str) -> JWKDict:
    return {"kty": "RSA", "key_ops": [operation], "n": _uint(numbers.n), "e": _uint(numbers.e)}


def _public_numbers(members: JWKDict) -> rsa.RSAPublicNumbers:
    return rsa.RSAPublicNumbers(from_base64url_uint(members["e"]), from_base64url_uint(members["n"]))


def _private_numbers(members: JWKDict) -> rsa.RSAPrivateNumbers:
    if "oth" in members:
        raise InvalidKeyError("Unsupported RSA private key: > 2 primes not supported")
    given = _CRT.keys() & members.keys()
    if given and len(given) < len(_CRT):
        raise InvalidKeyError("RSA key must include all parameters if any are present besides d")
    public = _public_numbers(members)
    d = from_base64url_uint(members["d"])
    if given:
        crt = {field: from_base64url_uint(members[name]) for name, field in _CRT.items()}
    else:
        crt = _recovered(public, d)
    return rsa.RSAPrivateNumbers(d=d, public_numbers=public, **crt)


def _recovered(public: rsa.RSAPublicNumbers, d: int) -> dict[str, int]:
    p, q = rsa.rsa_recover_prime_factors(public.n, d, public.e)
    return {
        "p": p,
        "q": q,
        "dmp1": rsa.rsa_crt_dmp1(d, p),
        "dmq1": rsa.rsa_crt_dmq1(d, q),
        "iqmp": rsa.rsa_crt_iqmp(p, q),
    }
