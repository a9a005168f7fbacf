"""`Key`: every way to make one, to look at it and to write it. What reads the formats is imported when a first key is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NoReturn, final

from rapidjwt._fallback import alg, input
from rapidjwt._fallback.frozen import Frozen, put
from rapidjwt.exceptions import build

if TYPE_CHECKING:
    import os

    from rapidjwt._fallback.crypto import Verify
    from rapidjwt._fallback.keys.binding import Bound
    from rapidjwt.types import JWKDict

__all__ = ["Key"]


@final
class Key(Frozen):
    """A key, parsed, validated and prepared once, bound to its family and, where told, to one algorithm."""

    __slots__ = ("_bound", "_verifiers")

    _bound: Bound
    _verifiers: dict[str, Verify]

    @staticmethod
    def from_pem(
        pem: str | bytes,
        *,
        algorithm: str | None = None,
        kid: str | None = None,
        password: str | bytes | None = None,
        allow_weak: bool = False,
    ) -> Key:
        """Read the first key of a PEM text (RFC 7468)."""
        from rapidjwt._fallback.keys import constructors

        return _make(constructors.from_pem(pem, algorithm, kid, password, allow_weak))

    @staticmethod
    def from_der(
        der: bytes,
        *,
        algorithm: str | None = None,
        kid: str | None = None,
        password: str | bytes | None = None,
        allow_weak: bool = False,
    ) -> Key:
        """Read a DER key: SPKI, PKCS#1 public or private, PKCS#8 (plain or PBES2), SEC1 or X.509 certificate."""
        from rapidjwt._fallback.keys import constructors

        return _make(constructors.from_der(der, algorithm, kid, password, allow_weak))

    @staticmethod
    def from_openssh(
        line: str | bytes, *, algorithm: str | None = None, kid: str | None = None, allow_weak: bool = False
    ) -> Key:
        """Read one OpenSSH public key line (`ssh-rsa`, `ssh-ed25519`, `ecdsa-sha2-nistp256/384/521`; RFC 4253 section 6.6)."""
        from rapidjwt._fallback.keys import constructors

        return _make(constructors.from_openssh(line, algorithm, kid, allow_weak))

    @staticmethod
    def from_jwk(
        jwk: JWKDict | str | bytes, *, algorithm: str | None = None, kid: str | None = None, allow_weak: bool = False
    ) -> Key:
        """Read a JWK (RFC 7517, RFC 7518 section 6, RFC 8037 section 2), from JSON text or a mapping."""
        from rapidjwt._fallback.keys import constructors

        return _make(constructors.from_jwk(jwk, algorithm, kid, allow_weak))

    @staticmethod
    def from_secret(secret: str | bytes, *, algorithm: str, kid: str | None = None, allow_weak: bool = False) -> Key:
        """Take an HMAC secret (RFC 7518 section 3.2) for HS256, HS384 or HS512; a `str` is taken as UTF-8."""
        from rapidjwt._fallback.keys import constructors

        return _make(constructors.from_secret(secret, algorithm, kid, allow_weak))

    @staticmethod
    def from_file(
        path: str | os.PathLike[str],
        *,
        algorithm: str | None = None,
        kid: str | None = None,
        password: str | bytes | None = None,
        allow_weak: bool = False,
    ) -> Key:
        """Read a key file of at most 1 MiB: PEM, DER, JWK or OpenSSH, told apart by content."""
        from rapidjwt._fallback.keys import constructors

        return _make(constructors.from_file(path, algorithm, kid, password, allow_weak))

    @staticmethod
    def generate(algorithm: str, *, kid: str | None = None, bits: int | None = None) -> Key:
        """Make a new private key or secret for `algorithm` from the operating system's randomness."""
        from rapidjwt._fallback.keys.generate import generate

        return _make(generate(algorithm, kid, bits))

    @property
    def kty(self) -> Literal["oct", "RSA", "EC", "OKP"]:
        """Key type (RFC 7517 section 4.1)."""
        return self._bound.prepared.kty

    @property
    def curve(self) -> str | None:
        """JWK curve name: P-256, P-384, P-521, secp256k1 or Ed25519; None for `oct` and `RSA`."""
        return self._bound.prepared.curve

    @property
    def algorithm(self) -> str | None:
        """The one `alg` the key is bound to, or None where the key fits several."""
        return self._bound.algorithm

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Every `alg` the key may be used with, in the order of the algorithm table."""
        return self._bound.algorithms

    @property
    def kid(self) -> str | None:
        """Key ID."""
        return self._bound.kid

    @property
    def use(self) -> str | None:
        """The JWK's `use` (RFC 7517 section 4.2); None when absent or not from a JWK."""
        return self._bound.use

    @property
    def key_ops(self) -> tuple[str, ...] | None:
        """The JWK's `key_ops` (RFC 7517 section 4.3); None when absent or not from a JWK."""
        return self._bound.key_ops

    @property
    def issuer(self) -> str | None:
        """The JWK's `issuer`: whose tokens the key is for (Microsoft Entra; in no RFC). None when absent or not from a JWK."""
        return self._bound.issuer

    @property
    def bits(self) -> int:
        """Size in bits: the modulus, the curve's field or the secret."""
        return self._bound.prepared.bits

    @property
    def is_private(self) -> bool:
        """True when the key can sign. An `oct` key always can."""
        return self._bound.prepared.is_private

    def public(self) -> Key:
        """The public part, with the same kid and algorithm; a public key returns an equal one."""
        if not self.is_private:
            return self
        return _make(self._bound._replace(prepared=self._bound.prepared.public(), key_ops=self._public_key_ops()))

    def _public_key_ops(self) -> tuple[str, ...] | None:
        if not self.is_private or self.key_ops is None:
            return self.key_ops
        # What could sign can then verify (RFC 7517 section 4.3).
        return tuple(dict.fromkeys("verify" if op == "sign" else op for op in self.key_ops))

    def to_pem(self, *, private: bool = False) -> str:
        """Write SPKI (`PUBLIC KEY`), or with `private=True` PKCS#8 unencrypted (`PRIVATE KEY`)."""
        from rapidjwt._fallback.keys import pem

        return pem.write(self.to_der(private=private), "PRIVATE KEY" if private else "PUBLIC KEY")

    def to_der(self, *, private: bool = False) -> bytes:
        """As `to_pem`, without the text armour."""
        private = input.boolean("private", private)
        if self.kty == "oct":
            raise build("key_unsupported")
        if private and not self.is_private:
            raise build("key_public")
        return self._bound.prepared.der(private=private)

    def to_jwk(self, *, private: bool = False) -> dict[str, Any]:
        """Write a JWK with `kty`, the key's members, and `kid`, `alg`, `use`, `key_ops` where known."""
        private = input.boolean("private", private)
        if self.kty == "oct" and not private:
            raise build("key_private")
        if private and not self.is_private:
            raise build("key_public")
        names = self.key_ops if private else self._public_key_ops()
        ops = None if names is None else list(names)
        said = {"kid": self.kid, "use": self.use, "key_ops": ops, "alg": self.algorithm, "issuer": self.issuer}
        members: dict[str, Any] = {**self._bound.prepared.members(private=private)}
        return members | {name: value for name, value in said.items() if value is not None}

    def thumbprint(self, *, hash: Literal["SHA-256", "SHA-384", "SHA-512"] = "SHA-256") -> str:
        """The JWK thumbprint in base64url (RFC 7638 section 3). ValueError for another hash name."""
        from rapidjwt._fallback.keys.thumbprint import thumbprint

        return thumbprint(self._bound.prepared, hash)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Key cannot be pickled")

    def __repr__(self) -> str:
        kid = "" if self.kid is None else f" kid={self.kid!r}"
        part = "secret" if self.kty == "oct" else "private" if self.is_private else "public"
        return f"<Key kty={self.kty} bits={self.bits} algorithm={self.algorithm or 'any'}{kid} {part}>"


def _make(bound: Bound) -> Key:
    key = object.__new__(Key)
    put(key, "_bound", bound)
    rows = [row for name in bound.algorithms if (row := alg.from_name(name)) is not None]
    put(key, "_verifiers", {row.name: bound.prepared.verifier(row) for row in rows})
    return key
