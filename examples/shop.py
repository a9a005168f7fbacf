"""What the examples share: a stand-in for an identity provider, the rules of a small shop, and a way to serve it.

In earnest the keys are the provider's: Issuer("https://login.example/", discovery=True, algorithms=["ES256"], audience="shop").
"""

from __future__ import annotations

import os
import socket
from typing import Any
from wsgiref.simple_server import make_server

from rapidjwt import Issuer, Key, Signer, Verifier
from rapidjwt.web import Answers, Guard, Rule

LOGIN = "https://login.example/"
KEY = Key.generate("ES256", kid="2026-01")

verifier = Verifier(issuers=[Issuer(LOGIN, keys=KEY.public(), algorithms=["ES256"], audience="shop")])

guard = Guard(
    verifier,
    [
        Rule("/", access="public"),
        Rule("/me"),
        Rule("/orders", methods=["GET"], scopes=["orders:read"]),
        Rule(prefix="/admin", roles={"/realm_access/roles": ["admin"]}),
    ],
    answers=Answers(realm="shop"),
)


def token(**claims: Any) -> str:
    """A token of the provider's."""
    return Signer(KEY, expires_in=3600, issuer=LOGIN, audience="shop").sign({"sub": "user-1", **claims})


def serve_asgi(app: Any) -> None:
    """Serve an ASGI application until Ctrl-C."""
    import uvicorn

    with socket.create_server(("127.0.0.1", _port())) as listening:
        _tell(listening.getsockname()[1])
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


def serve_wsgi(app: Any) -> None:
    """Serve a WSGI application until Ctrl-C."""
    with make_server("127.0.0.1", _port(), app) as server:
        _tell(server.server_port)
        server.serve_forever()


def _port() -> int:
    return int(os.environ.get("PORT", "8000"))


def _tell(port: int) -> None:
    address = f"http://127.0.0.1:{port}"
    print(f"curl -i {address}/")
    print(f"curl -i -H 'Authorization: Bearer {token()}' {address}/me")
    print(f"curl -i -H 'Authorization: Bearer {token(scope='orders:read')}' {address}/orders", flush=True)
