"""1, 10 and 1,000 keys in the set: traffic to one of them, and to all of them alike. Each token names its key."""

from __future__ import annotations

import dataclasses
import functools
import itertools

import parts
import peers
import proof
import tokens
from peers import DECODE, VERIFY, Rapidjwt
from rounds import Timed

KEYS = (1, 10, 1_000)
DIFFERENT = {"RS256": 16}
"""So many key pairs are made where making 1,000 takes minutes; each key of the set is still an object of its own."""
STATEMENTS = {"decode": DECODE, "verify": VERIFY}


def _name(call: str, count: int, traffic: str) -> str:
    return f"{call}, {count:,} key{'s' if count > 1 else ''}, {traffic}"


NAMES = {
    _name(call, count, traffic): statement
    for call, statement in STATEMENTS.items()
    for count in KEYS
    for traffic in ("one", "all")
    if count > 1 or traffic == "one"
}


def _key_sets(algorithm: str) -> parts.Prepared:
    cell = tokens.kept_cell(algorithm, "gateway")
    try:
        half = Rapidjwt("", VERIFY).module()
    except peers.Unsupported as error:
        return parts.Prepared(parts.describe(cell), [], 0, dict.fromkeys(NAMES, str(error)))
    pairs = [cell.keys, *_others(algorithm)]
    timed, answers = [], 0
    for call, count in itertools.product(STATEMENTS, KEYS):
        peer = Rapidjwt(call, STATEMENTS[call])
        used = [cell.keys, *itertools.islice(itertools.cycle(pairs[1:]), count - 1)]
        kids = [tokens.KID, *(f"key-{number:04}" for number in range(1, count))]
        keys = [peer.verifying_key(pair, kid) for pair, kid in zip(used, kids, strict=True)]
        # The one that has the traffic stands in the middle.
        ordered = [*keys[1 : count // 2 + 1], keys[0], *keys[count // 2 + 1 :]]
        verifier = peer.verifier(half.KeySet(ordered), algorithm)
        decode, loop = peers.compile_statement(peer.statement, {"verifier": verifier}, takes="token", gives="claims")
        contender = peers.Contender(peer, decode, loop, peer.refusal())
        answers += proof.prove(contender, cell)
        timed.append(Timed(_name(call, count, "one"), loop, cell.tokens))
        if count > 1:
            spread = _to_all(cell, used, kids)
            answers += proof.prove(contender, spread)
            timed.append(Timed(_name(call, count, "all"), loop, spread.tokens))
    return parts.Prepared(parts.describe(cell), timed, answers)


@functools.cache
def _others(algorithm: str) -> tuple[tokens.Keys, ...]:
    return tuple(tokens.make_keys(algorithm) for _ in range(DIFFERENT.get(algorithm, max(KEYS)) - 1))


def _to_all(cell: tokens.Cell, used: list[tokens.Keys], kids: list[str]) -> tokens.Cell:
    """The same claims, signed with each key in turn."""
    claims = tuple(itertools.islice(itertools.cycle(cell.claims), max(len(used), tokens.TOKENS)))
    turns = itertools.cycle(zip(used, kids, strict=True))
    signed = tuple(tokens.sign(keys, cell.size, one, kid) for one, (keys, kid) in zip(claims, turns, strict=False))
    return dataclasses.replace(cell, tokens=signed, claims=claims)


KEY_SETS = parts.Part(
    "key_sets",
    "more keys in the set",
    NAMES,
    {algorithm: functools.partial(_key_sets, algorithm) for algorithm in tokens.ALGORITHMS},
)
