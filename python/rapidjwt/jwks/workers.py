"""A few daemon threads that carry out fetches, for all key sets of the process. They start when there is work, end when there is none,
and never keep the process alive. After a fork the child starts without them.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Final, TypeAlias

from rapidjwt.jwks.flight import inside_event_loop

__all__ = ["Workers", "shared"]

Job: TypeAlias = Callable[[], None]

_IDLE_SECONDS: Final = 2.0
_END_SECONDS: Final = 1.0
"""How long the end of the process waits for fetches."""


class Workers:
    """At most `limit` threads; jobs beyond that wait in line."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.reset()

    def reset(self) -> None:
        """Forget threads and jobs: they are another process's."""
        self._ready = threading.Condition(threading.Lock())
        self._jobs: deque[Job] = deque()
        self._threads = 0
        self._idle = 0
        self._ends = False

    def end(self) -> None:
        """Start nothing more, and wait a little for what runs. When a process ends OpenSSL is taken down under the threads that are in
        it, and reading the certificates of authorities takes long enough to be hit by that.
        """
        with self._ready:
            self._ends = True
            self._ready.wait_for(lambda: self._threads <= self._idle, _END_SECONDS)

    def submit(self, job: Job) -> None:
        """Have a thread call `job`, which must not raise. Where no thread can be started, this one does it, unless an event loop
        runs in it: the job then waits for the next thread that can.
        """
        with self._ready:
            if self._ends:
                return
            if self._idle > len(self._jobs) or self._threads >= self._limit:
                self._jobs.append(job)
                self._ready.notify()
                return
            self._threads += 1
        try:
            threading.Thread(target=self._work, args=(job,), name="rapidjwt-fetch", daemon=True).start()
        except RuntimeError:
            with self._ready:
                self._threads -= 1
                if inside_event_loop():
                    self._jobs.append(job)
                    return
            job()

    def saturated(self) -> bool:
        """Whether jobs wait for a thread: who can do his later should."""
        with self._ready:
            return len(self._jobs) > self._idle and self._threads >= self._limit

    def _work(self, first: Job) -> None:
        job: Job | None = first
        while job is not None:
            job()
            job = self._next()

    def _next(self) -> Job | None:
        with self._ready:
            self._idle += 1
            if self._ends:
                self._ready.notify_all()
            self._ready.wait_for(lambda: self._jobs, _IDLE_SECONDS)
            self._idle -= 1
            if self._jobs:
                return self._jobs.popleft()
            self._threads -= 1
            return None


shared: Final = Workers(32)
"""32 origins that hang at once delay the others; each can hold three threads at most."""

atexit.register(shared.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=shared.reset)
