"""What a fetch ends with: an answer that is known from then on, or a failure; and what is counted of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from rapidjwt.exceptions import PyJWTError, build
from rapidjwt.jwks import events
from rapidjwt.jwks.document import Document
from rapidjwt.jwks.driving import Failure
from rapidjwt.jwks.fetching import Fetched, Validator
from rapidjwt.jwks.health import Event

__all__ = ["Known", "Outcome", "Tally", "difference", "failed"]


class Known(NamedTuple):
    """The last answer that counts."""

    fetched: Fetched
    body: bytes
    document: Document

    @property
    def validator(self) -> Validator | None:
        """What makes the next request conditional."""
        return self.fetched.validator


Outcome: TypeAlias = Known | Failure


def difference(happened: Callable[..., Event], old: Document | None, new: Document) -> Event:
    """The event of an answer that counts."""
    before = frozenset() if old is None else old.kids
    return happened(
        "unchanged" if old is new else "fetched",
        added=events.in_order(new.kids - before),
        withdrawn=events.in_order(before - new.kids),
        skipped=new.skipped,
    )


def failed(error: Exception) -> Failure:
    """The failure that an exception stands for; one that is not ours is a failed fetch, and its cause."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, PyJWTError):
        return Failure(error)
    ours = build("fetch_failed")
    ours.__cause__ = error
    return Failure(ours)


class Tally:
    """Counts, since the client was made."""

    def __init__(self) -> None:
        self.fetches = self.failed = self.unchanged = self.unknown_kids = 0
        self.last_error: str | None = None
        self.last_status: int | None = None
        self.restored = False
