"""The dependency of FastAPI: `Security` with scopes, `into=`, OpenAPI, cookies, WebSockets, and no thread."""

import threading
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
import stage
from facts import play, scope
from stage import bearer

fastapi = pytest.importorskip("fastapi", reason="FastAPI is not installed")

from fastapi import APIRouter, Depends, FastAPI, Security, WebSocket  # noqa: E402

from rapidjwt.web import Cookie, Guard, Requirement, Sources  # noqa: E402
from rapidjwt.web.fastapi import Bearer, CookieBearer  # noqa: E402

DENIAL = {"websocket.http.response": {}}


@dataclass
class Person:
    sub: str
    exp: int


def get(app: Any, path: str, *headers: tuple[str, str]) -> tuple[int, dict[str, str], Any]:
    import json

    start, *body = play(app, scope("http", path, headers, method="GET"), {"type": "http.request"})
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], told, json.loads(b"".join(part.get("body", b"") for part in body))


def test_scopes_of_security_beside_the_rules(impl: Any):
    bearer_ = Bearer(stage.guard(impl))
    app = FastAPI()
    router = APIRouter(dependencies=[Security(bearer_, scopes=["profile"])])

    @router.get("/me")
    async def me(token: Annotated[Any, Security(bearer_, scopes=["orders:read"])]) -> str:
        return token.subject

    @router.get("/admin")
    async def admin() -> str:
        return "admin"

    app.include_router(router)
    assert get(app, "/me", bearer(stage.READER))[::2] == (200, "reader")
    status, headers, body = get(app, "/me", bearer(stage.token(scope="profile")))
    assert (status, body["detail"]["reason"]) == (403, "insufficient_scope")
    assert headers["www-authenticate"].endswith('scope="orders:read"')
    assert get(app, "/admin", bearer(stage.ADMIN))[0] == 403, "the router asks for a scope as well"
    assert get(app, "/admin", bearer(stage.READER))[0] == 403, "the rules ask for a role as well"
    both = stage.token(scope="profile", realm_access={"roles": ["root"]})
    assert get(app, "/admin", bearer(both))[0] == 200


def test_a_requirement_in_place_of_the_rules(impl: Any):
    perhaps = Bearer(stage.guard(impl), Requirement("optional"))
    app = FastAPI()

    @app.get("/nowhere")
    async def nowhere(token: Annotated[Any, Depends(perhaps)]) -> str:
        return token.subject if token else "nobody"

    @app.get("/scoped")
    async def scoped(token: Annotated[Any, Security(perhaps, scopes=["a"])]) -> str:
        return token.subject

    assert get(app, "/nowhere")[::2] == (200, "nobody")
    assert get(app, "/nowhere", bearer(stage.GOOD))[::2] == (200, "user-1")
    assert get(app, "/nowhere", bearer(stage.EXPIRED))[0] == 401
    assert get(app, "/scoped")[0] == 401
    assert get(app, "/scoped", bearer(stage.GOOD))[0] == 403


def test_into(impl: Any):
    app = FastAPI()
    person = Depends(Bearer(stage.guard(impl), into=Person))

    @app.get("/me")
    async def me(who: Person = person) -> str:
        return f"{type(who).__name__} {who.sub}"

    @app.get("/maybe")
    async def maybe(who: Person | None = person) -> bool:
        return who is None

    assert get(app, "/me", bearer(stage.GOOD))[::2] == (200, "Person user-1")
    assert get(app, "/maybe")[::2] == (200, True)
    status, headers, body = get(app, "/me", bearer(stage.token(sub=None)))
    assert (status, body["detail"]["reason"]) == (401, "claim_invalid")
    assert 'error="invalid_token"' in headers["www-authenticate"]
    with pytest.raises(TypeError, match="into must be"):
        Bearer(stage.guard(impl), into=int)


def test_it_takes_no_thread(impl: Any):
    app = FastAPI()
    threads: list[Any] = []

    class Observer:
        def on_decision(self, *_: Any) -> None:
            threads.append(threading.current_thread())

    guard = stage.guard(impl, observer=Observer())

    @app.get("/me")
    async def me(token: Annotated[Any, Depends(Bearer(guard))]) -> str:
        return token.subject

    get(app, "/me", bearer(stage.GOOD))
    assert threads == [threading.current_thread()]


def test_one_decision_a_request(impl: Any):
    app = FastAPI()
    count: list[Any] = []

    class Observer:
        def on_decision(self, *facts: Any) -> None:
            count.append(facts)

    bearer_ = Bearer(stage.guard(impl, observer=Observer()))

    @app.get("/me", dependencies=[Depends(bearer_)])
    async def me(token: Annotated[Any, Depends(bearer_)], again: Annotated[Any, Depends(bearer_)]) -> bool:
        return token is again

    assert get(app, "/me", bearer(stage.GOOD))[2] is True
    assert len(count) == 1


@pytest.mark.parametrize("requirement", [None, Requirement()])
def test_observers_hear_what_became_of_it(impl: Any, requirement: Requirement | None):
    """`into=` may refuse what the guard lets pass."""
    heard: list[Any] = []

    class Observer:
        def on_decision(self, request: Any, decision: Any, seconds: float) -> None:
            heard.append((decision.allowed, decision.reason, decision.token and decision.token.get("name")))

    app = FastAPI()
    person = Depends(Bearer(stage.guard(impl, observer=Observer()), requirement, into=Person))

    @app.get("/me")
    async def me(who: Person = person) -> str:
        return who.sub

    sent = [stage.token(name="a"), stage.token(name="b", sub=None), stage.EXPIRED]
    assert [get(app, "/me", bearer(one))[0] for one in sent] == [200, 401, 401]
    assert heard == [(True, None, "a"), (False, "claim_invalid", "b"), (False, "expired", None)]


def test_openapi(impl: Any):
    guard = stage.guard(impl)
    app = FastAPI()

    @app.get("/a")
    async def a(token: Annotated[Any, Security(Bearer(guard, description="Ours"), scopes=["a"])]) -> None: ...

    @app.get("/b")
    async def b(token: Annotated[Any, Depends(CookieBearer(guard, stage.COOKIE, scheme_name="Session"))]) -> None: ...

    document = app.openapi()
    assert document["components"]["securitySchemes"] == {
        "Bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "Ours"},
        "Session": {"type": "apiKey", "in": "cookie", "name": "__Host-access"},
    }
    assert document["paths"]["/a"]["get"]["security"] == [{"Bearer": ["a"]}]
    assert document["paths"]["/b"]["get"]["security"] == [{"Session": []}]
    assert "parameters" not in document["paths"]["/a"]["get"]


def test_a_cookie(impl: Any):
    cookie = Cookie("__Host-session", origins=[stage.PAGE])
    guard = Guard(stage.verifier(impl), stage.RULES, sources=Sources(header=False, cookie=cookie))
    app = FastAPI()

    @app.get("/me")
    async def me(token: Annotated[Any, Depends(CookieBearer(guard, cookie))]) -> str:
        return token.subject

    assert get(app, "/me", ("Cookie", f"__Host-session={stage.GOOD}"))[::2] == (200, "user-1")
    assert get(app, "/me", bearer(stage.GOOD))[0] == 401


def websocket_app(impl: Any) -> Any:
    app = FastAPI()

    @app.websocket("/me")
    async def me(websocket: WebSocket, token: Annotated[Any, Depends(Bearer(stage.guard(impl)))]) -> None:
        await websocket.accept()
        await websocket.send_text(token.subject)
        await websocket.close()

    return app


def test_a_websocket(impl: Any):
    sent = play(
        websocket_app(impl), scope("websocket", "/me", [bearer(stage.GOOD)], scheme="ws"), {"type": "websocket.connect"}
    )
    assert sent[1]["text"] == "user-1"


@pytest.mark.parametrize("extensions", [{}, DENIAL])
def test_a_websocket_is_denied(impl: Any, extensions: Any):
    sent = play(
        websocket_app(impl),
        scope("websocket", "/me", scheme="ws", extensions=extensions),
        {"type": "websocket.connect"},
    )
    if extensions:
        assert (sent[0]["type"], sent[0]["status"]) == ("websocket.http.response.start", 401)
        assert b"www-authenticate" in dict(sent[0]["headers"])
    else:
        assert sent == [{"type": "websocket.close", "code": 3000, "reason": ""}]
