"""Requests as plain facts, and a stand-in for an ASGI server that says what a test lets it say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from rapidjwt.web import Request


def request(
    *headers: tuple[str, str], method: str = "GET", path: str = "/me", query: str = "", websocket: bool = False
) -> Request:
    """A request with these headers."""
    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return Request(method, path, pairs, query=query, websocket=websocket)


def scope(kind: str, path: str, headers: Iterable[tuple[str, str]] = (), **more: Any) -> dict[str, Any]:
    """An ASGI scope."""
    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return {"type": kind, "path": path, "headers": pairs, "query_string": b"", "extensions": {}} | more


def play(app: Any, scope: dict[str, Any], *messages: dict[str, Any]) -> list[dict[str, Any]]:
    """What the application sends when it receives these messages, and then nothing more."""
    sent: list[dict[str, Any]] = []

    async def run() -> None:
        waiting = list(messages)

        async def receive() -> dict[str, Any]:
            return waiting.pop(0) if waiting else await asyncio.Event().wait()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await asyncio.wait_for(app(scope, receive, send), 20)

    asyncio.run(run())
    return sent
