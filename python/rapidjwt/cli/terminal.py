"""Everything that is written: data to stdout, words to stderr. No control character of a token reaches a terminal raw."""

from __future__ import annotations

import os
import sys

from rapidjwt.cli.descriptors import write_all
from rapidjwt.cli.exits import InputOutputFailed, system_message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any, Final, TextIO

    from rapidjwt.cli.exits import Problem

_CODES: Final = {"red": "31", "green": "32", "yellow": "33", "bold": "1"}


def printable(text: str) -> str:
    """Escape what is not printable (C0, C1, bidi and zero-width characters, line separators) in the way of JSON."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def to_json(value: Any, *, indent: int | None = None) -> str:
    """JSON that may be shown anywhere: the strings keep their value, the text holds printable characters only."""
    import json

    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return "\n".join(map(printable, text.split("\n")))


class Terminal:
    """Where a command writes; `color` is auto, always or never."""

    def __init__(self, color: str = "auto") -> None:
        self._color = color

    def use_color(self, color: str) -> None:
        """Take the user's wish, once it is known."""
        self._color = color

    def put(self, text: str) -> None:
        """Write data and a line end to stdout."""
        self.put_bytes(text.encode("utf-8", "backslashreplace") + b"\n")

    def put_bytes(self, data: bytes) -> None:
        """Write data to stdout, past all buffers: whoever reads it does not wait for more."""
        descriptor = standard_stream(sys.stdout, "output").fileno()
        try:
            write_all(descriptor, data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise InputOutputFailed(f"standard output: {system_message(error)}") from None

    def say(self, text: str, color: str | None = None) -> None:
        """Write words to stderr; nobody listening there is no failure."""
        if sys.stderr is None:
            return
        try:
            sys.stderr.write(self.paint(text, color, sys.stderr) + "\n")
            sys.stderr.flush()
        except OSError:
            pass

    def warn(self, text: str) -> None:
        """Write a warning to stderr."""
        self.say(f"rapidjwt: warning: {printable(text)}", "yellow")

    def complain(self, problem: Problem) -> None:
        """Write the one line of a failure to stderr."""
        hint = f" ({problem.hint})" if problem.hint else ""
        self.say(f"rapidjwt: error: {printable(str(problem) + hint)}", "red")

    def paint(self, text: str, color: str | None, stream: IO[str]) -> str:
        """Wrap `text` in a colour if `stream` takes colours; the words alone carry the meaning."""
        if color is None or not self._takes_color(stream):
            return text
        return f"\x1b[{_CODES[color]}m{text}\x1b[0m"

    def _takes_color(self, stream: IO[str]) -> bool:
        if self._color != "auto":
            return self._color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return stream.isatty() and os.environ.get("TERM") != "dumb"


def standard_stream(stream: Any, name: str) -> TextIO:
    """`stream`, or a clear failure when the caller started us with that descriptor closed."""
    if stream is None:
        raise InputOutputFailed(f"standard {name} is closed")
    return stream  # type: ignore[no-any-return]
