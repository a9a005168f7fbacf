"""A slot as the engine has one, and a reader of it that treats misses as a verifier does."""

from __future__ import annotations

import math

from rapidjwt import KeySet


class Slot:
    """Keys, and until when they count."""

    def __init__(self) -> None:
        self.keys: KeySet | None = None
        self.due = self.dead = math.inf
        self.replaced = 0

    def replace(self, keys: KeySet | None, *, due: float | None = None, dead: float | None = None) -> None:
        self.keys, self.due, self.dead = keys, math.inf if due is None else due, math.inf if dead is None else dead
        self.replaced += 1


class Reader:
    """Looks a kid up at a time: `found` says whether a token of that key would be accepted."""

    def __init__(self, slot: Slot, clock) -> None:
        self.slot = slot
        self.clock = clock
        self.source = None

    def usable(self, kid: str) -> bool:
        keys = self.slot.keys
        return keys is not None and self.clock() < self.slot.dead and keys.get(kid) is not None

    def found(self, kid: str) -> bool:
        if self.clock() >= self.slot.due:
            self.source.due()
        return self.usable(kid) or (self.source.find(kid) and self.usable(kid))

    async def afound(self, kid: str) -> bool:
        if self.clock() >= self.slot.due:
            self.source.due()
        return self.usable(kid) or (await self.source.afind(kid) and self.usable(kid))
