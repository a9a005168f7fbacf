"""Tokens that come again, with a TokenCache: each of them found, and found as often as the traffic of many clients makes it.

And the floor of a cached decode: what CPython itself takes to build the same dict afresh, every list and dict in it too, from values
that are ready. `display` runs the claims as a dict display that was compiled beforehand: no token, no checks, all values constants of
the code. `dict(zip)` does the same from tuples of names and values, and each nested container as a display.
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable, Sequence
from typing import Any

import parts
import peers
import proof
import tokens
from peers import DECODE, PROOF, VERIFY, Rapidjwt
from rounds import Timed

HIT_DECODE, HIT_VERIFY = "rapidjwt, cached", "rapidjwt verify, cached"
OVER_HS256 = "ryjwt, HS256"
DISPLAY, ZIPPED = "display", "dict(zip)"
PLENTY = 1 << 30

CLIENTS = 2_048
REQUESTS = 8_192
UNCACHED = 512
"""So many requests of the traffic are timed where nothing is kept."""

_PLAIN = (Rapidjwt(peers.NATIVE, DECODE), Rapidjwt(PROOF, VERIFY), peers.RYJWT)


def _hits(algorithm: str) -> parts.Prepared:
    """64 tokens, all in the cache."""
    cell = tokens.kept_cell(algorithm, "gateway")
    cached = (Rapidjwt(HIT_DECODE, DECODE, cache_bytes=PLENTY), Rapidjwt(HIT_VERIFY, VERIFY, cache_bytes=PLENTY))
    contenders, absent = parts.ready([*cached, *_PLAIN], cell)
    # Twice: the second time most good tokens are answered by the cache.
    answers = sum(proof.prove(contender, cell) for contender in contenders * 2)
    timed = [Timed(one.peer.name, one.loop, cell.tokens) for one in contenders]
    if algorithm != "HS256":
        hashed = tokens.kept_cell("HS256", "gateway")
        others, _ = parts.ready([peers.RYJWT], hashed)
        answers += sum(proof.prove(other, hashed) for other in others)
        timed += [Timed(OVER_HS256, other.loop, hashed.tokens) for other in others]
    timed += _floors(cell)
    return parts.Prepared(parts.describe(cell), timed, answers, absent)


def _floors(cell: tokens.Cell) -> list[Timed]:
    displays = [_display(claims) for claims in cell.claims]
    zipped = [_Zipped(claims) for claims in cell.claims]
    for build, claims in zip([*displays, *zipped], cell.claims * 2, strict=True):
        made, again = build(), build()
        fresh = all(made[name] is not again[name] for name, value in claims.items() if isinstance(value, (dict, list)))
        if made != claims or list(made) != list(claims) or not fresh:
            raise proof.Unequal(f"{cell.name}: the floor builds another dict")
    _, loop = peers.compile_statement("claims = build()", {"none": None}, takes="build", gives="claims")
    return [Timed(DISPLAY, loop, displays), Timed(ZIPPED, loop, zipped)]


def _display(value: Any) -> Callable[[], Any]:
    """A function that builds the value, compiled from its text."""
    build: Callable[[], Any] = eval(f"lambda: {value!r}")
    return build


class _Zipped:
    __slots__ = ("names", "nested", "values")

    def __init__(self, claims: tokens.Claims) -> None:
        self.names = tuple(claims)
        self.values = tuple(claims.values())
        self.nested = [(name, _display(value)) for name, value in claims.items() if isinstance(value, (dict, list))]

    def __call__(self) -> tokens.Claims:
        claims = dict(zip(self.names, self.values, strict=False))
        for name, build in self.nested:
            claims[name] = build()
        return claims


def _zipf(algorithm: str, share: float) -> parts.Prepared:
    """Requests of many clients, each with a token of its own; the cache has room for a share of the tokens."""
    cell = tokens.kept_cell(algorithm, "gateway")
    clients = _clients(algorithm)
    requests = _requests(clients)
    room = _room(cell, clients, share)
    cached = [Rapidjwt(HIT_DECODE, DECODE, cache_bytes=room), Rapidjwt(HIT_VERIFY, VERIFY, cache_bytes=room)]
    contenders, absent = parts.ready([*cached, *_PLAIN], cell)
    answers = sum(proof.prove(contender, cell) for contender in contenders)
    caches = {peer.name: peer.cache for peer in cached if peer.name not in absent}
    timed = [
        Timed(one.peer.name, one.loop, requests if one.peer in cached else requests[:UNCACHED]) for one in contenders
    ]
    for one in contenders[: len(caches)]:
        one.loop(requests)
    before = {name: cache.info() for name, cache in caches.items()}

    def after() -> dict[str, Any]:
        found = {name: (cache.info(), before[name]) for name, cache in caches.items()}
        return {
            "hit_rate": {
                name: round((now.hits - then.hits) / (now.hits + now.misses - then.hits - then.misses), 4)
                for name, (now, then) in found.items()
                if now.hits + now.misses > then.hits + then.misses
            },
            "entries": {name: now.entries for name, (now, _) in found.items()},
        }

    facts = {"clients": CLIENTS, "requests": REQUESTS, "exponent": 1, "room_for": share, "cache_bytes": room}
    return parts.Prepared(parts.describe(cell) | facts, timed, answers, absent, after)


@functools.cache
def _clients(algorithm: str) -> tuple[str, ...]:
    """A token for each client; claims repeat after 64 but for `jti`."""
    cell = tokens.kept_cell(algorithm, "gateway")
    claims = itertools.islice(itertools.cycle(cell.claims), CLIENTS)
    return tuple(tokens.sign(cell.keys, "gateway", one | {"jti": f"{number:036}"}) for number, one in enumerate(claims))


def _requests(clients: Sequence[str]) -> list[str]:
    """Zipf's law: the client of rank n comes 1/n times as often as the first."""
    rng = random.Random("zipf")
    return rng.choices(clients, [1 / rank for rank in range(1, len(clients) + 1)], k=REQUESTS)


def _room(cell: tokens.Cell, clients: Sequence[str], share: float) -> int:
    """How many bytes of a cache hold this share of the tokens."""
    measure = Rapidjwt(HIT_VERIFY, VERIFY, cache_bytes=PLENTY)
    contenders, _ = parts.ready([measure], cell)
    for contender in contenders:
        contender.loop(clients)
    return int(measure.cache.info().bytes * share) if contenders else PLENTY


CACHE = parts.Part(
    "cache",
    "tokens that come again",
    {
        HIT_DECODE: DECODE,
        HIT_VERIFY: VERIFY,
        peers.NATIVE: DECODE,
        PROOF: VERIFY,
        "ryjwt": peers.RYJWT.statement,
        OVER_HS256: peers.RYJWT.statement,
        DISPLAY: "claims = build()",
        ZIPPED: "claims = build()",
    },
    {f"{algorithm}-hit": functools.partial(_hits, algorithm) for algorithm in tokens.ALGORITHMS}
    | {f"{algorithm}-zipf": functools.partial(_zipf, algorithm, 0.25) for algorithm in tokens.ALGORITHMS}
    | {"HS256-zipf-all": functools.partial(_zipf, "HS256", 1.5)},
)
