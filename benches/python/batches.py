"""verify_many: batches of 1 to 1,024 gateway tokens on one thread and on two, beside the same tokens one by one."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import parts
import peers
import proof
import tokens
from peers import PROOF, VERIFY, Rapidjwt
from rounds import Timed

SIZES = (1, 8, 64, 1_024)
THREADS = (1, 2)
MANY = "results = verifier.verify_many(tokens, threads={})"


def _name(size: int, threads: int) -> str:
    return f"batch of {size:,}, {threads} thread{'s' if threads > 1 else ''}"


def _batches(algorithm: str, kind: str) -> parts.Prepared:
    cell = tokens.kept_cell(algorithm, kind)
    single = Rapidjwt(PROOF, VERIFY)
    contenders, absent = parts.ready([single, peers.RYJWT], cell)
    answers = sum(proof.prove(contender, cell) for contender in contenders)
    timed = [Timed(one.peer.name, one.loop, cell.tokens) for one in contenders]
    for size, threads in itertools.product(SIZES, THREADS):
        if PROOF in absent:
            absent[_name(size, threads)] = absent[PROOF]
            continue
        names: dict[str, Any] = single.prepare(cell)
        call, loop = peers.compile_statement(MANY.format(threads), names, takes="tokens", gives="results")
        answers += proof.prove_batches(call, cell)
        timed.append(Timed(_name(size, threads), loop, _cut(cell.tokens, size), size))
    return parts.Prepared(parts.describe(cell), timed, answers, absent)


def _cut(together: tuple[str, ...], size: int) -> list[list[str]]:
    """All tokens in batches of this size; a longer batch has each of them equally often."""
    if size > len(together):
        return [list(together) * (size // len(together))]
    return [list(together[start : start + size]) for start in range(0, len(together), size)]


BATCHES = parts.Part(
    "batches",
    "many tokens in one call",
    {PROOF: VERIFY, "ryjwt": peers.RYJWT.statement}
    | {_name(size, threads): MANY.format(threads) for size, threads in itertools.product(SIZES, THREADS)},
    {
        f"{algorithm}-{kind}": functools.partial(_batches, algorithm, kind)
        for algorithm in tokens.ALGORITHMS
        for kind in (("small", "gateway") if algorithm == "HS256" else ("gateway",))
    },
    pinned=False,
)
