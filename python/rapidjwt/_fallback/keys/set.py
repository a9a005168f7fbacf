"""`KeySet`, and the choice of the keys that a token may be tried with: kid, alg, use and key_ops in, candidates out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn, final

from rapidjwt._fallback import input
from rapidjwt._fallback.frozen import Frozen, put
from rapidjwt._fallback.keys.key import Key
from rapidjwt.exceptions import MissingCryptographyError, PyJWTError, build
from rapidjwt.types import AlgorithmRow, SkippedKey

if TYPE_CHECKING:
    import os

    from rapidjwt._fallback.crypto import Verify

__all__ = ["KeySet", "collect", "select", "tried"]

_MAX_KEYS: Final = 10_000
_MAX_TRIED: Final = 4
"""A token that names no key costs at most so many signature checks."""


@final
class KeySet(Frozen):
    """An immutable set of keys in order, looked up by kid, alg, use and key_ops."""

    __slots__ = ("_candidates", "_keys", "_skipped", "_tried")

    _keys: tuple[Key, ...]
    _skipped: tuple[SkippedKey, ...]
    _candidates: dict[tuple[str | None, str], list[Verify]]
    _tried: dict[tuple[str | None, str], list[Key]]
    """The keys whose `_candidates` they are."""

    def __new__(cls, keys: Iterable[Key]) -> KeySet:
        """Collect keys. An empty set is allowed: it refuses every token."""
        return _make(collect("keys", "an iterable of Key", keys))

    @staticmethod
    def from_jwks(document: Mapping[str, Any] | str | bytes, *, allow_weak: bool = False) -> KeySet:
        """Read a JWK Set (RFC 7517 section 5). A member that cannot be used is skipped and reported in `skipped`."""
        allow_weak = input.boolean("allow_weak", allow_weak)
        if not isinstance(document, Mapping):
            document = _parse(input.text("document", document, "a mapping, str or bytes"))
        return _read(document, allow_weak)

    @staticmethod
    def from_file(path: str | os.PathLike[str], *, allow_weak: bool = False) -> KeySet:
        """Read a JWK Set file of at most 1 MiB. OSError when it cannot be read; `key_too_large` above 1 MiB."""
        from rapidjwt._fallback.keys import file

        allow_weak = input.boolean("allow_weak", allow_weak)
        return _read(_parse(file.load(path)), allow_weak)

    @property
    def skipped(self) -> tuple[SkippedKey, ...]:
        """Members of the document that were left out, with the error code of each."""
        return self._skipped

    def get(self, kid: str) -> Key | None:
        """The first key with this kid, or None."""
        if not isinstance(kid, str):
            raise input.type_error("kid", "a string", kid)
        wanted = str.__str__(kid)
        return next((key for key in self._keys if key.kid == wanted), None)

    def to_jwks(self, *, private: bool = False) -> dict[str, list[dict[str, Any]]]:
        """Write a JWK Set of the public parts; `oct` keys are left out unless `private=True`."""
        private = input.boolean("private", private)
        return {"keys": [key.to_jwk(private=private) for key in self._keys if private or key.kty != "oct"]}

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a KeySet cannot be pickled")

    def __repr__(self) -> str:
        count = len(self._keys)
        return f"<KeySet of {count} key{'' if count == 1 else 's'}>"


def collect(name: str, what: str, keys: object) -> tuple[Key, ...]:
    """The keys of an iterable."""
    if not isinstance(keys, Iterable):
        raise input.type_error(name, what, keys)
    found = tuple(keys)
    for key in found:
        if not isinstance(key, Key):
            raise input.type_error(name, what, key)
    return found


def select(keys: KeySet, kid: str | None, row: AlgorithmRow) -> list[Verify]:
    """What to try, in order, for a token with this kid and algorithm."""
    kid = _wanted(keys, kid)
    candidates = keys._candidates.get((kid, row.name), [])
    if not candidates:
        raise build("key_unknown")
    if len(candidates) > (1 if kid is not None else _MAX_TRIED):
        raise build("key_ambiguous")
    return candidates


def tried(keys: KeySet, kid: str | None, row: AlgorithmRow) -> list[Key]:
    """The keys of `select`."""
    select(keys, kid, row)
    return keys._tried[_wanted(keys, kid), row.name]


def _wanted(keys: KeySet, kid: str | None) -> str | None:
    lone = len(keys._keys) == 1 and keys._keys[0].kid is None
    return None if lone else kid


def _make(keys: tuple[Key, ...], skipped: tuple[SkippedKey, ...] = ()) -> KeySet:
    candidates: dict[tuple[str | None, str], list[Verify]] = {}
    tried: dict[tuple[str | None, str], list[Key]] = {}
    for key in filter(_may_verify, keys):
        for name, verify in key._verifiers.items():
            for kid in {None, key.kid}:
                candidates.setdefault((kid, name), []).append(verify)
                tried.setdefault((kid, name), []).append(key)
    made = object.__new__(KeySet)
    put(made, "_keys", keys)
    put(made, "_skipped", skipped)
    put(made, "_candidates", candidates)
    put(made, "_tried", tried)
    return made


def _may_verify(key: Key) -> bool:
    return key.use in (None, "sig") and (key.key_ops is None or "verify" in key.key_ops)


def _parse(text: bytes) -> dict[str, Any]:
    from rapidjwt._fallback.keys import file, jwk

    file.check_length(text)
    return jwk.parse(text, "jwks_invalid")


def _read(document: Mapping[str, Any], allow_weak: bool) -> KeySet:
    members = document.get("keys")
    if not isinstance(members, (list, tuple)):
        raise build("jwks_invalid")
    if len(members) > _MAX_KEYS:
        raise build("key_too_large")
    keys, skipped = [], []
    for index, member in enumerate(members):
        try:
            keys.append(_member(member, allow_weak))
        except MissingCryptographyError:
            # Not the member's fault: the set may be as good as new once the package is there.
            raise
        except PyJWTError as error:
            skipped.append(SkippedKey(index, error.code))
    if not keys:
        raise build("jwks_empty")
    return _make(tuple(keys), tuple(skipped))


def _member(member: object, allow_weak: bool) -> Key:
    if not isinstance(member, Mapping):
        raise build("jwk_invalid")
    return Key.from_jwk(member, allow_weak=allow_weak)
