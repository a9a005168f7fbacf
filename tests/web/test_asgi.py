"""The ASGI middleware: what it makes of a scope, HTTP, and WebSockets from the handshake to the end of their token."""

from __future__ import annotations

import asyncio
from typing import Any

import app_servers
import pytest
import stage
from facts import play, scope
from stage import bearer

from forge import NOW
from rapidjwt.web import ASGIMiddleware
from rapidjwt.web.asgi import request_of

CONNECT = {"type": "websocket.connect"}
DENIAL = {"websocket.http.response": {}}
EXPIRED = {"type": "websocket.close", "code": 3000, "reason": "the access token expired"}


@pytest.mark.parametrize(
    ("path", "root", "raw", "seen", "sent"),
    [
        ("/a", "", b"/a", "/a", "/a"),
        ("/a", "", b"/a?b", "/a", "/a"),
        ("/a", "", None, "/a", None),
        ("/api/a", "/api", b"/api/a", "/a", "/api/a"),
        ("/api", "/api", b"/api", "/", "/api"),
        ("/a", "/api", b"/a", "/a", "/a"),
        ("/apian", "/api", b"/apian", "an", "/apian"),
        ("/é", "", b"/\xc3\xa9", "/é", "/Ã©"),
    ],
)
def test_the_path_of_a_scope(path: str, root: str, raw: bytes | None, seen: str, sent: str | None):
    request = request_of(scope("http", path, method="GET", root_path=root, raw_path=raw))
    assert (request.path, request.raw_path) == (seen, sent)


def test_the_facts_of_a_scope():
    asked = scope("http", "/a", [bearer("t")], method="PUT", query_string=b"b=\xff", client=("192.0.2.1", 5))
    request = request_of(asked)
    assert (request.method, request.query, request.client, request.websocket) == ("PUT", "b=\xff", "192.0.2.1", False)
    assert request.values(b"authorization") == [b"Bearer t"]
    bare = request_of({"type": "websocket", "path": "/a", "headers": []})
    assert (bare.method, bare.query, bare.client, bare.websocket, bare.raw_path) == ("GET", "", None, True, None)


def test_a_name_that_only_begins_like_the_mount_point_is_refused(impl: Any):
    app = ASGIMiddleware(_fail, stage.guard(impl))
    start, _ = play(app, scope("http", "/apian", method="GET", root_path="/api"))
    assert start["status"] == 400


def test_a_scope_that_claims_to_be_proven_is_not_believed(impl: Any):
    start, _ = play(ASGIMiddleware(_fail, stage.guard(impl)), scope("http", "/me", method="GET", rapidjwt="anything"))
    assert start["status"] == 401


def test_lifespan_passes(impl: Any):
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    play(ASGIMiddleware(app, stage.guard(impl)), {"type": "lifespan"})
    assert seen == [{"type": "lifespan"}]


def test_what_nobody_knows_does_not_pass(impl: Any):
    with pytest.raises(ValueError, match="knows http, websocket and lifespan, not webtransport"):
        play(ASGIMiddleware(_fail, stage.guard(impl)), {"type": "webtransport"})


async def _fail(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("the application must not be asked")


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Accepts, says who came, and then what it hears, until the other side goes."""
    await receive()
    await send({"type": "websocket.accept"})
    token = scope["rapidjwt"]
    await send({"type": "websocket.send", "text": str(token and token.subject)})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


class Clock:
    """Stands still just before a good token expires, until `over`."""

    over = False

    def __call__(self) -> float:
        return NOW + 600 - (0 if self.over else 0.01)


def test_a_websocket_is_let_in(impl: Any):
    app = ASGIMiddleware(echo, stage.guard(impl), clock=lambda: NOW)
    sent = play(
        app,
        scope("websocket", "/me", [bearer(stage.GOOD)]),
        CONNECT,
        {"type": "websocket.receive", "text": "hello"},
        {"type": "websocket.disconnect", "code": 1001},
    )
    assert [message.get("text") for message in sent] == [None, "user-1", "hello"]


def test_a_websocket_without_a_token_where_that_is_allowed(impl: Any):
    app = ASGIMiddleware(echo, stage.guard(impl))
    sent = play(app, scope("websocket", "/maybe"), CONNECT, {"type": "websocket.disconnect", "code": 1001})
    assert sent[1]["text"] == "None"


def test_a_websocket_is_denied_with_an_answer(impl: Any):
    app = ASGIMiddleware(_fail, stage.guard(impl))
    start, body = play(app, scope("websocket", "/me", extensions=DENIAL), CONNECT)
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 401)
    assert dict(start["headers"])[b"www-authenticate"].startswith(b'Bearer realm="shop"')
    assert body["type"] == "websocket.http.response.body"


@pytest.mark.parametrize("extensions", [{}, None])
def test_a_websocket_is_denied_by_closing(impl: Any, extensions: Any):
    app = ASGIMiddleware(_fail, stage.guard(impl))
    sent = play(app, scope("websocket", "/me", extensions=extensions), CONNECT)
    assert sent == [{"type": "websocket.close", "code": 3000}]


@pytest.mark.parametrize(
    ("origin", "accepted"), [(stage.PAGE, True), ("https://evil.example", False), ("null", False), (None, False)]
)
def test_a_websocket_with_a_cookie_comes_from_our_pages(impl: Any, origin: str | None, accepted: bool):
    headers = [("Cookie", f"__Host-access={stage.GOOD}"), *([("Origin", origin)] if origin else [])]
    app = ASGIMiddleware(echo, stage.guard(impl), clock=lambda: NOW)
    sent = play(app, scope("websocket", "/me", headers), CONNECT, {"type": "websocket.disconnect", "code": 1001})
    assert sent[0]["type"] == ("websocket.accept" if accepted else "websocket.close")


def test_a_websocket_ends_with_its_token(impl: Any):
    clock = Clock()
    heard: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.append(await receive())
        await send({"type": "websocket.accept"})
        clock.over = True
        heard.append(await receive())
        heard.append(await receive())

    guarded = ASGIMiddleware(app, stage.guard(impl), clock=clock)
    sent = play(guarded, scope("websocket", "/me", [bearer(stage.GOOD)]), CONNECT)
    assert sent == [{"type": "websocket.accept"}, EXPIRED]
    assert [message["type"] for message in heard] == ["websocket.connect"] + ["websocket.disconnect"] * 2
    assert heard[1]["code"] == 3000


def test_an_application_that_only_sends_is_ended(impl: Any):
    clock = Clock()
    count = 0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal count
        await receive()
        await send({"type": "websocket.accept"})
        while True:
            count += 1
            clock.over = count > 3
            await send({"type": "websocket.send", "text": "tick"})
            await asyncio.sleep(0.01)

    guarded = ASGIMiddleware(app, stage.guard(impl), clock=clock)
    sent: list[Any] = []
    asyncio.run(_collect(guarded, scope("websocket", "/me", [bearer(stage.GOOD)]), sent))
    assert count > 3
    assert sent[-1] == EXPIRED
    assert len(sent) == count + 1, "but for the last, which raised, all of them, the acceptance and the end"


async def _collect(app: Any, scope: dict[str, Any], sent: list[Any]) -> None:
    waiting = [CONNECT]

    async def receive() -> Any:
        return waiting.pop() if waiting else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    await asyncio.wait_for(app(scope, receive, send), 20)


def test_leeway_keeps_it_longer(impl: Any):
    clock = Clock()
    clock.over = True
    app = ASGIMiddleware(echo, stage.guard(impl), clock=clock, leeway=0.01)
    sent: list[Any] = []

    async def run() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(_collect(app, scope("websocket", "/me", [bearer(stage.GOOD)]), sent), 0.2)

    asyncio.run(run())
    assert EXPIRED not in sent


def test_an_application_that_is_done_leaves_no_task(impl: Any):
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.close"})

    async def run() -> set[Any]:
        sent: list[Any] = []
        guarded = ASGIMiddleware(app, stage.guard(impl), clock=lambda: NOW)
        await _collect(guarded, scope("websocket", "/me", [bearer(stage.GOOD)]), sent)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(run()) == set()


def test_what_an_application_raises_passes(impl: Any):
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise KeyError("from the application")

    with pytest.raises(KeyError, match="from the application"):
        play(ASGIMiddleware(app, stage.guard(impl), clock=lambda: NOW), scope("websocket", "/me", [bearer(stage.GOOD)]))


def test_over_a_real_server(impl: Any):
    pytest.importorskip("uvicorn", reason="uvicorn is not installed")
    pytest.importorskip("websockets", reason="websockets is not installed")
    from websockets.exceptions import ConnectionClosedError, InvalidStatus
    from websockets.sync.client import connect

    clock = Clock()
    app = ASGIMiddleware(echo, stage.guard(impl), clock=clock)
    with app_servers.uvicorn(app) as port:
        address = f"ws://127.0.0.1:{port}"
        with pytest.raises(InvalidStatus) as denied:
            connect(f"{address}/me", proxy=None, open_timeout=20)
        assert denied.value.response.status_code == 401
        assert denied.value.response.headers["www-authenticate"].startswith("Bearer ")
        with connect(f"{address}/me", additional_headers=[bearer(stage.GOOD)], proxy=None, open_timeout=20) as socket:
            assert socket.recv(20) == "user-1"
            socket.send("hello")
            assert socket.recv(20) == "hello"
            clock.over = True
            with pytest.raises(ConnectionClosedError) as closed:
                socket.recv(20)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (3000, "the access token expired")
