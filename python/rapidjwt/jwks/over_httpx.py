"""Transports on httpx or its successor httpx2, blocking and for asyncio. The client is the program's, with its proxies, pools and
certificates; this file imports neither package.
"""

from __future__ import annotations

import time
from typing import Any

from rapidjwt.jwks.transport import Request, Response, gathered, too_large

__all__ = ["AsyncHttpxTransport", "HttpxTransport"]


class HttpxTransport:
    """Call it with a `Request`; `client` is an `httpx.Client`, which the program closes."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __call__(self, request: Request) -> Response:
        """Fetch. Raises what httpx raises, TimeoutError, KeyFetchError."""
        deadline = time.monotonic() + request.timeout
        body = bytearray()
        with self._client.stream("GET", request.url, **_options(request)) as answer:
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > request.max_bytes:
                    raise too_large(request.max_bytes)
                # httpx's own timeout starts anew with each chunk.
                if time.monotonic() > deadline:
                    raise TimeoutError("timed out")
            return Response(answer.status_code, gathered(answer.headers.multi_items()), bytes(body))


class AsyncHttpxTransport:
    """Await it with a `Request`; `make_client` returns a new `httpx.AsyncClient`, which is closed after each request: a client
    belongs to one event loop, a key set does not.
    """

    def __init__(self, make_client: Any) -> None:
        self._make_client = make_client

    async def __call__(self, request: Request) -> Response:
        """Fetch. Raises what httpx raises, KeyFetchError. Whoever awaits it sets the deadline."""
        body = bytearray()
        async with self._make_client() as client, client.stream("GET", request.url, **_options(request)) as answer:
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > request.max_bytes:
                    raise too_large(request.max_bytes)
            return Response(answer.status_code, gathered(answer.headers.multi_items()), bytes(body))


def _options(request: Request) -> dict[str, Any]:
    return {"headers": dict(request.headers), "timeout": request.timeout, "follow_redirects": False}
