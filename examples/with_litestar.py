"""Litestar: the plugin, and a route that asks for more than its rule."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Request, get

import shop
from rapidjwt import VerifiedToken
from rapidjwt.web import Requirement
from rapidjwt.web.litestar import BearerPlugin

Asked = Request[str | None, VerifiedToken | None, Any]


@get(["/", "/me"])
async def who(request: Asked) -> dict[str, Any]:
    """Who came."""
    return {"path": request.url.path, "user": request.user}


@get("/orders", requirement=Requirement(issuers=[shop.LOGIN]))
async def orders(request: Asked) -> dict[str, Any]:
    """The rule asks for a scope, the route for the issuer."""
    return {"path": "/orders", "user": request.user}


app = Litestar([who, orders], plugins=[BearerPlugin(shop.guard)])

if __name__ == "__main__":
    shop.serve_asgi(app)
