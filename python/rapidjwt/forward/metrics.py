"""`ServiceMetrics`: what is counted of tokens and requests, and how the workers stand. Imported only where prometheus-client is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Gauge

from rapidjwt.observe import PrometheusMetrics

if TYPE_CHECKING:
    from rapidjwt.forward.standing import Standing

__all__ = ["ServiceMetrics"]

_EVERYWHERE: Final = "mostrecent"
"""Every worker is told the same; what the last one heard is right, and what a dead one heard is older."""


class ServiceMetrics(PrometheusMetrics):
    """The metrics of one process of the service, or of all of them where they count together."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        super().__init__(registry)
        self._workers: Final = Gauge(
            "jwt_workers", "Workers, by how they stand.", ("state",), registry=registry, multiprocess_mode=_EVERYWHERE
        )
        self._refused: Final = Gauge(
            "jwt_configuration_refused",
            "1 where the last reload was refused, and the configuration before it is in force.",
            registry=registry,
            multiprocess_mode=_EVERYWHERE,
        )

    def stand(self, standing: Standing) -> None:
        """Show how the workers stand."""
        workers, missing, behind, refused = standing
        for state, number in (("current", workers - missing - behind), ("behind", behind), ("missing", missing)):
            self._workers.labels(state).set(number)
        self._refused.set(refused)
