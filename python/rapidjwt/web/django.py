"""Django: a middleware, sync and async, that asks a `Guard` about every request. `request.user` is whom the token is about, `request.auth`
the proof. The settings are one dict, `RAPIDJWT`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse

from rapidjwt.web import asgi, wsgi
from rapidjwt.web._settings import guard_from, named

if TYPE_CHECKING:
    from rapidjwt._native import VerifiedToken
    from rapidjwt.types import Claims
    from rapidjwt.web._answers import Answer
    from rapidjwt.web._bearer import Decision, Guard
    from rapidjwt.web._request import Request

__all__ = ["BearerMiddleware", "TokenUser", "configured_guard", "request_of", "user_of"]


class TokenUser:
    """A user without a database: all that is known of him stands in the token. Has no permissions of Django's own."""

    is_authenticated: Final = True
    is_anonymous: Final = False
    is_active: Final = True
    is_staff: Final = False
    is_superuser: Final = False

    def __init__(self, token: VerifiedToken) -> None:
        self.token: Final = token
        """The proof; `request.auth` is it too."""

    @property
    def claims(self) -> Claims:
        """The token's claims."""
        return self.token.claims

    @property
    def pk(self) -> str | None:
        """`sub`."""
        return self.token.subject

    id = pk

    @property
    def username(self) -> str:
        """`sub`, or nothing."""
        return self.token.subject or ""

    def get_username(self) -> str:
        """`sub`, or nothing."""
        return self.username

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """No."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """No."""
        return False

    def __str__(self) -> str:
        return self.username

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TokenUser) and (self.token.issuer, self.pk) == (other.token.issuer, other.pk)

    def __hash__(self) -> int:
        return hash((self.token.issuer, self.pk))


class BearerMiddleware:
    """`MIDDLEWARE = [..., "rapidjwt.web.django.BearerMiddleware"]`, below Django's AuthenticationMiddleware where that is used.

    Where a request came without a token and may pass, `request.user` stays as it is and `request.auth` is None.
    """

    sync_capable = True
    async_capable = True
    guard: Guard | None = None
    """Of a subclass, in place of the one that the settings make."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response: Final = get_response
        _check_order(type(self))
        self._guard: Final = self.guard or configured_guard()
        _user()  # an import name that leads nowhere is heard of now
        self._asynchronous: Final = iscoroutinefunction(get_response)
        if self._asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        """Serve one request."""
        if self._asynchronous:
            return self._aserve(request)
        start, facts = perf_counter(), request_of(request)
        decision = self._guard.silent().decide(facts)
        if decision.token is not None and decision.allowed:
            decision = _with_user(self._guard, decision, request, user_of(decision.token))
        self._guard.tell(facts, decision, start)
        return self._refused(request, decision) or self._get_response(request)

    async def _aserve(self, request: HttpRequest) -> HttpResponse:
        start, facts = perf_counter(), request_of(request)
        decision = await self._guard.silent().adecide(facts)
        if decision.token is not None and decision.allowed:
            decision = _with_user(self._guard, decision, request, await _auser_of(decision.token))
        self._guard.tell(facts, decision, start)
        return self._refused(request, decision) or await self._get_response(request)

    @staticmethod
    def _refused(request: Any, decision: Decision) -> HttpResponse | None:
        if decision.answer is not None:
            return _told(decision.answer)
        request.auth = request.rapidjwt = decision.token
        return None


def request_of(request: Any) -> Request:
    """The facts of a request of Django's, by the path and the method that its views go by."""
    environ = getattr(request, "environ", None)
    if environ is not None:
        facts = wsgi.request_of(environ)
    else:
        # Django's own test client has text there.
        query = request.META["QUERY_STRING"].encode("latin-1", "replace")
        facts = asgi.request_of({**request.scope, "query_string": query})
    facts.method = request.method
    facts.path = request.path_info
    return facts


@cache
def configured_guard() -> Guard:
    """The guard of the settings; one for all.

    Raises:
        ImproperlyConfigured: they make no guard.
    """
    found = getattr(settings, "RAPIDJWT", None)
    if not isinstance(found, dict):
        raise ImproperlyConfigured("RAPIDJWT must be a dict")
    try:
        return guard_from({name.lower(): value for name, value in found.items() if name != "USER"})
    except (ValueError, TypeError, ImportError) as error:
        raise ImproperlyConfigured(f"RAPIDJWT: {error}") from error


def user_of(token: VerifiedToken) -> Any:
    """Whom a token is about: what `RAPIDJWT["USER"]`, a callable or its import name, says; else a TokenUser. None: nobody."""
    return _user()(token)


async def _auser_of(token: VerifiedToken) -> Any:
    find = _user()
    if find is TokenUser:
        return find(token)
    # It may well ask the database, which Django refuses in an event loop.
    return await (find(token) if iscoroutinefunction(find) else sync_to_async(find)(token))


@cache
def _user() -> Callable[[VerifiedToken], Any]:
    find: Callable[[VerifiedToken], Any] = named((getattr(settings, "RAPIDJWT", None) or {}).get("USER", TokenUser))
    return find


def _with_user(guard: Guard, decision: Decision, request: Any, user: Any) -> Decision:
    if user is None or getattr(user, "is_active", True) is False:
        return guard.refuse("wrong_subject", decision.rule)._replace(token=decision.token)

    async def auser() -> Any:
        return user

    request.user = request.rapidjwt_user = user
    request.auser = auser
    return decision


def _check_order(middleware: type) -> None:
    """AuthenticationMiddleware puts the session's user in the place of the token's, so that it must come first."""
    names = list(settings.MIDDLEWARE)
    ours = f"{middleware.__module__}.{middleware.__qualname__}"
    theirs = "django.contrib.auth.middleware.AuthenticationMiddleware"
    if ours in names and theirs in names and names.index(ours) < names.index(theirs):
        raise ImproperlyConfigured("BearerMiddleware must stand below Django's AuthenticationMiddleware in MIDDLEWARE")


def _told(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))


def _forget(*, setting: str, **_: Any) -> None:
    if setting == "RAPIDJWT":
        configured_guard.cache_clear()
        _user.cache_clear()


setting_changed.connect(_forget, dispatch_uid="rapidjwt")
