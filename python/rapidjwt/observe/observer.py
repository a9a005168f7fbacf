"""`Observer`: a base for observers. It ignores everything; a subclass says what it wants to hear."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapidjwt.jwks.health import Event
    from rapidjwt.observe.alert import Alert
    from rapidjwt.observe.facts import Decision, Request
    from rapidjwt.types import Verification

__all__ = ["Observer"]


class Observer:
    """Ignores everything. Methods are called in the thread or task of whoever tells, several at once, and must not take long."""

    def on_verification(self, event: Verification) -> None:
        """A token was verified or refused: the `observer=` of a `Verifier`."""

    def on_decision(self, request: Request, decision: Decision, seconds: float) -> None:
        """A request was let pass or refused, within so many seconds."""

    def on_keys(self, event: Event) -> None:
        """Something happened to a key set: the `on_event` of the sources of keys."""

    def on_alert(self, alert: Alert) -> None:
        """A detector noticed something."""
