"""What a server costs without us: an ASGI application that gives every call the same answer, as long as a forward-auth one."""

from __future__ import annotations

from typing import Any

_HEADERS = [
    (b"x-accel-expires", b"0"),
    (b"cache-control", b"no-store"),
    (b"content-length", b"0"),
    (b"x-auth-subject", b"user-1"),
    (b"x-auth-issuer", b"https://issuer.example/"),
    (b"x-auth-scope", b"a b"),
    (b"x-auth-client-id", b""),
    (b"x-auth-assertion", b"e" * 450),
]


async def app(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b""})
