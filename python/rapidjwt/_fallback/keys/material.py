"""What a key consists of, as some format gave it: form in, `check` makes of it a prepared key whose numbers were looked at."""

from __future__ import annotations

from typing import NamedTuple, Protocol, TypeAlias

from rapidjwt._fallback.crypto import Prepared
from rapidjwt._fallback.crypto.errors import needing_cryptography
from rapidjwt._fallback.crypto.prepared import Kty
from rapidjwt._fallback.keys import numbers, secret
from rapidjwt.exceptions import build
from rapidjwt.types import AlgorithmRow

__all__ = ["ECParts", "Ed25519Parts", "Parts", "RSAParts", "RSAPrivate", "Rows", "SecretParts"]

Rows: TypeAlias = list[AlgorithmRow]


class Parts(Protocol):
    """A key as read: the form was right, the numbers are not looked at yet."""

    @property
    def kty(self) -> Kty:
        """Key type."""
        ...

    @property
    def curve(self) -> str | None:
        """JWK curve name."""
        ...

    def check(self, rows: Rows, *, allow_weak: bool) -> tuple[Prepared, Rows]:
        """Check the numbers, narrow `rows` to those that the key is large enough for, and prepare it."""
        ...


class SecretParts:
    """An HMAC secret."""

    __slots__ = ("_secret",)

    kty: Kty = "oct"
    curve: str | None = None

    def __init__(self, data: bytes) -> None:
        self._secret = data

    def check(self, rows: Rows, *, allow_weak: bool) -> tuple[Prepared, Rows]:
        secret.check(self._secret)
        rows = [row for row in rows if allow_weak or len(self._secret) * 8 >= row.min_key_bits]
        if not rows:
            raise build("key_weak")
        # Imported here: without an HMAC key nobody pays for loading the hash library.
        from rapidjwt._fallback.crypto.hmac import HMACSecret

        return HMACSecret(self._secret), rows


class RSAPrivate(NamedTuple):
    """The private numbers of an RSA key, named as in a JWK (RFC 7518 section 6.3.2)."""

    d: int
    p: int
    q: int
    dp: int
    dq: int
    qi: int

    def __repr__(self) -> str:
        return "<RSAPrivate>"


class RSAParts:
    """An RSA key."""

    __slots__ = ("_e", "_n", "_private")

    kty: Kty = "RSA"
    curve: str | None = None

    def __init__(self, n: int, e: int, private: RSAPrivate | None = None) -> None:
        self._n = n
        self._e = e
        self._private = private

    def check(self, rows: Rows, *, allow_weak: bool) -> tuple[Prepared, Rows]:
        if numbers.is_small_rsa(self._n, self._e):
            admitted = numbers.SMALL_RSA if allow_weak and self._private is None else ()
            rows = [row for row in rows if row.name in admitted]
        if not rows:
            raise build("key_weak")
        with needing_cryptography():
            from rapidjwt._fallback.crypto import rsa
        if self._private is None:
            return rsa.public(self._n, self._e), rows
        if not numbers.is_whole_rsa(self._n, self._e, *self._private):
            raise build("key_invalid")
        return rsa.private(self._n, self._e, *self._private), rows


class ECParts:
    """A key on a curve: a point in any encoding, a scalar, or both."""

    __slots__ = ("_point", "_scalar", "curve")

    kty: Kty = "EC"

    def __init__(self, curve: str, point: bytes | None, scalar: int | None = None) -> None:
        self.curve = curve
        self._point = point
        self._scalar = scalar

    def check(self, rows: Rows, *, allow_weak: bool) -> tuple[Prepared, Rows]:
        with needing_cryptography():
            from rapidjwt._fallback.crypto import ecdsa
        if self._scalar is None:
            return ecdsa.public(self.curve, self._point or b""), rows
        return ecdsa.private(self.curve, self._scalar, self._point), rows


class Ed25519Parts:
    """An Ed25519 key: 32 bytes of a public key, a seed, or both."""

    __slots__ = ("_seed", "_x")

    kty: Kty = "OKP"
    curve: str = "Ed25519"

    def __init__(self, x: bytes | None, seed: bytes | None = None) -> None:
        self._x = x
        self._seed = seed

    def check(self, rows: Rows, *, allow_weak: bool) -> tuple[Prepared, Rows]:
        if self._x is not None and not numbers.is_good_ed25519(self._x):
            raise build("key_invalid")
        with needing_cryptography():
            from rapidjwt._fallback.crypto import eddsa
        if self._seed is None:
            return eddsa.public(self._x or b""), rows
        return eddsa.private(self._seed, self._x), rows
