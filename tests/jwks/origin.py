"""An identity provider in memory, as a transport: it publishes keys, counts requests, goes down, hangs and answers out of turn."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from typing import Any

from slot import Reader, Slot

import forge
from rapidjwt.jwks import Request, Response, open_source

URL = "https://issuer.example/jwks"
ISSUER = "https://issuer.example"


def jwk(kid: str | None, number: int = 0, **members: Any) -> dict[str, Any]:
    """A public key."""
    named = {} if kid is None else {"kid": kid}
    return forge.material("ES256", number).jwk(alg="ES256", use="sig", **named, **members)


class Origin:
    """Call it with a `Request`. `publish` sets the keys; `down` makes it fail; `gate` holds answers back until it is set."""

    def __init__(self, *kids: str) -> None:
        self.headers: dict[str, str] = {"cache-control": "max-age=300"}
        self.down: Exception | None = None
        self.status = 200
        self.etags = True
        self.gate = threading.Event()
        self.gate.set()
        self.requests: list[Request] = []
        self.publish(*kids)

    @property
    def fetches(self) -> int:
        return len(self.requests)

    def publish(self, *kids: str) -> None:
        self.body = json.dumps({"keys": [jwk(kid, number) for number, kid in enumerate(kids)]}).encode()

    def answer(self, request: Request) -> Response:
        if self.down is not None:
            raise self.down
        etag = f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'
        headers = {**self.headers, **({"etag": etag} if self.etags else {})}
        if self.status != 200:
            return Response(self.status, headers, b"")
        if request.headers.get("If-None-Match") == etag:
            return Response(304, headers, b"")
        return Response(200, headers, self.body)

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        body = self.answer(request) if self.gate.is_set() else None
        if body is not None:
            return body
        if not self.gate.wait(request.timeout):
            raise TimeoutError("timed out")
        return self.answer(request)

    async def asynchronously(self, request: Request) -> Response:
        import asyncio

        self.requests.append(request)
        while not self.gate.is_set():
            await asyncio.sleep(0.002)
        return self.answer(request)


class World:
    """An origin, a source that fetches from it, and a reader, all on one fake clock."""

    def __init__(self, clock, *kids: str, **options: Any) -> None:
        self.clock = clock
        self.origin = options.pop("origin", None) or Origin(*kids)
        self.events: list[Any] = []
        self.options = options
        self.restart()

    def restart(self) -> None:
        """A new process."""
        options = {"transport": self.origin, "random": lambda: 0.0, **self.options}
        where = {"jwks_url": URL} if "discovery" not in options else {"discovery": options.pop("discovery")}
        self.slot = Slot()
        self.source = open_source(
            ISSUER,
            slot=self.slot,
            on_event=self.events.append,
            clock=self.clock,
            **where,
            **options,
        )
        self.reader = Reader(self.slot, self.clock)
        self.reader.source = self.source

    def found(self, kid: str) -> bool:
        """Whether a token of this key is accepted now."""
        return self.reader.found(kid)

    def settled(self) -> None:
        """Wait until no fetch is under way, and all of the last one has been told and written."""
        until = time.monotonic() + 20
        while self.source._flight is not None or self.source._threads:
            assert time.monotonic() < until
            time.sleep(0.001)

    def live(self, seconds: float, *kids: str, step: float = 10) -> list[bool]:
        """Let time pass with a token of each of these keys at each step; whether each was accepted."""
        results = []
        for _ in range(int(seconds / step)):
            self.clock.forward(step)
            results += [self.found(kid) for kid in kids]
            self.settled()
        return results
