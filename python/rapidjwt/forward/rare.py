"""Log lines about what strangers can cause: one a second for each kind, with the number of those that were left out."""

from __future__ import annotations

import logging
import time
from typing import Final, final

__all__ = ["Rare"]

_log: Final = logging.getLogger("rapidjwt.forward")
_EVERY: Final = 1.0
"""Seconds."""


@final
class Rare:
    """Warnings, thinned out. The kinds are the program's own, never a client's words."""

    __slots__ = ("_last", "_left_out")

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def warn(self, message: str, kind: str) -> None:
        """Log `message % kind`, unless this kind was logged within the last second."""
        now = time.monotonic()
        if now - self._last.get(kind, -_EVERY) < _EVERY:
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return
        self._last[kind] = now
        left_out = self._left_out.pop(kind, 0)
        more = f" (and {left_out} times more)" if left_out else ""
        _log.warning(message + "%s", kind, more)
