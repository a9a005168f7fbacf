"""WSGI without a framework."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import shop
from rapidjwt.web import WSGIMiddleware


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Who came: rapidjwt has put the proof into the environ, and its subject into REMOTE_USER."""
    body = json.dumps({"path": environ["PATH_INFO"], "user": environ.get("REMOTE_USER")}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


app = WSGIMiddleware(application, shop.guard)

if __name__ == "__main__":
    shop.serve_wsgi(app)
