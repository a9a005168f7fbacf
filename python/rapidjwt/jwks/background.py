"""One daemon thread that tells key sets when they are due, for all of the process that asked for it. It fetches nothing itself, so a
provider that hangs delays no other. It ends when nobody is left, and starts again on first use after a fork.
"""

from __future__ import annotations

import heapq
import itertools
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Final

from rapidjwt.jwks import workers

if TYPE_CHECKING:
    from rapidjwt.jwks.client import Client

__all__ = ["Refresher", "shared"]

_LONGEST_SLEEP: Final = 30.0
"""Seconds; that a wall clock was set, or a machine slept, is noticed after that."""
_SHORTEST_SLEEP: Final = 0.05


class Refresher:
    """A queue of clients in the order in which they are due."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self.reset()

    def reset(self) -> None:
        """Forget thread and clients."""
        self._wake = threading.Condition(threading.Lock())
        self._watched: weakref.WeakSet[Client] = weakref.WeakSet()
        self._queue: list[tuple[float, int, weakref.ref[Client]]] = []
        self._thread: threading.Thread | None = None

    def watch(self, client: Client) -> None:
        """Tell this client when it is due, until `forget`."""
        with self._wake:
            if client in self._watched:
                return
            self._watched.add(client)
            heapq.heappush(self._queue, (0.0, next(self._numbers), weakref.ref(client)))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="rapidjwt-refresh", daemon=True)
                self._thread.start()
            self._wake.notify()

    def forget(self, client: Client) -> None:
        """Do not tell it any more."""
        with self._wake:
            self._watched.discard(client)
            self._wake.notify()

    def _run(self) -> None:
        while True:
            client = self._next()
            if client is None:
                return
            if not workers.shared.saturated():
                client.due()
            self._requeue(client)
            # Nothing here may keep a client alive that its program has dropped.
            del client

    def _next(self) -> Client | None:
        with self._wake:
            while self._watched:
                left = _LONGEST_SLEEP
                if self._queue:
                    at, _, reference = self._queue[0]
                    client = reference()
                    if client is None or client not in self._watched:
                        heapq.heappop(self._queue)
                        continue
                    left = min(left, max(at - time.monotonic(), 0.0))
                    if left == 0:
                        heapq.heappop(self._queue)
                        return client
                    del client
                self._wake.wait(max(left, _SHORTEST_SLEEP))
            self._thread = None
            self._queue.clear()
            return None

    def _requeue(self, client: Client) -> None:
        # Not the wall clock: it can be set back.
        at = time.monotonic() + min(max(client.wakes_in(), _SHORTEST_SLEEP), _LONGEST_SLEEP)
        with self._wake:
            heapq.heappush(self._queue, (at, next(self._numbers), weakref.ref(client)))


shared: Final = Refresher()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=shared.reset)
