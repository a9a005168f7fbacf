"""ASGI without a framework."""

from __future__ import annotations

import json
from typing import Any

import shop
from rapidjwt.web import ASGIMiddleware


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Who came: rapidjwt has put the proof into the scope."""
    if scope["type"] != "http":
        return
    token = scope["rapidjwt"]
    body = json.dumps({"path": scope["path"], "user": None if token is None else token.subject}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


app = ASGIMiddleware(application, shop.guard)

if __name__ == "__main__":
    shop.serve_asgi(app)
