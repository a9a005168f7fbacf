"""Starlette: its own AuthenticationMiddleware, its own `requires`."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import shop
from rapidjwt.web.starlette import authentication


async def who(request: Request) -> JSONResponse:
    """Who came."""
    return JSONResponse({"path": request.url.path, "user": request.user.display_name or None})


@requires("orders:read")
async def orders(request: Request) -> JSONResponse:
    """The rule asks for the scope, and the route does too."""
    return JSONResponse({"path": "/orders", "user": request.user.identity})


app = Starlette(
    routes=[Route("/", who), Route("/me", who), Route("/orders", orders)],
    middleware=[authentication(shop.guard)],
)

if __name__ == "__main__":
    shop.serve_asgi(app)
