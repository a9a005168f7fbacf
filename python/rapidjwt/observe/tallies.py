"""The numbers that every token and request changes: labels in, something to count with out, families of prometheus-client at a scrape.
`Tallies` counts for one process, `SharedTallies` for all that prometheus-client counts together. No count is lost, whichever threads tell.
"""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from operator import add
from typing import Any, Final, NamedTuple, TypeAlias, final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

__all__ = ["BUCKETS", "Series", "SharedTallies", "Tallies", "TokenLabels"]

BUCKETS: Final = (1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
"""Upper bounds of `jwt_verify_seconds`, in seconds."""

_TOKENS: Final = (
    "jwt_verifications_total",
    "Tokens that were verified or refused.",
    ("issuer", "alg", "result", "reason"),
)
_SECONDS: Final = ("jwt_verify_seconds", "How long a token took; of a batch the mean.", ("alg", "cache"))
_REQUESTS: Final = ("jwt_requests_total", "Requests that were decided.", ("status", "reason"))

_LOCK: Final = threading.RLock()
"""Held while numbers change and while they are read: a token and its time are seen together. A handler of signals, or what the garbage
collector calls, may count in the middle.
"""
if hasattr(os, "register_at_fork"):
    # A child finds it free, and whole numbers.
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)


class TokenLabels(NamedTuple):
    """What is told apart of tokens."""

    issuer: str
    algorithm: str
    result: str
    reason: str
    cache: str


_Labels: TypeAlias = tuple[str, ...]
_Numbers: TypeAlias = tuple[float, ...]


class Tallies(Collector):
    """Plain numbers, read at a scrape. A token costs a bisection and two additions, where series of prometheus-client take thirteen
    frames of Python.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._tokens: Final[dict[TokenLabels, _Tokens]] = {}
        self._requests: Final[dict[tuple[str, str], _Requests]] = {}
        # Tells what prometheus-client calls the bounds, and whether it shows `_created`, which programs switch off.
        self._form: Final = Histogram("form", "", buckets=BUCKETS, registry=None)
        registry.register(self)

    def tokens(self, labels: TokenLabels) -> _Tokens:
        """Where tokens with these labels are counted."""
        with _LOCK:
            return self._tokens.setdefault(labels, _Tokens())

    def requests(self, status: str, reason: str) -> _Requests:
        """Where requests with these labels are counted."""
        with _LOCK:
            return self._requests.setdefault((status, reason), _Requests())

    def describe(self) -> Iterator[Metric]:
        """The families, without series."""
        yield from _families()

    def collect(self) -> Iterator[Metric]:
        """The families, as of now."""
        with _LOCK:
            tokens = [(kind, one.since, (*one.buckets, one.seconds)) for kind, one in self._tokens.items()]
            requests = [(kind, one.since, (one.number,)) for kind, one in self._requests.items()]
        bounds, with_created = self._shown()
        verified, took, decided = _families()
        for kind, since, (number,) in _summed(
            (kind[:4], since, (sum(numbers[:-1]),)) for kind, since, numbers in tokens
        ):
            verified.add_metric(kind, number, since if with_created else None)
        by_time = (((kind.algorithm, kind.cache), since, numbers) for kind, since, numbers in tokens)
        for kind, since, (*buckets, seconds) in _summed(by_time):
            took.add_metric(kind, list(zip(bounds, accumulate(buckets), strict=True)), seconds)
            if with_created:
                took.add_sample(f"{took.name}_created", dict(zip(_SECONDS[2], kind, strict=True)), since)
        for kind, since, (number,) in requests:
            decided.add_metric(kind, number, since if with_created else None)
        yield from (verified, took, decided)

    def _shown(self) -> tuple[list[str], bool]:
        samples = [sample for family in self._form.collect() for sample in family.samples]
        bounds = [sample.labels["le"] for sample in samples if sample.name.endswith("_bucket")]
        return bounds, any(sample.name.endswith("_created") for sample in samples)


@final
class _Tokens:
    __slots__ = ("buckets", "seconds", "since")

    def __init__(self) -> None:
        self.buckets: Final = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0
        self.since: Final = time.time()

    def add(self, seconds: float) -> None:
        """Count a token that took so long."""
        place = bisect_left(BUCKETS, seconds)
        with _LOCK:
            self.buckets[place] += 1
            self.seconds += seconds


@final
class _Requests:
    __slots__ = ("number", "since")

    def __init__(self) -> None:
        self.number = 0
        self.since: Final = time.time()

    def inc(self) -> None:
        """Count a request."""
        with _LOCK:
            self.number += 1


class SharedTallies:
    """Series of prometheus-client, which it writes into the files of a process at once: a worker that is killed loses nothing."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._tokens: Final = Series(Counter(*_TOKENS, registry=registry))
        self._seconds: Final = Series(Histogram(*_SECONDS, buckets=BUCKETS, registry=registry))
        self._requests: Final = Series(Counter(*_REQUESTS, registry=registry))

    def tokens(self, labels: TokenLabels) -> _SharedTokens:
        """Where tokens with these labels are counted."""
        return _SharedTokens(self._tokens[labels[:4]].inc, self._seconds[labels.algorithm, labels.cache].observe)

    def requests(self, status: str, reason: str) -> Counter:
        """Where requests with these labels are counted."""
        counter: Counter = self._requests[status, reason]
        return counter


@final
class _SharedTokens:
    __slots__ = ("_inc", "_observe")

    def __init__(self, inc: Callable[[], None], observe: Callable[[float], None]) -> None:
        self._inc: Final = inc
        self._observe: Final = observe

    def add(self, seconds: float) -> None:
        """Count a token that took so long."""
        self._inc()
        self._observe(seconds)


class Series(dict[_Labels, Any]):
    """The series of a metric by the values of its labels, which are bounded: looking one up in the metric takes longer than to count."""

    def __init__(self, metric: Counter | Histogram) -> None:
        super().__init__()
        self._metric: Final = metric

    def __missing__(self, values: _Labels) -> Any:
        series = self[values] = self._metric.labels(*values)
        return series


def _families() -> tuple[CounterMetricFamily, HistogramMetricFamily, CounterMetricFamily]:
    def counter(name: str, text: str, names: _Labels) -> CounterMetricFamily:
        return CounterMetricFamily(name, text, labels=names)

    name, text, names = _SECONDS
    return counter(*_TOKENS), HistogramMetricFamily(name, text, labels=names), counter(*_REQUESTS)


def _summed(series: Iterable[tuple[_Labels, float, _Numbers]]) -> Iterator[tuple[_Labels, float, _Numbers]]:
    """One series for each kind, since the first of them."""
    found: dict[_Labels, tuple[float, _Numbers]] = {}
    for kind, since, numbers in series:
        first, before = found.get(kind, (since, (0,) * len(numbers)))
        found[kind] = min(first, since), tuple(map(add, before, numbers))
    for kind, (since, numbers) in found.items():
        yield kind, since, numbers
