"""A JWK Set in a file, which is read again when it changes."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidjwt.exceptions import PyJWTError, build
from rapidjwt.jwks import events
from rapidjwt.jwks.document import Document, read
from rapidjwt.jwks.health import Event, Health, OnEvent

if TYPE_CHECKING:
    from rapidjwt._impl import KeySlot

__all__ = ["FileSource"]

_LARGEST: Final = 1 << 20
_LOOK_EVERY: Final = 1.0
"""Seconds between two looks at a file that is in use. A look is one `stat`."""
_COARSE: Final = 2.0
"""Seconds within which two changes of a file can have the same time (FAT's; others are finer)."""


class FileSource:
    """A file that is looked at when a key is missing, and every second while it is in use. A bad file leaves the keys as they are."""

    def __init__(
        self,
        slot: KeySlot,
        path: str,
        issuer: str,
        on_event: OnEvent | None,
        clock: Callable[[], float],
    ) -> None:
        self.slot = slot
        self._path = path
        self._issuer = issuer
        self._on_event = on_event
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: _Seen | None = None
        self._text: bytes | None = None
        self._document: Document | None = None
        self._read_at = 0.0
        self._tally = _Tally()
        _files.add(self)
        self._look()

    def find(self, kid: str | None) -> bool:
        """Look at the file now."""
        return self._look()

    async def afind(self, kid: str | None) -> bool:
        """The same: reading a small file is not waiting."""
        return self._look()

    def due(self) -> None:
        """Look at the file."""
        self._look()

    def start(self) -> None:
        """A file is looked at when it is used; that is soon enough."""

    def close(self) -> None:
        """Nothing to end."""

    def health(self) -> Health:
        """What is known; `age` runs from when the file was last read."""
        age = None if self._document is None else self._clock() - self._read_at
        return _health(self._issuer, self._path, self._document, age, self._tally)

    def _look(self) -> bool:
        # Whoever comes while another one reads goes on with what is there.
        if not self._lock.acquire(blocking=self._document is None):
            return False
        try:
            event = self._read_if_changed(self._clock())
            if self._document is not None:
                self.slot.replace(self._document.keys, due=self._clock() + _LOOK_EVERY)
        finally:
            self._lock.release()
        if event is None:
            return False
        events.tell(self._on_event, event)
        return event.kind == "fetched"

    def _read_if_changed(self, now: float) -> Event | None:
        try:
            text = self._changed_text()
            if text is None:
                return None
            document = read(text)
        except (OSError, PyJWTError) as error:
            ours = error if isinstance(error, PyJWTError) else build("file_unreadable")
            news = ours.code != self._tally.last_error
            self._tally.failed_with(ours.code)
            return Event("failed", self._issuer, now, error=ours) if news else None
        self._tally.succeeded()
        old, self._document, self._read_at = self._document, document, now
        before = frozenset() if old is None else old.kids
        return Event(
            "fetched",
            self._issuer,
            now,
            added=events.in_order(document.kids - before),
            withdrawn=events.in_order(before - document.kids),
            skipped=document.skipped,
        )

    def _changed_text(self) -> bytes | None:
        if self._seen is not None and self._seen.settled and _seen(os.stat(self._path), settled=True) == self._seen:
            return None
        with open(self._path, "rb") as file:
            # Of the file that is read, not of the path, behind which there may be another one by now.
            status = os.fstat(file.fileno())
            text = file.read(_LARGEST + 1)
        self._seen = _seen(status, settled=abs(time.time() - status.st_mtime) > _COARSE)
        if text == self._text:
            return None
        self._text = text
        if len(text) > _LARGEST:
            raise build("key_too_large")
        return text

    def after_fork(self) -> None:
        """Whoever held the lock is another process's thread."""
        self._lock = threading.Lock()


class _Seen(NamedTuple):
    """What a file was like when it was read."""

    device: int
    inode: int
    size: int
    changed: int
    settled: bool
    """Whether a later change must have another time."""


class _Tally:
    def __init__(self) -> None:
        self.reads = self.failed = self.failures = 0
        self.last_error: str | None = None

    def failed_with(self, code: str) -> None:
        self.reads += 1
        self.failed += 1
        self.failures += 1
        self.last_error = code

    def succeeded(self) -> None:
        self.reads += 1
        self.failures = 0
        self.last_error = None


def _seen(status: os.stat_result, *, settled: bool) -> _Seen:
    return _Seen(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, settled)


def _health(issuer: str, location: str | None, document: Document | None, age: float | None, tally: _Tally) -> Health:
    return Health(
        issuer=issuer,
        location=location,
        keys=0 if document is None else len(document.keys),
        age=age,
        fresh=document is not None and tally.last_error is None,
        usable=document is not None,
        restored=False,
        last_error=tally.last_error,
        last_status=None,
        failures=tally.failures,
        fetches=tally.reads,
        failed_fetches=tally.failed,
        unchanged_fetches=0,
        unknown_kids=0,
        skipped=() if document is None else document.skipped,
    )


_files: weakref.WeakSet[FileSource] = weakref.WeakSet()


def _after_fork() -> None:
    for source in list(_files):
        source.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
