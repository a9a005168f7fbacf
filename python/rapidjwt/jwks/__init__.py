"""Keys that others publish, kept fresh; and our own, published. docs/guide/key-sets.md tells how, docs/design/007-key-sets.md why.

Each name is imported when it is first used: a program that verifies with keys of its own pays for none of this.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rapidjwt.jwks.health import Event, Health
    from rapidjwt.jwks.network import Network
    from rapidjwt.jwks.over_aiohttp import AiohttpTransport
    from rapidjwt.jwks.over_httpx import AsyncHttpxTransport, HttpxTransport
    from rapidjwt.jwks.over_urllib import UrllibTransport
    from rapidjwt.jwks.publishing import asgi_app, wsgi_app
    from rapidjwt.jwks.ring import Schedule, SigningKeyRing
    from rapidjwt.jwks.rules import Rules
    from rapidjwt.jwks.source import open_source
    from rapidjwt.jwks.transport import Request, Response

__all__ = [
    "AiohttpTransport",
    "AsyncHttpxTransport",
    "Event",
    "Health",
    "HttpxTransport",
    "Network",
    "Request",
    "Response",
    "Rules",
    "Schedule",
    "SigningKeyRing",
    "UrllibTransport",
    "asgi_app",
    "open_source",
    "wsgi_app",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from rapidjwt._on_first_use import imported

        return imported(
            name,
            globals(),
            health=("Event", "Health"),
            network=("Network",),
            over_aiohttp=("AiohttpTransport",),
            over_httpx=("AsyncHttpxTransport", "HttpxTransport"),
            over_urllib=("UrllibTransport",),
            publishing=("asgi_app", "wsgi_app"),
            ring=("Schedule", "SigningKeyRing"),
            rules=("Rules",),
            source=("open_source",),
            transport=("Request", "Response"),
        )

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
