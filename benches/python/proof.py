"""Before anything is timed: every library gives the same claims for every token, and refuses every bad one."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from peers import Contender
from tokens import Cell, Claims


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


def prove_same_refusals(ours: Contender, theirs: Contender, cell: Cell) -> int:
    """Check that two of the same interface refuse with the same class and the same message; returns the number of pairs."""
    pairs = 0
    for what, tokens in cell.refused.items():
        for token in tokens:
            said = [_refusal(contender, token) for contender in (ours, theirs)]
            if said[0] != said[1]:
                raise Unequal(f"{cell.name}, a token with: {what}: {said[0]}, and {said[1]}")
            pairs += 1
    return pairs


Encode = Callable[[Claims], str]
Decode = Callable[[str], Claims]


def prove_encoding(
    ours: tuple[Encode, Decode], theirs: tuple[Encode, Decode], payloads: Sequence[Claims], *, randomised: bool
) -> int:
    """Check that both write the same token, and that each reads the other's; returns the number of answers looked at.

    A randomised signature never comes twice: then the same is asked of what was signed.
    """
    for payload in payloads:
        tokens = [encode(payload) for encode, _ in (ours, theirs)]
        compared = [token.rpartition(".")[0] if randomised else token for token in tokens]
        if compared[0] != compared[1]:
            raise Unequal("the tokens differ")
        for (_, decode), token in ((ours, tokens[1]), (theirs, tokens[0])):
            claims = decode(token)
            if claims != payload or list(claims) != list(payload):
                raise Unequal("a token of the other is read otherwise")
    return 4 * len(payloads)


def _refusal(contender: Contender, token: str) -> tuple[str, str] | None:
    try:
        contender.decode(token)
    except contender.refusal as error:
        return type(error).__name__, str(error)
    return None


def _accepts(contender: Contender, token: str) -> bool:
    try:
        contender.decode(token)
    except contender.refusal:
        return False
    return True


def laxer(contender: Contender, doubtful: Mapping[str, str]) -> list[str]:
    """Which of these tokens a library accepts; what it raises otherwise does not matter here."""
    accepted = []
    for what, token in doubtful.items():
        with contextlib.suppress(Exception):
            contender.decode(token)
            accepted.append(what)
    return accepted


def prove_batches(verify_many: Callable[[Sequence[str]], Sequence[Any]], cell: Cell) -> int:
    """Check that a batch of good and bad tokens gives a result each, in order; returns the number of answers looked at."""
    bad = [token for tokens in cell.refused.values() for token in tokens]
    mixed = [token for pair in itertools.zip_longest(bad, cell.tokens) for token in pair if token is not None]
    expected = dict(zip(cell.tokens, cell.claims, strict=True))
    results = verify_many(mixed)
    if [bool(result) for result in results] != [token in expected for token in mixed]:
        raise Unequal(f"{cell.name}: a batch accepts or refuses otherwise")
    if any(result.claims != expected[token] for token, result in zip(mixed, results, strict=True) if token in expected):
        raise Unequal(f"{cell.name}: the claims of a batch differ from what was signed")
    return len(mixed)


def prove_signing(sign: Callable[[Claims], str], read: Decode, payloads: Sequence[Claims]) -> int:
    """Check that the tokens of a signer carry the claims they were given, in whatever order; returns the number of answers looked at."""
    for payload in payloads:
        if read(sign(payload)) != payload:
            raise Unequal("what was signed is not what was given")
    return len(payloads)
