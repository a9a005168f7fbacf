"""The account of a stream: how many lines, why refused, how fast. On a terminal it shows progress."""

from __future__ import annotations

import sys
import time
from typing import Any, Final, TextIO

from rapidjwt._impl import IMPL
from rapidjwt.exceptions import CODES

_PERIOD: Final = 0.2
"""Seconds between two looks at the progress line."""


class Tally:
    """Counts lines and refusals by code; measures from its making to `stop`."""

    def __init__(self) -> None:
        self.lines = 0
        self.codes: dict[str, int] = {}
        self._start = time.perf_counter()
        self._seconds: float | None = None

    @property
    def rejected(self) -> int:
        """Refused lines."""
        return sum(self.codes.values())

    @property
    def seconds(self) -> float:
        """Time that the stream took, up to now or to `stop`."""
        return time.perf_counter() - self._start if self._seconds is None else self._seconds

    @property
    def per_second(self) -> float:
        """Lines a second."""
        return self.lines / self.seconds if self.seconds > 0 else 0.0

    def stop(self) -> None:
        """End the measurement."""
        self._seconds = self.seconds

    def reasons(self) -> dict[str, int]:
        """Refusals by reason, the most frequent first."""
        counts: dict[str, int] = {}
        for code, count in self.codes.items():
            reason = CODES[code].reason
            counts[reason] = counts.get(reason, 0) + count
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def head(self) -> str:
        """The summary in one line."""
        accepted = self.lines - self.rejected
        return f"{self.lines:,} lines: {accepted:,} valid, {self.rejected:,} rejected"

    def text(self) -> str:
        """The summary for people."""
        first = f"{self.head()}; {self.seconds:.2f} s, {self.per_second:,.0f} lines/s ({IMPL})"
        return "\n".join([first, *(f"  {count:>10,}  {reason}" for reason, count in self.reasons().items())])

    def as_dict(self, *, interrupted: bool) -> dict[str, Any]:
        """The summary for programs."""
        return {
            "lines": self.lines,
            "valid": self.lines - self.rejected,
            "rejected": self.rejected,
            "reasons": self.reasons(),
            "codes": self.codes,
            "seconds": round(self.seconds, 6),
            "lines_per_second": round(self.per_second, 1),
            "impl": IMPL,
            "interrupted": interrupted,
        }


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


class Progress:
    """A line on stderr that is written over; nothing at all unless stderr is a terminal and stdout is not."""

    def __init__(self) -> None:
        self._on = _is_terminal(sys.stderr) and not _is_terminal(sys.stdout)
        self._next = 0.0
        self._shown = False

    def show(self, tally: Tally) -> None:
        """Write the line, but not too often."""
        if not self._on or (now := time.perf_counter()) < self._next:
            return
        self._next = now + _PERIOD
        self._shown = True
        sys.stderr.write(f"\r{tally.head()}; {tally.per_second:,.0f} lines/s\x1b[K")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
