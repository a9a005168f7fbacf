"""The middleware of Django, sync and async, its settings and users; and the authentication class of its REST framework."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import stage

pytest.importorskip("django", reason="Django is not installed")

import on_django
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncRequestFactory, RequestFactory, override_settings

from rapidjwt.web import Requirement
from rapidjwt.web.django import BearerMiddleware, TokenUser, configured_guard, request_of


def bearer(value: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def view(request: HttpRequest) -> HttpResponse:
    user = request.user
    return JsonResponse([user.username, user.pk, user.is_authenticated, request.auth.issuer], safe=False)


def ask(impl: Any, path: str, sent: str | None = None, get_response: Any = view, **settings: Any) -> HttpResponse:
    with override_settings(RAPIDJWT={"GUARD": stage.guard(impl), **settings}):
        return BearerMiddleware(get_response)(RequestFactory().get(path, headers=bearer(sent) if sent else {}))


def test_users(impl: Any):
    assert json.loads(ask(impl, "/me", stage.GOOD).content) == ["user-1", "user-1", True, stage.LOGIN]


def test_a_user_who_is_not_active_is_nobody(impl: Any):
    def inactive(token: Any) -> Any:
        user = TokenUser(token)
        user.__dict__["is_active"] = False
        return user

    assert ask(impl, "/me", stage.GOOD, USER=inactive).status_code == 401


def test_the_session_must_not_come_after_the_token(impl: Any):
    ours, theirs = "rapidjwt.web.django.BearerMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"
    with override_settings(RAPIDJWT={"GUARD": stage.guard(impl)}, MIDDLEWARE=[theirs, ours]):
        BearerMiddleware(view)
    with (
        override_settings(RAPIDJWT={"GUARD": stage.guard(impl)}, MIDDLEWARE=[ours, theirs]),
        pytest.raises(ImproperlyConfigured, match="below"),
    ):
        BearerMiddleware(view)


def test_a_user_without_a_database(impl: Any):
    token = stage.verifier(impl).verify(stage.GOOD)
    user = TokenUser(token)
    assert (str(user), user.id, user.get_username(), user.claims) == ("user-1", "user-1", "user-1", token.claims)
    assert (user.is_anonymous, user.is_active, user.is_staff, user.is_superuser) == (False, True, False, False)
    assert not user.has_perm("shop.add_order")
    assert not user.has_module_perms("shop")
    same, other = (TokenUser(stage.verifier(impl).verify(sent)) for sent in (stage.READER, stage.OFFICER))
    assert user == TokenUser(token)
    assert hash(user) == hash(TokenUser(token))
    assert user not in (same, other, "user-1")
    assert TokenUser(stage.verifier(impl).verify(stage.token(sub=None))).username == ""


def test_without_a_token_the_user_stays(impl: Any):
    def seen(request: HttpRequest) -> HttpResponse:
        return JsonResponse([hasattr(request, "user"), request.auth], safe=False)

    assert json.loads(ask(impl, "/maybe", get_response=seen).content) == [False, None]


class Member:
    username = "from the database"
    pk = 7
    is_authenticated = True


def find(token: Any) -> Any:
    return Member() if token.subject == "user-1" else None


@pytest.mark.parametrize("setting", [find, f"{__name__}.find"])
def test_users_of_our_own(impl: Any, setting: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stage, "find", find, raising=False)
    setting = setting if callable(setting) else "stage.find"
    assert json.loads(ask(impl, "/me", stage.GOOD, USER=setting).content)[:2] == ["from the database", 7]
    refused = ask(impl, "/me", stage.READER, USER=setting)
    assert (refused.status_code, json.loads(refused.content)["reason"]) == (401, "wrong_subject")


async def afind(token: Any) -> Any:
    return find(token)


@pytest.mark.parametrize("user", [None, find, afind])
def test_async(impl: Any, user: Any):
    async def aview(request: HttpRequest) -> HttpResponse:
        return JsonResponse([(await request.auser()).username, request.auth.issuer], safe=False)

    async def run(sent: str) -> HttpResponse:
        request = AsyncRequestFactory().get("/me", headers=bearer(sent))
        return await BearerMiddleware(aview)(request)

    with override_settings(RAPIDJWT={"GUARD": stage.guard(impl), **({"USER": user} if user else {})}):
        name = "from the database" if user else "user-1"
        assert json.loads(asyncio.run(run(stage.GOOD)).content) == [name, stage.LOGIN]
        assert asyncio.run(run(stage.READER)).status_code == (401 if user else 200)
        assert asyncio.run(run(stage.EXPIRED)).status_code == 401


class Observer:
    def __init__(self) -> None:
        self.heard: list[Any] = []

    def on_decision(self, request: Any, decision: Any, seconds: float) -> None:
        self.heard.append((decision.reason, decision.token and decision.token.subject, decision.status))


HEARD = [(None, "user-1", 200), ("wrong_subject", "reader", 401), ("expired", None, 401)]


@pytest.mark.parametrize("user", [find, afind])
def test_observers_hear_what_became_of_it(impl: Any, user: Any):
    """`USER` may refuse what the guard lets pass."""
    observer = Observer()

    async def aview(request: HttpRequest) -> HttpResponse:
        return JsonResponse([], safe=False)

    with override_settings(RAPIDJWT={"GUARD": stage.guard(impl, observer=observer), "USER": user}):
        for sent in (stage.GOOD, stage.READER, stage.EXPIRED):
            if user is find:
                BearerMiddleware(view)(RequestFactory().get("/me", headers=bearer(sent)))
            else:
                asyncio.run(BearerMiddleware(aview)(AsyncRequestFactory().get("/me", headers=bearer(sent))))
    assert observer.heard == HEARD


def test_settings_by_parts(impl: Any):
    settings = {"VERIFIER": stage.verifier(impl), "RULES": [{"prefix": "/me"}], "REALM": "shop"}
    with override_settings(RAPIDJWT=settings):
        refused = BearerMiddleware(view)(RequestFactory().get("/me"))
        assert refused["WWW-Authenticate"] == 'Bearer realm="shop"'
        assert configured_guard() is configured_guard()
        before = configured_guard()
    with override_settings(RAPIDJWT=settings | {"REALM": "other"}):
        assert configured_guard() is not before


@pytest.mark.parametrize("settings", [{}, {"ISUERS": []}, {"GUARD": 7}, {"GUARD": "no.where"}, None, []])
def test_wrong_settings(settings: Any):
    with override_settings(RAPIDJWT=settings), pytest.raises(ImproperlyConfigured, match="RAPIDJWT"):
        BearerMiddleware(view)


def test_a_user_that_cannot_be_imported_is_heard_of_at_once(impl: Any):
    settings = {"GUARD": stage.guard(impl), "USER": "stage.nobody"}
    with override_settings(RAPIDJWT=settings), pytest.raises(ImportError, match="nobody"):
        BearerMiddleware(view)


def test_a_guard_of_a_subclass_needs_no_settings(impl: Any):
    middleware = type("Middleware", (BearerMiddleware,), {"guard": stage.guard(impl)})
    with override_settings(RAPIDJWT=None):
        request = RequestFactory().get("/me", headers=bearer(stage.GOOD))
        assert json.loads(middleware(view)(request).content)[0] == "user-1"


def test_the_path_that_views_go_by():
    request = request_of(RequestFactory().get("/me", SCRIPT_NAME="/shop"))
    assert request.path == "/me"
    lower = RequestFactory().generic("post", "/me")
    assert request_of(lower).method == "POST"
    over_asgi = request_of(AsyncRequestFactory().get("/me?a=b"))
    assert (over_asgi.path, over_asgi.query) == ("/me", "a=b")


def test_the_same_middleware_in_both_kinds_of_handler(impl: Any):
    guard = stage.guard(impl)
    assert isinstance(on_django.handler(WSGIHandler, guard, on_django.who), WSGIHandler)
    assert isinstance(on_django.handler(ASGIHandler, guard, on_django.awho), ASGIHandler)


@pytest.fixture
def rest(impl: Any) -> Any:
    """Asks a view of the REST framework, whose class has these attributes."""
    pytest.importorskip("rest_framework", reason="Django REST framework is not installed")
    from rest_framework.permissions import IsAuthenticated
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from rapidjwt.web.rest_framework import BearerAuthentication

    def ask(
        path: str,
        sent: str | None = None,
        *,
        behind: bool = False,
        user: Any = None,
        observer: Any = None,
        **members: Any,
    ) -> Any:
        def get(self: Any, request: Any) -> Any:
            return Response([getattr(request.user, "username", None), request.auth and request.auth.subject])

        members = {"permission_classes": (), "authentication_classes": (BearerAuthentication,), "get": get} | members
        settings = {"GUARD": stage.guard(impl, observer=observer)} | ({"USER": user} if user else {})
        answer = type("View", (APIView,), members).as_view()
        request = RequestFactory().get(path, headers=bearer(sent) if sent else {})
        with override_settings(RAPIDJWT=settings):
            response = (BearerMiddleware(answer) if behind else answer)(request)
            return response.render() if hasattr(response, "render") else response

    ask.somebody = (IsAuthenticated,)  # type: ignore[attr-defined]
    return ask


@pytest.mark.parametrize("behind", [False, True])
def test_rest_users(rest: Any, behind: bool):
    assert rest("/me", stage.GOOD, behind=behind).data == ["user-1", "user-1"]
    assert rest("/maybe", behind=behind).data == [None, None]
    assert rest("/me", stage.GOOD, behind=behind, user=find).data == ["from the database", "user-1"]
    refused = rest("/me", stage.READER, behind=behind, user=find)
    assert (refused.status_code, json.loads(refused.content)["reason"]) == (401, "wrong_subject")


@pytest.mark.parametrize("behind", [False, True])
def test_observers_of_rest_views_hear_what_became_of_it(rest: Any, behind: bool):
    observer = Observer()
    for sent in (stage.GOOD, stage.READER, stage.EXPIRED):
        rest("/me", sent, behind=behind, user=find, observer=observer)
    assert observer.heard == HEARD


@pytest.mark.parametrize("behind", [False, True])
def test_a_view_asks_for_more(rest: Any, behind: bool):
    asks = {"requirement": Requirement(scopes=["orders:read"]), "behind": behind}
    assert rest("/me", stage.READER, **asks).status_code == 200
    refused = rest("/me", stage.GOOD, **asks)
    assert refused.status_code == 403
    assert refused["WWW-Authenticate"].endswith('scope="orders:read"')
    assert rest("/maybe", **asks).status_code == 401


def test_a_permission_class_wants_somebody(rest: Any):
    refused = rest("/maybe", permission_classes=rest.somebody)
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == f'Bearer realm="shop", resource_metadata="{stage.METADATA}"'
    assert rest("/maybe", stage.GOOD, permission_classes=rest.somebody).status_code == 200
