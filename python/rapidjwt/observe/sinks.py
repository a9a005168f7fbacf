"""Where audit events go: to logging, to a text stream or to a file, as lines of JSON. Built on the handlers of `logging`, whose locks
bear threads and forks. A sink that cannot write counts what was lost and raises nothing: no request fails for it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final, TextIO, TypeAlias
from weakref import WeakSet

__all__ = ["FileSink", "LoggingSink", "Sink", "StreamSink"]

Sink: TypeAlias = Callable[[dict[str, Any]], object]
"""Takes one event; the dict is its own."""


class LoggingSink:
    """Gives events to a logger: the kind and the reason as the message, every field as an attribute of the record (`extra`).

    Alerts are WARNING, all else is INFO. A claim never takes the place of an attribute that records have.

    Args:
        logger: its name.
    """

    def __init__(self, logger: str = "rapidjwt.audit") -> None:
        self._logger: Final = logging.getLogger(logger)

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Log it."""
        level = logging.WARNING if event["event"] == "alert" else logging.INFO
        what = event.get("reason") or event.get("rule") or ""
        self._logger.log(level, "%s %s", event["event"], what, extra=event)


class _Lines:
    """Events as lines, for a handler of logging."""

    def __init__(self, handler: logging.Handler) -> None:
        self._lost = 0
        self._handler: Final = handler
        handler.handleError = self._failed  # type: ignore[method-assign]
        _handlers.add(handler)

    @property
    def lost(self) -> int:
        """Events that could not be written, in this process."""
        return self._lost

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Write it."""
        line = json.dumps(event, separators=(",", ":"))
        self._handler.handle(logging.makeLogRecord({"msg": line}))

    def close(self) -> None:
        """Write no more."""
        with contextlib.suppress(OSError):
            self._handler.close()

    def _failed(self, record: logging.LogRecord) -> None:
        self._lost += 1
        if self._lost == 1:
            logging.getLogger("rapidjwt").error("an audit event could not be written: %s", sys.exc_info()[1])


class StreamSink(_Lines):
    """Writes lines of JSON to an open text stream, and flushes each. Everything but ASCII is escaped.

    Args:
        stream: as `sys.stderr`.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(logging.StreamHandler(stream))


class FileSink(_Lines):
    """Appends lines of JSON to a file, and starts another when it is full. Everything but ASCII is escaped.

    A file belongs to one process: `{pid}` in the path becomes the process ID, and a process that was forked later writes beside it, with
    its ID in the name.

    Args:
        path: the file; it is made if it is not there, with the rights that the umask leaves.
        max_bytes: a file that would be longer is renamed to `.1`, one that has this name to `.2`, and so on.
        backups: so many files are kept beside it.

    Raises:
        OSError: the file cannot be opened.
        ValueError: `max_bytes` or `backups` is less than 1, so that the disk would fill.
    """

    def __init__(self, path: str | os.PathLike[str], *, max_bytes: int = 67_108_864, backups: int = 8) -> None:
        if max_bytes < 1 or backups < 1:
            raise ValueError("max_bytes and backups must be at least 1")
        super().__init__(_File(os.fspath(path), max_bytes, backups))


class _File(RotatingFileHandler):
    """One file for each process: rotation by two would lose lines."""

    def __init__(self, path: str, max_bytes: int, backups: int) -> None:
        self._pid = os.getpid()
        self._path: Final = os.path.abspath(path)
        name = self._path.replace("{pid}", str(self._pid))
        super().__init__(name, maxBytes=max_bytes, backupCount=backups, encoding="ascii")

    def emit(self, record: logging.LogRecord) -> None:
        if self._pid != os.getpid():
            self._move()
        super().emit(record)

    def _move(self) -> None:
        """After a fork. The next line opens the file."""
        self._pid = os.getpid()
        name = Path(self._path.replace("{pid}", str(self._pid)))
        if "{pid}" not in self._path:
            name = name.with_name(f"{name.stem}.{self._pid}{name.suffix}")
        self.baseFilename = str(name)
        if self.stream is not None:
            self.stream.close()
        self.stream = None


_handlers: Final[WeakSet[logging.Handler]] = WeakSet()
_held: Final = threading.local()


def _before_fork() -> None:
    """No process is forked in the middle of a line: the child would have the rest of it, and the stream's lock for ever."""
    _held.handlers = list(_handlers)
    for handler in _held.handlers:
        handler.acquire()


def _after_fork() -> None:
    for handler in _held.handlers:
        handler.release()


if hasattr(os, "register_at_fork"):
    # In the child `logging` makes new locks for all handlers.
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork)
