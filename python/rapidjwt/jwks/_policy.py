"""Decides for one key set when to fetch it, who waits for that, and which answer counts.

In: the time, and what happened. Out: what to do. No clock, no I/O, no lock; chance only from `random`, which is given. Never
raises for anything that a server or a token can say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Enum
from typing import Final

from rapidjwt.jwks.rules import Rules

__all__ = ["Action", "Policy"]

_SETTLED: Final = 1.0
"""Seconds after an answer in which a token without a kid, whose search began before it, is tried again instead of causing a fetch."""
_CLOCK_SET_BACK: Final = 60.0
"""Seconds by which the clock may be set back before our times mean nothing any more."""


class Action(Enum):
    """What a caller whose token found no key does."""

    FETCH = "start a fetch and wait for it"
    WAIT = "wait for the fetch that runs"
    RETRY = "look again: the keys came in the meantime"
    REFUSE = "go on without"


class Policy:
    """The state of one key set. All times are seconds of one clock; the shell calls one method at a time."""

    def __init__(self, rules: Rules, *, deadline: float, random: Callable[[], float]) -> None:
        self._rules = rules
        self._deadline = deadline
        self._random = random
        self._loaded = False
        self._kids: frozenset[str | None] = frozenset()
        self._fetched_at = self._expires = self._due = 0.0
        self._tickets = self._adopted = 0
        self._flight: int | None = None
        self._flight_lost_at = 0.0
        self._failures = 0
        self._retry_at = 0.0
        self._spent_until = 0.0
        self._negatives: dict[int, float] = {}

    # ---- what the shell asks

    @property
    def fetched_at(self) -> float | None:
        """When the origin last vouched for the keys; None while there are none."""
        return self._fetched_at if self._loaded else None

    @property
    def expires(self) -> float:
        """Until when the keys are fresh."""
        return self._expires

    @property
    def dead(self) -> float:
        """From when the keys must not be used."""
        return self._expires + self._rules.max_stale

    @property
    def due(self) -> float:
        """From when a fetch is wanted: ahead of expiry, or after the pause that a failure imposes."""
        return max(self._due, self._retry_at)

    @property
    def failures(self) -> int:
        """Fetches that failed since the last one that did not."""
        return self._failures

    def usable(self, now: float) -> bool:
        """Whether there are keys that may be used."""
        return self._loaded and now < self.dead

    def stale(self, now: float) -> bool:
        """Whether the keys are past their lifetime."""
        return self._loaded and now >= self._expires

    def flying(self, now: float) -> bool:
        """Whether a fetch is under way that may still answer."""
        return self._flight is not None and 0 < self._flight_lost_at - now <= self._deadline

    def wants_refresh(self, now: float) -> bool:
        """Whether to start a fetch that nobody waits for."""
        if self.flying(now):
            return False
        return now >= self.due or now < self._fetched_at - _CLOCK_SET_BACK

    def miss(self, now: float, kid: str | None) -> Action:
        """A token named this key, and it was not among those that may be used."""
        if not self.usable(now):
            return self._without_keys(now)
        if kid is None:
            if 0 <= now - self._fetched_at < _SETTLED:
                return Action.RETRY
        elif kid in self._kids:
            return Action.RETRY
        if self.flying(now):
            return Action.WAIT
        if self._pausing(now) or self._is_negative(now, kid):
            return Action.REFUSE
        return Action.FETCH if self._take_credit(now) else Action.REFUSE

    # ---- what the shell reports

    def started(self, now: float) -> int:
        """A fetch begins: the ticket by which its end is reported."""
        self._tickets += 1
        self._flight = self._tickets
        self._flight_lost_at = now + self._deadline
        return self._tickets

    def succeeded(self, ticket: int, now: float, lifetime: float | None, kids: Collection[str | None]) -> bool:
        """An answer came with these kids (or vouched for them again). False: a newer one was there first, ignore it.

        Args:
            lifetime: seconds for which it says that it is fresh; None when it does not say.
        """
        self._landed(ticket)
        if ticket <= self._adopted:
            return False
        self._adopted = ticket
        self._failures = 0
        self._retry_at = 0.0
        self._adopt(now, self.bounded(lifetime), kids)
        return True

    def failed(self, ticket: int, now: float, retry_after: float | None = None) -> None:
        """A fetch ended without an answer that can be used.

        Args:
            retry_after: seconds for which the origin asks to be left alone.
        """
        self._landed(ticket)
        if ticket <= self._adopted:
            return
        self._failures += 1
        rules = self._rules
        pause = min(rules.max_backoff, rules.first_backoff * 2.0 ** min(self._failures - 1, 30))
        pause *= 1 - self._random() / 2
        self._retry_at = now + max(pause, min(retry_after or 0.0, rules.max_backoff))

    def searched(self, now: float, kid: str | None) -> None:
        """A fetch that began after this kid was asked for succeeded, and did not bring it."""
        if not self._loaded or kid in self._kids:
            return
        for known in [known for known, until in self._negatives.items() if until <= now]:
            del self._negatives[known]
        while self._negatives and len(self._negatives) >= self._rules.max_negatives:
            del self._negatives[next(iter(self._negatives))]
        if self._rules.max_negatives:
            self._negatives[hash(kid)] = now + self._rules.negative_lifetime

    def restored(self, fetched_at: float, lifetime: float, kids: Collection[str | None]) -> None:
        """Keys of an earlier process, with the age that they have. A fetch is due at once."""
        self._adopt(fetched_at, self.bounded(lifetime), kids)
        self._due = 0.0

    def forget_flight(self) -> None:
        """Whoever was fetching is gone, as after a fork."""
        self._flight = None

    # ---- how it is decided

    def _without_keys(self, now: float) -> Action:
        if self.flying(now):
            return Action.WAIT
        return Action.REFUSE if self._pausing(now) else Action.FETCH

    def _pausing(self, now: float) -> bool:
        return 0 < self._retry_at - now <= self._rules.max_backoff

    def _is_negative(self, now: float, kid: str | None) -> bool:
        # Only hashes are kept: a kid is as long as its token's sender likes.
        return now < self._negatives.get(hash(kid), now)

    def _take_credit(self, now: float) -> bool:
        """A token bucket, kept as the time at which it is full again: nothing to add up, so nothing is lost to rounding."""
        interval, burst = self._rules.miss_interval, self._rules.miss_burst
        full_at = max(now, self._spent_until)
        if full_at - now > interval * burst:  # the clock was set back
            full_at = now
        if full_at - now > interval * (burst - 1):
            return False
        self._spent_until = full_at + interval
        return True

    def _landed(self, ticket: int) -> None:
        if self._flight == ticket:
            self._flight = None

    def bounded(self, lifetime: float | None) -> float:
        """Seconds for which something is fresh that says so, or does not say it."""
        rules = self._rules
        wanted = rules.default_lifetime if lifetime is None else lifetime
        return min(max(wanted, rules.min_lifetime), rules.max_lifetime)

    def _adopt(self, fetched_at: float, lifetime: float, kids: Collection[str | None]) -> None:
        self._loaded = True
        self._kids = frozenset(kids)
        self._fetched_at = fetched_at
        self._expires = fetched_at + lifetime
        self._due = fetched_at + lifetime * (self._rules.refresh_at - self._rules.jitter * self._random())
        for kid in self._kids:
            self._negatives.pop(hash(kid), None)
