"""Starlette: a backend for its AuthenticationMiddleware that asks a `Guard`. `requires("...")` then goes by the token's scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.authentication import AuthCredentials, AuthenticationBackend, AuthenticationError, BaseUser
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response

from rapidjwt.web._rules import granted
from rapidjwt.web.asgi import request_of

if TYPE_CHECKING:
    from rapidjwt._native import VerifiedToken
    from rapidjwt.web._answers import Answer
    from rapidjwt.web._bearer import Guard

__all__ = ["BearerBackend", "BearerUser", "RefusedError", "authentication", "on_error"]


class BearerUser(BaseUser):
    """`request.user`: whom the token is about."""

    def __init__(self, token: VerifiedToken) -> None:
        self.token: Final = token
        """The proof; `scope["rapidjwt"]` has it too."""

    @property
    def is_authenticated(self) -> bool:
        """Always True."""
        return True

    @property
    def display_name(self) -> str:
        """`sub`, or nothing."""
        return self.token.subject or ""

    @property
    def identity(self) -> str:
        """`sub`, or nothing."""
        return self.token.subject or ""


class RefusedError(AuthenticationError):
    """The guard refuses the request; `answer` is how it is told."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer: Final = answer


class BearerBackend(AuthenticationBackend):
    """Gives `AuthenticationMiddleware` the user and the scopes of a token. Use it with `on_error`, or by `authentication`.

    `request.auth.scopes` are `authenticated` and the scopes of the token. Without a token, where a rule lets that pass, Starlette's
    own UnauthenticatedUser is the user.

    Args:
        guard: decides by its rules.
    """

    def __init__(self, guard: Guard) -> None:
        self._adecide: Final = guard.adecide

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        """Decide about a request; the middleware calls this.

        Raises:
            RefusedError: it is refused.
        """
        decision = await self._adecide(request_of(conn.scope))
        if decision.answer is not None:
            raise RefusedError(decision.answer)
        token = conn.scope["rapidjwt"] = decision.token
        if token is None:
            return None
        return AuthCredentials(["authenticated", *sorted({*granted(token)})]), BearerUser(token)


def on_error(conn: HTTPConnection, error: AuthenticationError) -> Response:
    """The answer to a refused request (RFC 6750 section 3), for the argument of that name of `AuthenticationMiddleware`."""
    if not isinstance(error, RefusedError):
        return PlainTextResponse(str(error), status_code=400)
    answer = error.answer
    return Response(answer.body, answer.status, dict(answer.headers))


def authentication(guard: Guard) -> Middleware:
    """The middleware for `Starlette(middleware=[...])`, with backend and `on_error`."""
    return Middleware(AuthenticationMiddleware, backend=BearerBackend(guard), on_error=on_error)
