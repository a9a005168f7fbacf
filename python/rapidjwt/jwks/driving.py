"""Carries a conversation out: over a blocking transport or one for asyncio, within one deadline for all of its requests. Whatever a
transport does, the end is keys or an error of `rapidjwt.exceptions`, with the cause attached.
"""

from __future__ import annotations

import time
from typing import Any

from rapidjwt.exceptions import PyJWTError, build
from rapidjwt.jwks.fetching import Conversation, Fetched, Refused
from rapidjwt.jwks.transport import AsyncTransport, Request, Response, Transport

__all__ = ["Failure", "as_blocking", "blocking", "in_loop"]


class Failure(Exception):
    """A fetch that failed: `error` is ours, `status` and `retry_after` are the origin's."""

    def __init__(self, error: PyJWTError, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.status = status
        self.retry_after = retry_after


def blocking(talk: Conversation, transport: Transport, timeout: float) -> Fetched:
    """Carry it out in this thread. Raises Failure."""
    deadline = time.monotonic() + timeout
    step = _advance(talk, None)
    while isinstance(step, Request):
        request = _timed(step, deadline)
        try:
            response = transport(request)
        except Exception as error:
            raise _failure(error, deadline) from error
        step = _advance(talk, response)
    return step


async def in_loop(talk: Conversation, transport: AsyncTransport, timeout: float) -> Fetched:
    """Carry it out in the running event loop. Raises Failure."""
    import asyncio

    deadline = time.monotonic() + timeout
    step = _advance(talk, None)
    while isinstance(step, Request):
        request = _timed(step, deadline)
        try:
            async with asyncio.timeout(request.timeout):
                response = await transport(request)
        except Exception as error:
            raise _failure(error, deadline) from error
        step = _advance(talk, response)
    return step


def as_blocking(transport: AsyncTransport) -> Transport:
    """A transport for asyncio as one for a thread, with an event loop of its own for each request."""

    async def within_time(request: Request) -> Response:
        import asyncio

        async with asyncio.timeout(request.timeout):
            return await transport(request)

    def blocking(request: Request) -> Response:
        import asyncio

        return asyncio.run(within_time(request))

    return blocking


def _advance(talk: Conversation, response: Any) -> Request | Fetched:
    if response is not None and not isinstance(response, Response):
        raise TypeError(f"a transport must return a Response, not {type(response).__name__}")
    try:
        return next(talk) if response is None else talk.send(response)
    except StopIteration as end:
        fetched: Fetched = end.value
        return fetched
    except Refused as refusal:
        raise Failure(build("fetch_status"), refusal.status, refusal.retry_after) from None
    except PyJWTError as error:
        raise Failure(error) from None


def _timed(request: Request, deadline: float) -> Request:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Failure(build("fetch_timeout"))
    return request._replace(timeout=left)


def _failure(error: Exception, deadline: float) -> Failure:
    if isinstance(error, PyJWTError):
        return Failure(error)
    late = time.monotonic() >= deadline or any(
        "timeout" in type(one).__name__.lower() for one in (error, getattr(error, "reason", None))
    )
    ours = build("fetch_timeout" if late else "fetch_failed")
    ours.__cause__ = error
    return Failure(ours)
