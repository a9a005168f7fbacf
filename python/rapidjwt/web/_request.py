"""What a decision is made from: the facts of one request, as a server or a gateway tells them. Nothing here is judged."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Request"]


class Request:
    """One HTTP request, or the handshake of a WebSocket.

    Args:
        method: as sent, e.g. `GET`.
        path: the decoded path that the application goes by; None: what `raw_path` decodes to.
        headers: pairs of name in lower case and value, as bytes, in the order sent.
        query: what follows the `?`, as sent.
        client: address of the client, where it is known and can be trusted.
        websocket: the request opens a WebSocket.
        raw_path: the path as sent, percent-encoded, without the query, where the server tells.
    """

    __slots__ = ("client", "headers", "method", "path", "query", "raw_path", "websocket")

    def __init__(
        self,
        method: str,
        path: str | None,
        headers: Iterable[tuple[bytes, bytes]],
        *,
        query: str = "",
        client: str | None = None,
        websocket: bool = False,
        raw_path: str | None = None,
    ) -> None:
        self.method: str = method
        self.path: str | None = path
        self.headers: Iterable[tuple[bytes, bytes]] = headers
        self.query: str = query
        self.client: str | None = client
        self.websocket: bool = websocket
        self.raw_path: str | None = raw_path

    def values(self, name: bytes) -> list[bytes]:
        """Every value of a header, whose name is given in lower case."""
        return [value for key, value in self.headers if key == name]

    def value(self, name: bytes) -> bytes | None:
        """The value of a header that may stand there once; None where it is absent, or there twice."""
        found = self.values(name)
        return found[0] if len(found) == 1 else None

    @property
    def user_agent(self) -> str | None:
        """What the client calls itself, for audit."""
        return _text(self.value(b"user-agent"))

    @property
    def request_id(self) -> str | None:
        """`X-Request-Id`, for audit."""
        return _text(self.value(b"x-request-id"))

    def __repr__(self) -> str:
        return f"<Request {self.method}>"


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
