"""Where things stand in a TOML text that `tomllib` has read: the line of each table and key, for messages. Decides nothing about values."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

__all__ = ["Path", "line_of", "lines"]

Path: TypeAlias = tuple[str | int, ...]
"""Names of tables and keys, and the number of the element in an array of tables: `("issuers", 0, "iss")`."""

_SPACE: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY: Final = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|"((?:[^"\\]|\\.)*)"|'([^']*)')[ \t]*""")
_STRING: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'", re.DOTALL
)
_QUIET: Final = re.compile(r"""[^"'#\[\]{}\n]+|#[^\n]*""")


def lines(text: str) -> dict[Path, int]:
    """The line, from 1, of each table and each key outside inline tables.

    Args:
        text: valid TOML.
    """
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    at = _end(_SPACE, text, 0)
    while at < len(text):
        line = text.count("\n", 0, at) + 1
        if text[at] == "[":
            brackets = 2 if text.startswith("[[", at) else 1
            names, at = _names(text, at + brackets)
            table = _table(names, counts, is_element=brackets == 2)
            at += brackets
            found.setdefault(table, line)
            found.setdefault(table[:-1] if brackets == 2 else table, line)
        else:
            names, at = _names(text, at)
            for depth in range(1, len(names) + 1):
                found.setdefault((*table, *names[:depth]), line)
            at = _value_end(text, at + 1)
        at = _end(_SPACE, text, at)
    return found


def line_of(path: Path, found: dict[Path, int]) -> int | None:
    """The line of a key; where it has none of its own, of what it stands in."""
    for depth in range(len(path), 0, -1):
        if path[:depth] in found:
            return found[path[:depth]]
    return None


def _table(names: tuple[str, ...], counts: dict[Path, int], *, is_element: bool) -> Path:
    """The path of a header: below an array of tables it means the last element."""
    path: Path = ()
    for place, name in enumerate(names):
        path = (*path, name)
        if is_element and place == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _names(text: str, at: int) -> tuple[tuple[str, ...], int]:
    names: list[str] = []
    while key := _KEY.match(text, at):
        names.append(next(group for group in key.groups() if group is not None))
        at = key.end()
        if not text.startswith(".", at):
            break
        at += 1
    return tuple(names), at


def _value_end(text: str, at: int) -> int:
    """Where a value ends: at the end of a line, outside strings and brackets."""
    depth = 0
    while at < len(text):
        if found := _STRING.match(text, at) or _QUIET.match(text, at):
            at = found.end()
            continue
        char = text[at]
        if char == "\n" and depth == 0:
            break
        depth += (char in "[{") - (char in "]}")
        at += 1
    return at


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()
