"""The demo's API: says who called, as the headers of the gateway and the assertion in them tell it. Checks the assertion, as a backend should."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, Self

import uvicorn

from rapidjwt import Issuer, Verifier
from rapidjwt.exceptions import PyJWTError

GATEWAY = "http://gateway.localhost/"


def backend(assertions: str) -> Callable[..., Any]:
    """The API behind a gateway.

    Args:
        assertions: address of the keys of assertions.
    """
    issuer = Issuer(
        GATEWAY, jwks_url=assertions, audience="orders-backend", algorithms=["ES256"], typ="rapidjwt-assertion+jwt"
    )
    verifier = Verifier(issuers=[issuer])

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        try:
            claims: Any = await verifier.adecode(headers.get("x-auth-assertion", ""))
        except PyJWTError as error:
            claims = f"refused: {error.code}"
        told = {name: value for name, value in headers.items() if name.startswith("x-auth-")}
        told.pop("x-auth-assertion", None)
        await _say(send, {"path": scope["path"], "headers": told, "assertion": claims})

    return app


def protected(guard: Any) -> Callable[..., Any]:
    """The API behind the ASGI middleware, where there is no gateway."""
    from rapidjwt.web import ASGIMiddleware

    async def app(scope: Any, receive: Any, send: Any) -> None:
        token = scope["rapidjwt"]
        await _say(send, {"path": scope["path"], "claims": None if token is None else token.to_dict()})

    return ASGIMiddleware(app, guard)


async def _say(send: Any, what: object) -> None:
    body = json.dumps(what, indent=2).encode() + b"\n"
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Serving:
    """Serves an application from a thread while entered."""

    def __init__(self, app: Callable[..., Any], port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        config = uvicorn.Config(app, port=port, lifespan="off", ws="none", log_level="error", log_config=None)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(5)
