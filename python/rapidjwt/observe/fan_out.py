"""`Observers`: several observers as one. What one of them raises is logged, and the others hear all the same."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from rapidjwt.observe.observer import Observer

if TYPE_CHECKING:
    from rapidjwt.jwks.health import Event
    from rapidjwt.observe.alert import Alert
    from rapidjwt.observe.facts import Decision, Request
    from rapidjwt.types import Verification

__all__ = ["Observers", "call"]

_NAMES: Final = ("on_verification", "on_decision", "on_keys", "on_alert")


def call(heard: Callable[..., object], *arguments: object) -> None:
    """Call it; what it raises, as an Exception, is logged under `rapidjwt`."""
    try:
        heard(*arguments)
    except Exception:
        logging.getLogger("rapidjwt").exception("an observer raised")


class Observers(Observer):
    """Tells each of several observers, in order.

    Args:
        observers: objects with any of the methods of `Observer`.

    Raises:
        TypeError: one has none of them.
    """

    def __init__(self, observers: Iterable[object]) -> None:
        listed = list(observers)
        self._verification: Final = _methods(listed, "on_verification")
        self._decision: Final = _methods(listed, "on_decision")
        self._keys: Final = _methods(listed, "on_keys")
        self._alert: Final = _methods(listed, "on_alert")
        for observer in listed:
            if not any(_methods([observer], name) for name in _NAMES):
                raise TypeError(f"observers must be objects with a method of Observer, not {type(observer).__name__}")

    def on_verification(self, event: Verification) -> None:
        """Tell them of a token."""
        for method in self._verification:
            call(method, event)

    def on_decision(self, request: Request, decision: Decision, seconds: float) -> None:
        """Tell them of a request."""
        for method in self._decision:
            call(method, request, decision, seconds)

    def on_keys(self, event: Event) -> None:
        """Tell them of a key set."""
        for method in self._keys:
            call(method, event)

    def on_alert(self, alert: Alert) -> None:
        """Tell them of an alert."""
        for method in self._alert:
            call(method, alert)


def _methods(observers: list[object], name: str) -> tuple[Callable[..., Any], ...]:
    found = (getattr(observer, name, None) for observer in observers)
    return tuple(method for method in found if callable(method))
