"""Requests that no gateway sends: each is answered 4xx or not at all, and the next call is answered as ever."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import time

import pytest
import serving
import uvicorn

from rapidjwt.forward import bounded_http

GOOD = b"X-Original-Method: GET\r\nX-Original-URI: /any\r\n"
HEAD = b"GET /verify HTTP/1.1\r\nHost: a\r\n" + GOOD


def statuses(answer: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3})", answer)]


REQUESTS = {
    "10 MB in one header": HEAD + b"X-Long: " + b"a" * 10_000_000,
    "10 MB in many headers": HEAD + b"".join(b"X-%d: %s\r\n" % (at, b"a" * 990) for at in range(10_000)) + b"\r\n",
    "10,000 headers": HEAD + b"a:b\r\n" * 10_000 + b"\r\n",
    "300 headers": HEAD + b"a:b\r\n" * 300 + b"\r\n",
    "10 MB of path": b"GET /verify" + b"a" * 10_000_000 + b" HTTP/1.1\r\n\r\n",
    "10 MB of name": HEAD + b"a" * 10_000_000 + b": b\r\n\r\n",
    "10 MB of token": HEAD + b"Authorization: Bearer " + b"a" * 10_000_000 + b"\r\n\r\n",
    "garbage": random.Random(1).randbytes(4096) + b"\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "HTTP/2 without a word": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"GET /verify\r\n\r\n",
    "a name that is none": HEAD + b"X Y: z\r\n\r\n",
    "NUL in a value": HEAD + b"X: a\0b\r\n\r\n",
    "a folded line": HEAD + b"X: a\r\n b\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "length and chunks": HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk that is none": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "CONNECT": b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a target of stars": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "an absolute target": b"GET http://b/healthz/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "bytes above 127 in a token": HEAD + b"Authorization: Bearer \xff\xfe\xc3\xbc\r\n\r\n",
    "bytes above 127 in the target": b"GET /verify HTTP/1.1\r\nX-Original-Method: GET\r\nX-Original-URI: /\xff\r\n\r\n",
    "bytes above 127 in the method": b"GET /verify HTTP/1.1\r\nX-Original-Method: \xff\r\nX-Original-URI: /any\r\n\r\n",
    "50 tokens": HEAD + b"Authorization: Bearer a.b.c\r\n" * 50 + b"\r\n",
    "a method that is none": b"BREW /verify HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("name", REQUESTS)
def test_is_refused_and_the_service_stays_up(services, name):
    service = services("nginx")
    answer = serving.raw(service.port, REQUESTS[name])
    found = statuses(answer)
    assert all(400 <= status < 500 for status in found), answer[:500]
    assert len(found) <= 1 or name in ("two lengths", "a folded line")
    assert service.call("/any", serving.token()).status == 200
    assert service.process.poll() is None
    assert "Traceback" not in service.said


def test_what_is_too_long_is_refused_before_it_is_read(services):
    with socket.create_connection(("127.0.0.1", services("nginx").port), timeout=10) as connection:
        connection.sendall(HEAD + b"X: ")
        sent = 0
        with pytest.raises(ConnectionError):  # noqa: PT012
            while sent < 50_000_000:
                connection.sendall(b"a" * 65_536)
                sent += 65_536
        assert sent < 10_000_000


def test_garbage_behind_a_good_request(services):
    service = services("nginx")
    good = HEAD + f"Authorization: Bearer {serving.token()}\r\n\r\n".encode()
    assert statuses(serving.raw(service.port, good + b"\x00\xff garbage\r\n\r\n" + good)) == [200, 400]
    assert statuses(serving.raw(service.port, good + HEAD + b"X: " + b"a" * 100_000 + b"\r\n\r\n" + good)) == [200, 431]
    assert statuses(serving.raw(service.port, good * 5)) == [200] * 5


def test_a_connection_is_not_reused_after_an_upgrade(services):
    """To the parser what follows is another protocol: a request that a gateway sends there would never be answered."""
    service = services("nginx")
    asked = HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    assert b"connection: close" in serving.raw(service.port, asked)
    assert service.call("/any", serving.token()).status == 200


def test_a_trailer_is_no_header(services):
    body = b"Transfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Bearer " + serving.token().encode() + b"\r\n\r\n"
    assert statuses(serving.raw(services("nginx").port, HEAD + body)) == [401]


def test_a_fragment_hides_nothing(services):
    """The parser would cut it off, and decide about what stands before it."""
    for target in (b"/verify/public#/../orders/1", b"/verify/public#"):
        asked = b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n"
        assert statuses(serving.raw(services("envoy").port, asked)) == [400]


def test_a_body_is_not_waited_for(services):
    """The gateway announces one and sends none: the answer comes all the same."""
    asked = HEAD + b"Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"
    assert statuses(serving.raw(services("nginx").port, asked)) == [401]


def test_workers_stay_the_same_processes(services):
    service = services("nginx")
    before = service.workers()
    for request in list(REQUESTS.values())[7:]:
        serving.raw(service.port, request, seconds=2)
    assert service.workers() == before


def test_a_head_in_pieces(services):
    with socket.create_connection(("127.0.0.1", services("nginx").port), timeout=10) as connection:
        for piece in (HEAD[:20], HEAD[20:], f"Authorization: Bearer {serving.token()}\r\n\r\n".encode()):
            connection.sendall(piece)
            time.sleep(0.1)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.closed = False
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


@pytest.mark.parametrize("before", [b"", HEAD, HEAD + b"\r\n" + HEAD])
def test_who_takes_too_long_is_cut_off(monkeypatch, before):
    monkeypatch.setattr(bounded_http, "_PATIENCE", 0.1)

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def main() -> tuple[bool, bool]:
        config = uvicorn.Config(app, lifespan="off", log_config=None)
        config.load()
        protocol = bounded_http.bounded(65_536)(config, uvicorn.Server(config).server_state, {})
        transport = Transport()
        protocol.connection_made(transport)
        if before:
            protocol.data_received(before)
        await asyncio.sleep(0.05)
        early = transport.closed
        await asyncio.sleep(0.3)
        protocol.connection_lost(None)
        return early, transport.closed

    assert asyncio.run(main()) == (False, True)
