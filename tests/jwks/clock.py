"""A clock that the test moves, and chance that the test chooses."""

from __future__ import annotations

from typing import Final

START: Final = 1_800_000_000.0


class FakeClock:
    """Call it for the time; `forward` lets time pass."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds
