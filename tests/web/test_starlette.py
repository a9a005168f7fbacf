"""The backend of Starlette: `requires`, the user, and errors that are not ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stage
from facts import play, scope
from stage import bearer

pytest.importorskip("starlette", reason="Starlette is not installed")

from starlette.applications import Starlette
from starlette.authentication import AuthenticationError, requires
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from rapidjwt.web.starlette import authentication, on_error


@requires("orders:read")
async def scoped(request: Request) -> JSONResponse:
    return JSONResponse([request.user.identity, request.user.token.subject, request.auth.scopes])


@requires("authenticated")
async def known(request: Request) -> JSONResponse:
    return JSONResponse([request.user.identity, request.user.is_authenticated, request.auth.scopes])


def app(impl: Any) -> Starlette:
    routes = [Route("/me", scoped), Route("/maybe", known)]
    return Starlette(routes=routes, middleware=[authentication(stage.guard(impl))])


def get(app: Any, path: str, *headers: tuple[str, str]) -> tuple[int, bytes]:
    start, *body = play(app, scope("http", path, headers, method="GET"), {"type": "http.request"})
    return start["status"], b"".join(part.get("body", b"") for part in body)


def test_requires_goes_by_the_scopes(impl: Any):
    status, body = get(app(impl), "/me", bearer(stage.READER))
    assert (status, json.loads(body)) == (200, ["reader", "reader", ["authenticated", "orders:read", "profile"]])
    assert get(app(impl), "/me", bearer(stage.GOOD))[0] == 403
    assert get(app(impl), "/me", bearer(stage.WRITER))[0] == 403


def test_requires_somebody(impl: Any):
    status, body = get(app(impl), "/maybe", bearer(stage.GOOD))
    assert (status, json.loads(body)) == (200, ["user-1", True, ["authenticated"]])
    assert get(app(impl), "/maybe")[0] == 403


def test_a_token_without_a_subject(impl: Any):
    status, body = get(app(impl), "/maybe", bearer(stage.token(sub=None)))
    assert (status, json.loads(body)[0]) == (200, "")


def test_a_websocket_is_closed(impl: Any):
    sent = play(app(impl), scope("websocket", "/me"), {"type": "websocket.connect"})
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_errors_of_other_backends():
    answer = on_error(HTTPConnection(scope("http", "/", method="GET")), AuthenticationError("not ours"))
    assert (answer.status_code, answer.body) == (400, b"not ours")
