"""What was made of the bytes of a key, kept, because a PEM text is parsed again and again otherwise.

Found by the kind of key and all of the bytes, never by a digest. Private keys are kept on demand only. Bounded in number and in size.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, Final, TypeVar

__all__ = ["cache_clear", "cache_info", "cache_private_keys", "prepared"]

MOST: Final = 256
"""How many keys are kept; the one that was not used for the longest time goes first."""
LONGEST: Final = 16_384
"""Bytes of a key that is kept at most: as many as the longest RSA key needs."""

_T = TypeVar("_T")


class _Shelf:
    """Keys by kind and bytes, and the lock that guards them."""

    __slots__ = ("kept", "lock", "takes_private")

    def __init__(self) -> None:
        self.kept: OrderedDict[tuple[str, bytes], Any] = OrderedDict()
        self.lock = Lock()
        self.takes_private = False

    def unlock(self) -> None:
        self.lock = Lock()


_shelf: Final = _Shelf()

if hasattr(os, "register_at_fork"):
    # A thread that held the lock does not exist in the child.
    os.register_at_fork(after_in_child=_shelf.unlock)


def prepared(kind: str, raw: bytes, make: Callable[[bytes], _T]) -> _T:
    """What `make` made of `raw` earlier, or makes of it now. What `make` raises passes through and is not kept.

    Args:
        kind: which way of reading; the same bytes may be read in several ways.
    """
    if type(raw) is not bytes:
        raw = bytes(raw)
    name = (kind, raw)
    kept = _shelf.kept
    with _shelf.lock:
        if name in kept:
            kept.move_to_end(name)
            known: _T = kept[name]
            return known
    made = make(raw)
    if len(raw) <= LONGEST and (_shelf.takes_private or not hasattr(made, "private_bytes")):
        with _shelf.lock:
            kept[name] = made
            if len(kept) > MOST:
                kept.popitem(last=False)
    return made


def cache_clear() -> None:
    """Forget every key."""
    with _shelf.lock:
        _shelf.kept.clear()


def cache_private_keys(keep: bool) -> None:
    """Keep private keys too, or no longer; then what is kept is forgotten."""
    _shelf.takes_private = bool(keep)
    if not keep:
        cache_clear()


def cache_info() -> dict[str, int]:
    """`keys`: how many are kept; `most`: how many can be."""
    return {"keys": len(_shelf.kept), "most": MOST}
