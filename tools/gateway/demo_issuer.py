"""The demo's identity provider: a key made at start, its public part, and an endpoint that gives a token to whoever asks. Loopback only."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from rapidjwt import Key, Signer

AUDIENCE = "orders-api"


class DemoIssuer:
    """Serves on a free port while entered."""

    def __init__(self) -> None:
        self._key = Key.generate("ES256", kid="demo")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def token(self, asked: dict[str, list[str]]) -> str:
        """A token; `sub`, `scope` and `lifetime` in seconds can be said."""
        said = {name: values[-1] for name, values in asked.items()}
        now = int(time.time())
        claims = {
            "sub": said.get("sub", "alice"),
            "scope": said.get("scope", "orders:read"),
            "client_id": "demo-client",
            "iat": now,
            # Also one that is over.
            "exp": now + int(said.get("lifetime", "600")),
        }
        return Signer(self._key, expires_in=None, issuer=self.url, audience=AUDIENCE, jti=True).sign(claims)

    def jwks(self) -> dict[str, Any]:
        """The public key."""
        return {"keys": [self._key.to_jwk()]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                target = urlsplit(self.path)
                try:
                    if target.path == "/token":
                        self._answer(200, issuer.token(parse_qs(target.query)).encode())
                    elif target.path == "/jwks.json":
                        self._answer(200, json.dumps(issuer.jwks()).encode())
                    else:
                        self._answer(404, b"not found\n")
                except ValueError as error:
                    self._answer(400, f"{error}\n".encode())

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
