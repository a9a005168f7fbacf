"""One HTTP request for a key set: no redirects, a limit to the size, and a limit to the time it may take as a whole."""

from __future__ import annotations

import http.client
import time
import urllib.request
from ssl import SSLContext
from typing import IO, Any, Final

from rapidjwt.jwks.deadline import timed

__all__ = ["LARGEST", "NoRedirectHandler", "TooLargeError", "handlers", "read"]

LARGEST: Final = 1 << 20
"""Bytes of a key set at most."""


class TooLargeError(Exception):
    """The answer is larger than any key set."""


class NoRedirectHandler(urllib.request.HTTPRedirectHandler):
    """Refuses to be sent elsewhere: who answers for the address may not choose another one."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """None: the redirect is then an error."""
        return None


class _HTTPHandler(urllib.request.HTTPHandler):
    def __init__(self, deadline: float | None) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(timed(http.client.HTTPConnection, self._deadline), req)


class _HTTPSHandler(urllib.request.HTTPSHandler):
    def __init__(self, deadline: float | None, context: SSLContext | None) -> None:
        super().__init__(context=context)
        self._deadline = deadline
        self._given = {} if context is None else {"context": context}

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(timed(http.client.HTTPSConnection, self._deadline), req, **self._given)


def handlers(timeout: float | None, context: SSLContext | None) -> list[urllib.request.BaseHandler]:
    """For `build_opener`, for one request that starts now.

    Args:
        timeout: seconds until the last byte; None: no limit.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    return [NoRedirectHandler(), _HTTPHandler(deadline), _HTTPSHandler(deadline, context)]


def read(response: Any) -> Any:
    """The whole body.

    Raises:
        TooLargeError: there is more of it than `LARGEST`.
    """
    if not isinstance(response, http.client.HTTPResponse):
        return response.read()
    announced = response.length
    if announced is not None and announced > LARGEST:
        raise TooLargeError
    # With a length given, `read()` notices a body that ends early; `read(n)` does not.
    body = response.read(LARGEST + 1) if announced is None else response.read()
    if len(body) > LARGEST:
        raise TooLargeError
    return body
