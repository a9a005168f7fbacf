"""The plain ASGI middleware before an application that tells who came."""

from __future__ import annotations

import json
from typing import Any

from rapidjwt.web import ASGIMiddleware, Guard


def make(guard: Guard) -> Any:
    return ASGIMiddleware(app, guard)


async def app(scope: Any, receive: Any, send: Any) -> None:
    token = scope["rapidjwt"]
    body = json.dumps({"sub": token and token.subject, "seen": [token and token.subject]}).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]}
    )
    await send({"type": "http.response.body", "body": body})
