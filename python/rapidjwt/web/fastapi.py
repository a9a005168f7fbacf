"""FastAPI: a dependency that asks a `Guard`, describes itself to OpenAPI, and gives the route the proof of the token or its claims.
Takes no thread, decides nothing itself.
"""

from __future__ import annotations

import json
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from fastapi.exceptions import HTTPException, WebSocketException
from fastapi.openapi.models import APIKey, APIKeyIn
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.openapi.models import SecurityBase as SecurityModel
from fastapi.requests import HTTPConnection
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase

from rapidjwt._into import check, convert
from rapidjwt.exceptions import InvalidTokenError
from rapidjwt.web._expiry import UNAUTHORIZED
from rapidjwt.web._rules import Requirement
from rapidjwt.web.asgi import request_of

if TYPE_CHECKING:
    from rapidjwt.web._answers import Answer
    from rapidjwt.web._bearer import Decision, Guard
    from rapidjwt.web._cookies import Cookie
    from rapidjwt.web._request import Request

__all__ = ["Bearer", "CookieBearer"]


class Bearer(SecurityBase):
    """Use it as `Depends(bearer)` or `Security(bearer, scopes=[...])`, on a route, a router or the whole application, for HTTP and
    WebSocket. The route gets a VerifiedToken, or None where requests without a token may pass; `scope["rapidjwt"]` has it too.

    Args:
        guard: decides by its rules, and by the scopes of `Security` beside them.
        requirement: decides in place of the rules.
        into: build this from the claims, for the route to get: a TypedDict, dataclass, msgspec.Struct or pydantic model.
        scheme_name: what OpenAPI calls it; the name of the class if none is given.
        description: for OpenAPI.
    """

    def __init__(
        self,
        guard: Guard,
        requirement: Requirement | None = None,
        *,
        into: type | None = None,
        scheme_name: str | None = None,
        description: str | None = None,
    ) -> None:
        if into is not None:
            check(into)
        self.model: SecurityModel = HTTPBearerModel(bearerFormat="JWT", description=description)
        self.scheme_name: str = scheme_name or type(self).__name__
        self._guard: Final = guard
        self._requirement: Final = requirement
        self._into: Final = into
        self._asked: Final[dict[tuple[str, ...], Requirement]] = {}

    async def __call__(self, connection: HTTPConnection, security_scopes: SecurityScopes) -> Any:
        """Decide about a request; FastAPI calls this.

        Raises:
            HTTPException: it is refused: status, challenge and reason as a middleware would tell them.
            WebSocketException: the same for a WebSocket, where the server can send no answer.
        """
        start, request = perf_counter(), request_of(connection.scope)
        decision = await self._decide(request, self._also(tuple(security_scopes.scopes)))
        given: Any = decision.token
        if decision.allowed and decision.token is not None and self._into is not None:
            try:
                given = convert(decision.token.to_dict(), self._into)
            except InvalidTokenError as error:
                refused = self._guard.refuse(error.reason, decision.rule, code=error.code)
                decision = refused._replace(token=decision.token)
        self._guard.tell(request, decision, start)
        if decision.answer is not None:
            raise _refusal(connection, decision.answer)
        connection.scope["rapidjwt"] = decision.token
        return given

    async def _decide(self, request: Request, also: Requirement | None) -> Decision:
        guard, requirement = self._guard.silent(), self._requirement
        if requirement is None:
            return await guard.adecide(request, also)
        return await guard.aauthenticate(request, requirement if also is None else requirement.and_(also))

    def _also(self, scopes: tuple[str, ...]) -> Requirement | None:
        if not scopes:
            return None
        also = self._asked.get(scopes)
        if also is None:
            also = self._asked[scopes] = Requirement(scopes=tuple(dict.fromkeys(scopes)))
        return also


class CookieBearer(Bearer):
    """The same, described to OpenAPI as a cookie, for a guard whose `Sources` take tokens from there.

    Args:
        cookie: the one of the guard's `Sources`.
    """

    def __init__(self, guard: Guard, cookie: Cookie, requirement: Requirement | None = None, **options: Any) -> None:
        super().__init__(guard, requirement, **options)
        self.model: SecurityModel = APIKey.model_validate(
            {"in": APIKeyIn.cookie, "name": cookie.name, "description": options.get("description")}
        )


def _refusal(connection: HTTPConnection, answer: Answer) -> Exception:
    if connection.scope["type"] == "websocket" and "websocket.http.response" not in (
        connection.scope.get("extensions") or {}
    ):
        return WebSocketException(UNAUTHORIZED)
    headers = {name: value for name, value in answer.headers if name != "content-type"}
    return HTTPException(answer.status, json.loads(answer.body), headers)
