"""Litestar: a plugin that puts a `Guard` before every route and tells OpenAPI. `request.user` is the token's subject, `request.auth` the
proof.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, Any, Final

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException, WebSocketException
from litestar.middleware import DefineMiddleware
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins import InitPlugin

from rapidjwt.web._expiry import UNAUTHORIZED, until
from rapidjwt.web.asgi import request_of

if TYPE_CHECKING:
    from litestar.config.app import AppConfig
    from litestar.types import ASGIApp, Receive, Scope, Send

    from rapidjwt.web._answers import Answer
    from rapidjwt.web._bearer import Guard
    from rapidjwt.web._request import Request
    from rapidjwt.web._rules import Requirement

__all__ = ["BearerMiddleware", "BearerPlugin"]

_SCHEME: Final = "Bearer"


class BearerMiddleware:
    """Lets requests pass to `app` as a `Guard` decides. For `Litestar(middleware=[DefineMiddleware(BearerMiddleware, guard=guard)])`,
    or for a router, controller or route; the plugin does it for the application.

    A route handler's `requirement`, in its `opt`, is asked for beside the rules. A WebSocket is closed with code 3000 when its token
    expires.

    Args:
        app: what is protected; Litestar gives it.
        guard: decides by its rules.
        leeway: seconds that a WebSocket may outlive its token.
        clock: seconds since the epoch; for the expiry of WebSockets.
    """

    def __init__(
        self, app: ASGIApp, guard: Guard, *, leeway: float = 0, clock: Callable[[], float] = time.time
    ) -> None:
        self.app = app
        self._adecide: Final = guard.adecide
        self._leeway: Final = leeway
        self._clock: Final = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection.

        Raises:
            HTTPException: it is refused: status, challenge and reason as other middleware would tell them.
            WebSocketException: the same for a WebSocket.
        """
        also: Requirement | None = scope["route_handler"].opt.get("requirement")
        decision = await self._adecide(_facts(scope), also)
        websocket = scope["type"] == ScopeType.WEBSOCKET
        if decision.answer is not None:
            raise _refusal(decision.answer, websocket)
        token = decision.token
        given: Any = scope
        given["rapidjwt"] = given["auth"] = token
        given["user"] = None if token is None else token.subject
        if websocket and token is not None and token.expires_at is not None:
            await until(token.expires_at + self._leeway, self._clock, self.app, scope, receive, send)
        else:
            await self.app(scope, receive, send)


class BearerPlugin(InitPlugin):
    """`Litestar(plugins=[BearerPlugin(guard)])`.

    Args:
        guard: decides by its rules, about all that has a route.
        options: those of `BearerMiddleware`.
    """

    def __init__(self, guard: Guard, **options: Any) -> None:
        self._middleware: Final = DefineMiddleware(BearerMiddleware, guard=guard, **options)

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Put the middleware in, first of all, and the security scheme; Litestar calls this."""
        app_config.middleware.insert(0, self._middleware)
        if app_config.openapi_config is not None:
            config = app_config.openapi_config = copy(app_config.openapi_config)
            scheme = SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
            own = Components(security_schemes={_SCHEME: scheme})
            theirs = config.components
            config.components = [*theirs, own] if isinstance(theirs, list) else [own, theirs]
            config.security = [*(config.security or ()), {_SCHEME: []}]
        return app_config


def _facts(scope: Any) -> Request:
    """Of a mounted application's scope too, whose path Litestar has cut down to what is left below the mount point: rules are about
    the whole path.
    """
    request = request_of(scope)
    # "/adminx" is below the mount point "/admin" for Litestar; what is left of it is no path, and refused.
    if not getattr(scope["route_handler"], "is_mount", False):
        # Its router has taken `root_path` away already.
        request.path = scope["path"]
    elif scope["path"].startswith("/"):
        request.path = None
        if request.raw_path is not None:
            request.raw_path = request.raw_path.removeprefix(scope.get("root_path", "")) or "/"
    return request


def _refusal(answer: Answer, websocket: bool) -> Exception:
    body = json.loads(answer.body)
    if websocket:
        return WebSocketException(detail=body["error_description"], code=UNAUTHORIZED)
    headers = {name: value for name, value in answer.headers if name != "content-type"}
    return HTTPException(detail=body["error_description"], status_code=answer.status, headers=headers, extra=body)
