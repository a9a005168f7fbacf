"""What is known of a key set, for metrics and for people: frozen records. Issuer and address are the program's own; nothing in them comes
from a token.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from rapidjwt.exceptions import PyJWTError
from rapidjwt.types import SkippedKey

__all__ = ["Event", "Health", "OnEvent"]


class Health(NamedTuple):
    """A key set at one time; times in seconds since the epoch."""

    issuer: str
    location: str | None
    """Where the keys are from: an address or a path. With discovery the address that the metadata named."""
    keys: int
    """Keys that are in use."""
    age: float | None
    """Seconds since the origin last vouched for the keys; None while there are none."""
    fresh: bool
    """Whether the keys are within their lifetime."""
    usable: bool
    """Whether there are keys that may be used, fresh or stale."""
    restored: bool
    """Whether the keys are an earlier process's, from a snapshot."""
    last_error: str | None
    """Code of the failure that the last fetch ended with; None when it did not fail."""
    last_status: int | None
    """HTTP status of that failure, where there is one."""
    failures: int
    """Fetches that failed since the last one that did not."""
    fetches: int
    """Fetches that ended, of all kinds."""
    failed_fetches: int
    unchanged_fetches: int
    """Fetches to which the origin said that nothing changed."""
    unknown_kids: int
    """Times that a token named a key that was not there."""
    skipped: tuple[SkippedKey, ...]
    """Members of the last set that were left out, and why."""


class Event(NamedTuple):
    """Something that happened to a key set."""

    kind: Literal["fetched", "unchanged", "failed", "outdated", "restored", "snapshot"]
    """`outdated`: an answer came after a newer one and was ignored. `snapshot`: it could not be used or written, see `error`."""
    issuer: str
    at: float
    """Seconds since the epoch."""
    seconds: float = 0.0
    """How long the fetch took."""
    error: PyJWTError | None = None
    """With the cause attached, where there is one."""
    added: tuple[str | None, ...] = ()
    """The `kid` of each key that is new in the set."""
    withdrawn: tuple[str | None, ...] = ()
    """The `kid` of each key that is no longer in it."""
    skipped: tuple[SkippedKey, ...] = ()


OnEvent: TypeAlias = Callable[[Event], object]
"""Called in the thread or task that fetched; what it returns is ignored, what it raises is logged."""
