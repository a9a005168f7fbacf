"""The server's bounds over a socket: who gets which answer when requests come one behind the other, and how long a body may take."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from rapidjwt.forward import bounded_http

MOST = 8192
LONG = b"X-Long: " + b"a" * MOST + b"\r\n"


def ask(path: str, *headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"GET %s HTTP/1.1" % path.encode(), b"Host: a", *headers, b"", b""]) + body


def chunked(path: str, body: bytes) -> bytes:
    return ask(path, b"Transfer-Encoding: chunked", body=body)


OVERSIZE = ask("/oversize", LONG.strip())
ENDLESS = b"GET /endless HTTP/1.1\r\nHost: a\r\n" + LONG
GARBAGE = b"GARBAGE\r\n\r\n"
BAD_BODY = chunked("/bad", b"zz\r\n")


class Served:
    """An application that answers with the path, `/slow` once it is let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.let_go = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        while scope["path"] == "/slow" and not self.let_go.is_set():
            await asyncio.sleep(0.01)
        body = scope["path"].encode()
        length = (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": body})

    @contextlib.contextmanager
    def connected(self, idle: int = 60) -> Iterator[socket.socket]:
        """A connection to a server of its own."""
        config = uvicorn.Config(
            self, http=bounded_http.bounded(MOST), lifespan="off", log_config=None, timeout_keep_alive=idle
        )
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            try:
                with socket.create_connection(listener.getsockname(), timeout=20) as connection:
                    yield connection
            finally:
                self.let_go.set()
                server.should_exit = True
                thread.join(20)


@pytest.fixture
def served() -> Served:
    return Served()


def answers(connection: socket.socket) -> list[bytes]:
    """Status and body of each answer, until the connection ends."""
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(1 << 16):
            data += piece
    found = []
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        found.append(head[9:12] + data[:length])
        data = data[length:]
    return found


@pytest.mark.parametrize("pieces", [1, 3])
@pytest.mark.parametrize(
    ("requests", "told"),
    [
        ([ask("/slow"), OVERSIZE, ask("/after")], [b"200/slow", b"431"]),
        ([ask("/slow"), ENDLESS], [b"200/slow", b"431"]),
        ([ask("/slow"), ask("/b"), ask("/c"), OVERSIZE, ask("/after")], [b"200/slow", b"200/b", b"200/c", b"431"]),
        ([ask("/slow"), ask("/b"), GARBAGE, ask("/after")], [b"200/slow", b"200/b", b"400"]),
        ([ask("/slow"), ask("/a#b"), ask("/after")], [b"200/slow", b"400"]),
        ([ask("/slow"), BAD_BODY, ask("/after")], [b"200/slow", b"400"]),
        ([ask("/slow"), ask("/b"), BAD_BODY, ask("/after")], [b"200/slow", b"200/b", b"400"]),
        ([chunked("/slow", b"1\r\na\r\n"), b"zz\r\n", ask("/after")], [b"400"]),
        ([OVERSIZE, ask("/after")], [b"431"]),
        ([GARBAGE, ask("/after")], [b"400"]),
        ([ask("/slow", b"Connection: close"), OVERSIZE], [b"200/slow"]),
    ],
)
def test_answers_come_in_the_order_of_requests(served, requests, told, pieces):
    """And behind the one that is refused nobody is asked or answered."""
    with served.connected() as connection:
        for piece in [b"".join(requests)] if pieces == 1 else requests:
            with contextlib.suppress(OSError):
                connection.sendall(piece)
            time.sleep(0.05 if pieces > 1 else 0.2)
        served.let_go.set()
        assert answers(connection) == told
    assert not {"/after", "/oversize", "/endless", "/bad"} & set(served.asked)


def test_what_was_refused_behind_an_answer_is_refused(served):
    with served.connected() as connection:
        connection.sendall(ask("/a"))
        assert connection.recv(4096).endswith(b"/a")
        connection.sendall(OVERSIZE + ask("/after"))
        assert answers(connection) == [b"431"]
    assert served.asked == ["/a"]


def test_a_body_that_is_none_behind_its_answer_ends_the_connection(served):
    """A second answer would be taken for that to the next request."""
    with served.connected() as connection:
        connection.sendall(chunked("/a", b"1\r\na\r\n"))
        assert connection.recv(4096).endswith(b"/a")
        connection.sendall(b"zz\r\n" + ask("/after"))
        assert answers(connection) == []
    assert served.asked == ["/a"]


@pytest.mark.parametrize("framing", [b"Content-Length: 1000000", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("path", ["/a", "/slow"])
def test_a_body_that_does_not_end(served, monkeypatch, framing, path):
    """However regularly a bit of it comes."""
    monkeypatch.setattr(bounded_http, "_PATIENCE", 0.5)
    bit = b"1\r\na\r\n" if framing.startswith(b"T") else b"a"
    with served.connected() as connection:
        connection.sendall(ask(path, framing))
        until, ended = time.monotonic() + 20, False
        while not ended and time.monotonic() < until:
            with contextlib.suppress(OSError):
                connection.sendall(bit)
            ended = told_of_the_end(connection)
        assert ended


def told_of_the_end(connection: socket.socket) -> bool:
    connection.settimeout(0.1)
    try:
        return not connection.recv(4096)
    except TimeoutError:
        return False
    except OSError:
        return True


def test_a_connection_is_used_again_after_a_body_that_ends(served):
    with served.connected() as connection:
        for path in ("/a", "/b"):
            connection.sendall(ask(path, b"Content-Length: 10", body=b"12345"))
            assert connection.recv(4096).endswith(path.encode())
            connection.sendall(b"67890")
        connection.sendall(ask("/c", b"Connection: close"))
        assert answers(connection) == [b"200/c"]


def test_who_waits_for_us_is_not_cut_off(served, monkeypatch):
    """Of a long body no more is read until the application has answered: that it does not end is no fault of the client's."""
    monkeypatch.setattr(bounded_http, "_PATIENCE", 1.0)
    with served.connected() as connection:
        sending = threading.Thread(
            target=connection.sendall, args=[ask("/slow", b"Content-Length: 20000000", body=b"a" * 20_000_000)]
        )
        sending.start()
        time.sleep(2.5)
        served.let_go.set()
        sending.join(20)
        connection.sendall(ask("/b", b"Connection: close"))
        assert answers(connection) == [b"200/slow", b"200/b"]


@pytest.mark.parametrize("late", [b"\r\n", b"345"])
def test_an_idle_connection_is_closed_whatever_came_last(served, late):
    """The rest of a body, or an empty line, is no request that somebody waits for."""
    with served.connected(idle=1) as connection:
        length = b"Content-Length: 5" if late != b"\r\n" else b"X: y"
        connection.sendall(ask("/a", length, body=b"12" if late != b"\r\n" else b""))
        said = b""
        while not said.endswith(b"/a"):
            said += connection.recv(4096) or pytest.fail("closed before it answered")
        connection.sendall(late)
        assert answers(connection) == []
