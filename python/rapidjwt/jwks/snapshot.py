"""The last good answer in a file, so that a restart during an outage still verifies.

Written whole or not at all, mode 0600. Read only if it is a plain file that belongs to us and nobody else can use: whoever could
write it would choose our keys.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import Any, Final, NamedTuple

from rapidjwt.exceptions import build
from rapidjwt.jwks.document import parse

__all__ = ["Snapshot", "load", "save"]

_FORM: Final = 1
_LARGEST: Final = 8 << 20
"""The text of a key set of 1 MiB, in JSON."""
_FLAGS: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
"""No symbolic link at the end of the path; a pipe that somebody laid there must not block us."""


class Snapshot(NamedTuple):
    """An answer, and what it was the answer to."""

    issuer: str
    jwks_url: str | None
    """As configured; None with discovery."""
    location: str
    """Where the keys were."""
    fetched_at: float
    """Seconds since the epoch, when the origin last vouched for the keys."""
    lifetime: float
    """Seconds for which it said that it is fresh."""
    document: str


def load(path: str) -> Snapshot | None:
    """Read it; None when there is none.

    Raises:
        KeyFetchError: `snapshot_unsafe`, `snapshot_invalid`, `file_unreadable`.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    except FileNotFoundError:
        return None
    except OSError as error:
        # ELOOP: the path ends in a symbolic link.
        raise build("snapshot_unsafe" if os.path.islink(path) else "file_unreadable") from error
    try:
        _check_owner(os.fstat(descriptor))
        text = _all_of(descriptor)
    finally:
        os.close(descriptor)
    return _snapshot(parse(text, "snapshot_invalid"))


def save(path: str, snapshot: Snapshot) -> None:
    """Write it in one step: a reader finds the old one or the new one.

    Raises:
        KeyFetchError: `file_unreadable`.
    """
    text = json.dumps({"form": _FORM, **snapshot._asdict()}).encode("ascii")
    beside = f"{path}.{os.getpid()}-{os.urandom(4).hex()}"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
                file.flush()
                os.fsync(descriptor)
            os.replace(beside, path)
        except OSError:
            os.unlink(beside)
            raise
    except OSError as error:
        raise build("file_unreadable") from error


def _all_of(descriptor: int) -> bytes:
    """At most so much that a longer text is no JSON any more."""
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise build("file_unreadable") from error


def _check_owner(status: os.stat_result) -> None:
    owned = not hasattr(os, "geteuid") or (
        status.st_uid == os.geteuid() and not stat.S_IMODE(status.st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
    )
    if not stat.S_ISREG(status.st_mode) or not owned:
        raise build("snapshot_unsafe")


def _snapshot(members: dict[str, Any]) -> Snapshot:
    members = dict(members)
    form = members.pop("form", None)
    if form != _FORM or set(members) != set(Snapshot._fields):
        raise build("snapshot_invalid")
    found = Snapshot(**members)
    texts = all(isinstance(value, str) for value in (found.issuer, found.location, found.document))
    optional = isinstance(found.jwks_url, str | None)
    if not (texts and optional and _is_time(found.fetched_at) and _is_time(found.lifetime)):
        raise build("snapshot_invalid")
    return found


def _is_time(value: object) -> bool:
    """An integer beyond binary64 is none: adding to it fails."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
