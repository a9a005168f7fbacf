"""`KeySlot`: the keys in force of one issuer. Whoever gets keys puts them in, whole; whoever verifies reads them without a lock. It
fetches nothing and reads no clock.
"""

from __future__ import annotations

import math
from typing import NamedTuple, NoReturn, final

from rapidjwt._fallback import input
from rapidjwt._fallback.frozen import Frozen, put
from rapidjwt._fallback.keys.set import KeySet
from rapidjwt.exceptions import build

__all__ = ["Held", "KeySlot", "fill", "own"]


class Held(NamedTuple):
    """Keys, and how long they are good: times in seconds since the epoch."""

    keys: KeySet | None
    due: float = math.inf
    dead: float = math.inf

    def usable(self, now: float) -> KeySet:
        """The keys that may be used at `now`."""
        if self.keys is None or now >= self.dead:
            raise build("keys_unavailable")
        return self.keys


@final
class KeySlot(Frozen):
    """See `_native.pyi`."""

    __slots__ = ("_held", "_secret")

    _held: Held
    _secret: bool
    """It was made with HMAC keys. What is fetched for any other slot must not contain one."""

    def __new__(cls, keys: KeySet | None = None) -> KeySlot:
        """A slot with these keys for good, or with none as yet."""
        keys = _key_set(keys)
        slot = object.__new__(cls)
        put(slot, "_secret", keys is not None and any(key.kty == "oct" for key in keys))
        slot.replace(keys)
        return slot

    @property
    def keys(self) -> KeySet | None:
        """Whatever is in the slot, usable or not."""
        return self._held.keys

    def replace(self, keys: KeySet | None, *, due: float | None = None, dead: float | None = None) -> None:
        """Put other keys in force, whole: each token is verified with the old ones or the new ones."""
        keys = _key_set(keys)
        held = Held(keys, _moment("due", due), _moment("dead", dead))
        for key in keys or ():
            if key.kty == "oct" and not self._secret:
                raise input.value_error("keys", "must not be secrets: this slot was made without one")
            if key.kty != "oct" and key.is_private:
                raise build("key_private")
        put(self, "_held", held)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a KeySlot holds keys and cannot be pickled")

    def __repr__(self) -> str:
        keys = self._held.keys
        if keys is None:
            return "<KeySlot without keys>"
        return f"<KeySlot of {len(keys)} key{'' if len(keys) == 1 else 's'}>"


def own(keys: KeySet) -> KeySlot:
    """A slot that its owner fills by hand, with public keys and secrets as he likes."""
    slot = object.__new__(KeySlot)
    put(slot, "_secret", True)
    put(slot, "_held", Held(keys))
    return slot


def fill(slot: KeySlot, keys: KeySet) -> None:
    """Put other keys into a slot of one's own."""
    put(slot, "_held", Held(keys))


def _key_set(keys: object) -> KeySet | None:
    if keys is not None and not isinstance(keys, KeySet):
        raise input.type_error("keys", "a KeySet or None", keys)
    return keys


def _moment(name: str, value: object) -> float:
    """A time in seconds since the epoch; None: never."""
    if value is None:
        return math.inf
    seconds = input.number(value)
    if seconds is None:
        raise input.type_error(name, "a number of seconds or None", value)
    if math.isnan(seconds) or (isinstance(value, int) and math.isinf(seconds)):
        raise input.value_error(name, "must be a time in seconds since the epoch")
    return seconds
