"""One token, one call: to a dict or to a proof, of tokens that are accepted, expired or forged."""

from __future__ import annotations

import functools
from typing import Any

import parts
import peers
import proof
import tokens
from rounds import Timed

BAD = {"expired": "expired", "forged": "signature changed"}
"""The cells of refused tokens, and what tokens.py calls them."""


def _accepted(algorithm: str, size: str) -> parts.Prepared:
    return parts.decoding(peers.PEERS, tokens.kept_cell(algorithm, size))


def _refused(algorithm: str, what: str) -> parts.Prepared:
    cell = tokens.kept_cell(algorithm, "gateway")
    contenders, absent = parts.ready(peers.PEERS, cell, peers.compile_refusing)
    answers = sum(proof.prove(contender, cell) for contender in contenders)
    timed = [Timed(one.peer.name, one.loop, cell.refused[BAD[what]]) for one in contenders]
    return parts.Prepared(parts.describe(cell) | {"tokens": what}, timed, answers, absent)


def _laxer() -> dict[str, Any]:
    """Which library accepts what others refuse: exactly what peers.LAXER names."""
    cell = tokens.kept_cell("HS256", "small")
    contenders, _ = parts.ready(peers.PEERS, cell)
    doubtful = tokens.doubtful(cell.keys)
    found = {}
    for contender in contenders:
        name = contender.peer.name
        found[name] = proof.laxer(contender, doubtful)
        named = peers.LAXER.get(name, {})
        if set(found[name]) != set(named):
            raise proof.Unequal(f"{name}: accepts {found[name]}, and {list(named)} is what is named")
    return {"doubtful": list(doubtful), "laxer": {name: peers.LAXER[name] for name in found if name in peers.LAXER}}


STATEMENTS = {peer.name: peer.statement for peer in peers.PEERS}

DECODE = parts.Part(
    "decode",
    "one token in one call",
    STATEMENTS,
    {
        f"{algorithm}-{size}": functools.partial(_accepted, algorithm, size)
        for algorithm in tokens.ALGORITHMS
        for size in tokens.SIZES
    },
    facts=_laxer,
)
REFUSED = parts.Part(
    "refused",
    "expired and forged gateway tokens",
    STATEMENTS,
    {
        f"{algorithm}-{what}": functools.partial(_refused, algorithm, what)
        for algorithm in tokens.ALGORITHMS
        for what in BAD
    },
)
