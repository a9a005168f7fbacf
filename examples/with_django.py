"""Django in one file: the middleware, and its settings in one dict."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

import shop

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    MIDDLEWARE=["rapidjwt.web.django.BearerMiddleware"],
    RAPIDJWT={
        "VERIFIER": shop.verifier,  # or ISSUERS: [{"iss": "https://login.example/", "discovery": True, ...}]
        "RULES": [
            {"path": "/", "access": "public"},
            {"path": "/me"},
            {"path": "/orders", "methods": ["GET"], "scopes": ["orders:read"]},
        ],
        "REALM": "shop",
    },
    ROOT_URLCONF=__name__,
)


def who(request: HttpRequest) -> JsonResponse:
    """Who came."""
    user = None if request.auth is None else request.user.username
    return JsonResponse({"path": request.path, "user": user})


urlpatterns = [path("", who), path("me", who), path("orders", who)]
app = get_wsgi_application()

if __name__ == "__main__":
    shop.serve_wsgi(app)
