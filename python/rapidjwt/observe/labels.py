"""The values that labels of metrics can take: all of closed lists, or configured. Nothing that a client sends makes a new time series."""

from __future__ import annotations

from typing import Final

from rapidjwt.exceptions import REASONS

__all__ = ["CALL_REFUSED", "OTHER", "ROUTING", "issuer", "reason", "result", "status"]

ROUTING: Final = frozenset(("path_refused", "no_rule"))
"""Reasons of a web layer that are not a token's."""

CALL_REFUSED: Final = "call_refused"
"""A gateway's call that lacks what the gateway promises: `rapidjwt serve` decides nothing about it."""

_REASONS: Final = REASONS | ROUTING | {CALL_REFUSED}

OTHER = "other"
"""In place of what is in no list."""


def issuer(name: str | None) -> str:
    """An issuer as it is configured."""
    return name or OTHER


def reason(name: str | None) -> str:
    """One of `REASONS` or `ROUTING`, or `CALL_REFUSED`; empty where nothing was refused."""
    if name is None:
        return ""
    return name if name in _REASONS else OTHER


def result(ok: bool) -> str:
    """`verified` or `rejected`."""
    return "verified" if ok else "rejected"


def status(number: int) -> str:
    """An HTTP status; 0 stands for 200."""
    return str(number or 200) if number == 0 or 100 <= number <= 599 else OTHER
