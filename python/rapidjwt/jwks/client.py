"""A key set at an address: asks `_policy` what to do, does it, and puts the keys into the slot that verifiers read.

Fetches run in worker threads, or as a task where the transport is one for asyncio, so that no caller ever waits longer than the
deadline, whatever a resolver or a transport does; callers with a usable key do not wait at all.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidjwt.exceptions import PyJWTError, build
from rapidjwt.jwks import background, driving, events, fetching, workers
from rapidjwt.jwks import snapshot as snapshots
from rapidjwt.jwks._policy import Action, Policy
from rapidjwt.jwks.document import read
from rapidjwt.jwks.driving import Failure
from rapidjwt.jwks.fetching import Fetched, Target, Tuning
from rapidjwt.jwks.flight import Flight, inside_event_loop
from rapidjwt.jwks.health import Event, Health, OnEvent
from rapidjwt.jwks.outcome import Known, Outcome, Tally, difference, failed
from rapidjwt.jwks.rules import Rules
from rapidjwt.jwks.snapshot import Snapshot
from rapidjwt.jwks.transport import AsyncTransport, Transport

if TYPE_CHECKING:
    import asyncio

    from rapidjwt._impl import KeySlot

__all__ = ["Client", "Parts"]

_CLOCKS_DIFFER: Final = 60.0
"""Seconds by which a snapshot may come from the future: the clock of a machine is set while it starts."""

_MAX_LOST: Final = 3
"""Worker threads that one key set may hold. More only happens where a transport does not come back at its deadline."""


class Parts(NamedTuple):
    """What a client is made of."""

    target: Target
    tuning: Tuning
    rules: Rules
    timeout: float
    transport: Transport
    async_transport: AsyncTransport | None
    snapshot: str | None
    on_event: OnEvent | None
    clock: Callable[[], float]
    random: Callable[[], float]


class Client:
    """A `KeySource`. Thread-safe; belongs to no event loop; usable in a child after a fork."""

    def __init__(self, slot: KeySlot, parts: Parts) -> None:
        self.slot = slot
        self._parts = parts
        self._policy = Policy(parts.rules, deadline=parts.timeout, random=parts.random)
        self._lock = threading.Lock()
        self._saving = threading.Lock()
        self._flight: Flight | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads = 0
        self._generation = 0
        self._watched = False
        self._known: Known | None = None
        self._location = parts.target.jwks_url
        self._located_until = 0.0
        self._saved = 0
        self._tally = Tally()
        _clients.add(self)
        self._restore()

    # ---- what the engine calls

    def find(self, kid: str | None) -> bool:
        """A token needs a key that the slot does not have. True: the slot changed, look again.

        Waits for a fetch at most until the deadline, and not at all inside an event loop.
        """
        until = time.monotonic() + self._parts.timeout
        generation = self._generation
        for _ in range(2):
            action, flight = self._ask(kid)
            if flight is None or inside_event_loop() or not flight.wait(until - time.monotonic()):
                return action is Action.RETRY or self._generation != generation
            if action is Action.FETCH or self._has(kid):
                break
        return self._generation != generation

    async def afind(self, kid: str | None) -> bool:
        """The same for asyncio: other tasks go on meanwhile."""
        until = time.monotonic() + self._parts.timeout
        generation = self._generation
        for _ in range(2):
            action, flight = self._ask(kid)
            if flight is None or not await flight.landed(until - time.monotonic()):
                return action is Action.RETRY or self._generation != generation
            if action is Action.FETCH or self._has(kid):
                break
        return self._generation != generation

    def due(self) -> None:
        """It is time to refresh: start a fetch that nobody waits for."""
        self._give_up_lost()
        with self._lock:
            now = self._parts.clock()
            flight = self._launch(now, ()) if self._policy.wants_refresh(now) else None
        if flight is not None:
            self._start(flight)
        if self._watched:
            # After a fork the background thread is another process's.
            background.shared.watch(self)

    # ---- what a program calls

    def refresh(self) -> bool:
        """Fetch now, whatever the rules say, or join the fetch that runs; wait for it. False: it failed, see `health()`.

        Raises:
            RuntimeError: called inside an event loop.
        """
        if inside_event_loop():
            raise RuntimeError("refresh() would block the event loop: await arefresh()")
        flight = self._forced()
        return flight.wait(self._parts.timeout) and self._policy.failures == 0

    async def arefresh(self) -> bool:
        """The same for asyncio."""
        flight = self._forced()
        return await flight.landed(self._parts.timeout) and self._policy.failures == 0

    def start(self) -> None:
        """Keep the keys fresh from a background thread, one for all key sets of the process, traffic or not."""
        self._watched = True
        background.shared.watch(self)

    def close(self) -> None:
        """End that."""
        self._watched = False
        background.shared.forget(self)

    def wakes_in(self) -> float:
        """Seconds until the background thread has something to do."""
        now = self._parts.clock()
        return self._parts.timeout if self._policy.flying(now) else self._policy.due - now

    def health(self) -> Health:
        """What is known of the keys."""
        self._give_up_lost()
        with self._lock:
            now, policy, tally = self._parts.clock(), self._policy, self._tally
            usable, document = policy.usable(now), None if self._known is None else self._known.document
            return Health(
                issuer=self._parts.target.issuer,
                location=self._location,
                keys=len(document.keys) if usable and document is not None else 0,
                age=None if policy.fetched_at is None else now - policy.fetched_at,
                fresh=usable and not policy.stale(now),
                usable=usable,
                restored=tally.restored,
                last_error=tally.last_error,
                last_status=tally.last_status,
                failures=policy.failures,
                fetches=tally.fetches,
                failed_fetches=tally.failed,
                unchanged_fetches=tally.unchanged,
                unknown_kids=tally.unknown_kids,
                skipped=() if document is None else document.skipped,
            )

    # ---- fetching

    def _ask(self, kid: str | None) -> tuple[Action, Flight | None]:
        self._give_up_lost()
        with self._lock:
            now = self._parts.clock()
            action = self._policy.miss(now, kid)
            if action is not Action.RETRY and self._policy.usable(now):
                self._tally.unknown_kids += 1
            if action is Action.WAIT:
                return action, self._flight
            flight = self._launch(now, (kid,)) if action is Action.FETCH else None
        if flight is not None:
            self._start(flight)
        return action, flight

    def _forced(self) -> Flight:
        self._give_up_lost()
        with self._lock:
            now = self._parts.clock()
            if self._policy.flying(now) and self._flight is not None:
                return self._flight
            flight = self._take_off(now, ())
        self._start(flight)
        return flight

    def _launch(self, now: float, asked: tuple[str | None, ...]) -> Flight | None:
        """A fetch that the rules want, unless too many never came back."""
        # Until the deadline nobody needs to be told again.
        self._publish(now + self._parts.timeout)
        return self._take_off(now, asked) if self._threads < _MAX_LOST else None

    def _take_off(self, now: float, asked: tuple[str | None, ...]) -> Flight:
        self._flight = Flight(self._policy.started(now), now, asked)
        return self._flight

    def _start(self, flight: Flight) -> None:
        transport = self._parts.async_transport
        if transport is not None and inside_event_loop():
            import asyncio

            task = asyncio.get_running_loop().create_task(self._fly_in_loop(flight, transport))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        with self._lock:
            self._threads += 1
        workers.shared.submit(partial(self._fly, flight))

    def _fly(self, flight: Flight) -> None:
        known = self._known
        try:
            fetched = driving.blocking(self._talk(flight, known), self._parts.transport, self._parts.timeout)
            outcome: Outcome = self._outcome(fetched, known)
        except Exception as error:
            outcome = failed(error)
        self._land(flight, outcome)
        with self._lock:
            self._threads -= 1

    async def _fly_in_loop(self, flight: Flight, transport: AsyncTransport) -> None:
        known = self._known
        outcome: Outcome = failed(build("fetch_failed"))
        try:
            fetched = await driving.in_loop(self._talk(flight, known), transport, self._parts.timeout)
            outcome = self._outcome(fetched, known)
        except Exception as error:
            outcome = failed(error)
        finally:
            # Also when the loop ends under us: waiters in other threads and loops must hear of it.
            self._land(flight, outcome)

    def _talk(self, flight: Flight, known: Known | None) -> fetching.Conversation:
        target = self._parts.target
        # The address that the metadata told counts for as long as that was fresh. A missing key or a failure may mean another one.
        if not flight.asked and not self._policy.failures and self._parts.clock() < self._located_until:
            target = target._replace(jwks_url=self._location)
        return fetching.conversation(target, self._parts.tuning, None if known is None else known.validator)

    def _outcome(self, fetched: Fetched, known: Known | None) -> Known:
        """An answer that is the same as before keeps its key objects, and what verifiers learned about them."""
        if known is not None and fetched.body in (None, known.body):
            return known._replace(fetched=fetched)
        body = fetched.body or b""
        return Known(fetched, body, read(body))

    # ---- what came of it

    def _land(self, flight: Flight, outcome: Outcome) -> None:
        with self._lock:
            now = self._parts.clock()
            if flight.lost and isinstance(outcome, Failure):
                return
            if isinstance(outcome, Failure):
                event, snapshot = self._refused(flight, now, outcome), None
            else:
                event, snapshot = self._adopt(flight, now, outcome)
            if self._flight is flight:
                self._flight = None
            self._publish(self._policy.due)
        flight.land()
        self._tell(event)
        if snapshot is not None and inside_event_loop():
            workers.shared.submit(partial(self._save, flight.ticket, *snapshot))
        elif snapshot is not None:
            self._save(flight.ticket, *snapshot)

    def _give_up_lost(self) -> None:
        """A fetch that is past its deadline has failed, whether or not its transport ever comes back. A late answer still counts."""
        with self._lock:
            now, flight = self._parts.clock(), self._flight
            if flight is None or self._policy.flying(now):
                return
            self._flight, flight.lost = None, True
            event = self._refused(flight, flight.began + self._parts.timeout, Failure(build("fetch_timeout")))
            self._publish(self._policy.due)
        flight.land()
        self._tell(event)

    def _adopt(self, flight: Flight, now: float, answer: Known) -> tuple[Event, tuple[str, Snapshot] | None]:
        issuer, fetched, document = self._parts.target.issuer, answer.fetched, answer.document
        happened = partial(Event, issuer=issuer, at=now, seconds=now - flight.began)
        if not self._policy.succeeded(flight.ticket, now, fetched.lifetime, document.kids):
            return happened("outdated"), None
        for kid in flight.asked:
            self._policy.searched(now, kid)
        old = None if self._known is None else self._known.document
        self._known, self._location = answer, fetched.url
        if fetched.metadata is not None:
            self._located_until = now + self._policy.bounded(fetched.metadata.lifetime)
        self._generation += 1
        tally = self._tally
        tally.fetches += 1
        tally.restored, tally.last_error, tally.last_status = False, None, None
        tally.unchanged += fetched.body is None
        return difference(happened, old, document), self._snapshot(now, answer)

    def _snapshot(self, now: float, answer: Known) -> tuple[str, Snapshot] | None:
        path = self._parts.snapshot
        if path is None:
            return None
        target, lifetime = self._parts.target, self._policy.expires - now
        text = answer.body.decode("utf-8")
        return path, Snapshot(target.issuer, target.jwks_url, answer.fetched.url, now, lifetime, text)

    def _refused(self, flight: Flight, now: float, failure: Failure) -> Event:
        self._policy.failed(flight.ticket, now, failure.retry_after)
        tally = self._tally
        tally.fetches += 1
        tally.failed += 1
        tally.last_error, tally.last_status = failure.error.code, failure.status
        issuer = self._parts.target.issuer
        return Event("failed", issuer, now, now - flight.began, failure.error)

    def _publish(self, due: float) -> None:
        if self._known is not None:
            self.slot.replace(self._known.document.keys, due=due, dead=self._policy.dead)

    def _has(self, kid: str | None) -> bool:
        return self._known is not None and kid in self._known.document.kids

    def _tell(self, event: Event) -> None:
        events.tell(self._parts.on_event, event)

    # ---- the snapshot

    def _restore(self) -> None:
        path, target = self._parts.snapshot, self._parts.target
        if path is None:
            return
        now = self._parts.clock()
        try:
            found = snapshots.load(path)
            if found is None:
                return
            if (found.issuer, found.jwks_url) != (target.issuer, target.jwks_url):
                raise build("snapshot_invalid")
            if found.fetched_at > now + _CLOCKS_DIFFER:
                raise build("snapshot_invalid")
            # A surrogate, which JSON can name and UTF-8 cannot, is no part of any answer.
            body = found.document.encode("utf-8", "replace")
            document = read(body)
        except PyJWTError as error:
            self._tell(Event("snapshot", target.issuer, now, error=error))
            return
        self._policy.restored(found.fetched_at, found.lifetime, document.kids)
        self._known = Known(Fetched(found.location, body, found.lifetime, None), body, document)
        self._location = found.location
        self._tally.restored = True
        self._publish(self._policy.due)
        self._tell(Event("restored", target.issuer, now, added=events.in_order(document.kids)))

    def _save(self, ticket: int, path: str, snapshot: Snapshot) -> None:
        with self._saving:
            if ticket < self._saved:
                return
            self._saved = ticket
            try:
                snapshots.save(path, snapshot)
            except PyJWTError as error:
                self._tell(Event("snapshot", snapshot.issuer, self._parts.clock(), error=error))

    def after_fork(self) -> None:
        """The threads that held our locks and fetched for us are another process's."""
        self._lock, self._saving = threading.Lock(), threading.Lock()
        self._flight, self._threads, self._tasks = None, 0, set()
        self._policy.forget_flight()
        self._publish(self._policy.due)


_clients: weakref.WeakSet[Client] = weakref.WeakSet()


def _after_fork() -> None:
    for client in list(_clients):
        client.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
