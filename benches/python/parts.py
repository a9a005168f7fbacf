"""What a part of the matrix is: named cells, each made and proved when it is asked for. Nothing here knows a clock.

The program of the published figures and pytest-benchmark both take the cells from here, so that they time the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import peers
import proof
from rounds import Timed
from tokens import Cell, count_values


@dataclass(frozen=True)
class Prepared:
    """One cell, ready to be timed: all answers were right."""

    facts: dict[str, Any]
    """What the results tell of the cell: algorithm, size, ..."""
    timed: list[Timed]
    answers: int
    """How many answers were looked at."""
    absent: dict[str, str] = field(default_factory=dict)
    """Who is not timed, and why."""
    after: Callable[[], dict[str, Any]] = dict
    """What is known only when the rounds are over."""


@dataclass(frozen=True)
class Part:
    """A file of results."""

    name: str
    about: str
    statements: Mapping[str, str]
    """What is timed, by the name of the contender; all contenders of all cells, in the order of the tables."""
    cells: Mapping[str, Callable[[], Prepared]]
    pinned: bool = True
    """Whether the process stays on one core."""
    facts: Callable[[], dict[str, Any]] = dict
    """What the results tell of the whole part."""


def ready(
    candidates: Iterable[peers.Peer], cell: Cell, compiled: Callable[[peers.Peer, Cell], peers.Contender] | None = None
) -> tuple[list[peers.Contender], dict[str, str]]:
    """Prepare the libraries that can be in this cell; the reason for each that cannot."""
    contenders, absent = [], {}
    for peer in candidates:
        try:
            contenders.append((compiled or peers.compile_contender)(peer, cell))
        except peers.Unsupported as error:
            absent[peer.name] = str(error)
    return contenders, absent


def decoding(candidates: Iterable[peers.Peer], cell: Cell) -> Prepared:
    """A cell in which each library decodes the cell's tokens, one after the other."""
    contenders, absent = ready(candidates, cell)
    answers = sum(proof.prove(contender, cell) for contender in contenders)
    timed = [Timed(one.peer.name, one.loop, cell.tokens) for one in contenders]
    return Prepared(describe(cell), timed, answers, absent)


def describe(cell: Cell) -> dict[str, Any]:
    """What the results tell of the tokens of a cell."""
    return {
        "algorithm": cell.keys.algorithm,
        "size": cell.size,
        **lengths(cell.tokens),
        "claim_values": count_values(cell.claims[0]),
    }


def lengths(tokens: Sequence[str]) -> dict[str, Any]:
    """The shortest and the longest token, in bytes."""
    found = [len(token) for token in tokens]
    return {"token_bytes": [min(found), max(found)]}
