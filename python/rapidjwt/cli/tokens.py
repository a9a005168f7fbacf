"""One token from the command line or from stdin, never more of it than the limit allows."""

from __future__ import annotations

import os
import sys

from rapidjwt.cli.descriptors import read_some
from rapidjwt.cli.exits import InputOutputFailed, UsageProblem, system_message
from rapidjwt.cli.terminal import standard_stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_SLACK: Final = 4096
"""Bytes on stdin beyond the limit on a token: a header name, quotes, line breaks."""


def given(token: str | None) -> bytes | None:
    """The token written as an argument, or None where stdin is meant."""
    if token is None or token == "-":
        return None
    return os.fsencode(token)


def stdin_descriptor(token: str | None) -> int:
    """The descriptor to read from; waiting for a person to type is only done when asked with `-`."""
    stdin = standard_stream(sys.stdin, "input")
    if token is None and stdin.isatty():
        raise UsageProblem("no token given", "write it as an argument, pipe it in, or say - to type it")
    return stdin.fileno()


def read_one(token: str | None, limit: int) -> bytes:
    """The argument or all of stdin, cut somewhere behind `limit` bytes."""
    argument = given(token)
    return read_stdin(stdin_descriptor(token), limit + _SLACK) if argument is None else argument


def read_stdin(descriptor: int, most: int) -> bytes:
    """Read to the end, but no more than `most` bytes."""
    read = bytearray()
    try:
        while len(read) < most and (chunk := read_some(descriptor, most - len(read))):
            read += chunk
    except OSError as error:
        raise InputOutputFailed(f"standard input: {system_message(error)}") from None
    return bytes(read)
