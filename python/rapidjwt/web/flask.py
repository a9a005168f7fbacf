"""Flask: an extension that puts a `Guard` before every view, a decorator for views that ask for more, and `current_token`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar

from flask import Flask, Response, current_app, request
from werkzeug.local import LocalProxy

from rapidjwt.web._rules import Requirement
from rapidjwt.web._settings import guard_from
from rapidjwt.web.wsgi import request_of

if TYPE_CHECKING:
    from rapidjwt._native import VerifiedToken
    from rapidjwt.web._bearer import Guard

__all__ = ["Bearer", "current_token"]

_View = TypeVar("_View", bound=Callable[..., Any])
_KEY: Final = "rapidjwt"
_MET: Final = "rapidjwt.requirement"


def _token() -> VerifiedToken | None:
    token: VerifiedToken | None = request.environ.get(_KEY)
    return token


current_token: Any = LocalProxy(_token)
"""The VerifiedToken of the request, or falsy where it came without one. `request.remote_user` is its subject."""


class Bearer:
    """`Bearer(app, guard)`, or `bearer = Bearer()` and later `bearer.init_app(app)`, where the guard may come from `app.config`:
    `RAPIDJWT_GUARD`, or the parts of one, such as `RAPIDJWT_ISSUERS` and `RAPIDJWT_RULES` (see docs/guide/web.md).

    The rules decide about every request, those of static files and of unknown paths too. `RAPIDJWT_EVERYWHERE = False` leaves all but
    the views with `require` unprotected.
    """

    def __init__(self, app: Flask | None = None, guard: Guard | None = None) -> None:
        self._guard: Final = guard
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Protect an application.

        Raises:
            ValueError, TypeError, ImportError: the settings make no guard.
        """
        settings: dict[str, Any] = app.config.get_namespace("RAPIDJWT_")
        everywhere = settings.pop("everywhere", True)
        app.extensions[_KEY] = self._guard if self._guard is not None else guard_from(settings)
        if everywhere:
            app.before_request(_before)

    def require(self, requirement: Requirement | None = None, **needs: Any) -> Callable[[_View], _View]:
        """A decorator for views: what they ask for beside the rules. It goes below `@app.route`.

        Args:
            requirement: or its parts: the arguments of `Requirement`.
        """
        if requirement is not None and needs:
            raise TypeError("a requirement is given whole or by its parts")
        asked = Requirement(**needs) if requirement is None else requirement

        def decorate(view: _View) -> _View:
            @wraps(view)
            def guarded(*args: Any, **kwargs: Any) -> Any:
                # What stands before the view has met it, where it could see it: decorators above may hide it. Not in `g`, which
                # may outlive a request.
                refused = None if request.environ.get(_MET) is asked else _refused(asked)
                return current_app.ensure_sync(view)(*args, **kwargs) if refused is None else refused

            guarded._rapidjwt = asked  # type: ignore[attr-defined]
            return guarded  # type: ignore[return-value]

        return decorate


def _before() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    return _refused(getattr(view, "_rapidjwt", None))


def _refused(also: Requirement | None) -> Response | None:
    guard: Guard = current_app.extensions[_KEY]
    environ = request.environ
    environ.pop("REMOTE_USER", None)
    decision = guard.decide(request_of(environ), also)
    answer = decision.answer
    if answer is not None:
        return Response(answer.body, answer.status, dict(answer.headers))
    token = environ[_KEY] = decision.token
    if token is not None and token.subject is not None:
        environ["REMOTE_USER"] = token.subject
    environ[_MET] = also
    return None
