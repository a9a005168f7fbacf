"""The middleware of Django, under WSGI and under ASGI, and the authentication class of its REST framework. One process has one set of
settings, so each guard comes as an attribute.
"""

from __future__ import annotations

import sys
from itertools import count
from types import ModuleType
from typing import Any

from django.conf import settings

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="on_django",
        RAPIDJWT={},
        SECRET_KEY="for tests",
        INSTALLED_APPS=[],
        REST_FRAMEWORK={"UNAUTHENTICATED_USER": None},
        LOGGING_CONFIG=None,
    )

import django
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.test import override_settings
from django.urls import re_path

from rapidjwt.web import Guard
from rapidjwt.web.django import BearerMiddleware

django.setup()

urlpatterns: list[Any] = []
_numbers = count()


def make_wsgi(guard: Guard) -> Any:
    return handler(WSGIHandler, guard, who)


def make_asgi(guard: Guard) -> Any:
    return handler(ASGIHandler, guard, awho)


def handler(kind: Any, guard: Guard | None, view: Any, **options: Any) -> Any:
    """An application of one view for all paths, behind the middleware where a guard is given."""
    project: Any = ModuleType(f"{__name__}_{next(_numbers)}")
    project.urlpatterns = [re_path("", view)]
    project.Middleware = type("Middleware", (BearerMiddleware,), {"guard": guard})
    sys.modules[project.__name__] = project
    used = [f"{project.__name__}.Middleware"] if guard is not None else []
    with override_settings(MIDDLEWARE=used, **options):
        made = kind()
    return _with_urls(made, project)


def _with_urls(app: Any, urls: Any) -> Any:
    resolve = app.resolve_request

    def resolve_by_ours(request: HttpRequest) -> Any:
        request.urlconf = urls
        return resolve(request)

    app.resolve_request = resolve_by_ours
    return app


def who(request: HttpRequest) -> JsonResponse:
    user = getattr(request, "user", None)
    return JsonResponse({"sub": request.auth and request.auth.subject, "seen": [user and user.username]})


async def awho(request: HttpRequest) -> JsonResponse:
    user = await request.auser() if hasattr(request, "auser") else None
    return JsonResponse({"sub": request.auth and request.auth.subject, "seen": [user and user.username]})


def make_rest_framework(guard: Guard) -> Any:
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from rapidjwt.web.rest_framework import BearerAuthentication

    class Who(APIView):
        authentication_classes = (type("Authentication", (BearerAuthentication,), {"guard": guard}),)
        permission_classes = ()

        def get(self, request: Any) -> Any:
            return Response(
                {"sub": request.auth and request.auth.subject, "seen": [request.user and str(request.user)]}
            )

        post = put = delete = get

    return handler(WSGIHandler, None, Who.as_view())
