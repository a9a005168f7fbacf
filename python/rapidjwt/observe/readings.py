"""Numbers that are asked for, not told: of caches, key sets and the arithmetic. Verifiers, issuers, sources and caches in; sums out,
one for each issuer, so that no time series comes twice.
"""

from __future__ import annotations

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
    """What is watched. Thread-safe as far as `watch` is called before the first reading, or what is read bears it."""

    def __init__(self) -> None:
        self._caches: Final[list[Any]] = []
        self._sources: Final[list[Any]] = []

    def watch(self, *watched: object) -> None:
        """Add some: each a Verifier, an Issuer, a source of keys or a TokenCache.

        Raises:
            TypeError: it is none of them.
        """
        for one in watched:
            self._add(one)

    def _add(self, one: Any) -> None:
        if hasattr(one, "issuers"):
            self.watch(*one.issuers)
        elif hasattr(one, "source"):
            if hasattr(one.source, "health"):
                self._note(self._sources, one.source)
        elif hasattr(one, "health"):
            self._note(self._sources, one)
        elif hasattr(one, "info"):
            self._note(self._caches, one)
        else:
            raise TypeError(f"a Verifier, Issuer, key source or TokenCache can be watched, not {type(one).__name__}")

    @staticmethod
    def _note(known: list[Any], one: Any) -> None:
        if not any(other is one for other in known):
            known.append(one)

    def cache(self) -> TokenCacheInfo:
        """All caches together."""
        infos = [cache.info() for cache in self._caches]
        return TokenCacheInfo(*(sum(numbers) for numbers in zip(TokenCacheInfo(0, 0, 0, 0, 0), *infos, strict=True)))

    def key_sets(self) -> list[KeySetReading]:
        """One for each issuer."""
        found: dict[str, KeySetReading] = {}
        for source in self._sources:
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
