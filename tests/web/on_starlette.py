"""The backend of Starlette's own AuthenticationMiddleware."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from rapidjwt.web import Guard
from rapidjwt.web.starlette import authentication


def make(guard: Guard) -> Any:
    methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
    return Starlette(routes=[Route("/{path:path}", who, methods=methods)], middleware=[authentication(guard)])


async def who(request: Request) -> JSONResponse:
    token = request.scope["rapidjwt"]
    name = request.user.display_name if request.user.is_authenticated else None
    return JSONResponse({"sub": token and token.subject, "seen": [name]})
