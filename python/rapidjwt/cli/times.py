"""Durations in, dates out: seconds since the epoch as UTC and as a distance from now."""

from __future__ import annotations

import math
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION: Final = r"\+?(?:[0-9]+(?:\.[0-9]+)?|(?:[0-9]+(?:\.[0-9]+)?[smhdw])+)"
_STEPS: Final = ((86_400 * 365.25, "y"), (86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_AGES: Final = 1000 * 86_400 * 365.25

DATE_CLAIMS: Final = ("exp", "nbf", "iat", "auth_time")
"""Claims that carry a NumericDate (RFC 7519 section 4.1, OpenID Connect Core section 2)."""


def seconds_of(text: str) -> float:
    """Read `900`, `15m`, `+1h30m`, `2d`. ValueError for anything else."""
    import re

    if not re.fullmatch(_DURATION, text):
        raise ValueError(f"not a duration: {text!r} (write 900, 15m, 1h30m, 2d)")
    total = sum((float(number) * _UNITS[unit] for number, unit in re.findall(r"([0-9.]+)([smhdw]?)", text)), 0.0)
    if not math.isfinite(total):
        raise ValueError("the duration is too long")
    return int(total) if total.is_integer() else total


def is_date(value: Any) -> bool:
    """Whether a claim is a NumericDate: a finite number, and neither a bool nor a string."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def iso(seconds: float) -> str | None:
    """`2026-11-22T10:00:00Z`, or None for a time that no calendar reaches."""
    try:
        at = time.gmtime(seconds)
    except (OverflowError, ValueError, OSError):
        return None
    return f"{at.tm_year:04}-{at.tm_mon:02}-{at.tm_mday:02}T{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}Z"


def distance(seconds: float) -> str:
    """A length of time in its largest fitting unit: `14 min`."""
    size = abs(seconds)
    if size >= _AGES:
        return "more than 1000 y"
    for step, unit in _STEPS:
        if size >= step:
            return f"{math.floor(size / step)} {unit}"
    return "0 s"


def describe(claims: dict[str, Any], now: float) -> dict[str, dict[str, Any]]:
    """For each date claim that is present: ISO date, seconds from now, and words."""
    return {name: _describe_one(name, claims[name], now) for name in DATE_CLAIMS if name in claims}


def _describe_one(name: str, value: Any, now: float) -> dict[str, Any]:
    if not is_date(value):
        return {"iso": None, "seconds": None, "relative": "not a NumericDate"}
    away = value - now
    return {"iso": iso(value), "seconds": math.floor(away), "relative": _words(name, value, now)}


def _words(name: str, value: float, now: float) -> str:
    if name == "exp":
        past = math.floor(value) <= now
        return f"expired {distance(now - value)} ago" if past else f"valid for {distance(value - now)}"
    return f"{distance(now - value)} ago" if value <= now else f"in {distance(value - now)}"


def status(claims: dict[str, Any], now: float, leeway: float = 0) -> str:
    """One of: current, no expiry, expired, not yet valid, issued in the future, bad dates."""
    dates = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if not all(map(is_date, dates.values())):
        return "bad dates"
    if dates.get("iat", now) > now + leeway:
        return "issued in the future"
    if dates.get("nbf", now) > now + leeway:
        return "not yet valid"
    if "exp" not in dates:
        return "no expiry"
    return "expired" if math.floor(dates["exp"]) <= now - leeway else "current"
