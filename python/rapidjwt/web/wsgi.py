"""WSGI middleware: the request's facts to a `Guard`, its decision into the environ or onto the wire. Knows no framework."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final

from rapidjwt.web._request import Request

if TYPE_CHECKING:
    from rapidjwt.web._answers import Answer
    from rapidjwt.web._bearer import Guard

__all__ = ["WSGIMiddleware", "request_of"]

Environ: TypeAlias = dict[str, Any]
App: TypeAlias = Callable[[Environ, Any], Iterable[bytes]]

_AUTHORITY: Final = re.compile(r"\A[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")


@final
class WSGIMiddleware:
    """Lets requests pass to `app` as a `Guard` decides. The proof is `environ["rapidjwt"]`: a VerifiedToken, or None where a rule lets
    requests without a token pass. `REMOTE_USER` is the token's subject, or absent.

    Args:
        app: what is protected.
        guard: decides.
    """

    __slots__ = ("_app", "_decide")

    def __init__(self, app: App, guard: Guard) -> None:
        self._app: Final = app
        self._decide: Final = guard.decide

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Serve one request (PEP 3333)."""
        decision = self._decide(request_of(environ))
        if decision.answer is not None:
            return refuse(decision.answer, environ, start_response)
        environ.pop("REMOTE_USER", None)
        environ["rapidjwt"] = token = decision.token
        if token is not None and token.subject is not None:
            environ["REMOTE_USER"] = token.subject
        return self._app(environ, start_response)


def request_of(environ: Environ) -> Request:
    """The facts of a WSGI environ (PEP 3333). Some servers tell the path as it was sent, the others only decoded."""
    sent = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    return Request(
        environ["REQUEST_METHOD"],
        _bytes(environ.get("PATH_INFO", "")).decode("utf-8", "surrogateescape") or "/",
        list(_headers(environ)),
        query=environ.get("QUERY_STRING", ""),
        client=environ.get("REMOTE_ADDR"),
        websocket="HTTP_SEC_WEBSOCKET_KEY" in environ or "websocket" in environ.get("HTTP_UPGRADE", "").lower(),
        raw_path=_sent_path(sent) if sent else None,
    )


def _sent_path(target: str) -> str:
    """The path of a request target in origin form or absolute form (RFC 9112 section 3.2)."""
    return _AUTHORITY.sub("", target, count=1).partition("?")[0] or "/"


def _headers(environ: Environ) -> Iterator[tuple[bytes, bytes]]:
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            yield _bytes(key[5:].replace("_", "-").lower()), _bytes(value)


def _bytes(text: str) -> bytes:
    """What was sent (PEP 3333, "Unicode Issues"). No server gives other characters, and none of them is let through."""
    return text.encode("latin-1", "replace")


def refuse(answer: Answer, environ: Environ, start_response: Any) -> Iterable[bytes]:
    """Tell a refusal. Not every server keeps the body of an answer to HEAD back, and the client would take it for the next answer."""
    headers = [(name.title(), value) for name, value in answer.headers]
    headers.append(("Content-Length", str(len(answer.body))))
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
