"""A forward-auth application with the contract of the real one, to develop the snippets against."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import forge
from rapidjwt import Key, Verifier
from rapidjwt.web import Answers, Guard, Request, Rule, Sources, Cookie

RULES = [
    Rule(prefix="/public", access="public"),
    Rule(prefix="/optional", access="optional"),
    Rule(prefix="/admin", scopes=["admin"]),
    Rule(prefix="/orders", scopes=["read"]),
    Rule(prefix="/api"),
]


class StandIn:
    def __init__(self, profile: str) -> None:
        self.profile = profile
        key = Key.from_pem(forge.material("ES256").pem(), algorithm="ES256")
        from rapidjwt import Issuer
        import tempfile, os
        verifier = Verifier(issuers=[Issuer("https://issuer.example", keys=[key], algorithms=["ES256"], audience="api"), Issuer("https://lost.example", jwks_url="http://127.0.0.1:1/", algorithms=["ES256"], audience="api")])
        self.guard = Guard(verifier, RULES, answers=Answers(profile))
        self.asked: list[Any] = []
        self.port = 0
        self.down = False

    def is_healthy(self):
        return True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        self.asked.append((scope["method"], scope["raw_path"], scope["query_string"], scope["headers"]))
        get = lambda name: headers.get(name, b"").decode("latin-1")
        if self.profile == "envoy":
            raw = scope["raw_path"].decode("latin-1")
            target = raw.removeprefix("/verify") if raw.startswith("/verify/") else None
            method = scope["method"]
        else:
            family = "original" if self.profile == "nginx" else "forwarded"
            target = get(f"x-{family}-uri".encode()).partition("?")[0]
            method = get(f"x-{family}-method".encode())
        request = Request(method, None, scope["headers"], raw_path=target or "")
        decision = await self.guard.adecide(request)
        if self.down:
            decision = self.guard.refuse("keys_unavailable")
        if decision.allowed:
            token = decision.token
            identity = {"subject": "", "issuer": "", "scope": "", "client-id": "", "assertion": ""}
            if token is not None:
                identity |= {"subject": token.subject or "", "issuer": token.issuer or "", "scope": token.scope or "", "assertion": "assertion", "client-id": token.get("client_id")}
            answer = (200, [(f"x-auth-{name}", value) for name, value in identity.items()], b"")
            left = int(token.expires_at - time.time()) if token else 5
            answer[1].insert(0, ("x-accel-expires", str(min(left, 5))))
        else:
            answer = decision.answer
        await send({"type": "http.response.start", "status": answer[0], "headers": [(n.encode(), v.encode()) for n, v in answer[1]] + [(b"content-length", str(len(answer[2])).encode())]})
        await send({"type": "http.response.body", "body": answer[2]})


@contextlib.contextmanager
def service(profile: str) -> Iterator[StandIn]:
    import uvicorn

    app = StandIn(profile)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", interface="asgi3", ws="none", timeout_graceful_shutdown=1))
    listener = socket.create_server(("127.0.0.1", 0))
    app.port = listener.getsockname()[1]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    try:
        yield app
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
