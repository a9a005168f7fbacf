"""The kinds of requests that are mixed, with the answers that are right for them."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator
from typing import NamedTuple

from rapidjwt import Key, KeySet, Signer

ISSUER = "https://issuer.example/"
AUDIENCE = "soak"
HOUR = 3600


class Case(NamedTuple):
    """A request as the gateway tells it, and the statuses that are right."""

    kind: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    right: frozenset[int]


class Mint:
    """Makes tokens of three algorithms, and of a key that is published later."""

    def __init__(self) -> None:
        self.keys = [Key.generate(algorithm, kid=algorithm) for algorithm in ("RS256", "ES256", "EdDSA")]
        self.next = Key.generate("ES256", kid="next")
        self._stranger = Key.generate("ES256", kid="stranger")
        self._count = itertools.count()

    def document(self, *, rotated: bool) -> KeySet:
        """The published set: with the next key from the rotation on."""
        return KeySet([key.public() for key in (*self.keys, *([self.next] if rotated else []))])

    def good(self, key: Key, *, scope: str = "orders:read", audience: str = AUDIENCE, ends: float = HOUR) -> str:
        signer = Signer(key, issuer=ISSUER, audience=audience, expires_in=None)
        now = int(time.time())
        return signer.sign(
            {"sub": f"user-{next(self._count)}", "scope": scope, "iat": now - HOUR, "exp": now + int(ends)}
        )

    def unknown(self) -> str:
        """Of a key that nobody publishes, under another kid each time."""
        signer = Signer(self._stranger, issuer=ISSUER, audience=AUDIENCE, expires_in=HOUR)
        return signer.sign({"sub": "stranger"}, headers={"kid": f"stranger-{next(self._count)}"})


def mixed(mint: Mint, seed: int, known: int = 300) -> Iterator[Case]:
    """Requests without end, in a random order; good tokens come again, as clients send them."""
    rng = random.Random(seed)
    tokens = [mint.good(mint.keys[number % 3]) for number in range(known)]
    expired = [mint.good(key, ends=-5) for key in mint.keys]
    elsewhere = [mint.good(key, audience="another") for key in mint.keys]
    weights = {
        "good": 60,
        "fresh": 5,
        "expired": 5,
        "audience": 5,
        "forged": 5,
        "unknown": 4,
        "none": 5,
        "scope": 4,
        "trick": 3,
        "two": 2,
        "public": 2,
    }
    for kind in iter(lambda: rng.choices(list(weights), list(weights.values()))[0], None):
        good = rng.choice(tokens)
        match kind:
            case "good":
                yield _case(kind, 200, good)
            case "fresh":
                yield _case(kind, 200, mint.good(rng.choice(mint.keys)))
            case "expired":
                yield _case(kind, 401, rng.choice(expired))
            case "audience":
                yield _case(kind, 401, rng.choice(elsewhere))
            case "forged":
                yield _case(kind, 401, good[:-20] + rng.choice(tokens)[-20:] + "AA")
            case "unknown":
                yield _case(kind, 401, mint.unknown())
            case "none":
                yield _case(kind, 401, None)
            case "scope":
                yield _case(kind, 403, good, method="POST")
            case "trick":
                yield _case(kind, 400, good, target="/public/../orders/1")
            case "two":
                yield _case(kind, 400, good, more=(("Authorization", f"Bearer {good}"),))
            case _:
                yield _case(kind, 200, None, target="/public/page")


def rotated(mint: Mint) -> Case:
    """A token of the key that was published last."""
    return _case("rotated", 200, mint.good(mint.next))


def _case(
    kind: str,
    right: int,
    token: str | None,
    *,
    method: str = "GET",
    target: str = "/orders/1",
    more: tuple[tuple[str, str], ...] = (),
) -> Case:
    headers = () if token is None else (("Authorization", f"Bearer {token}"),)
    return Case(kind, method, target, headers + more, frozenset((right,)))
