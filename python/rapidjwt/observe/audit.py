"""`AuditLog`: what happened to tokens, key sets and alerts, one flat event each, for sinks that write it down. An event never holds a
token, a signature or anything that an unverified token says; its size is bounded.
"""

from __future__ import annotations

import os
import random
import socket
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Literal

from rapidjwt.observe.fan_out import call
from rapidjwt.observe.observer import Observer
from rapidjwt.observe.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from rapidjwt._native import VerifiedToken
    from rapidjwt.jwks.health import Event
    from rapidjwt.observe.alert import Alert
    from rapidjwt.observe.facts import Decision, Request
    from rapidjwt.observe.sinks import Sink
    from rapidjwt.types import Verification

__all__ = ["LONGEST", "AuditLog"]

LONGEST: Final = 256
"""Characters of a text in an event; what is longer ends in `...`."""

_MOST_KIDS: Final = 20


class AuditLog(Observer):
    """Writes down refusals, rotated keys and alerts, all of them, and of what was verified a sample.

    Args:
        sinks: each is called with each event, a dict of its own; see `rapidjwt.observe.sinks`. What one raises is logged.
        record: "verifications" where a verifier tells, "decisions" where a web layer does, which knows the client: one of the two,
            so that nothing is written twice.
        sample: the share of verified tokens that is written down, 0 to 1.
        pseudonymise: `sub` as a keyed hash.
        key: of the hashes, 16 to 64 bytes. None: of this process, so that hashes of another process or run say nothing.
        node: what this machine is called. None: its host name. The process ID is put behind it.
        clock: returns the time in seconds since the epoch.
        chance: returns a number from 0 to below 1, for the sample.

    Raises:
        ValueError: `record`, `sample` or `key` makes no sense.
    """

    def __init__(
        self,
        *sinks: Sink,
        record: Literal["verifications", "decisions"] = "verifications",
        sample: float = 1.0,
        pseudonymise: bool = False,
        key: bytes | None = None,
        node: str | None = None,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        if record not in ("verifications", "decisions"):
            raise ValueError("record must be verifications or decisions")
        if not 0 <= sample <= 1:
            raise ValueError("sample must be from 0 to 1")
        self._sinks: Final = sinks
        self._decisions: Final = record == "decisions"
        self._sample: Final = sample
        self._pseudonymise: Final = pseudonymise
        self._pseudonyms: Final = Pseudonyms(key)
        self._node: Final = node if node is not None else socket.gethostname()
        self._clock: Final = clock
        self._chance: Final = chance
        self._numbers: Final = count(1)

    def on_verification(self, event: Verification) -> None:
        """Write a token down."""
        if not self._decisions and self._wanted(event.ok):
            about = {"iss": event.issuer, "alg": event.algorithm} | self._token(event.token)
            self._write(_kind(event.ok), reason=event.reason, code=event.code, **about)

    def on_decision(self, request: Request, decision: Decision, seconds: float) -> None:
        """Write a request down, unless it needed no token and had none."""
        if not self._decisions or (decision.allowed and decision.token is None) or not self._wanted(decision.allowed):
            return
        refusal = (None, None) if decision.allowed else (decision.reason, decision.code)
        about = {
            "client.address": request.client,
            "user_agent.original": request.user_agent,
            "http.route": decision.route,
            "http.response.status_code": None if decision.allowed else decision.status,
            "request_id": request.request_id,
        }
        self._write(_kind(decision.allowed), reason=refusal[0], code=refusal[1], **self._token(decision.token), **about)

    def on_keys(self, event: Event) -> None:
        """Write keys down that are new or gone."""
        if event.added or event.withdrawn:
            self._write(
                "key.rotated",
                iss=event.issuer,
                **{"key.added": _kids(event.added), "key.withdrawn": _kids(event.withdrawn)},
            )

    def on_alert(self, alert: Alert) -> None:
        """Write an alert down."""
        about = {"client.address": alert.client, "jti_hash": alert.token, "sub_hash": alert.subject}
        self._write("alert", rule=alert.rule, seen=alert.seen, window=alert.window, iss=alert.issuer, **about)

    def _wanted(self, ok: bool) -> bool:
        return not ok or self._sample >= 1 or self._chance() < self._sample

    def _token(self, token: VerifiedToken | None) -> dict[str, Any]:
        """What is written down of a verified token."""
        if token is None:
            return {}
        issuer, subject = token.issuer, token.subject
        if subject is not None and self._pseudonymise:
            subject = self._pseudonyms.subject(issuer, subject)
        return {
            "iss": issuer,
            "sub": subject,
            "client_id": _text(token.get("client_id")) or _text(token.get("azp")),
            "jti_hash": self._pseudonyms.token(issuer, token.jwt_id, token.payload),
            "sid": _text(token.get("sid")),
            "alg": token.algorithm,
            "kid": token.kid,
        }

    def _write(self, kind: str, **about: Any) -> None:
        now = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="microseconds")
        event: dict[str, Any] = {"ts": now, "event": kind}
        for name, value in about.items():
            if value is not None:
                event[name] = _short(value) if isinstance(value, str) else value
        event["node"] = f"{self._node}:{os.getpid()}"
        event["seq"] = next(self._numbers)
        for sink in self._sinks:
            call(sink, dict(event))


def _kind(ok: bool) -> str:
    return "token.verified" if ok else "token.rejected"


def _kids(kids: Iterable[str | None]) -> list[str] | None:
    return [_short(kid or "") for kid, _ in zip(kids, range(_MOST_KIDS), strict=False)] or None


def _text(claim: object) -> str | None:
    """A claim that may be anything, where it is a text."""
    return claim if isinstance(claim, str) else None


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
