"""From a key's parts to a key that is checked, bound to its algorithms and prepared: what the constructors of `Key` share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from rapidjwt._fallback import alg, input
from rapidjwt._fallback.crypto import Prepared
from rapidjwt._fallback.keys import file, jwk
from rapidjwt._fallback.keys.material import Parts, Rows, SecretParts
from rapidjwt.exceptions import build
from rapidjwt.types import AlgorithmRow, JWKDict

__all__ = ["Bound", "Options", "bound"]

_ED25519: Final = ("EdDSA", "Ed25519")
"""Two names for one algorithm (RFC 9864): bound to either, a key is good for both."""


class Bound(NamedTuple):
    """A key, and what it says about itself."""

    prepared: Prepared
    algorithms: tuple[str, ...]
    """Every `alg` it may be used with."""
    algorithm: str | None
    """The one that it is bound to, or fits."""
    kid: str | None
    use: str | None = None
    key_ops: tuple[str, ...] | None = None
    issuer: str | None = None


class Options:
    """The options of the constructors, checked in the order in which they are written."""

    __slots__ = ("algorithm", "allow_weak", "kid", "password")

    def __init__(self, algorithm: object, kid: object, allow_weak: object, password: object = None) -> None:
        self.algorithm = input.algorithm(algorithm)
        self.kid = input.optional_string("kid", kid)
        self.password = None if password is None else input.text("password", password)
        self.allow_weak = input.boolean("allow_weak", allow_weak)

    def bind(self, parts: Parts) -> Bound:
        """Bind what was read."""
        return self._checked(parts, self.algorithm)._replace(kid=self.kid)

    def bind_jwk(self, document: JWKDict | bytes) -> Bound:
        """Read a JWK and bind it; its own kid counts where no other is given."""
        if not isinstance(document, Mapping):
            file.check_length(document)
            document = jwk.parse(document, "jwk_invalid")
        found = jwk.read(document)
        made = self._checked(found.parts, _agreed(self.algorithm, found.alg))
        kid = found.kid if self.kid is None else self.kid
        return made._replace(kid=kid, use=found.use, key_ops=found.key_ops, issuer=found.issuer)

    def bind_secret(self, secret: bytes) -> Bound:
        """Take the bytes of a secret, for an HMAC algorithm only."""
        if self.algorithm is None or self.algorithm.kty != "oct":
            raise build("key_algorithm")
        file.check_length(secret)
        return self.bind(SecretParts(secret))

    def _checked(self, parts: Parts, wanted: AlgorithmRow | None) -> Bound:
        """`key_algorithm` comes before anything that is wrong with the numbers."""
        prepared, rows = parts.check(_fitting(parts, wanted), allow_weak=self.allow_weak)
        return bound(prepared, rows, wanted)


def bound(prepared: Prepared, rows: Rows, wanted: AlgorithmRow | None) -> Bound:
    """Write down what the key is good for."""
    names = tuple(row.name for row in rows)
    only = names[0] if len(names) == 1 else None
    return Bound(prepared, names, only if wanted is None else wanted.name, None)


def _agreed(argument: AlgorithmRow | None, stated: str | None) -> AlgorithmRow | None:
    """The algorithm to bind to, from `algorithm=` and what the JWK states; they must be one."""
    if stated is None:
        return argument
    row = alg.from_name(stated)
    if row is None or argument is not None and argument.name not in _same(row):
        raise build("key_algorithm")
    return argument or row


def _fitting(parts: Parts, wanted: AlgorithmRow | None) -> Rows:
    """The algorithms for this kind of key, of those that it is to be bound to; at least one."""
    rows = [row for row in alg.TABLE if (row.kty, row.curve) == (parts.kty, parts.curve)]
    if wanted is not None:
        rows = [row for row in rows if row.name in _same(wanted)]
    if not rows:
        raise build("key_algorithm")
    return rows


def _same(row: AlgorithmRow) -> tuple[str, ...]:
    return _ED25519 if row.name in _ED25519 else (row.name,)
