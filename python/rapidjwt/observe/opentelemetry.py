"""`OpenTelemetryMetrics`: what happens to tokens, requests and key sets, as metrics of OpenTelemetry, with attributes under `jwt.` and
`error.type`. No attribute ever holds what a client sent: see `rapidjwt.observe.labels`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation, get_meter

from rapidjwt.observe import labels
from rapidjwt.observe.observer import Observer
from rapidjwt.observe.readings import Readings

if TYPE_CHECKING:
    from rapidjwt.jwks.health import Event
    from rapidjwt.observe.alert import Alert
    from rapidjwt.observe.facts import Decision, Request
    from rapidjwt.types import Verification

__all__ = ["BUCKETS", "OpenTelemetryMetrics"]

BUCKETS: Final = (1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
"""Advised upper bounds of `jwt.verify.duration`, in seconds."""


class OpenTelemetryMetrics(Observer):
    """Counts what it is told, and reads what it watches when metrics are collected.

    Args:
        provider: where the meter comes from. None: the process's own.
    """

    def __init__(self, provider: MeterProvider | None = None) -> None:
        meter = get_meter("rapidjwt", meter_provider=provider)
        self._readings: Final = Readings()
        self._verifications: Final = meter.create_counter(
            "jwt.verifications", "{token}", "Tokens that were verified or refused."
        )
        self._seconds: Final = meter.create_histogram(
            "jwt.verify.duration",
            "s",
            "How long a token took; of a batch the mean.",
            explicit_bucket_boundaries_advisory=BUCKETS,
        )
        self._requests: Final = meter.create_counter("jwt.requests", "{request}", "Requests that were decided.")
        self._fetches: Final = meter.create_counter("jwt.jwks.fetch", "{event}", "What happened to key sets.")
        self._unknown: Final = meter.create_counter(
            "jwt.unknown_kid", "{token}", "Tokens that no key of their issuer fitted."
        )
        self._alerts: Final = meter.create_counter("jwt.alerts", "{alert}", "What detectors noticed.")
        meter.create_observable_counter(
            "jwt.cache.events", [self._cache_events], "{look}", "What became of looks into token caches."
        )
        meter.create_observable_gauge(
            "jwt.cache.bytes", [self._cache_bytes], "By", "About how much memory token caches take."
        )
        meter.create_observable_gauge(
            "jwt.jwks.age", [self._age], "s", "Seconds since the origin vouched for the keys."
        )
        meter.create_observable_gauge(
            "jwt.jwks.stale", [self._stale], "1", "1 where keys are past their lifetime, or none are there."
        )
        meter.create_observable_counter(
            "jwt.crypto.disagreements",
            [self._disagreements],
            "{decision}",
            "Decisions by tables of hot keys in which the crypto library said otherwise.",
        )

    def watch(self, *watched: object) -> None:
        """Read these at each collection: a Verifier, an Issuer, a source of keys or a TokenCache.

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

    def on_verification(self, event: Verification) -> None:
        """Count a token."""
        issuer, algorithm = labels.issuer(event.issuer), event.algorithm or ""
        attributes = {"jwt.issuer": issuer, "jwt.alg": algorithm, "jwt.result": labels.result(event.ok)}
        self._verifications.add(1, attributes | _error(event.reason))
        self._seconds.record(event.seconds, {"jwt.alg": algorithm, "jwt.cache": "hit" if event.cached else "miss"})
        if event.code == "key_unknown":
            self._unknown.add(1, {"jwt.issuer": issuer})

    def on_decision(self, request: Request, decision: Decision, seconds: float) -> None:
        """Count a request."""
        error = _error(None if decision.allowed else decision.reason or labels.OTHER)
        self._requests.add(1, {"jwt.status": labels.status(decision.status)} | error)

    def on_keys(self, event: Event) -> None:
        """Count a fetch, or what else happened."""
        self._fetches.add(1, {"jwt.issuer": labels.issuer(event.issuer), "jwt.result": event.kind})

    def on_alert(self, alert: Alert) -> None:
        """Count an alert."""
        self._alerts.add(1, {"jwt.rule": alert.rule})

    def _cache_events(self, _: CallbackOptions) -> Iterator[Observation]:
        cache = self._readings.cache()
        for event, number in (("hit", cache.hits), ("miss", cache.misses), ("eviction", cache.evictions)):
            yield Observation(number, {"jwt.event": event})

    def _cache_bytes(self, _: CallbackOptions) -> Iterator[Observation]:
        yield Observation(self._readings.cache().bytes)

    def _age(self, _: CallbackOptions) -> Iterator[Observation]:
        for reading in self._readings.key_sets():
            if reading.age is not None:
                yield Observation(reading.age, {"jwt.issuer": reading.issuer})

    def _stale(self, _: CallbackOptions) -> Iterator[Observation]:
        for reading in self._readings.key_sets():
            yield Observation(int(reading.stale), {"jwt.issuer": reading.issuer})

    def _disagreements(self, _: CallbackOptions) -> Iterator[Observation]:
        yield Observation(self._readings.disagreements())


def _error(reason: str | None) -> dict[str, str]:
    """Why; nothing where nothing was refused."""
    known = labels.reason(reason)
    return {"jwt.reason": known, "error.type": known} if known else {}
