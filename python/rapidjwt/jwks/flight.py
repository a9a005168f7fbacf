"""One fetch that is under way: whoever needs its answer waits for it, from any thread and any event loop, and nobody's giving up ends it
for the others.
"""

from __future__ import annotations

import sys
from concurrent.futures import Future

__all__ = ["Flight", "inside_event_loop"]


class Flight:
    """A fetch with its ticket."""

    __slots__ = ("_done", "asked", "began", "lost", "ticket")

    def __init__(self, ticket: int, began: float, asked: tuple[str | None, ...]) -> None:
        self.ticket: int = ticket
        self.began: float = began
        """By the clock of the key set."""
        self.asked: tuple[str | None, ...] = asked
        """The kids that it was started for."""
        self.lost: bool = False
        """Whether it was given up: its failure has been told."""
        self._done: Future[None] = Future()
        # A running future cannot be cancelled, so a waiter that is cancelled takes nobody with it.
        self._done.set_running_or_notify_cancel()

    def land(self) -> None:
        """Tell everybody that it has ended."""
        if not self._done.done():
            self._done.set_result(None)

    def wait(self, seconds: float) -> bool:
        """Block until it has ended; False when that takes longer."""
        try:
            self._done.result(max(0.0, seconds))
        except TimeoutError:
            return False
        return True

    async def landed(self, seconds: float) -> bool:
        """Wait in the running event loop until it has ended; False when that takes longer."""
        import asyncio

        if self._done.done():
            return True
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await asyncio.wrap_future(self._done)
        except TimeoutError:
            return False
        return True


def inside_event_loop() -> bool:
    """Whether this thread is running an asyncio event loop, which must not be blocked."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
