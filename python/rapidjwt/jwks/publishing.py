"""`/.well-known/jwks.json` as an ASGI or WSGI application: public keys out, with the caching headers that a rotation needs."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from rapidjwt._impl import KeySet
from rapidjwt.jwks.ring import SigningKeyRing

__all__ = ["Answer", "answer", "asgi_app", "wsgi_app"]

PATH: Final = "/.well-known/jwks.json"
_STATUS: Final = {200: "200 OK", 304: "304 Not Modified", 404: "404 Not Found", 405: "405 Method Not Allowed"}
_EMPTY: Final = (("content-type", "text/plain"), ("content-length", "0"))

Keys: TypeAlias = SigningKeyRing | KeySet
Clock: TypeAlias = Callable[[], float]
AsgiApp: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]
WsgiApp: TypeAlias = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer(keys: Keys, method: str, if_none_match: str | None, now: float, *, max_age: int = 300) -> Answer:
    """Answer a request for the keys.

    Args:
        keys: a ring, or a set that does not change by itself. Private parts are never shown.
        if_none_match: that header of the request.
        max_age: seconds for which verifiers may keep a `KeySet`; a ring has its own.
    """
    if method not in ("GET", "HEAD"):
        return Answer(405, (("allow", "GET, HEAD"), *_EMPTY), b"")
    public = keys.public_keys(now) if isinstance(keys, SigningKeyRing) else keys
    body = json.dumps(public.to_jwks(), separators=(",", ":")).encode("ascii")
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    seconds = keys.max_age(now) if isinstance(keys, SigningKeyRing) else max_age
    # Open to all origins: web applications read it too, and there is nothing in it that is not public.
    headers = (("etag", etag), ("cache-control", f"public, max-age={seconds}"), ("access-control-allow-origin", "*"))
    if if_none_match is not None and _matches(if_none_match, etag):
        return Answer(304, headers, b"")
    about = (("content-type", "application/jwk-set+json"), ("content-length", str(len(body))))
    return Answer(200, (*headers, *about, ("x-content-type-options", "nosniff")), b"" if method == "HEAD" else body)


def asgi_app(keys: Keys, *, path: str | None = PATH, max_age: int = 300, clock: Clock = time.time) -> AsgiApp:
    """An ASGI application that publishes keys.

    Args:
        path: where; other paths are not found. None: wherever it is mounted.
        max_age: as for `answer`.
    """

    async def app(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(f"this application knows http only, not {scope['type']}")
        whole, root = scope["path"], scope.get("root_path", "")
        if path in (None, whole, whole.removeprefix(root)):
            given = dict(reversed(scope["headers"])).get(b"if-none-match")
            condition = None if given is None else given.decode("latin-1")
            told = answer(keys, scope["method"], condition, clock(), max_age=max_age)
        else:
            told = _NOT_FOUND
        headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in told.headers]
        await send({"type": "http.response.start", "status": told.status, "headers": headers})
        await send({"type": "http.response.body", "body": told.body})

    return app


def wsgi_app(keys: Keys, *, path: str | None = PATH, max_age: int = 300, clock: Clock = time.time) -> WsgiApp:
    """The same for WSGI."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        inner = environ.get("PATH_INFO", "")
        if path in (None, inner, environ.get("SCRIPT_NAME", "") + inner):
            condition = environ.get("HTTP_IF_NONE_MATCH")
            told = answer(keys, environ["REQUEST_METHOD"], condition, clock(), max_age=max_age)
        else:
            told = _NOT_FOUND
        start_response(_STATUS[told.status], [(name.title(), value) for name, value in told.headers])
        return [told.body] if told.body else []

    return app


_NOT_FOUND: Final = Answer(404, _EMPTY, b"")


def _matches(condition: str, etag: str) -> bool:
    """Weak comparison (RFC 9110 section 13.1.2)."""
    tags = (tag.strip().removeprefix("W/") for tag in condition.split(","))
    return any(tag in ("*", etag) for tag in tags)
