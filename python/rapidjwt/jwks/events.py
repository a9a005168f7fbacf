"""Hands events to the program's observer, whose mistakes must not end a fetch."""

from __future__ import annotations

from collections.abc import Collection

from rapidjwt.jwks.health import Event, OnEvent

__all__ = ["in_order", "tell"]


def tell(observer: OnEvent | None, event: Event) -> None:
    """Call it, where there is one; what it raises is logged by `rapidjwt.jwks`."""
    if observer is None:
        return
    try:
        observer(event)
    except Exception:
        import logging

        logging.getLogger("rapidjwt.jwks").exception("on_event raised for the event %s", event.kind)


def in_order(kids: Collection[str | None]) -> tuple[str | None, ...]:
    """The same in every run."""
    return tuple(sorted(kids, key=lambda kid: (kid is not None, kid or "")))
