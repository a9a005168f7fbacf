"""Bytes from a network or a file in, keys out. One bad member never spoils a set: it is left out and reported by its place and a code.

Whatever the bytes are, the end is a `Document` or an error of `rapidjwt.exceptions`.
"""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple, NoReturn

from rapidjwt._impl import Key, KeySet
from rapidjwt.exceptions import MissingCryptographyError, PyJWTError, build
from rapidjwt.types import SkippedKey

__all__ = ["MAX_KEYS", "Document", "parse", "read"]

MAX_KEYS: Final = 500
"""Members of a set at most; large tenants publish some dozens."""
_MAX_DIGITS: Final = 640
"""As in tokens (docs/design/001-verification.md)."""
_PRIVATE: Final = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))
"""Members that no public key has (RFC 7518 sections 6.2.2, 6.3.2 and 6.4)."""


class Document(NamedTuple):
    """A set that can be used."""

    keys: KeySet
    skipped: tuple[SkippedKey, ...]

    @property
    def kids(self) -> frozenset[str | None]:
        """The `kid` of each key."""
        return frozenset(key.kid for key in self.keys)


def read(text: bytes) -> Document:
    """Read a JWK Set (RFC 7517 section 5).

    Raises:
        PyJWKSetError: `jwks_invalid`; `jwks_empty` when no usable key is left.
        InvalidKeyError: `key_too_large` for more than `MAX_KEYS` members.
        MissingCryptographyError: the pure half cannot read any.
    """
    members = parse(text, "jwks_invalid").get("keys")
    if not isinstance(members, list):
        raise build("jwks_invalid")
    if len(members) > MAX_KEYS:
        raise build("key_too_large")
    keys: dict[tuple[object, ...], Key] = {}
    skipped: list[SkippedKey] = []
    for position, member in enumerate(members):
        try:
            key = _key(member)
            # The same key twice would make each token that names it ambiguous.
            said = (key.kid, key.algorithm, key.use, key.key_ops, key.issuer)
            keys.setdefault((*said, key.thumbprint()), key)
        except MissingCryptographyError:
            raise
        except PyJWTError as error:
            skipped.append(SkippedKey(position, error.code))
    if not keys:
        raise build("jwks_empty")
    return Document(KeySet(keys.values()), tuple(skipped))


def _key(member: object) -> Key:
    if not isinstance(member, dict):
        raise build("jwk_invalid")
    if not _PRIVATE.isdisjoint(member):
        raise build("key_private")
    return Key.from_jwk(member)


def parse(text: bytes, code: str) -> dict[str, Any]:
    """The JSON object of a text in UTF-8; the error of this code when it is none, or has a member name twice."""
    try:
        found = json.loads(text.decode("utf-8"), object_pairs_hook=_object, parse_constant=_refuse, parse_int=_integer)
    except (ValueError, RecursionError):
        raise build(code) from None
    if not isinstance(found, dict):
        raise build(code)
    return found


class _Twice:
    """An object with a member name twice, of which libraries read different values: no object for us."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Twice:
    members = dict(pairs)
    return members if len(members) == len(pairs) else _Twice()


def _integer(digits: str) -> int:
    # Converting takes time in the square of the length where the program has lifted CPython's own limit.
    if len(digits) > _MAX_DIGITS:
        raise ValueError
    return int(digits)


def _refuse(constant: str) -> NoReturn:
    raise ValueError
