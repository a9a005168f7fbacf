"""The transport of the standard library: blocking, a connection for each request, proxies from the environment but to this machine."""

from __future__ import annotations

import http.client
import time
import urllib.request
from ssl import SSLContext

from rapidjwt.jwks import address
from rapidjwt.jwks.deadline import timed
from rapidjwt.jwks.transport import Request, Response, gathered, too_large

__all__ = ["UrllibTransport"]


class UrllibTransport:
    """Call it with a `Request`.

    Args:
        ssl_context: for https; None: certificates as the system trusts them.
        proxies: addresses by scheme; None: as the environment says (`https_proxy`, `no_proxy`), none to this machine; an empty mapping: none.
    """

    def __init__(self, *, ssl_context: SSLContext | None = None, proxies: dict[str, str] | None = None) -> None:
        self._context = ssl_context
        self._proxies = proxies

    def __call__(self, request: Request) -> Response:
        """Fetch. Raises OSError, TimeoutError, `http.client.HTTPException`, KeyFetchError."""
        asked = urllib.request.Request(request.url, headers=dict(request.headers))  # noqa: S310  # https or http: checked
        with self._opener(request).open(asked, timeout=request.timeout) as answer:
            return Response(answer.status, gathered(answer.headers.items()), _body(answer, request.max_bytes))

    def _opener(self, request: Request) -> urllib.request.OpenerDirector:
        deadline = time.monotonic() + request.timeout
        # Not `build_opener`: it adds handlers that follow redirects, raise for a status, and open files.
        opener = urllib.request.OpenerDirector()
        # http is safe on this machine only as long as it stays there.
        proxies = {} if self._proxies is None and address.on_this_machine(request.url) else self._proxies
        opener.add_handler(urllib.request.ProxyHandler(proxies))
        opener.add_handler(_HTTPHandler(deadline))
        opener.add_handler(_HTTPSHandler(deadline, self._context))
        return opener


class _HTTPHandler(urllib.request.HTTPHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(timed(http.client.HTTPConnection, self._deadline), req)


class _HTTPSHandler(urllib.request.HTTPSHandler):
    def __init__(self, deadline: float, context: SSLContext | None) -> None:
        super().__init__(context=context)
        self._deadline = deadline
        self._given = {} if context is None else {"context": context}

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(timed(http.client.HTTPSConnection, self._deadline), req, **self._given)


def _body(answer: http.client.HTTPResponse, limit: int) -> bytes:
    announced = answer.length
    if announced is not None and announced > limit:
        raise too_large(limit)
    # With a length given, `read()` notices a body that ends early; `read(n)` does not.
    body = answer.read(limit + 1) if announced is None else answer.read()
    if len(body) > limit:
        raise too_large(limit)
    return body
