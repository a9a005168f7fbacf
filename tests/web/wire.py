"""One HTTP request over a socket, byte by byte as a test writes it: no client gets to tidy it up. The answer comes back parsed."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from http.client import HTTPResponse
from typing import Any, NamedTuple

Headers = Iterable[tuple[str, str]]


class Reply(NamedTuple):
    """What the server said."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def challenge(self) -> str | None:
        """The one `WWW-Authenticate`, or None."""
        (*others, last) = [None, *self.values("www-authenticate")]
        assert others in ([], [None])
        return last

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> str | None:
        """Why it was refused, wherever the framework puts that."""
        try:
            found = self.json
        except ValueError:
            return None
        for place in (found, found.get("detail"), found.get("extra")) if isinstance(found, dict) else ():
            if isinstance(place, dict) and "reason" in place:
                return place["reason"]
        return None


def ask(port: int, target: str, *, method: str = "GET", headers: Headers = (), body: bytes = b"") -> Reply:
    """Send a request whose target is `target` to the letter."""
    lines = [f"{method} {target} HTTP/1.1", "Host: api.example", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return send(port, "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body, method)


def send(port: int, request: bytes, method: str = "GET") -> Reply:
    """Send bytes, whatever they are, and read one answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        with HTTPResponse(connection, method=method) as response:
            response.begin()
            body = response.fp.read() if method == "HEAD" else response.read()
            return Reply(response.status, response.getheaders(), body)
