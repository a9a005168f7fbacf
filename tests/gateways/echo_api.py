"""The API behind the gateways, on real WSGI and ASGI servers: it tells what it received. wsgiref folds dash and underscore, as CGI does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import socketserver
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer


class Api:
    """What the server told of: `seen` has a dict for each request, with `method`, `path`, `headers` (a list of pairs)."""

    def __init__(self) -> None:
        self.port = 0
        self.seen: list[dict[str, Any]] = []
        self.answers_with()

    def answers_with(self, status: int = 200, *headers: tuple[str, str]) -> None:
        """From now on."""
        self.status = status
        self.headers = headers

    def _told(self, method: str, path: str, headers: list[tuple[str, str]]) -> bytes:
        told = {"method": method, "path": path, "headers": headers}
        self.seen.append(told)
        return json.dumps(told).encode()

    def wsgi(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        headers = [(name[5:], value) for name, value in environ.items() if name.startswith("HTTP_")]
        body = self._told(environ["REQUEST_METHOD"], environ["RAW_URI"], headers)
        own = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *self.headers]
        start_response(f"{self.status} Told", own)
        return [body]

    async def asgi(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        query = scope["query_string"].decode("latin-1")
        path = scope["raw_path"].decode("latin-1") + ("?" + query if query else "")
        body = self._told(scope["method"], path, headers)
        own = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": own})
        await send({"type": "http.response.body", "body": body})


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def shutdown_request(self, request: Any) -> None:
        """Read what is left: wsgiref reads no body in chunks, and the answer could be lost in a reset of the connection."""
        with contextlib.suppress(OSError):
            request.shutdown(socket.SHUT_WR)
            request.settimeout(1)
            while request.recv(65_536):
                pass
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A gateway that drops a connection is nothing to print."""


class _Quiet(WSGIRequestHandler):
    # Else each answer waits for the acknowledgement of its head, 40 ms.
    disable_nagle_algorithm = True

    def get_environ(self) -> dict[str, Any]:
        return super().get_environ() | {"RAW_URI": self.path}

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextlib.contextmanager
def wsgi_api() -> Iterator[Api]:
    """On wsgiref."""
    api = Api()
    with _Server(("127.0.0.1", 0), _Quiet) as server:
        server.set_app(api.wsgi)
        api.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join(20)


@contextlib.contextmanager
def asgi_api() -> Iterator[Api]:
    """On uvicorn."""
    import uvicorn

    api = Api()
    config = uvicorn.Config(
        api.asgi, log_config=None, lifespan="off", interface="asgi3", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    api.port = listener.getsockname()[1]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    try:
        yield api
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
