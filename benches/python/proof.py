"""Before anything is timed: every library gives the same claims for every token, and refuses every bad one."""

from __future__ import annotations

from peers import Contender
from tokens import Cell


class Unequal(Exception):
    """A library gave another answer than the others."""


def prove(contender: Contender, cell: Cell) -> int:
    """Check one library in one cell; returns the number of answers looked at."""
    name = f"{contender.peer.name}, {cell.name}"
    for token, expected in zip(cell.tokens, cell.claims, strict=True):
        claims = contender.decode(token)
        if type(claims) is not dict:
            claims = claims.claims
        if claims != expected or list(claims) != list(expected):
            raise Unequal(f"{name}: the claims differ from what was signed")
    for what, tokens in cell.refused.items():
        for token in tokens:
            if _accepts(contender, token):
                raise Unequal(f"{name}: accepted a token with: {what}")
    return len(cell.tokens) + sum(map(len, cell.refused.values()))


def _accepts(contender: Contender, token: str) -> bool:
    try:
        contender.decode(token)
    except contender.refusal:
        return False
    return True
