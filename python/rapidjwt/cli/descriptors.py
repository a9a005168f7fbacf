"""Reads and whole writes on file descriptors, whichever mode their other owners left them in."""

from __future__ import annotations

import os


def read_some(descriptor: int, most: int) -> bytes:
    """Read what is there, at most `most` bytes; wait while there is nothing. Empty at the end."""
    while True:
        try:
            return os.read(descriptor, most)
        except BlockingIOError:
            _wait([descriptor], [])


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte. A signal may cut a write short, and Python's own unbuffered stdout would not write the rest."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            _wait([], [descriptor])


def _wait(readers: list[int], writers: list[int]) -> None:
    import select

    select.select(readers, writers, [])
