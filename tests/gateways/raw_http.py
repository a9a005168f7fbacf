"""HTTP byte by byte: requests that no client library would send, and answers read as they come."""

from __future__ import annotations

import contextlib
import json
import socket
from dataclasses import dataclass
from typing import Any

SECONDS = 15


@dataclass(frozen=True)
class Answer:
    """What came back. `status` 0: the connection was closed without an answer."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        """Each value of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def one(self, name: str) -> str | None:
        """The value of a header that is there once, or None."""
        values = self.all(name)
        assert len(values) < 2, values
        return values[0] if values else None

    def json(self) -> Any:
        return json.loads(self.body)


def request(
    target: str | bytes = "/orders/1",
    *headers: tuple[str, str | bytes],
    method: str = "GET",
    host: str | None = "api.example",
    body: bytes = b"",
) -> bytes:
    """The bytes of a request that asks for the connection to be closed."""
    lines = [method.encode() + b" " + _bytes(target) + b" HTTP/1.1"]
    if host is not None:
        lines.append(b"Host: " + host.encode())
    lines += [name.encode("latin-1") + b": " + _bytes(value) for name, value in headers]
    if not any(name.lower() == "connection" for name, _ in headers):
        lines.append(b"Connection: close")
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")


def send(port: int, data: bytes, *, seconds: float = SECONDS) -> Answer:
    """Send the bytes; the first answer, read until the other side closes or the answer is whole."""
    received = exchange(port, data, seconds=seconds, enough=is_whole)
    return parse(received)


def exchange(port: int, data: bytes, *, seconds: float = SECONDS, enough: Any = None) -> bytes:
    """Send the bytes; all that comes until the other side closes, `enough(received)`, or the time is up. A reset ends it like a close."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), seconds) as connection:
        connection.settimeout(seconds)
        # A server may answer and close before it has read everything.
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(data)
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            while piece := connection.recv(65536):
                received += piece
                if enough is not None and enough(received):
                    break
    return received


def is_whole(received: bytes) -> bool:
    """Is there an answer with all of its body, which tells its length?"""
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        return False
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(lengths) and len(body) >= int(lengths[0])


def parse(received: bytes) -> Answer:
    """The first answer in these bytes."""
    if not received:
        return Answer(0)
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    assert version in ("HTTP/1.1", "HTTP/1.0"), received[:200]
    pairs = [line.partition(":") for line in lines]
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    answer = Answer(int(rest[:3]), headers, body)
    if "chunked" in (answer.one("transfer-encoding") or ""):
        answer = Answer(answer.status, headers, _unchunked(body))
    return answer


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        if not length:
            break
        whole += body[:length]
        body = body[length + 2 :]
    return whole
