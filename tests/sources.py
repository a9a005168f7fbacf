"""A `KeySource` that fetches nothing: it writes down what it is asked, and puts in what the test laid ready."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class Source:
    """`ready` is what the next `find` or `afind` puts into the slot; None: nothing is found."""

    def __init__(self, impl: SimpleNamespace, *ready: Any, keys: Any = None) -> None:
        self.slot = impl.KeySlot(keys)
        self.key_set = impl.KeySet
        self.ready: list[Any] | None = list(ready) or None
        self.until: dict[str, float] = {}
        """`due` and `dead` of the next `replace`."""
        self.asked: list[str | None] = []
        self.awaited: list[str | None] = []
        self.told = 0

    def put(self, *keys: Any, **until: float) -> None:
        """As if they had been fetched."""
        self.slot.replace(self.key_set(keys), **until)

    def find(self, kid: str | None) -> bool:
        self.asked.append(kid)
        return self._found()

    async def afind(self, kid: str | None) -> bool:
        self.awaited.append(kid)
        return self._found()

    def due(self) -> None:
        self.told += 1

    def _found(self) -> bool:
        if self.ready is None:
            return False
        self.put(*self.ready, **self.until)
        return True
