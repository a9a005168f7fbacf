"""`PrometheusMetrics`: what happens to tokens, requests and key sets, as metrics of prometheus-client. No label ever holds what a client
sent: see `rapidjwt.observe.labels`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from rapidjwt.observe import labels
from rapidjwt.observe.observer import Observer
from rapidjwt.observe.readings import Readings

if TYPE_CHECKING:
    from rapidjwt.jwks.health import Event
    from rapidjwt.observe.alert import Alert
    from rapidjwt.observe.facts import Decision, Request
    from rapidjwt.types import Verification

__all__ = ["BUCKETS", "PrometheusMetrics"]

BUCKETS: Final = (1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
"""Upper bounds of `jwt_verify_seconds`, in seconds."""

_MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"


class PrometheusMetrics(Observer):
    """Counts what it is told, and reads what it watches when it is scraped.

    With `PROMETHEUS_MULTIPROC_DIR` set, before prometheus-client is imported, what was told is counted over all processes. What is
    read at a scrape belongs to the one process that answers it and is then left out.

    Args:
        registry: where the metrics are registered.

    Raises:
        ValueError: the registry has them already.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._registry: Final = registry
        self._readings: Final = Readings()

        def counter(name: str, text: str, *names: str) -> _Series:
            return _Series(Counter(name, text, names, registry=registry))

        self._verifications: Final = counter(
            "jwt_verifications_total", "Tokens that were verified or refused.", "issuer", "alg", "result", "reason"
        )
        text = "How long a token took; of a batch the mean."
        self._seconds: Final = _Series(
            Histogram("jwt_verify_seconds", text, ("alg", "cache"), buckets=BUCKETS, registry=registry)
        )
        self._good: Final[dict[tuple[str | None, str | None, bool], _Told]] = {}
        self._requests: Final = counter("jwt_requests_total", "Requests that were decided.", "status", "reason")
        self._fetches: Final = counter("jwt_jwks_fetch_total", "What happened to key sets.", "issuer", "result")
        self._unknown: Final = counter("jwt_unknown_kid_total", "Tokens that no key of their issuer fitted.", "issuer")
        self._alerts: Final = counter("jwt_alerts_total", "What detectors noticed.", "rule")
        registry.register(_AtScrape(self._readings))

    def watch(self, *watched: object) -> None:
        """Read these at each scrape: a Verifier, an Issuer, a source of keys or a TokenCache.

        Raises:
            TypeError: it is none of them.
        """
        self._readings.watch(*watched)

    def unwatch(self, *watched: object) -> None:
        """Read these no more.

        Raises:
            TypeError: as for `watch`.
        """
        self._readings.unwatch(*watched)

    def render(self, accept: str = "") -> tuple[bytes, str]:
        """The metrics and their content type.

        Args:
            accept: the request's header Accept. Who asks for OpenMetrics gets it.
        """
        registry = self._registry
        if os.environ.get(_MULTIPROCESS):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        encode, content_type = choose_encoder(accept)
        return encode(registry), content_type

    def on_verification(self, event: Verification) -> None:
        """Count a token."""
        if event.ok:
            # Most tokens are good; finding their labels out takes as long as to count.
            kind = event.issuer, event.algorithm, event.cached
            series = self._good.get(kind)
            if series is None:
                series = self._good[kind] = self._series(event)
        else:
            series = self._series(event)
        count, observe = series
        count()
        observe(event.seconds)
        if event.code == "key_unknown":
            self._unknown[labels.issuer(event.issuer)].inc()

    def _series(self, event: Verification) -> _Told:
        issuer, algorithm = labels.issuer(event.issuer), event.algorithm or ""
        counted = self._verifications[issuer, algorithm, labels.result(event.ok), labels.reason(event.reason)]
        return counted.inc, self._seconds[algorithm, "hit" if event.cached else "miss"].observe

    def on_decision(self, request: Request, decision: Decision, seconds: float) -> None:
        """Count a request."""
        reason = labels.reason(None if decision.allowed else decision.reason or labels.OTHER)
        self._requests[labels.status(decision.status), reason].inc()

    def on_keys(self, event: Event) -> None:
        """Count a fetch, or what else happened."""
        self._fetches[labels.issuer(event.issuer), event.kind].inc()

    def on_alert(self, alert: Alert) -> None:
        """Count an alert."""
        self._alerts[alert.rule].inc()


_Told: TypeAlias = tuple[Callable[[], None], Callable[[float], None]]
"""Counts a token, and its time."""


class _Series(dict[tuple[str, ...] | str, Any]):
    """The series of a metric by the values of its labels, which are bounded: looking one up in the metric takes longer than to count."""

    def __init__(self, metric: Counter | Histogram) -> None:
        super().__init__()
        self._metric: Final = metric

    def __missing__(self, values: tuple[str, ...] | str) -> Any:
        series = self[values] = self._metric.labels(*((values,) if isinstance(values, str) else values))
        return series


class _AtScrape(Collector):
    """What nobody tells of."""

    def __init__(self, readings: Readings) -> None:
        self._readings: Final = readings

    def collect(self) -> Iterator[Metric]:
        """Ask."""
        cache = self._readings.cache()
        events = CounterMetricFamily("jwt_cache_events", "What became of looks into token caches.", labels=["event"])
        for event, number in (("hit", cache.hits), ("miss", cache.misses), ("eviction", cache.evictions)):
            events.add_metric([event], number)
        yield events
        yield GaugeMetricFamily("jwt_cache_bytes", "About how much memory token caches take.", value=cache.bytes)
        age = GaugeMetricFamily(
            "jwt_jwks_age_seconds", "Seconds since the origin vouched for the keys.", labels=["issuer"]
        )
        stale = GaugeMetricFamily(
            "jwt_jwks_stale", "1 where keys are past their lifetime, or none are there.", labels=["issuer"]
        )
        for reading in self._readings.key_sets():
            if reading.age is not None:
                age.add_metric([reading.issuer], reading.age)
            stale.add_metric([reading.issuer], int(reading.stale))
        yield age
        yield stale
        yield CounterMetricFamily(
            "jwt_crypto_disagreements",
            "Decisions by tables of hot keys in which the crypto library said otherwise.",
            value=self._readings.disagreements(),
        )
