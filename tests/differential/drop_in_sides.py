"""The two that are asked the same: real PyJWT and `rapidjwt.jwt`, and the one clock that both read."""

from __future__ import annotations

import datetime
import importlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

VERSION = "2.15.1"
"""The PyJWT that `rapidjwt.jwt` reproduces."""

_system_time = time.time
_system_datetime = datetime.datetime


class SetClock:
    """What `time.time` is while calls are compared. It moves only when it is told to, so that no call can be late."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class _AnyDatetime(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, _system_datetime)


class _ByTime(_system_datetime, metaclass=_AnyDatetime):
    """A `datetime` whose now is what `time.time` says; for all else it is the usual one."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime.datetime:
        return _system_datetime.fromtimestamp(time.time(), tz)


@contextmanager
def reading_time_time() -> Iterator[None]:
    """Modules imported herein take the time from `time.time`, which can be replaced.

    A `datetime` put into a module later would do as well, but the native shortcut steps back when it sees one.
    """
    datetime.datetime = _ByTime  # type: ignore[misc]
    try:
        yield
    finally:
        datetime.datetime = _system_datetime  # type: ignore[misc]


def set_clock(name: str, now: float) -> tuple[Side, Side, SetClock]:
    """The two sides, for a process that does nothing else, and the clock that both read."""
    assert name not in sys.modules, "imported too early to have this clock"
    with reading_time_time():
        ours = drop_in(name)
    theirs = real()
    theirs.jwt.api_jwt.datetime = _ByTime  # type: ignore[attr-defined]
    clock = time.time = SetClock(now)
    return theirs, ours, clock


class Side:
    """One of the two, with what a test keeps for it: objects made once and handed over again."""

    def __init__(self, jwt: ModuleType) -> None:
        self.jwt = jwt
        self.name = jwt.__name__
        self.folder = Path(jwt.__file__ or "").parent
        self.algorithms = self._part("algorithms")
        self.exceptions = self._part("exceptions")
        self.utils = self._part("utils")
        self.warnings = self._part("warnings")
        self.tree = {
            name: one
            for name, one in vars(self.exceptions).items()
            if isinstance(one, type) and issubclass(one, self.exceptions.PyJWTError)
        }
        self.kept: dict[Any, Any] = {}
        self._always: dict[Any, Any] = {}

    def _part(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self.name}.{name}")

    def forget(self) -> None:
        """Empty what the library remembers of keys, if it does."""
        if (self.folder / "_caches.py").exists():
            self._part("_caches").cache_clear()

    def remembers(self) -> dict[str, int]:
        """What it says of that."""
        known: dict[str, int] = self._part("_caches").cache_info() if (self.folder / "_caches.py").exists() else {}
        return known

    def is_open(self) -> bool:
        """Is an ordinary call answered without a Python frame? Then the shortcut is what is compared."""
        token = self.jwt.encode({}, "k" * 32)
        frames: list[Any] = []
        self.jwt.decode(token, "k" * 32, ["HS256"])
        sys.setprofile(lambda frame, event, _: frames.append(frame) if event == "call" else None)
        try:
            self.jwt.decode(token, "k" * 32, ["HS256"])
        finally:
            sys.setprofile(None)
        return len(frames) <= 1

    def keep(self, name: Any, make: Callable[[], Any], *, always: bool = False) -> Any:
        """The object of this name, made at the first call of the session, or of all."""
        kept = self._always if always else self.kept
        if name not in kept:
            kept[name] = make()
        return kept[name]


def real() -> Side:
    """PyJWT, and nothing that took its name."""
    side = Side(importlib.import_module("jwt"))
    assert side.jwt.__version__ == VERSION, side.jwt.__version__
    assert side.folder.name == "jwt"
    assert side.folder.parent.name in ("site-packages", "dist-packages"), side.folder
    assert "rapidjwt" not in sys.modules or side.jwt is not sys.modules.get("rapidjwt.jwt")
    return side


def drop_in(name: str = "rapidjwt.jwt") -> Side:
    """What stands in for PyJWT: ours, or a copy with planted mistakes when the comparison itself is tested."""
    return Side(importlib.import_module(name))
