"""Chunks of an endless input in, whole lines out, in bounded memory.

Of a line longer than the limit only so much is kept as the engine needs to see that it is too long.
"""

from __future__ import annotations

from typing import Final

CHUNK: Final = 262_144
"""Bytes asked for in one read."""


class LineSplitter:
    """Splits at LF; a CR before it belongs to the line end."""

    def __init__(self, limit: int) -> None:
        # One byte over the limit is proof enough; one more may turn out to be the CR.
        self._keep = limit + 2
        self._partial = bytearray()
        self._started = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that `chunk` completes."""
        lines = chunk.split(b"\n")
        rest = lines.pop()
        if lines and self._started:
            self._extend(lines[0])
            lines[0] = self._take()
        if rest:
            self._extend(rest)
        return [line.removesuffix(b"\r") for line in lines]

    def close(self) -> list[bytes]:
        """Return the last line, where the input did not end with a line end."""
        return [self._take().removesuffix(b"\r")] if self._started else []

    def _extend(self, piece: bytes) -> None:
        self._started = True
        self._partial += piece[: self._keep - len(self._partial)]

    def _take(self) -> bytes:
        line = bytes(self._partial)
        self._partial.clear()
        self._started = False
        return line
