"""One call of a gateway in, one answer out. Holds the parts of one configuration; a reload makes another service and swaps them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, final

from rapidjwt.forward.calls import Incomplete
from rapidjwt.forward.rare import Rare
from rapidjwt.observe.labels import CALL_REFUSED
from rapidjwt.web import Answer, Decision, Request

if TYPE_CHECKING:
    from rapidjwt.forward.assertion import Asserter
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
        "_asserter",
        "_cache",
        "_client",
        "_clock",
        "_decide_at_once",
        "_identity",
        "_nginx",
        "_read",
        "_refuse",
        "_tell",
        "parts",
    )

    def __init__(self, parts: Parts, asserter: Asserter, clock: Callable[[], float] = time.time) -> None:
        self.parts: Final = parts
        self._read: Final = parts.reader
        # The last word is ours: a proof may be too long for a header.
        self._decide_at_once: Final = parts.guard.silent().decide_at_once
        self._adecide: Final = parts.guard.silent().adecide
        self._refuse: Final = parts.guard.refuse
        self._tell: Final = parts.guard.tell
        self._identity: Final = parts.identity
        self._client: Final = parts.proxies.client
        self._asserter: Final = asserter
        self._clock: Final = clock
        self._nginx: Final = parts.settings.server.profile == "nginx"
        self._cache: Final = parts.settings.answers.nginx_cache

    async def answer(self, scope: Any, raw_path: bytes) -> Reply:
        """Answer one call.

        Args:
            scope: of ASGI.
            raw_path: of the call, without its query.
        """
        start = perf_counter()
        found = self._read(scope, raw_path)
        peer = scope.get("client")
        address = None if peer is None else peer[0]
        if isinstance(found, Incomplete):
            _refused_calls.warn("a call was refused: %s", found.why)
            request = Request(scope["method"], None, scope["headers"])
            request.client = self._client(address, request)
            decision = _UNDER_NGINX if self._nginx else _CALL_REFUSED
        else:
            request = found
            request.client = self._client(address, request)
            decision = self._decide_at_once(request) or await self._adecide(request)
        decision, reply = self._finished(decision)
        self._tell(request, decision, start)
        return reply

    def _finished(self, decision: Decision) -> tuple[Decision, Reply]:
        """What becomes of a request in the end, and how it is told."""
        token = decision.token
        if decision.answer is not None:
            return decision, self._refusal(decision.answer)
        if token is None:
            return decision, self._allowed(self._identity.empty, None)
        signed = self._asserter.of(token)
        headers = self._identity.of(token, signed.text)
        if headers is None:
            return self._finished(self._refuse("too_large", decision.rule)._replace(token=token))
        ends = signed.expires_at if token.expires_at is None else min(signed.expires_at, token.expires_at)
        return decision, self._allowed(headers, ends)

    def _allowed(self, identity: Headers, ends: int | None) -> Reply:
        headers = [(b"cache-control", b"no-store"), (b"content-length", b"0"), *identity]
        return Reply(200, self._caching(headers, ends), b"")

    def _refusal(self, answer: Answer) -> Reply:
        headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in answer.headers]
        headers.append((b"content-length", b"%d" % len(answer.body)))
        return Reply(answer.status, self._caching([*headers, *self._identity.empty], None), answer.body)

    def _caching(self, headers: Headers, ends: int | None) -> Headers:
        """nginx goes by the first header that is about caching, and keeps what `Cache-Control: private` allows the client to keep."""
        if not self._nginx:
            return headers
        seconds = 0 if ends is None else max(0, min(int(ends - self._clock()), self._cache))
        return [(b"x-accel-expires", b"%d" % seconds), *headers]


_refused_calls: Final = Rare()
