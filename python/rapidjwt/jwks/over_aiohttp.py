"""The transport on aiohttp, for asyncio. Imports aiohttp when it is first awaited."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from rapidjwt.jwks import address
from rapidjwt.jwks.transport import Request, Response, gathered, too_large

__all__ = ["AiohttpTransport"]

_CHUNK = 65_536


class AiohttpTransport:
    """Await it with a `Request`.

    Args:
        make_session: returns a new `aiohttp.ClientSession`, which is closed after each request: a session belongs to one event loop,
            a key set does not. None: one that takes proxies from the environment, but none to this machine.
    """

    def __init__(self, make_session: Callable[[], Any] | None = None) -> None:
        self._make_session = make_session

    async def __call__(self, request: Request) -> Response:
        """Fetch. Raises what aiohttp raises, KeyFetchError. Whoever awaits it sets the deadline."""
        aiohttp = _aiohttp()
        options: dict[str, Any] = {"headers": dict(request.headers), "allow_redirects": False}
        options["timeout"] = aiohttp.ClientTimeout(total=request.timeout)
        async with self._session(request) as session, session.get(request.url, **options) as answer:
            body = bytearray()
            async for chunk in answer.content.iter_chunked(_CHUNK):
                body += chunk
                if len(body) > request.max_bytes:
                    raise too_large(request.max_bytes)
            return Response(answer.status, gathered(answer.headers.items()), bytes(body))

    def _session(self, request: Request) -> Any:
        if self._make_session is not None:
            return self._make_session()
        # http is safe on this machine only as long as it stays there.
        return _aiohttp().ClientSession(trust_env=not address.on_this_machine(request.url), auto_decompress=False)


def _aiohttp() -> Any:
    return import_module("aiohttp")
