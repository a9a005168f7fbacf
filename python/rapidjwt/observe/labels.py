"""The values that labels of metrics can take: all of closed lists, or configured. Nothing that a client sends makes a new time series."""

from __future__ import annotations

from rapidjwt.exceptions import REASONS

__all__ = ["OTHER", "issuer", "reason", "result", "status"]

OTHER = "other"
"""In place of what is in no list."""


def issuer(name: str | None) -> str:
    """An issuer as it is configured."""
    return name or OTHER


def reason(name: str | None) -> str:
    """One of `REASONS`; empty where nothing was refused."""
    if name is None:
        return ""
    return name if name in REASONS else OTHER


def result(ok: bool) -> str:
    """`verified` or `rejected`."""
    return "verified" if ok else "rejected"


def status(number: int) -> str:
    """An HTTP status; 0 stands for 200."""
    return str(number or 200) if number == 0 or 100 <= number <= 599 else OTHER
