"""Who hears of tokens, requests and key sets: metrics, audit, detectors, as the configuration says, and the log. Decides nothing."""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from rapidjwt.forward.rare import Rare
from rapidjwt.observe import AuditLog, Detectors, FileSink, Observer, Observers, StreamSink
from rapidjwt.observe.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from rapidjwt.forward.metrics import ServiceMetrics
    from rapidjwt.forward.settings import Audit, Detecting, Settings
    from rapidjwt.jwks import Event
    from rapidjwt.observe import Alert

__all__ = ["Ear", "Watch", "check"]

_log: Final = logging.getLogger("rapidjwt.forward")


class Watch:
    """The observers of one configuration.

    Args:
        settings: of the configuration.
        key: of hashes of tokens and subjects, for all workers; that of a key file goes before it.
        before: the observers so far, which go on where nothing changed: what they counted and remember stays.

    Raises:
        ValueError: a limit makes no sense, or the key file has a key of another size.
        OSError: a file cannot be opened.
    """

    metrics: ServiceMetrics | None
    audit: AuditLog | None
    detectors: Detectors | None
    _sink: Any

    def __init__(self, settings: Settings, key: bytes, before: Watch | None = None) -> None:
        self._settings: Final = settings
        self.metrics = _metrics(settings.metrics.enabled, before)
        secret = _key(settings.audit, key)
        if before is not None and before._settings.audit == settings.audit:
            self._sink, self.audit = before._sink, before.audit
        else:
            self._sink = _sink(settings.audit)
            self.audit = _audit(settings, self._sink, secret)
        log = Observers([*_there(self.metrics, self.audit), _Log()])
        if before is not None and before._observed(self):
            self.detectors = before.detectors
        else:
            self.detectors = _detectors(settings.detectors, secret, log.on_alert)
        self.keys: Final = log.on_keys
        self.verifications: Final = _several(self.metrics, self.detectors)
        self.decisions: Final = _several(self.metrics, self.audit, self.detectors)

    def _observed(self, after: Watch) -> bool:
        """Can the detectors go on: with the same limits, telling the same?"""
        same_limits = self._settings.detectors == after._settings.detectors
        return same_limits and self.audit is after.audit and self.metrics is after.metrics

    def close(self, after: Watch | None = None) -> None:
        """Write no more, but for what the next one goes on with."""
        if self._sink is not None and (after is None or after._sink is not self._sink):
            self._sink.close()


def check(settings: Settings) -> None:
    """Try what a worker will need, and open nothing.

    Raises:
        ValueError, OSError: as for `Watch`. The message begins with the setting's name.
    """
    audit = settings.audit
    if audit is None:
        return
    try:
        Pseudonyms(_key(audit, b"0" * 32))
    except (OSError, ValueError) as error:
        raise ValueError(f"key_file cannot be used: {error}") from None
    if audit.file is not None and not os.access(os.path.dirname(audit.file) or ".", os.W_OK | os.X_OK):
        raise ValueError("file is in a folder that is not there, or must not be written")


class Ear:
    """Hears of key sets for the watch in force: key sources outlive a configuration."""

    def __init__(self) -> None:
        self.watch: Watch | None = None

    def on_keys(self, event: Event) -> None:
        """Hand it on."""
        if self.watch is not None:
            self.watch.keys(event)


class _Log(Observer):
    def __init__(self) -> None:
        self._failures: Final = Rare()

    def on_keys(self, event: Event) -> None:
        """Log what failed."""
        if event.kind == "failed" and event.error is not None:
            self._failures.warn("keys are not fetched: %s", f"{event.issuer} [{event.error.code}]")

    def on_alert(self, alert: Alert) -> None:
        """Log it."""
        _log.warning("alert: %s, %s seen in %s s", alert.rule, alert.seen, alert.window)


def _several(*observers: Any) -> Any:
    """One of them hears for itself: what it raises is taken care of where it is called."""
    there = _there(*observers)
    return (there[0] if len(there) == 1 else Observers(there)) if there else None


def _there(*observers: Any) -> list[Any]:
    return [one for one in observers if one is not None]


def _metrics(enabled: bool, before: Watch | None) -> ServiceMetrics | None:
    """prometheus-client counts for as long as the process lives; a second one would start from nothing."""
    if before is not None and before.metrics is not None:
        return before.metrics if enabled else None
    if not enabled or importlib.util.find_spec("prometheus_client") is None:
        return None
    from rapidjwt.forward.metrics import ServiceMetrics

    return ServiceMetrics()


def _key(audit: Audit | None, key: bytes) -> bytes:
    if audit is None or audit.key_file is None:
        return key
    with open(audit.key_file, "rb") as file:
        return file.read(65)


def _sink(audit: Audit | None) -> FileSink | StreamSink | None:
    if audit is None:
        return None
    if audit.file is None:
        return StreamSink(sys.stderr)
    return FileSink(audit.file, max_bytes=audit.max_bytes, backups=audit.backups)


def _audit(settings: Settings, sink: Any, key: bytes) -> AuditLog | None:
    audit = settings.audit
    if audit is None:
        return None
    return AuditLog(
        sink,
        record="decisions",
        sample=audit.sample,
        pseudonymise=audit.pseudonymise,
        key=key,
        node=audit.node or os.uname().nodename,
    )


def _detectors(limits: Detecting | None, key: bytes, alarm: Callable[[Alert], object]) -> Detectors | None:
    return None if limits is None else Detectors(alarm, key=key, **limits._asdict())
