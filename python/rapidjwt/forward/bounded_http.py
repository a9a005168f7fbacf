"""uvicorn's HTTP/1.1 with bounds that it does not have: how long the head of a request is, how many headers it has, and how long a client
may take to send it and a body. Answers come in the order of requests; behind one that is refused here none is answered.
"""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import chain
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

__all__ = ["MOST_HEADERS", "bounded"]

MOST_HEADERS: Final = 200
_PATIENCE: Final = 15.0
"""Seconds for a head to arrive, and again for a body, which nobody reads."""
_FRAMING: Final = 4
"""Bytes of a header beside its name and value."""
_GONE: Final[Any] = deque(maxlen=0)
"""Keeps nothing of what is put into it."""


class _TooLarge(Exception):
    pass


class _NotAPath(Exception):
    """The target has a fragment, which the parser would cut off, and others would not (RFC 9112 section 3.2.1)."""


class _Reading:
    """How far a connection is read. An object of its own: uvicorn's has 28 attributes, and with more than 30 it would lose CPython's fast
    way to each of them: 8,700 of 199,000 instructions of a request.
    """

    __slots__ = ("bytes", "in_body", "in_head", "last_word", "timer", "too_large")

    def __init__(self) -> None:
        self.bytes = 0
        self.in_body = self.in_head = self.too_large = False
        self.timer: asyncio.TimerHandle | None = None
        self.last_word: bytes | None = None
        """What is left to say once requests that came before are answered."""


class _BoundedProtocol(HttpToolsProtocol):
    """What is too large or too slow is answered 431 or closed, before the rest of it is read."""

    max_head: int
    _at: _Reading

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._at = _Reading()
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._at.last_word is not None:
            return
        super().data_received(data)
        if self._at.last_word is not None or self.transport.is_closing():
            return
        # A header that has not ended is in the parser's hands and counted nowhere else.
        if self._at.in_head:
            self._at.bytes += len(data)
            if self._at.bytes > self.max_head or len(self.headers) > MOST_HEADERS:
                self._at.too_large = True
                self.send_400_response("")
                return
        if self._at.timer is not None:
            return
        cycle = self.cycle
        if self._at.in_head or self._at.in_body:
            self._wait()
        elif cycle is not None and cycle.response_complete and self.timeout_keep_alive_task is None:
            # uvicorn takes what came for a request, and looks at the clock no more: it was the rest of a body, or an empty line.
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._at.in_head, self._at.in_body, self._at.bytes = True, False, 0

    def on_headers_complete(self) -> None:
        self._at.in_head = False
        if self._at.timer is not None:
            self._wait_no_more()
        # A head that came in one piece, which is 256 KiB at most.
        size = len(self.url) + sum(map(len, chain.from_iterable(self.headers))) + _FRAMING * len(self.headers)
        if size > self.max_head or len(self.headers) > MOST_HEADERS:
            self._at.too_large = True
            raise _TooLarge
        if b"#" in self.url:
            raise _NotAPath
        super().on_headers_complete()
        # A trailer is no header (RFC 9110 section 6.5.1), and uvicorn would put it among them.
        self.headers = _GONE
        self._at.in_body = True
        parser: Any = self.parser
        if parser.should_upgrade():
            # What follows on this connection is no HTTP to the parser.
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._at.in_body = False
        if self._at.timer is not None:
            self._wait_no_more()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self._at.last_word is not None and not self.pipeline:
            self._close(self._at.last_word)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, and close."""
        status = 431 if self._at.too_large else 400
        head = b"content-length: 0\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
        self._end(STATUS_LINE[status] + head)

    def _end(self, word: bytes) -> None:
        """Say this in answer to the request that is being read, after the answers to those before it, and close."""
        self._wait_no_more()
        cycle = self.cycle
        waits = cycle is not None and not cycle.response_complete
        if self._at.in_body and cycle.response_started:
            word = b""
        elif self._at.in_body:
            # What the application says about it, if it was asked already, is not sent.
            cycle.disconnected = True
            waits = bool(self.pipeline)
            if waits:
                self.pipeline.popleft()
        if waits:
            self._at.last_word = word
        else:
            self._close(word)

    def _close(self, word: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(word)
            self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing: a client can cause as many of these as it likes."""

    def _wait(self) -> None:
        self._at.timer = self.loop.call_later(_PATIENCE, self._give_up)

    def _wait_no_more(self) -> None:
        if self._at.timer is not None:
            self._at.timer.cancel()
            self._at.timer = None

    def _give_up(self) -> None:
        self._at.timer = None
        if self.flow.read_paused:
            # It is we who take long.
            self._wait()
        elif not self.transport.is_closing():
            self._end(b"")


def bounded(max_head: int) -> type[Any]:
    """The protocol with this bound, in bytes."""
    return type("BoundedProtocol", (_BoundedProtocol,), {"max_head": max_head})
