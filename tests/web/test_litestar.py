"""The plugin of Litestar: requirements of routes, OpenAPI, WebSockets, and what it puts before what."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stage
from facts import play, scope
from stage import bearer

from forge import NOW

pytest.importorskip("litestar", reason="Litestar is not installed")

from litestar import Litestar, Request, WebSocket, asgi, get, websocket
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import Receive, Scope, Send

from rapidjwt.web import Requirement, Rule
from rapidjwt.web.litestar import BearerMiddleware, BearerPlugin


@get("/me")
async def me(request: Request[Any, Any, Any]) -> list[Any]:
    return [request.user, request.auth.get("iss")]


@get("/me/orders", requirement=Requirement(scopes=["orders:read"]))
async def orders() -> str:
    return "orders"


@get("/maybe", exclude_from_auth=True)
async def maybe(request: Request[Any, Any, Any]) -> list[Any]:
    return [request.user, request.auth]


@websocket("/me/socket")
async def socket(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.send_text(str(socket.user))
    await socket.receive_text()


def make(impl: Any, **options: Any) -> Litestar:
    plugin = BearerPlugin(stage.guard(impl), **options)
    return Litestar([me, orders, maybe, socket], plugins=[plugin])


def ask(app: Any, path: str, *headers: tuple[str, str]) -> tuple[int, Any]:
    start, *body = play(
        app, scope("http", path, headers, method="GET", raw_path=path.encode()), {"type": "http.request"}
    )
    return start["status"], json.loads(b"".join(part.get("body", b"") for part in body))


def test_user_and_auth(impl: Any):
    assert ask(make(impl), "/me", bearer(stage.GOOD)) == (200, ["user-1", stage.LOGIN])
    assert ask(make(impl), "/maybe") == (200, [None, None])


def test_only_rules_leave_a_route_open(impl: Any):
    status, _ = ask(make(impl), "/maybe", bearer(stage.EXPIRED))
    assert status == 401


def test_a_route_asks_for_more(impl: Any):
    status, body = ask(make(impl), "/me/orders", bearer(stage.GOOD))
    assert (status, body["extra"]["reason"]) == (403, "insufficient_scope")
    start, _ = play(
        make(impl), scope("http", "/me/orders", [bearer(stage.READER)], method="GET"), {"type": "http.request"}
    )
    assert start["status"] == 200


def test_the_schema_has_a_rule_too(impl: Any):
    assert ask(make(impl), "/schema/openapi.json")[0] == 403


@pytest.mark.parametrize("components", [Components(security_schemes={"Mine": SecurityScheme(type="http")}), []])
def test_openapi(impl: Any, components: Any):
    config = OpenAPIConfig("shop", "1", components=components, security=[{"Mine": []}])
    app = Litestar([me], plugins=[BearerPlugin(stage.guard(impl))], openapi_config=config)
    document = app.openapi_schema.to_schema()
    schemes = document["components"]["securitySchemes"]
    assert schemes["Bearer"] == {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    assert ("Mine" in schemes) is bool(components)
    assert document["security"] == [{"Mine": []}, {"Bearer": []}]
    assert config.security == [{"Mine": []}], "the configuration is the program's"


def test_without_openapi(impl: Any):
    app = Litestar([me], plugins=[BearerPlugin(stage.guard(impl))], openapi_config=None)
    assert ask(app, "/me")[0] == 401


def test_before_one_route_only(impl: Any):
    guarded = get("/me", middleware=[DefineMiddleware(BearerMiddleware, guard=stage.guard(impl))])(me.fn)
    free = get("/free")(orders.fn)
    app = Litestar([guarded, free])
    assert ask(app, "/me")[0] == 401
    assert play(app, scope("http", "/free", method="GET"), {"type": "http.request"})[0]["status"] == 200


@asgi("/admin", is_mount=True, copy_scope=True)
async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"served", "more_body": False})


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/admin", stage.ADMIN, 200),
        ("/admin/public/x", stage.ADMIN, 200),
        ("/admin/public/x", stage.GOOD, 403),
        ("/admin/public/x", None, 401),
        ("/admin/health", None, 401),
        ("/adminx", stage.ADMIN, 400),
        ("/adminx/public", None, 400),
        ("/admin/..%2fpublic", stage.ADMIN, 400),
    ],
)
def test_rules_are_about_the_whole_path_of_a_mounted_application(impl: Any, path: str, sent: str | None, status: int):
    app = Litestar([mounted], plugins=[BearerPlugin(stage.guard(impl))], openapi_config=None)
    headers = [bearer(sent)] if sent else []
    for root in ("", "/api"):
        asked = scope("http", path, headers, method="GET", raw_path=(root + path).encode(), root_path=root)
        assert play(app, asked, {"type": "http.request"})[0]["status"] == status
    untold = scope("http", path, headers, method="GET")
    assert play(app, untold, {"type": "http.request"})[0]["status"] == 400, "the whole path is not known"


def open_socket(app: Any, *headers: tuple[str, str]) -> list[dict[str, Any]]:
    asked = scope("websocket", "/me/socket", headers, raw_path=b"/me/socket")
    return play(app, asked, {"type": "websocket.connect"})


def test_a_websocket_is_denied(impl: Any):
    (closed,) = open_socket(make(impl))
    assert (closed["type"], closed["code"]) == ("websocket.close", 3000)


def test_a_websocket_ends_with_its_token(impl: Any):
    over = False

    def clock() -> float:
        return NOW + 600 + (1 if over else -0.01)

    @websocket("/me/other")
    async def other(socket: WebSocket[Any, Any, Any]) -> None:
        nonlocal over
        await socket.accept()
        await socket.send_text(str(socket.user))
        over = True
        await socket.receive_text()

    app = Litestar([other], plugins=[BearerPlugin(stage.guard(impl), clock=clock, leeway=0.5)])
    asked = scope("websocket", "/me/other", [bearer(stage.GOOD)], raw_path=b"/me/other")
    sent = play(app, asked, {"type": "websocket.connect"})
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert sent[1]["text"] == "user-1"
    assert sent[2]["code"] == 3000


def test_below_a_root_path_rules_see_what_the_router_goes_by(impl: Any):
    @get(["/public/x", "/api/me/x"], opt={})
    async def page() -> str:
        return "page"

    app = Litestar(
        [page], plugins=[BearerPlugin(stage.guard(impl, [Rule(prefix="/api/me"), Rule(prefix="/", access="public")]))]
    )

    def status(path: str) -> int:
        asked = scope("http", path, method="GET", raw_path=path.encode(), root_path="/api")
        return play(app, asked, {"type": "http.request"})[0]["status"]

    assert status("/api/public/x") == 200
    assert status("/api/api/me/x") == 401
    assert status("/public/api/me/x") in (400, 404)
