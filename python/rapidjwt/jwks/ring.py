"""Our own signing keys over time. A key is published before it signs and stays published after it has signed, so that no verifier that
keeps to the caching headers ever meets a token whose key it cannot have. The time is given; nothing is read or written here.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable
from typing import Any, NamedTuple, final

from rapidjwt._impl import Key, KeySet
from rapidjwt.exceptions import build
from rapidjwt.signer import Signer

__all__ = ["RingKey", "Schedule", "SigningKeyRing"]


class Schedule(NamedTuple):
    """How long the steps of a rotation take, in seconds."""

    token_lifetime: float
    """Longest lifetime of a token that the keys sign: for so long a retired key stays published."""
    max_age: float = 3600
    """For how long verifiers may keep the published set (`Cache-Control: max-age`)."""
    publish_ahead: float = 7200
    """From publication to the first signature: more than `max_age`, or verifiers meet keys that they cannot have."""
    leeway: float = 300
    """What verifiers forgive in `exp`, and what clocks differ: added to `token_lifetime`."""

    def checked(self) -> Schedule:
        """Itself. ValueError for numbers that would break verifiers, TypeError for what is no number."""
        for name, value in self._asdict().items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f"{name} must be a number, not {type(value).__name__}")
            if not 0 <= value < math.inf:
                raise ValueError(f"{name} must be finite and not negative")
        if self.publish_ahead < self.max_age:
            raise ValueError("publish_ahead must not be less than max_age")
        return self


class RingKey(NamedTuple):
    """A key and its times, in seconds since the epoch."""

    key: Key
    publish: float
    """It is in the published set from here ..."""
    activate: float
    """... it signs from here ..."""
    retire: float = math.inf
    """... to here ..."""
    drop: float = math.inf
    """... and is no longer published from here."""


@final
class SigningKeyRing:
    """Keys that follow one another. Thread-safe; `plan` is all there is to save.

    Args:
        schedule: how long the steps take.
        plan: keys with their times, as `plan` told them earlier.

    Raises:
        InvalidKeyError: `key_public` for a key that cannot sign, `key_unsupported` for an HMAC secret, which cannot be published.
        ValueError: a key without a kid, a kid twice, times out of order.
    """

    def __init__(self, schedule: Schedule, plan: Iterable[RingKey] = ()) -> None:
        self._schedule = schedule.checked()
        self._lock = threading.Lock()
        self._plan = tuple(sorted(plan, key=lambda one: one.activate))
        for place, one in enumerate(self._plan):
            _check(one.key, self._plan[:place])
            if not one.publish <= one.activate <= one.retire <= one.drop:
                raise ValueError("the times of a key must be in the order publish, activate, retire, drop")

    @property
    def schedule(self) -> Schedule:
        """How long the steps take."""
        return self._schedule

    @property
    def plan(self) -> tuple[RingKey, ...]:
        """Every key with its times, in the order of their turns."""
        return self._plan

    def rotate(self, key: Key, now: float, *, at: float | None = None) -> RingKey:
        """Plan the next key; the one before it retires when it takes over.

        Args:
            key: a private key with a kid of its own.
            at: when it should sign first. Never earlier than `publish_ahead` from now, unless it is the first key.

        Raises:
            InvalidKeyError, ValueError: as for the ring.
        """
        schedule = self._schedule
        with self._lock:
            plan = self._after(now)
            _check(key, plan)
            last = plan[-1] if plan else None
            if last is None:
                added = RingKey(key, now, now)
            else:
                activate = max(now + schedule.publish_ahead, last.activate, now if at is None else at)
                added = RingKey(key, activate - schedule.publish_ahead, activate)
                drop = activate + schedule.token_lifetime + schedule.leeway
                plan = (*plan[:-1], last._replace(retire=activate, drop=drop))
            self._plan = (*plan, added)
        return added

    def revoke(self, kid: str, now: float) -> None:
        """Withdraw a key at once, tokens and all; if it was signing, the next one that is planned takes over now.

        Raises:
            LookupError: there is no such key, or no other that could sign.
        """
        with self._lock:
            rest = tuple(one for one in self._plan if one.key.kid != kid)
            if len(rest) == len(self._plan):
                raise LookupError("no key of the ring has this kid")
            heirs = [place for place, one in enumerate(rest) if now < one.retire]
            if not heirs:
                raise LookupError("no other key of the ring could sign: rotate first")
            heir = rest[heirs[0]]
            if heir.activate > now:
                heir = heir._replace(publish=min(heir.publish, now), activate=now)
            self._plan = (*rest[: heirs[0]], heir, *rest[heirs[0] + 1 :])

    def signing_key(self, now: float) -> Key:
        """The key that signs. LookupError when there is none."""
        for one in reversed(self._plan):
            if one.activate <= now < one.retire:
                return one.key
        raise LookupError("no key of the ring is active")

    def signer(self, now: float, **options: Any) -> Signer:
        """A `Signer` with the key that signs, and the options of `Signer`. Make one for each rotation or each token."""
        return Signer(self.signing_key(now), **options)

    def public_keys(self, now: float) -> KeySet:
        """The public parts of the keys that are published."""
        return KeySet(one.key.public() for one in self._plan if one.publish <= now < one.drop)

    def max_age(self, now: float) -> int:
        """Seconds for which a verifier may keep the set: up to the next change of it at most."""
        changes = [time for one in self._plan for time in (one.publish, one.drop) if time > now]
        published = any(one.publish <= now < one.drop for one in self._plan)
        return math.floor(min([self._schedule.max_age if published else 0, *(time - now for time in changes)]))

    def prune(self, now: float) -> tuple[RingKey, ...]:
        """Forget the keys that are dropped, and return them."""
        with self._lock:
            gone = tuple(one for one in self._plan if one.drop <= now)
            self._plan = self._after(now)
        return gone

    def _after(self, now: float) -> tuple[RingKey, ...]:
        return tuple(one for one in self._plan if one.drop > now)

    def __repr__(self) -> str:
        return f"<SigningKeyRing of {len(self._plan)} keys>"


def _check(key: Key, others: Iterable[RingKey]) -> None:
    if key.kty == "oct":
        raise build("key_unsupported")
    if not key.is_private:
        raise build("key_public")
    if key.kid is None:
        raise ValueError("a key of a ring needs a kid")
    if any(one.key.kid == key.kid for one in others):
        raise ValueError("two keys of a ring must not have the same kid")
