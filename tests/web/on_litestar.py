"""The plugin of Litestar."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Request, route
from litestar.enums import HttpMethod

from rapidjwt.web import Guard
from rapidjwt.web.litestar import BearerPlugin

METHODS = [HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, HttpMethod.PUT, HttpMethod.OPTIONS]


@route(["/", "/{path:path}"], http_method=METHODS, status_code=200)
async def who(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return {"sub": request.user, "seen": [request.auth and request.auth.subject]}


def make(guard: Guard) -> Any:
    return Litestar([who], plugins=[BearerPlugin(guard)], openapi_config=None)
