"""Watch tokens being verified: metrics, audit events, detectors. docs/guide/observability.md tells how, docs/design/009-observers.md why.

Each name is imported when it is first used: a program that watches nothing pays for none of this.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rapidjwt.observe.alert import Alert
    from rapidjwt.observe.audit import AuditLog
    from rapidjwt.observe.detectors import Detectors
    from rapidjwt.observe.facts import Decision, Request
    from rapidjwt.observe.fan_out import Observers
    from rapidjwt.observe.observer import Observer
    from rapidjwt.observe.opentelemetry import OpenTelemetryMetrics
    from rapidjwt.observe.prometheus import PrometheusMetrics
    from rapidjwt.observe.sinks import FileSink, LoggingSink, StreamSink

__all__ = [
    "Alert",
    "AuditLog",
    "Decision",
    "Detectors",
    "FileSink",
    "LoggingSink",
    "Observer",
    "Observers",
    "OpenTelemetryMetrics",
    "PrometheusMetrics",
    "Request",
    "StreamSink",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from rapidjwt._on_first_use import imported

        return imported(
            name,
            globals(),
            alert=("Alert",),
            audit=("AuditLog",),
            detectors=("Detectors",),
            facts=("Decision", "Request"),
            fan_out=("Observers",),
            observer=("Observer",),
            opentelemetry=("OpenTelemetryMetrics",),
            prometheus=("PrometheusMetrics",),
            sinks=("FileSink", "LoggingSink", "StreamSink"),
        )

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
