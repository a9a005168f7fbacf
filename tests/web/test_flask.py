"""The extension of Flask: settings, the decorator, `current_token`, and views that hide what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stage

pytest.importorskip("flask", reason="Flask is not installed")

from flask import Flask, request
from flask.views import MethodView

from rapidjwt.web import Requirement, WSGIMiddleware
from rapidjwt.web.flask import Bearer, current_token


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def hiding(view: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that forgets functools.wraps."""

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return wrapper


@pytest.fixture
def seen() -> list[Any]:
    return []


@pytest.fixture
def app(impl: Any, seen: list[Any]) -> Flask:
    class Observer:
        def on_decision(self, *facts: Any) -> None:
            seen.append(facts)

    app = Flask(__name__)
    ext = Bearer()

    @app.get("/me")
    def me() -> list[Any]:
        return [current_token.subject, request.remote_user, current_token.get("iss")]

    @app.get("/maybe")
    def maybe() -> list[Any]:
        return [bool(current_token), request.remote_user]

    @app.get("/me/orders")
    @ext.require(scopes=["orders:read"])
    def orders() -> str:
        return "orders"

    @app.get("/me/hidden", endpoint="hidden")
    @hiding
    @ext.require(Requirement(scopes=["orders:read"]))
    def hidden() -> str:
        return "hidden"

    @app.get("/me/both")
    @ext.require(scopes=["orders:read"])
    @ext.require(roles={"/realm_access/roles": ["admin"]})
    def both() -> str:
        return "both"

    class Orders(MethodView):
        decorators = (ext.require(scopes=["orders:read"]),)

        def get(self) -> str:
            return "class"

    app.add_url_rule("/me/class", view_func=Orders.as_view("orders_class"))
    app.config["RAPIDJWT_GUARD"] = stage.guard(impl, observer=Observer())
    ext.init_app(app)
    return app


def test_the_current_token(app: Flask):
    client = app.test_client()
    assert client.get("/me", headers=bearer(stage.GOOD)).json == ["user-1", "user-1", stage.LOGIN]
    assert client.get("/maybe").json == [False, None]
    assert client.get("/maybe", headers=bearer(stage.GOOD)).json == [True, "user-1"]


@pytest.mark.parametrize("path", ["/me/orders", "/me/hidden", "/me/class"])
def test_a_view_asks_for_more(app: Flask, path: str):
    client = app.test_client()
    assert client.get(path).status_code == 401
    refused = client.get(path, headers=bearer(stage.GOOD))
    assert refused.status_code == 403
    assert refused.headers["www-authenticate"].endswith('scope="orders:read"')
    assert client.get(path, headers=bearer(stage.READER)).status_code == 200


def test_two_decorators_both_count(app: Flask):
    client = app.test_client()
    roles = {"realm_access": {"roles": ["admin"]}}
    for claims, status in (
        ({"scope": "orders:read"}, 403),
        (roles, 403),
        ({"scope": "orders:read", **roles}, 200),
    ):
        assert client.get("/me/both", headers=bearer(stage.token(**claims))).status_code == status


def test_one_decision_a_request(app: Flask, seen: list[Any]):
    app.test_client().get("/me/orders", headers=bearer(stage.READER))
    assert len(seen) == 1


def test_paths_that_do_not_exist_have_rules_too(app: Flask):
    client = app.test_client()
    assert client.get("/nowhere").status_code == 403
    assert client.get("/static/x.css").status_code == 403
    assert client.get("/public/nothing").status_code == 404


def test_only_decorated_views(impl: Any):
    app = Flask(__name__)
    app.config["RAPIDJWT_EVERYWHERE"] = False
    ext = Bearer(app, stage.guard(impl))

    @app.get("/open")
    def free() -> str:
        return str(bool(current_token))

    @app.get("/me")
    @ext.require()
    def me() -> str:
        return current_token.subject

    client = app.test_client()
    assert client.get("/open").text == "False"
    assert client.get("/me").status_code == 401
    assert client.get("/me", headers=bearer(stage.GOOD)).text == "user-1"


def test_nothing_is_left_for_the_next_request(impl: Any):
    """Within a context of the application, `g` is one for all requests."""
    app = Flask(__name__)
    app.config["RAPIDJWT_EVERYWHERE"] = False
    ext = Bearer(app, stage.guard(impl))
    app.add_url_rule("/me", view_func=ext.require()(lambda: current_token.subject))
    with app.app_context():
        client = app.test_client()
        assert client.get("/me", headers=bearer(stage.GOOD)).text == "user-1"
        assert client.get("/me").status_code == 401


def test_an_async_view(impl: Any):
    app = Flask(__name__)
    ext = Bearer(app, stage.guard(impl))

    @app.get("/me")
    @ext.require(scopes=["orders:read"])
    def me() -> str:
        return current_token.subject

    assert app.test_client().get("/me", headers=bearer(stage.READER)).text == "reader"


def test_behind_the_plain_middleware(impl: Any):
    app = Flask(__name__)
    app.add_url_rule("/me", view_func=lambda: current_token.subject)
    app.wsgi_app = WSGIMiddleware(app.wsgi_app, stage.guard(impl))  # type: ignore[method-assign]
    assert app.test_client().get("/me", headers=bearer(stage.GOOD)).text == "user-1"


def test_settings_by_parts(impl: Any):
    app = Flask(__name__)
    app.config.update(RAPIDJWT_VERIFIER=stage.verifier(impl), RAPIDJWT_RULES=[{"prefix": "/me"}], RAPIDJWT_REALM="shop")
    Bearer(app)
    assert app.test_client().get("/me").headers["www-authenticate"] == 'Bearer realm="shop"'


def test_wrong_settings():
    app = Flask(__name__)
    with pytest.raises(ValueError, match="one of verifier and issuers"):
        Bearer(app)
    app.config["RAPIDJWT_RUELS"] = []
    with pytest.raises(ValueError, match="unknown settings: ruels"):
        Bearer(app)
    with pytest.raises(TypeError, match="whole or by its parts"):
        Bearer().require(Requirement(), scopes=["a"])
