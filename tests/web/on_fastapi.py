"""The dependency of FastAPI before every route."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI, Request

from rapidjwt.web import Guard
from rapidjwt.web.fastapi import Bearer


def make(guard: Guard) -> Any:
    bearer = Bearer(guard)
    app = FastAPI(openapi_url=None)
    found = Depends(bearer)

    @app.api_route("/{path:path}", methods=["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
    async def who(request: Request, token: Any = found) -> dict[str, Any]:
        return {"sub": token and token.subject, "seen": [getattr(request.scope["rapidjwt"], "subject", None)]}

    return app
