"""The ASGI application: calls of the gateway under `/verify`, and beside them what operators and backends ask for: `/healthz`, `/readyz`,
`/metrics`, `/.well-known/jwks.json`. What a client asks a gateway for never gets there: a gateway calls `/verify` or below it only.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final

from rapidjwt._impl import KeySet
from rapidjwt.forward import readiness
from rapidjwt.forward.calls import MOUNT
from rapidjwt.forward.service import Reply, Service
from rapidjwt.jwks import SigningKeyRing, asgi_app

if TYPE_CHECKING:
    from collections.abc import Collection

    from rapidjwt import Issuer
    from rapidjwt.forward.metrics import ServiceMetrics
    from rapidjwt.forward.standing import Standing

__all__ = ["App"]

Receive: TypeAlias = Callable[[], Awaitable[Any]]
Send: TypeAlias = Callable[[Any], Awaitable[None]]

_TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")
_NO_STORE: Final = (b"cache-control", b"no-store")


@final
class App:
    """Answers by the service that is in force; `put` puts another one in force, between two requests.

    Args:
        service: answers calls.
        ring: the keys that sign assertions; None: there are none.
        metrics: what `/metrics` shows; None: there is none.
    """

    __slots__ = ("_below", "_metrics", "_pages", "_publish", "_service", "_standing")

    def __init__(self, service: Service, ring: SigningKeyRing | None, metrics: ServiceMetrics | None = None) -> None:
        self._standing: Standing | None = None
        self._below: Final = MOUNT + b"/"
        self._pages: Final[dict[str, Callable[[str], Reply]]] = {
            "/healthz": lambda _: _page(200, b"ok\n"),
            "/readyz": self._readyz,
            "/metrics": self._scrape,
        }
        self.put(service, ring, metrics)

    def put(self, service: Service, ring: SigningKeyRing | None, metrics: ServiceMetrics | None = None) -> None:
        """Answer by these from now on; calls that are being answered go on by the others."""
        self._service = service
        self._metrics = metrics
        self._publish = asgi_app(KeySet([]) if ring is None else ring)
        if self._standing is not None:
            self.stand(self._standing)

    def stand(self, standing: Standing) -> None:
        """Show from now on that the workers stand so."""
        self._standing = standing
        if self._metrics is not None:
            self._metrics.stand(standing)

    @property
    def issuers(self) -> Collection[Issuer]:
        """The issuers in force."""
        return self._service.parts.issuers.values()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI 3)."""
        if scope["type"] != "http":
            raise ValueError(f"this application knows http only, not {scope['type']}")
        raw: bytes = scope["raw_path"].partition(b"?")[0]
        if raw == MOUNT or raw.startswith(self._below):
            service = self._service
            # Most calls need no wait, and a coroutine costs more than what is left to do.
            reply = service.at_once(scope, raw) or await service.answer(scope, raw)
        elif raw == b"/.well-known/jwks.json":
            await self._publish(scope, receive, send)
            return
        else:
            reply = self._page(scope, raw.decode("latin-1"))
        await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
        await send({"type": "http.response.body", "body": reply.body})

    def _page(self, scope: Any, path: str) -> Reply:
        method, page = scope["method"], self._pages.get(path)
        if page is None:
            return _page(404, b"not found\n")
        if method not in ("GET", "HEAD"):
            return _page(405, b"GET only\n", (b"allow", b"GET, HEAD"))
        accept = dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
        reply = page(accept)
        return reply._replace(body=b"") if method == "HEAD" else reply

    def _readyz(self, accept: str) -> Reply:
        absent = [issuer.iss for issuer in readiness.missing(self.issuers)]
        standing = None if self._standing is None else self._standing._asdict()
        told = {"ready": not absent, "keys_missing": absent, "standing": standing}
        body = json.dumps(told).encode("ascii") + b"\n"
        return _page(503 if absent else 200, body, (b"content-type", b"application/json"))

    def _scrape(self, accept: str) -> Reply:
        if self._metrics is None:
            return _page(404, b"no metrics: they are switched off, or prometheus-client is not installed\n")
        body, kind = self._metrics.render(accept)
        return _page(200, body, (b"content-type", kind.encode("ascii")))


def _page(status: int, body: bytes, *more: tuple[bytes, bytes]) -> Reply:
    headers = [_NO_STORE, (b"content-length", b"%d" % len(body)), *more]
    if not any(name == b"content-type" for name, _ in more):
        headers.append(_TEXT)
    return Reply(status, headers, body)
