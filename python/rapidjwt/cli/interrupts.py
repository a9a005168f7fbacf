"""Ctrl-C in a stream: stops it between two batches, so that no result already computed is lost."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any, Self

from rapidjwt.cli.descriptors import read_some


class Interrupt:
    """While entered, the first SIGINT only sets `requested`, unless we wait for input; a second one ends at once."""

    def __init__(self) -> None:
        self.requested: bool = False
        self._waiting = False
        self._before: Any = signal.SIG_IGN

    def __enter__(self) -> Self:
        self._before = signal.getsignal(signal.SIGINT)
        # A shell starts background jobs with SIGINT ignored; they must stay deaf to it.
        if self._before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._before)

    def read(self, descriptor: int, size: int) -> bytes:
        """Read what is there, at most `size` bytes; KeyboardInterrupt on SIGINT while there is nothing."""
        self._waiting = True
        try:
            if self.requested:
                raise KeyboardInterrupt
            return read_some(descriptor, size)
        finally:
            self._waiting = False

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._waiting or self.requested:
            raise KeyboardInterrupt
        self.requested = True
