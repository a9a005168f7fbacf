"""Numbers that are asked for, not told: of caches, key sets and the arithmetic. Verifiers, issuers, sources and caches in; sums out,
one for each issuer, so that no time series comes twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from rapidjwt._impl import crypto_state
from rapidjwt.types import TokenCacheInfo

__all__ = ["KeySetReading", "Readings"]


class KeySetReading(NamedTuple):
    """The key sets of one issuer."""

    issuer: str
    age: float | None
    """Seconds since the origin last vouched for the oldest of them; None where there are no keys."""
    stale: bool
    """Whether one of them is past its lifetime, or has no keys."""


class Readings:
    """What is watched. Thread-safe: a reading goes over the list as it was when it began."""

    def __init__(self) -> None:
        self._caches: Final[list[Any]] = []
        self._sources: Final[list[Any]] = []

    def watch(self, *watched: object) -> None:
        """Add some: each a Verifier, an Issuer, a source of keys or a TokenCache.

        Raises:
            TypeError: it is none of them.
        """
        for kind, found in self._told(watched):
            if not any(other is found for other in kind):
                kind.append(found)

    def unwatch(self, *watched: object) -> None:
        """Read these no more; what is not watched is no mistake.

        Raises:
            TypeError: as for `watch`.
        """
        for kind, found in self._told(watched):
            kind[:] = [other for other in kind if other is not found]

    def _told(self, watched: Iterable[Any]) -> Iterator[tuple[list[Any], Any]]:
        """Each source and cache, and the list where it belongs."""
        for one in watched:
            if hasattr(one, "issuers"):
                yield from self._told(one.issuers)
            elif hasattr(one, "source"):
                if hasattr(one.source, "health"):
                    yield self._sources, one.source
            elif hasattr(one, "health"):
                yield self._sources, one
            elif hasattr(one, "info"):
                yield self._caches, one
            else:
                raise TypeError(
                    f"a Verifier, Issuer, key source or TokenCache can be watched, not {type(one).__name__}"
                )

    def cache(self) -> TokenCacheInfo:
        """All caches together."""
        infos = [cache.info() for cache in tuple(self._caches)]
        return TokenCacheInfo(*(sum(numbers) for numbers in zip(TokenCacheInfo(0, 0, 0, 0, 0), *infos, strict=True)))

    def key_sets(self) -> list[KeySetReading]:
        """One for each issuer."""
        found: dict[str, KeySetReading] = {}
        for source in tuple(self._sources):
            health = source.health()
            before = found.get(health.issuer)
            ages = [age for age in (health.age, before.age if before else None) if age is not None]
            stale = not health.fresh or (before is not None and before.stale)
            found[health.issuer] = KeySetReading(health.issuer, max(ages, default=None), stale)
        return list(found.values())

    @staticmethod
    def disagreements() -> int:
        """Decisions by tables in which the crypto library said otherwise; see `crypto_state`."""
        return int(crypto_state().get("disagreements", 0))
