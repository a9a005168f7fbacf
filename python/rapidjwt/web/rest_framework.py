"""Django REST framework: an authentication class that asks a `Guard`. `request.user` is whom the token is about, `request.auth` the proof.
The settings are those of rapidjwt.web.django.
"""

from __future__ import annotations

import json
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException

from rapidjwt.web.django import configured_guard, request_of, user_of

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rapidjwt._native import VerifiedToken
    from rapidjwt.web._answers import Answer
    from rapidjwt.web._bearer import Guard
    from rapidjwt.web._rules import Requirement

__all__ = ["BearerAuthentication", "RefusedError"]

_UNDECIDED: Final[Any] = object()


class RefusedError(APIException):  # type: ignore[misc]
    """The guard refuses the request; the framework's handler answers with status, challenge and reason."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(json.loads(answer.body))
        headers = dict(answer.headers)
        self.status_code: int = answer.status
        self.auth_header: str | None = headers.get("www-authenticate")
        self.wait: int = int(headers.get("retry-after", 0))


class BearerAuthentication(BaseAuthentication):  # type: ignore[misc]
    """`DEFAULT_AUTHENTICATION_CLASSES = ["rapidjwt.web.rest_framework.BearerAuthentication"]`.

    A view's attribute `requirement`, a Requirement, is asked for beside the rules. Where BearerMiddleware has decided already, and the
    view asks for nothing more, that holds. A request without a token that may pass is anonymous: permission classes see to the rest.
    """

    guard: Guard | None = None
    """Of a subclass, in place of the one that the settings make."""

    def authenticate(self, request: Request) -> tuple[Any, VerifiedToken] | None:
        """Decide about a request; the framework calls this.

        Raises:
            RefusedError: it is refused.
        """
        also: Requirement | None = getattr((request.parser_context or {}).get("view"), "requirement", None)
        inner: Any = request._request
        token = getattr(inner, "rapidjwt", _UNDECIDED)
        if token is not _UNDECIDED and also is None:
            return None if token is None else (inner.rapidjwt_user, token)
        guard, start, facts = self._guard(), perf_counter(), request_of(inner)
        decision = guard.silent().decide(facts, also)
        user = user_of(decision.token) if decision.allowed and decision.token is not None else None
        nobody = user is None or getattr(user, "is_active", True) is False
        if decision.token is not None and nobody and decision.allowed:
            decision = guard.refuse("wrong_subject", decision.rule)._replace(token=decision.token)
        guard.tell(facts, decision, start)
        if decision.answer is not None:
            raise RefusedError(decision.answer)
        return None if decision.token is None else (user, decision.token)

    def authenticate_header(self, request: Request) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The challenge where a permission class wants somebody and there is nobody (RFC 6750 section 3)."""
        answer = self._guard().refuse("missing").answer
        return "Bearer" if answer is None else dict(answer.headers)["www-authenticate"]

    def _guard(self) -> Guard:
        return self.guard or configured_guard()
