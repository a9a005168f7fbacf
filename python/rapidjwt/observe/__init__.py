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
    _ON_FIRST_USE = {
        "Alert": "alert",
        "AuditLog": "audit",
        "Detectors": "detectors",
        **dict.fromkeys(("Decision", "Request"), "facts"),
        "Observers": "fan_out",
        "Observer": "observer",
        "OpenTelemetryMetrics": "opentelemetry",
        "PrometheusMetrics": "prometheus",
        **dict.fromkeys(("FileSink", "LoggingSink", "StreamSink"), "sinks"),
    }

    def __getattr__(name: str) -> object:
        if name not in _ON_FIRST_USE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f"{__name__}.{_ON_FIRST_USE[name]}"), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_ON_FIRST_USE})
