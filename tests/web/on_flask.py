"""The extension of Flask."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from rapidjwt.web import Guard
from rapidjwt.web.flask import Bearer, current_token


def make(guard: Guard) -> Any:
    app = Flask(__name__)
    Bearer(app, guard)

    @app.route("/", methods=["GET", "POST", "PUT", "DELETE", "OPTIONS"])
    @app.route("/<path:path>", methods=["GET", "POST", "PUT", "DELETE", "OPTIONS"])
    def who(path: str = "") -> dict[str, Any]:
        return {"sub": current_token.subject if current_token else None, "seen": [request.remote_user]}

    return app
