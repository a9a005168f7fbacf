"""Ends a WebSocket when its token expires: the peer is told by a close frame, the application by a disconnect. For asyncio."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

__all__ = ["UNAUTHORIZED", "until"]

UNAUTHORIZED: Final = 3000
"""WebSocket close code (IANA's WebSocket Close Code Number Registry)."""
_NAP: Final = 60.0
"""Longest sleep in seconds: the clock may be set meanwhile."""


async def until(
    end: float, clock: Callable[[], float], app: Callable[..., Awaitable[None]], scope: Any, receive: Any, send: Any
) -> None:
    """Run the application, and end its connection at `end`, in seconds since the epoch."""
    expired = asyncio.Event()

    async def close() -> None:
        while (left := end - clock()) > 0:
            await asyncio.sleep(min(left, _NAP))
        expired.set()
        await send({"type": "websocket.close", "code": UNAUTHORIZED, "reason": "the access token expired"})

    async def receive_until() -> Any:
        if not expired.is_set():
            message = asyncio.ensure_future(receive())
            waiting = asyncio.ensure_future(expired.wait())
            try:
                await asyncio.wait((message, waiting), return_when=asyncio.FIRST_COMPLETED)
                if message.done():
                    return message.result()
            finally:
                message.cancel()
                waiting.cancel()
        return {"type": "websocket.disconnect", "code": UNAUTHORIZED, "reason": "the access token expired"}

    async def send_until(message: Any) -> None:
        if expired.is_set():
            raise OSError("the access token of this WebSocket expired")
        await send(message)

    timer = asyncio.ensure_future(close())
    try:
        await app(scope, receive_until, send_until)
    except Exception:
        if not expired.is_set():
            raise
        # How an application takes the end is no fault: a server would log it, a framework close once more.
        logging.getLogger("rapidjwt.web").debug("a WebSocket's application ended with its token", exc_info=True)
    finally:
        timer.cancel()
        await asyncio.gather(timer, return_exceptions=True)
