"""Django REST framework in one file: the authentication class, with permission classes that decide who must be known."""

from __future__ import annotations

from django.conf import settings

import shop

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    RAPIDJWT={
        "VERIFIER": shop.verifier,
        # Tokens are looked at wherever one comes; whether there must be one, the views' permission classes say.
        "RULES": [{"prefix": "/", "access": "optional"}],
        "REALM": "shop",
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rapidjwt.web.rest_framework.BearerAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "UNAUTHENTICATED_USER": None,
    },
    ROOT_URLCONF=__name__,
)

from django.core.wsgi import get_wsgi_application  # noqa: E402 - they read the settings
from django.urls import path  # noqa: E402
from rest_framework.permissions import AllowAny  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from rapidjwt.web import Requirement  # noqa: E402


class Me(APIView):
    """For everybody who has a token."""

    def get(self, request: Request) -> Response:
        """Who came."""
        return Response({"path": request.path, "user": request.user and request.user.username})


class Index(Me):
    """For everybody."""

    permission_classes = (AllowAny,)


class Orders(Me):
    """For those whose token has the scope."""

    requirement = Requirement(scopes=["orders:read"])


urlpatterns = [path("", Index.as_view()), path("me", Me.as_view()), path("orders", Orders.as_view())]
app = get_wsgi_application()

if __name__ == "__main__":
    shop.serve_wsgi(app)
