"""What is planted in the stream of each issuer: how many tokens of every kind, in which order, and what must become of them."""

from __future__ import annotations

import random
from typing import NamedTuple

SEED = 20260
LINES = 25_000
"""Lines in the stream of one issuer."""


class Kind(NamedTuple):
    """A kind of token."""

    name: str
    verdict: str
    """`valid`, or the reason of its refusal."""
    share: int
    """About how many of them there are in 25,000 lines; the rest is good."""
    pyjwt_takes: bool = False
    """PyJWT 2.15.1 takes these: it has no limit on length and accepts padding on the signature."""


KINDS = {
    kind.name: kind
    for kind in (
        Kind("good", "valid", 0, pyjwt_takes=True),
        Kind("expired", "expired", 1_200),
        Kind("wrong audience", "wrong_audience", 700),
        Kind("another issuer's token", "alg_not_allowed", 500),
        Kind("names another issuer", "unknown_issuer", 300),
        Kind("tampered payload", "bad_signature", 600),
        Kind("unknown key", "unknown_key", 300),
        Kind("not yet valid", "not_yet_valid", 200),
        Kind("never expires", "missing_claim", 100),
        Kind("alg none", "unsupported_alg", 100),
        Kind("garbage", "malformed", 400),
        Kind("padded", "malformed", 25, pyjwt_takes=True),
        Kind("oversized", "too_large", 6, pyjwt_takes=True),
    )
}


def lines_of(issuer: str) -> list[str]:
    """The kind of every line of one issuer's stream. Counts differ between issuers, so that no mix-up can go unseen."""
    rng = random.Random(f"{SEED}/{issuer}/plan")
    kinds = [name for name, kind in KINDS.items() for _ in range(_count(kind, rng))]
    kinds += ["good"] * (LINES - len(kinds))
    rng.shuffle(kinds)
    return kinds


def _count(kind: Kind, rng: random.Random) -> int:
    return kind.share + rng.randrange(kind.share // 5 + 1)
