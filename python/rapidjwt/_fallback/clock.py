"""The clock: the system's or the caller's. Whoever verifies reads it once and passes the time on."""

from __future__ import annotations

import math
import time

from rapidjwt._fallback import input
from rapidjwt.types import Clock

__all__ = ["now"]


def now(clock: Clock | None) -> float:
    """Seconds since the epoch."""
    if clock is None:
        return time.time()
    answer: object = clock()
    seconds = input.number(answer)
    if seconds is None:
        raise TypeError(f"clock must return a number, not {type(answer).__name__}")
    if not math.isfinite(seconds):
        raise ValueError("clock must return a finite number")
    return seconds
