"""One call of a gateway in, one answer out. Holds the parts of one configuration; a reload makes another service and swaps them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, final

from rapidjwt.forward.calls import Incomplete
from rapidjwt.forward.rare import Rare

if TYPE_CHECKING:
    from rapidjwt import VerifiedToken
    from rapidjwt.forward.assertion import Asserter
    from rapidjwt.forward.building import Parts
    from rapidjwt.forward.identity import Headers
    from rapidjwt.web import Answer

__all__ = ["Reply", "Service"]

_BODY: Final = json.dumps(
    {"error": "invalid_request", "error_description": "The gateway's call is not complete", "reason": "call_refused"}
).encode("ascii")


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
        "parts",
    )

    def __init__(self, parts: Parts, asserter: Asserter, clock: Callable[[], float] = time.time) -> None:
        self.parts: Final = parts
        self._read: Final = parts.reader
        self._decide_at_once: Final = parts.guard.decide_at_once
        self._adecide: Final = parts.guard.adecide
        self._refuse: Final = parts.guard.refuse
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
        request = self._read(scope, raw_path)
        if isinstance(request, Incomplete):
            return self._incomplete(request)
        peer = scope.get("client")
        request.client = self._client(None if peer is None else peer[0], request)
        decision = self._decide_at_once(request) or await self._adecide(request)
        if decision.answer is not None:
            return self._refusal(decision.answer)
        if decision.token is None:
            return self._allowed(self._identity.empty, None)
        return self._known(decision.token)

    def _known(self, token: VerifiedToken) -> Reply:
        signed = self._asserter.of(token)
        headers = self._identity.of(token, signed.text)
        if headers is None:
            answer = self._refuse("too_large").answer
            assert answer is not None  # noqa: S101
            return self._refusal(answer)
        ends = signed.expires_at if token.expires_at is None else min(signed.expires_at, token.expires_at)
        return self._allowed(headers, ends)

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

    def _incomplete(self, call: Incomplete) -> Reply:
        _refused_calls.warn("a call was refused: %s", call.why)
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        headers += [(b"content-length", b"%d" % len(_BODY)), *self._identity.empty]
        if self._nginx:
            # nginx makes 500 of a 400, which would hide that somebody was refused.
            headers.append((b"www-authenticate", b'Bearer error="invalid_request"'))
        return Reply(401 if self._nginx else 400, self._caching(headers, None), _BODY)


_refused_calls: Final = Rare()
