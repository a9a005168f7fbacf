"""`Detectors`: notices what one event does not show, and raises an `Alert`. All memory is bounded, whatever clients send; each process
has its own. Decides nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from rapidjwt.observe.addresses import neighbourhood, network
from rapidjwt.observe.alert import Alert, Rule
from rapidjwt.observe.audit import LONGEST
from rapidjwt.observe.fan_out import call
from rapidjwt.observe.labels import CALL_REFUSED, ROUTING
from rapidjwt.observe.observer import Observer
from rapidjwt.observe.pseudonyms import Pseudonyms
from rapidjwt.observe.windows import Windows

if TYPE_CHECKING:
    from rapidjwt._native import VerifiedToken
    from rapidjwt.observe.facts import Decision, Request
    from rapidjwt.types import Verification

__all__ = ["Detectors"]

_UNCOUNTED: Final = frozenset({"missing", "keys_unavailable", "store_unavailable", CALL_REFUSED}) | ROUTING
"""Refusals that say nothing about a token."""

_MOST_ISSUERS: Final = 1024

_all: Final[WeakSet[Detectors]] = WeakSet()


class Detectors(Observer):
    """Counts within windows of time, and calls `on_alert` when a limit is passed: once for each rule, key and window, and at most
    `max_alerts` times for each rule and window.

    `on_decision` serves the rules that are about clients, `on_verification` those about keys and lifetimes.

    Args:
        on_alert: called with each Alert, in the thread that told; what one raises is logged.
        window: seconds.
        max_prefixes: networks (/24 of IPv4, /48 of IPv6) from which one token may come (`token_addresses`).
        max_agents: values of User-Agent with which one token may come (`token_agents`).
        max_failures: refused requests from one address, or /64 of IPv6 (`failures_address`). Those without a token, for their path, or
            since keys or a store are not there, do not count.
        max_subject_failures: refused requests with good tokens of one subject (`failures_subject`).
        max_unknown_keys: tokens of one issuer that name a key that is not there (`unknown_keys`).
        max_lifetime: seconds that a token may live, from `iat` or now to `exp` (`long_lived`); one without `exp` lives too long.
        max_tokens, max_clients, max_subjects: so many are remembered; those not seen for the longest go first.
        max_alerts: see above.
        key: of the hashes in alerts, as for `AuditLog`.
        clock: returns the time in seconds since the epoch.

    Raises:
        ValueError: a limit is negative, a number to remember less than 1, the window not positive.
    """

    def __init__(
        self,
        *on_alert: Callable[[Alert], object],
        window: float = 300,
        max_prefixes: int = 4,
        max_agents: int = 2,
        max_failures: int = 50,
        max_subject_failures: int = 20,
        max_unknown_keys: int = 100,
        max_lifetime: float = 86_400,
        max_tokens: int = 10_000,
        max_clients: int = 10_000,
        max_subjects: int = 10_000,
        max_alerts: int = 100,
        key: bytes | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        limits = (max_prefixes, max_agents, max_failures, max_subject_failures, max_unknown_keys, max_lifetime)
        if not window > 0 or min(limits) < 0 or min(max_tokens, max_clients, max_subjects, max_alerts) < 1:
            raise ValueError("limits must not be negative, the window and numbers to remember must be positive")
        self._on_alert: Final = on_alert
        self._window: Final = window
        self._max_prefixes: Final = max_prefixes
        self._max_agents: Final = max_agents
        self._max_failures: Final = max_failures
        self._max_subject_failures: Final = max_subject_failures
        self._max_unknown_keys: Final = max_unknown_keys
        self._max_lifetime: Final = max_lifetime
        self._prefixes: Final = Windows(max_tokens, window)
        self._agents: Final = Windows(max_tokens, window)
        self._clients: Final = Windows(max_clients, window)
        self._subjects: Final = Windows(max_subjects, window)
        self._issuers: Final = Windows(_MOST_ISSUERS, window)
        self._alerts: Final = Windows(_MOST_ISSUERS, window)
        self._max_alerts: Final = max_alerts
        self._pseudonyms: Final = Pseudonyms(key)
        self._clock: Final = clock
        self._lock = Lock()
        _all.add(self)

    def on_verification(self, event: Verification) -> None:
        """Look at keys and lifetimes."""
        if event.code == "key_unknown":
            name, now = event.issuer, self._clock()
            with self._lock:
                window = self._issuers.of(("unknown", name), now)
                new = window.another(self._max_unknown_keys)
            if new:
                self._raise("unknown_keys", now, window.seen, issuer=name)
        elif event.token is not None:
            self._lifetime(event.issuer, event.token)

    def on_decision(self, request: Request, decision: Decision, seconds: float) -> None:
        """Look at clients."""
        if decision.token is not None:
            self._spread(request, decision.token)
        if not decision.allowed and decision.reason not in _UNCOUNTED:
            self._failure(request, decision.token)

    def _lifetime(self, issuer: str | None, token: VerifiedToken) -> None:
        expires, issued = token.expires_at, token.issued_at
        if expires is not None and issued is not None and expires - issued <= self._max_lifetime:
            return
        now = self._clock()
        lifetime = 0 if expires is None else expires - (int(now) if issued is None else issued)
        if expires is not None and lifetime <= self._max_lifetime:
            return
        with self._lock:
            new = self._issuers.of(("long", issuer), now).another(0)
        if new:
            self._raise("long_lived", now, lifetime, issuer=issuer, token=self._hash(token))

    def _spread(self, request: Request, token: VerifiedToken) -> None:
        name, now = self._hash(token), self._clock()
        prefix, agent = neighbourhood(request.client), request.user_agent
        new: list[Rule] = []
        with self._lock:
            if prefix is not None and self._prefixes.of(name, now).distinct(prefix, self._max_prefixes):
                new.append("token_addresses")
            if isinstance(agent, str) and self._agents.of(name, now).distinct(hash(agent), self._max_agents):
                new.append("token_agents")
        for rule in new:
            seen = (self._max_prefixes if rule == "token_addresses" else self._max_agents) + 1
            self._raise(rule, now, seen, token=name, **self._about(request, token))

    def _failure(self, request: Request, token: VerifiedToken | None) -> None:
        now, address = self._clock(), network(request.client)
        subject = None if token is None or token.subject is None else self._subject(token)
        new: list[tuple[Rule, int]] = []
        with self._lock:
            if address is not None:
                window = self._clients.of(address, now)
                if window.another(self._max_failures):
                    new.append(("failures_address", window.seen))
            if subject is not None:
                window = self._subjects.of(subject, now)
                if window.another(self._max_subject_failures):
                    new.append(("failures_subject", window.seen))
        for rule, seen in new:
            self._raise(rule, now, seen, **self._about(request, token))

    def _about(self, request: Request, token: VerifiedToken | None) -> dict[str, Any]:
        subject = None if token is None or token.subject is None else self._subject(token)
        issuer = None if token is None or token.issuer is None else token.issuer[:LONGEST]
        return {
            "client": None if network(request.client) is None else request.client,
            "subject": subject,
            "issuer": issuer,
        }

    def _hash(self, token: VerifiedToken) -> str:
        return self._pseudonyms.token(token.issuer, token.jwt_id, token.payload)

    def _subject(self, token: VerifiedToken) -> str:
        return self._pseudonyms.subject(token.issuer, token.subject or "")

    def _raise(self, rule: Rule, now: float, seen: int, **about: Any) -> None:
        with self._lock:
            window = self._alerts.of(rule, now)
            window.seen += 1
            too_many = window.seen > self._max_alerts
        if not too_many:
            alert = Alert(rule, now, seen, self._window, **about)
            for hear in self._on_alert:
                call(hear, alert)


def _after_fork() -> None:
    """A lock that another thread held in the parent is nobody's in the child."""
    for detectors in _all:
        detectors._lock = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
