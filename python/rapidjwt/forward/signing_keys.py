"""The key that signs assertions: from a file or made here, by the one process that starts the workers, and handed to each of them as
text. A new file at a reload takes its turn only when backends have had time to see it (`rapidjwt.jwks.SigningKeyRing`).
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any, Final

from rapidjwt._impl import Key
from rapidjwt.exceptions import build
from rapidjwt.jwks import Schedule, SigningKeyRing
from rapidjwt.jwks.ring import RingKey

if TYPE_CHECKING:
    from rapidjwt.forward.settings import Assertion

__all__ = ["follow", "from_plan", "plan_of"]

_LEEWAY: Final = 60.0


def follow(settings: Assertion, before: SigningKeyRing | None, now: float | None = None) -> SigningKeyRing:
    """The ring for a configuration that comes after another one, or is the first.

    Args:
        before: the ring so far.

    Raises:
        PyJWTError: the file holds no private key for the algorithm.
        OSError: it cannot be read.
    """
    at = time.time() if now is None else now
    if settings.key_file is None:
        known = None if before is None else _generated(before, settings.algorithm)
        key = Key.generate(settings.algorithm) if known is None else known
    else:
        key = Key.from_file(settings.key_file)
        if not key.is_private:
            raise build("key_public")
        if settings.algorithm not in key.algorithms:
            raise build("key_algorithm")
    key = _named(key)
    ring = SigningKeyRing(_schedule(settings), () if before is None else before.plan)
    ring.prune(at)
    if key.kid not in [one.key.kid for one in ring.plan]:
        ring.rotate(key, at)
    return ring


def plan_of(ring: SigningKeyRing | None) -> list[list[Any]]:
    """A ring as JSON, private keys included: only for the pipe to a worker."""
    return [] if ring is None else [[one.key.to_jwk(private=True), *map(_finite, one[1:])] for one in ring.plan]


def from_plan(settings: Assertion, plan: list[list[Any]]) -> SigningKeyRing:
    """The ring that `plan_of` told."""
    keys = [RingKey(Key.from_jwk(jwk), *(math.inf if at is None else at for at in times)) for jwk, *times in plan]
    return SigningKeyRing(_schedule(settings), keys)


def _schedule(settings: Assertion) -> Schedule:
    ahead = 2.0 * settings.max_age
    return Schedule(settings.lifetime, max_age=settings.max_age, publish_ahead=ahead, leeway=_LEEWAY)


def _named(key: Key) -> Key:
    """With its thumbprint (RFC 7638) as kid where it has none, so that the same file is the same key."""
    return key if key.kid is not None else Key.from_jwk({**key.to_jwk(private=True), "kid": key.thumbprint()})


def _generated(ring: SigningKeyRing, algorithm: str) -> Key | None:
    """The last key of the ring, if it can go on."""
    last = ring.plan[-1].key if ring.plan else None
    return last if last is not None and algorithm in last.algorithms else None


def _finite(at: float) -> float | None:
    return None if at == math.inf else at
