"""`PyJWKClient(cache_keys=True)`: keys by `kid`, which die with the set that they came from."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rapidjwt.jwt.api_jwk import PyJWK, PyJWKSet

__all__ = ["KeyCache", "KeyCacheInfo"]


class KeyCacheInfo(NamedTuple):
    """The numbers that `functools.lru_cache` tells of itself."""

    hits: int
    misses: int
    maxsize: int | None
    currsize: int


class KeyCache:
    """Stands in the place of `look_up` and remembers its answers.

    Args:
        look_up: finds the key of a `kid`, or raises.
        most: how many keys are remembered, the latest used ones; None: any number.
        lifespan: seconds after which a key is looked up again.
    """

    def __init__(self, look_up: Callable[[str], PyJWK], most: int | None, lifespan: float) -> None:
        self._look_up = look_up
        self._most = most
        self._lifespan = lifespan
        self._kept: OrderedDict[str, tuple[PyJWK, float]] = OrderedDict()
        self._lock = Lock()
        self._hits = self._misses = 0

    def __call__(self, kid: str) -> PyJWK:
        with self._lock:
            known = self._kept.get(kid)
            if known is not None and time.monotonic() < known[1]:
                self._kept.move_to_end(kid)
                self._hits += 1
                return known[0]
            self._misses += 1
        key = self._look_up(kid)
        with self._lock:
            self._kept[kid] = (key, time.monotonic() + self._lifespan)
            self._kept.move_to_end(kid)
            while self._most is not None and len(self._kept) > max(self._most, 0):
                self._kept.popitem(last=False)
        return key

    def keep_only(self, jwk_set: PyJWKSet) -> None:
        """Forget the keys that a set, which has just come, does not have or has with other members."""
        with self._lock:
            for kid, (key, _) in list(self._kept.items()):
                if not any(key._jwk_data == other._jwk_data for other in jwk_set.keys):
                    del self._kept[kid]

    def cache_clear(self) -> None:
        """Forget every key."""
        with self._lock:
            self._kept.clear()
            self._hits = self._misses = 0

    def cache_info(self) -> KeyCacheInfo:
        """Hits, misses, bound and number of keys."""
        return KeyCacheInfo(self._hits, self._misses, self._most, len(self._kept))

    def cache_parameters(self) -> dict[str, object]:
        """The bound."""
        return {"maxsize": self._most, "typed": False}
