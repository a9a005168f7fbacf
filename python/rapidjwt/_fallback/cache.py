"""Tokens that were verified, so that the same bearer token need not be hashed and checked again at every request. It says no
more than "these bytes carried a good signature of this key": everything else is asked again at each hit.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn, final

from rapidjwt._fallback import input
from rapidjwt._fallback.frozen import Frozen, put
from rapidjwt.types import TokenCacheInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Lock

    from rapidjwt._fallback.issuer import Issuers, Trail
    from rapidjwt._fallback.keys import Key
    from rapidjwt._fallback.verify import Verified

__all__ = ["Entry", "TokenCache", "ask_again", "find", "forget", "keep"]

_OVERHEAD: Final = 512
_OBJECTS: Final = 10
"""A payload as Python objects is about so many times as long as its text."""
_LONGEST_HOLD: Final = 1.0
"""Seconds. Who holds the lock longer is a thread that a fork left behind, or waits for a signal handler that wants it too."""


class Entry(NamedTuple):
    """What is kept of a token."""

    verified: Verified
    bytes: int


class _Numbers:
    __slots__ = ("bytes", "evictions", "hits", "misses")

    def __init__(self) -> None:
        self.hits = self.misses = self.evictions = self.bytes = 0


@final
class TokenCache(Frozen):
    """See `_native.pyi`."""

    __slots__ = ("_entries", "_lock", "_max_bytes", "_numbers")

    _entries: OrderedDict[tuple[int, bytes], Entry]
    _lock: Lock
    _max_bytes: int
    _numbers: _Numbers

    def __new__(cls, *, max_bytes: int = 16_777_216) -> TokenCache:
        """An empty cache."""
        # Imported with the first cache: `import rapidjwt` does not pay for it.
        from threading import Lock

        cache = object.__new__(cls)
        put(cache, "_max_bytes", input.positive("max_bytes", max_bytes))
        put(cache, "_entries", OrderedDict())
        put(cache, "_lock", Lock())
        put(cache, "_numbers", _Numbers())
        return cache

    def clear(self) -> None:
        """Forget all tokens."""
        held = self._lock.acquire(timeout=_LONGEST_HOLD)
        try:
            self._entries.clear()
            self._numbers.bytes = 0
        finally:
            if held:
                self._lock.release()

    def info(self) -> TokenCacheInfo:
        """Numbers since the cache was made."""
        numbers = self._numbers
        return TokenCacheInfo(numbers.hits, numbers.misses, numbers.evictions, len(self._entries), numbers.bytes)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a TokenCache holds tokens and cannot be pickled")

    def __repr__(self) -> str:
        return f"<TokenCache entries={len(self._entries)} bytes={self._numbers.bytes}>"


def find(cache: TokenCache, verifier: int, text: bytes) -> Entry | None:
    """The entry of exactly this token. A lock that is held by somebody else makes a miss: so a fork does no harm."""
    entry = None
    if cache._lock.acquire(blocking=False):
        try:
            entry = cache._entries.get((verifier, text))
            if entry is not None:
                cache._entries.move_to_end((verifier, text))
        finally:
            cache._lock.release()
    if entry is None:
        cache._numbers.misses += 1
    return entry


def ask_again(cache: TokenCache, entry: Entry, issuers: Issuers, now: float, trail: Trail) -> bool:
    """Ask everything but the signature again, of the issuer as it is now.

    False when the token would be tried with other keys now; raises when it is refused.
    """
    from rapidjwt._fallback import header, issuer, policy

    verified = entry.verified
    trail.party = verified.party
    head = header.read(verified.header, issuers.limits.max_depth)
    row = policy.admit(verified.party.policy, head)
    trail.algorithm = row.name
    chosen = issuer.Route(verified.party, None if issuers.names is None else verified.claims["iss"])
    if not _same(issuer.select(chosen, head.kid, row, now, trail)[1], verified.tried):
        return False
    policy.check(verified.party.policy, verified.claims, now)
    cache._numbers.hits += 1
    trail.is_hit = True
    return True


def _same(now: Sequence[Key], then: Sequence[Key]) -> bool:
    return len(now) == len(then) and all(
        one is two or one.thumbprint() == two.thumbprint() for one, two in zip(now, then, strict=True)
    )


def forget(cache: TokenCache, verifier: int, text: bytes) -> None:
    """Drop an entry that was found and was not good."""
    cache._numbers.misses += 1
    if cache._lock.acquire(blocking=False):
        try:
            _remove(cache, (verifier, text))
        finally:
            cache._lock.release()


def keep(cache: TokenCache, verifier: int, text: bytes, verified: Verified) -> None:
    """Keep an accepted token, and let those go for it that were not asked for the longest. One that is too large is not kept."""
    size = len(text) + len(verified.header) + len(verified.payload) * _OBJECTS + _OVERHEAD
    if size > cache._max_bytes:
        return
    if cache._lock.acquire(blocking=False):
        try:
            _remove(cache, (verifier, text))
            while cache._numbers.bytes + size > cache._max_bytes:
                _remove(cache, next(iter(cache._entries)))
                cache._numbers.evictions += 1
            cache._entries[verifier, text] = Entry(verified, size)
            cache._numbers.bytes += size
        finally:
            cache._lock.release()


def _remove(cache: TokenCache, name: tuple[int, bytes]) -> None:
    gone = cache._entries.pop(name, None)
    if gone is not None:
        cache._numbers.bytes -= gone.bytes
