"""Counting in bounded memory: a key in, its window out, which ends some time after it began. At most so many keys are known; those not
seen for the longest go first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

__all__ = ["Window", "Windows"]


class Window:
    """What was seen of one key since its window began."""

    __slots__ = ("is_told", "seen", "started", "values")

    def __init__(self, started: float) -> None:
        self.started: Final = started
        self.seen: int = 0
        self.values: list[int] = []
        """Distinct ones."""
        self.is_told: bool = False
        """An alert was raised."""

    def distinct(self, value: int, most: int) -> bool:
        """Note a value; true the first time that there are more than `most`. No more than that are kept."""
        if self.is_told or value in self.values:
            return False
        self.values.append(value)
        self.is_told = len(self.values) > most
        return self.is_told

    def another(self, most: int) -> bool:
        """Count one; true the first time that there are more than `most`."""
        self.seen += 1
        if self.is_told or self.seen <= most:
            return False
        self.is_told = True
        return True


class Windows:
    """The windows of many keys. Not thread-safe."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most: Final = most
        self._seconds: Final = seconds
        self._kept: Final[OrderedDict[Hashable, Window]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, key: Hashable, now: float) -> Window:
        """The key's window; a new one where it has none, or it has ended."""
        window = self._kept.get(key)
        if window is None or not 0 <= now - window.started < self._seconds:
            window = self._kept[key] = Window(now)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return window
