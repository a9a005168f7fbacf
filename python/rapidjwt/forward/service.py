"""One call of a gateway in, one answer out. Holds the parts of one configuration; a reload makes another service and swaps them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, final

from rapidjwt.forward.assertion import NO_ASSERTION
from rapidjwt.forward.calls import Call, Incomplete
from rapidjwt.forward.rare import Rare
from rapidjwt.observe.labels import CALL_REFUSED
from rapidjwt.web import Answer, Decision

if TYPE_CHECKING:
    from rapidjwt import VerifiedToken
    from rapidjwt.forward.assertion import Asserter, Signed
    from rapidjwt.forward.building import Parts
    from rapidjwt.forward.identity import Headers

__all__ = ["Reply", "Service"]

_BODY: Final = json.dumps(
    {"error": "invalid_request", "error_description": "The gateway's call is not complete", "reason": CALL_REFUSED}
).encode("ascii")
_TOLD: Final = (("content-type", "application/json"), ("cache-control", "no-store"))
_CALL_REFUSED: Final = Decision(None, CALL_REFUSED, answer=Answer(400, _TOLD, _BODY))
_UNDER_NGINX: Final = Decision(
    # nginx makes 500 of a 400, which would hide that somebody was refused.
    None,
    CALL_REFUSED,
    answer=Answer(401, (*_TOLD, ("www-authenticate", 'Bearer error="invalid_request"')), _BODY),
)


_EMPTY: Final = ((b"cache-control", b"no-store"), (b"content-length", b"0"))
_EXPIRES: Final = b"x-accel-expires"
_NEVER_KEPT: Final = (_EXPIRES, b"0")


class Reply(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: Headers
    body: bytes


@final
class Service:
    """Answers calls.

    Args:
        parts: of a configuration.
        asserter: makes assertions.
        clock: seconds since the epoch.
    """

    __slots__ = (
        "_adecide",
        "_assertion",
        "_cache",
        "_clock",
        "_decide_at_once",
        "_first",
        "_identity",
        "_incomplete",
        "_is_nginx",
        "_nobody",
        "_proxies",
        "_read",
        "_refusals",
        "_refuse",
        "_tell",
        "parts",
    )

    def __init__(self, parts: Parts, asserter: Asserter, clock: Callable[[], float] = time.time) -> None:
        guard, settings = parts.guard, parts.settings
        self.parts: Final = parts
        self._read: Final = parts.reader
        self._proxies: Final = parts.proxies
        # The last word is ours: a proof may be too long for a header.
        self._decide_at_once: Final = guard.silent().decide_at_once
        self._adecide: Final = guard.silent().adecide
        self._refuse: Final = guard.refuse
        self._tell: Final = guard.tell
        self._identity: Final = parts.identity.of
        self._assertion: Final = None if settings.assertion is None else asserter.of
        self._clock: Final = clock
        self._is_nginx: Final = settings.server.profile == "nginx"
        self._incomplete: Final = _UNDER_NGINX if self._is_nginx else _CALL_REFUSED
        # nginx goes by the first header that is about caching, and keeps what `Cache-Control: private` allows the client to keep.
        self._first: Final[Headers] = [_NEVER_KEPT, *_EMPTY] if self._is_nginx else [*_EMPTY]
        self._cache: Final = settings.answers.nginx_cache
        self._refusals: Final[dict[Answer, Reply]] = {}
        self._nobody: Final = Reply(200, [*self._first, *parts.identity.empty], b"")

    def at_once(self, scope: Any, raw_path: bytes) -> Reply | None:
        """Answer one call without a wait; None where a key may have to be fetched first, and `answer` is to be awaited.

        Args:
            scope: of ASGI.
            raw_path: of the call, without its query.
        """
        start = perf_counter()
        call = self._read(scope, raw_path, self._proxies)
        if isinstance(call, Incomplete):
            return self._refused(scope, call, start)
        decision = self._decide_at_once(call)
        return None if decision is None else self._told(call, decision, start)

    async def answer(self, scope: Any, raw_path: bytes) -> Reply:
        """The same, which waits for keys."""
        start = perf_counter()
        call = self._read(scope, raw_path, self._proxies)
        if isinstance(call, Incomplete):
            return self._refused(scope, call, start)
        return self._told(call, await self._adecide(call), start)

    def _refused(self, scope: Any, call: Incomplete, start: float) -> Reply:
        _refused_calls.warn("a call was refused: %s", call.why)
        return self._told(Call(scope, self._proxies, scope["method"], None), self._incomplete, start)

    def _told(self, call: Call, decision: Decision, start: float) -> Reply:
        """What becomes of a request in the end, and how it is told."""
        answer = decision.answer
        reply = self._passed(decision.token) if answer is None else self._refusals.get(answer) or self._refusal(answer)
        if reply is None:
            return self._told(call, self._refuse("too_large", decision.rule)._replace(token=decision.token), start)
        self._tell(call, decision, start)
        return reply

    def _passed(self, token: VerifiedToken | None) -> Reply | None:
        """None where the proof is too long for headers."""
        if token is None:
            return self._nobody
        signed = NO_ASSERTION if self._assertion is None else self._assertion(token)
        identity = self._identity(token, signed.text)
        if identity is None:
            return None
        first = self._kept(token, signed) if self._cache else self._first
        return Reply(200, [*first, *identity], b"")

    def _kept(self, token: VerifiedToken, signed: Signed) -> Headers:
        """What comes first where nginx may keep the answer."""
        ends = signed.expires_at if token.expires_at is None else min(signed.expires_at, token.expires_at)
        seconds = max(0, min(int(ends - self._clock()), self._cache))
        return [(_EXPIRES, b"%d" % seconds), *_EMPTY]

    def _refusal(self, answer: Answer) -> Reply:
        headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in answer.headers]
        headers.append((b"content-length", b"%d" % len(answer.body)))
        never = [_NEVER_KEPT] if self._is_nginx else []
        reply = Reply(answer.status, [*never, *headers, *self.parts.identity.empty], answer.body)
        # There are as many answers as reasons and rules.
        self._refusals[answer] = reply
        return reply


_refused_calls: Final = Rare()
