"""The plain WSGI middleware before an application that tells who came."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from rapidjwt.web import Guard, WSGIMiddleware


def make(guard: Guard) -> Any:
    return WSGIMiddleware(app, guard)


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    token = environ["rapidjwt"]
    body = json.dumps({"sub": token and token.subject, "seen": [environ.get("REMOTE_USER")]}).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body] if environ["REQUEST_METHOD"] != "HEAD" else []
