"""What is wrong with a configuration: line, place, what, and how to put it right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NamedTuple

from rapidjwt.forward.places import Path

__all__ = ["ConfigurationError", "Mistake", "closest", "written"]


class Mistake(NamedTuple):
    """One thing to put right."""

    line: int | None
    """From 1; None for the file as a whole."""
    where: str
    """As `server.listen` or `issuers[1].iss`."""
    message: str
    hint: str | None = None

    def told(self, name: str) -> str:
        """One line, beginning with the file's name."""
        place = name if self.line is None else f"{name}:{self.line}"
        where = f" {self.where}:" if self.where else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}:{where} {self.message}{hint}"


class ConfigurationError(ValueError):
    """A configuration that cannot be used; `mistakes` are all that were found."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes: tuple[Mistake, ...] = tuple(sorted(mistakes, key=lambda one: (one.line or 0, one.where)))
        super().__init__(f"{len(self.mistakes)} mistakes")


def closest(name: str, known: Iterable[str]) -> str | None:
    """A hint at the name that was perhaps meant."""
    known = list(known)
    found = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f"did you mean {found[0]}?" if found else f"known: {', '.join(known)}"


def written(path: Path) -> str:
    """A path as people write it."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text
