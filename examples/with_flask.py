"""Flask: the extension, `current_token`, and a view that asks for more than its rule."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

import shop
from rapidjwt.web.flask import Bearer, current_token

app = Flask(__name__)
app.config["RAPIDJWT_GUARD"] = shop.guard
bearer = Bearer(app)


@app.get("/")
@app.get("/me")
def who() -> dict[str, Any]:
    """Who came."""
    return {"path": request.path, "user": current_token.subject if current_token else None}


@app.get("/orders")
@bearer.require(issuers=[shop.LOGIN])
def orders() -> dict[str, Any]:
    """The rule asks for a scope, the view for the issuer."""
    return {"path": "/orders", "user": current_token.subject}


if __name__ == "__main__":
    shop.serve_wsgi(app)
