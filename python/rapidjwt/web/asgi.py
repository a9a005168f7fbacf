"""ASGI middleware for HTTP and WebSocket: the request's facts to a `Guard`, its decision into the scope or onto the wire. Knows no framework."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final

from rapidjwt.web._expiry import UNAUTHORIZED, until
from rapidjwt.web._request import Request

if TYPE_CHECKING:
    from rapidjwt.web._answers import Answer
    from rapidjwt.web._bearer import Guard

__all__ = ["ASGIMiddleware", "request_of"]

Scope: TypeAlias = Any
Receive: TypeAlias = Callable[[], Awaitable[Any]]
Send: TypeAlias = Callable[[Any], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_DENIAL: Final = "websocket.http.response"


@final
class ASGIMiddleware:
    """Lets requests pass to `app` as a `Guard` decides. The proof is `scope["rapidjwt"]`: a VerifiedToken, or None where a rule lets
    requests without a token pass. A WebSocket is closed with code 3000 when its token expires.

    Args:
        app: what is protected.
        guard: decides.
        leeway: seconds that a WebSocket may outlive its token; that of the verifier, if it forgives any.
        clock: seconds since the epoch; for the expiry of WebSockets.
    """

    __slots__ = ("_adecide", "_admit", "_app", "_clock", "_concluded", "_decide_at_once", "_leeway")

    def __init__(self, app: App, guard: Guard, *, leeway: float = 0, clock: Callable[[], float] = time.time) -> None:
        self._app: Final = app
        # Who observes wants the request's facts, which are not collected here.
        self._admit: Final = None if guard.is_observed else guard.admit
        self._concluded: Final = guard.concluded
        self._decide_at_once: Final = guard.decide_at_once
        self._adecide: Final = guard.adecide
        self._leeway: Final = leeway
        self._clock: Final = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, connection or lifespan (ASGI 3)."""
        kind, decision, found = scope["type"], None, None
        if kind == "http":
            if self._admit is not None and not scope.get("root_path"):
                found = self._admit(scope.get("method", "GET"), scope["path"], scope.get("raw_path"), scope["headers"])
                if found is not None:
                    token, _, met = found
                    if met:
                        scope["rapidjwt"] = token
                        await self._app(scope, receive, send)
                        return
                    decision = self._concluded(*found)
        elif kind == "lifespan":
            await self._app(scope, receive, send)
            return
        elif kind != "websocket":
            # Only the life of the server itself; what else a server may invent is not let in unseen.
            raise ValueError(f"this middleware knows http, websocket and lifespan, not {kind}")
        if decision is None:
            request = request_of(scope)
            # Most tokens need no wait, and coroutines cost more than the decision. One that was looked at already needs a wait.
            decision = None if found is not None else self._decide_at_once(request)
            if decision is None:
                decision = await self._adecide(request)
        if decision.answer is not None:
            await _refuse(scope, receive, send, decision.answer)
            return
        scope["rapidjwt"] = decision.token
        if kind == "websocket" and decision.token is not None and decision.token.expires_at is not None:
            await until(decision.token.expires_at + self._leeway, self._clock, self._app, scope, receive, send)
        else:
            await self._app(scope, receive, send)


def request_of(scope: Scope) -> Request:
    """The facts of an ASGI scope. Below a mount point the path is what is left of it."""
    raw: bytes | None = scope.get("raw_path")
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    client = scope.get("client")
    if root:
        # Frameworks differ in what they cut away where it stands elsewhere than at the start; such a path is no path.
        path = path.removeprefix(root) or "/" if path.startswith(root) or root not in path else ""
    return Request(
        scope.get("method", "GET"),
        path,
        scope["headers"],
        query=scope.get("query_string", b"").decode("latin-1"),
        client=None if client is None else client[0],
        websocket=scope["type"] == "websocket",
        raw_path=None if raw is None else raw.partition(b"?")[0].decode("latin-1"),
    )


async def _refuse(scope: Scope, receive: Receive, send: Send, answer: Answer) -> None:
    if scope["type"] == "http":
        await _say(send, "http.response", answer)
        return
    await receive()  # websocket.connect
    if _DENIAL in (scope.get("extensions") or {}):
        await _say(send, _DENIAL, answer)
    else:
        # Before it is accepted, this is a 403 on the wire.
        await send({"type": "websocket.close", "code": UNAUTHORIZED})


async def _say(send: Send, kind: str, answer: Answer) -> None:
    headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in answer.headers]
    headers.append((b"content-length", str(len(answer.body)).encode("ascii")))
    await send({"type": f"{kind}.start", "status": answer.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": answer.body})
