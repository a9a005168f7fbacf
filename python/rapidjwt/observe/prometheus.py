"""`PrometheusMetrics`: what happens to tokens, requests and key sets, as metrics of prometheus-client. No label ever holds what a client
sent: see `rapidjwt.observe.labels`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from rapidjwt.observe import labels
from rapidjwt.observe.observer import Observer
from rapidjwt.observe.readings import Readings
from rapidjwt.observe.tallies import BUCKETS, Series, SharedTallies, Tallies, TokenLabels

if TYPE_CHECKING:
    from rapidjwt.jwks.health import Event
    from rapidjwt.observe.alert import Alert
    from rapidjwt.observe.facts import Decision, Request
    from rapidjwt.types import Verification

__all__ = ["BUCKETS", "PrometheusMetrics"]

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

        self._tallies: Final = (SharedTallies if _together() else Tallies)(registry)
        # Most tokens are good and most requests pass. Finding their labels out takes longer than to count.
        self._good: Final[dict[tuple[str | None, str | None, bool], Any]] = {}
        self._passed: Final[dict[int, Any]] = {}

        def counter(name: str, text: str, *names: str) -> Series:
            return Series(Counter(name, text, names, registry=registry))

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
            kind = event.issuer, event.algorithm, event.cached
            tokens = self._good.get(kind)
            if tokens is None:
                tokens = self._good[kind] = self._tokens_like(event)
        else:
            tokens = self._tokens_like(event)
            if event.code == "key_unknown":
                self._unknown[labels.issuer(event.issuer),].inc()
        tokens.add(event.seconds)

    def _tokens_like(self, event: Verification) -> Any:
        return self._tallies.tokens(
            TokenLabels(
                labels.issuer(event.issuer),
                event.algorithm or "",
                labels.result(event.ok),
                labels.reason(event.reason),
                "hit" if event.cached else "miss",
            )
        )

    def on_decision(self, request: Request, decision: Decision, seconds: float) -> None:
        """Count a request."""
        status = decision.status
        requests = self._passed.get(status) if decision.allowed else None
        if requests is None:
            reason = labels.reason(None if decision.allowed else decision.reason or labels.OTHER)
            told = labels.status(status)
            requests = self._tallies.requests(told, reason)
            if decision.allowed and told != labels.OTHER:
                self._passed[status] = requests
        requests.inc()

    def on_keys(self, event: Event) -> None:
        """Count a fetch, or what else happened."""
        self._fetches[labels.issuer(event.issuer), event.kind].inc()

    def on_alert(self, alert: Alert) -> None:
        """Count an alert."""
        self._alerts[alert.rule,].inc()


def _together() -> bool:
    """Does prometheus-client count over several processes? It takes the name in small letters too, and mends it later."""
    return any(name in os.environ for name in (_MULTIPROCESS, _MULTIPROCESS.lower()))


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
