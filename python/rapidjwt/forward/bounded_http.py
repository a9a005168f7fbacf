"""uvicorn's HTTP/1.1 with bounds that it does not have: how long the head of a request is, how many headers it has, and how long a client
may take to send it.
"""

from __future__ import annotations

import asyncio
from itertools import chain
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

__all__ = ["MOST_HEADERS", "bounded"]

MOST_HEADERS: Final = 200
_PATIENCE: Final = 15.0
"""Seconds for a head to arrive."""
_FRAMING: Final = 4
"""Bytes of a header beside its name and value."""


class _TooLarge(Exception):
    pass


class _NotAPath(Exception):
    """The target has a fragment, which the parser would cut off, and others would not (RFC 9112 section 3.2.1)."""


class _BoundedProtocol(HttpToolsProtocol):
    """What is too large or too slow is answered 431 or closed, before the rest of it is read."""

    max_head: int
    _in_head = False
    _bytes = 0
    _too_large = False
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # A header that has not ended is in the parser's hands and counted nowhere else.
        if self._in_head and not self.transport.is_closing():
            self._bytes += len(data)
            if self._bytes > self.max_head or len(self.headers) > MOST_HEADERS:
                self._too_large = True
                self.send_400_response("")
            elif self._timer is None:
                self._wait()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._bytes = True, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        # A trailer is no header (RFC 9110 section 6.5.1), and uvicorn would put it among them.
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._wait_no_more()
        # A head that came in one piece, which is 256 KiB at most.
        size = len(self.url) + sum(map(len, chain.from_iterable(self.headers))) + _FRAMING * len(self.headers)
        if size > self.max_head or len(self.headers) > MOST_HEADERS:
            self._too_large = True
            raise _TooLarge
        if b"#" in self.url:
            raise _NotAPath
        super().on_headers_complete()
        parser: Any = self.parser
        if parser.should_upgrade():
            # What follows on this connection is no HTTP to the parser.
            self.cycle.keep_alive = False

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, and close."""
        status = 431 if self._too_large else 400
        head = b"content-length: 0\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + head)
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: a client can cause as many of these as it likes."""

    def _wait(self) -> None:
        self._timer = self.loop.call_later(_PATIENCE, self._give_up)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if not self.transport.is_closing():
            self.transport.close()


def bounded(max_head: int) -> type[Any]:
    """The protocol with this bound, in bytes."""
    return type("BoundedProtocol", (_BoundedProtocol,), {"max_head": max_head})
