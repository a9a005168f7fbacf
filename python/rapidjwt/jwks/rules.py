"""The numbers by which a key set is kept fresh, each with its meaning; checked when they are made. Nothing here acts on them."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["Rules"]


class Rules(NamedTuple):
    """When keys are fetched, for how long they count, and how often strangers can cause a fetch. Why: docs/design/007-key-sets.md."""

    default_lifetime: float = 300
    """Seconds that an answer is fresh when it does not say it."""
    min_lifetime: float = 60
    """Seconds that an answer is fresh at least, whatever it says (`no-store` and `no-cache` too)."""
    max_lifetime: float = 86_400
    """Seconds that an answer is fresh at most."""
    max_stale: float = 90_000
    """Seconds after its lifetime for which a set is used while nothing newer can be fetched. 0: not at all."""
    refresh_at: float = 0.8
    """Part of the lifetime after which a set is fetched again."""
    jitter: float = 0.1
    """Part of the lifetime by which that may come earlier, by chance, so that many processes do not ask at once."""
    miss_interval: float = 30
    """Seconds after which an unknown `kid` may cause one more fetch."""
    miss_burst: int = 1
    """How many such fetches may be saved up."""
    negative_lifetime: float = 60
    """Seconds for which a `kid` that was looked for and not there causes no fetch."""
    max_negatives: int = 1024
    """How many of those are remembered."""
    first_backoff: float = 1
    """Seconds until the next fetch after one that failed; doubled by each failure after it."""
    max_backoff: float = 60
    """Seconds until the next fetch at most, however many failed."""

    def checked(self) -> Rules:
        """Itself.

        Raises:
            TypeError: a rule is not a number.
            ValueError: a rule is negative, not finite, or contradicts another.
        """
        for name, value in self._asdict().items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f"rule {name} must be a number, not {type(value).__name__}")
            if not 0 <= value < math.inf:
                raise ValueError(f"rule {name} must be finite and not negative")
        if not 0 < self.min_lifetime <= self.max_lifetime:
            raise ValueError("rule min_lifetime must be greater than 0 and not above max_lifetime")
        if not 0 < self.refresh_at <= 1 or self.jitter >= self.refresh_at:
            raise ValueError("rules refresh_at and jitter must be 0 <= jitter < refresh_at <= 1")
        if self.miss_interval == 0 or self.miss_burst < 1:
            raise ValueError("rules miss_interval and miss_burst must be greater than 0")
        if not 0 < self.first_backoff <= self.max_backoff:
            raise ValueError("rule first_backoff must be greater than 0 and not above max_backoff")
        return self
