"""Finds the bearer token of a request (RFC 6750 section 2): in the `Authorization` header, or where told in a cookie or the query. One
request carries one token; two of them are refused, whichever would do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, final
from urllib.parse import unquote_plus

from rapidjwt.web._cookies import cookie_values

if TYPE_CHECKING:
    from rapidjwt.web._cookies import Cookie
    from rapidjwt.web._request import Request

__all__ = ["Found", "Sources"]


class Found(NamedTuple):
    """A token, or the reason why there is none."""

    token: bytes | None
    reason: str | None


@final
class Sources:
    """Where a token may stand.

    Args:
        header: in `Authorization: Bearer`.
        cookie: in that cookie too.
        query: in that parameter of the query too, e.g. `access_token`. Addresses end up in logs, histories and `Referer`; RFC 9700
            section 4.3.2 forbids it.
    """

    __slots__ = ("cookie", "header", "query")

    def __init__(self, *, header: bool = True, cookie: Cookie | None = None, query: str | None = None) -> None:
        if not (header or cookie or query):
            raise ValueError("a token must be allowed to stand somewhere")
        self.header: Final = header
        self.cookie: Final = cookie
        self.query: Final = query

    def find(self, request: Request) -> Found:
        """The one token of the request; else `missing`, `multiple_tokens`, `malformed` or `csrf_failed`."""
        in_header = _from_header(request) if self.header else _MISSING
        if self.cookie is None and self.query is None:
            return in_header
        found = [] if in_header.reason == "missing" else [in_header]
        if self.cookie is not None:
            found += (
                _from_cookie(value, self.cookie, request) for value in cookie_values(request, self.cookie.encoded)
            )
        if self.query is not None:
            found += map(_given, _parameters(request.query, self.query))
        if len(found) > 1:
            return _MULTIPLE
        return found[0] if found else _MISSING


_MISSING: Final = Found(None, "missing")
_MULTIPLE: Final = Found(None, "multiple_tokens")
_MALFORMED: Final = Found(None, "malformed")
_FORGED: Final = Found(None, "csrf_failed")
_JOINED: Final = re.compile(rb",[ \t]*bearer ", re.IGNORECASE).search
"""Servers of WSGI join headers that came twice with a comma: what they make of another scheme's, and one of ours."""


def _from_header(request: Request) -> Found:
    values = request.values(b"authorization")
    if not values:
        return _MISSING
    if len(values) > 1:
        return _MULTIPLE
    scheme, _, rest = values[0].partition(b" ")
    if scheme.lower() != b"bearer":
        return _MULTIPLE if _JOINED(rest) else _MISSING
    token = rest.strip(b" ")
    return _MULTIPLE if b"," in token else _given(token)


def _from_cookie(value: bytes, cookie: Cookie, request: Request) -> Found:
    return _FORGED if cookie.is_forged(request) else _given(value)


def _given(token: bytes) -> Found:
    return Found(token, None) if token else _MALFORMED


def _parameters(query: str, name: str) -> list[bytes]:
    found = []
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if unquote_plus(key) == name:
            found.append(unquote_plus(value).encode("utf-8", "replace"))
    return found
