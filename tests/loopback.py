"""A real HTTP server on loopback that answers as a test says, byte by byte if need be. Ends with the test."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

Handler = Callable[[socket.socket, bytes], None]


class Server:
    """Calls the handler of a path with the connection and the request's head; 404 for other paths."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.heads: list[bytes] = []
        self.stopping = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.01)
        self.port = self._socket.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self._threads: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self._thread.join(20)
        for thread in self._threads:
            thread.join(20)
        self._socket.close()

    def on(self, path: str, handler: Handler) -> str:
        """Answer this path so; the address."""
        self.handlers[path] = handler
        return self.origin + path

    def page(self, path: str, body: bytes, status: str = "200 OK", **headers: Any) -> str:
        """Answer this path with a page."""
        return self.on(path, lambda connection, head: connection.sendall(page(body, status, **headers)))

    def _accept(self) -> None:
        while not self.stopping.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._socket.accept()
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(20)
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(4096)
                if not piece:
                    return
                head += piece
            self.heads.append(head)
            path = head.split(b" ", 2)[1].decode()
            self.handlers.get(path, not_found)(connection, head)


def page(body: bytes, status: str = "200 OK", **headers: Any) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def not_found(connection: socket.socket, head: bytes) -> None:
    connection.sendall(page(b"", "404 Not Found"))


@contextlib.contextmanager
def running() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.stop()
