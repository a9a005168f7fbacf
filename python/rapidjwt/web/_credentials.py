"""Finds the bearer token of a request (RFC 6750 section 2): in the `Authorization` header, or where told in a cookie or the query. One
request carries one token; two of them are refused, whichever would do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, final
from urllib.parse import unquote_plus

from rapidjwt.web._cookies import cookie_values
from rapidjwt.web._fixed import Fixed, put

if TYPE_CHECKING:
    from rapidjwt.web._cookies import Cookie
    from rapidjwt.web._request import Request

__all__ = ["Sources"]


@final
class Sources(Fixed):
    """Where a token may stand.

    Args:
        header: in `Authorization: Bearer`.
        cookie: in that cookie too.
        query: in that parameter of the query too, e.g. `access_token`. Addresses end up in logs, histories and `Referer`; RFC 9700
            section 4.3.2 forbids it.
    """

    __slots__ = ("cookie", "header", "query")

    header: bool
    cookie: Cookie | None
    query: str | None

    def __init__(self, *, header: bool = True, cookie: Cookie | None = None, query: str | None = None) -> None:
        if not (header or cookie or query):
            raise ValueError("a token must be allowed to stand somewhere")
        put(self, "header", header)
        put(self, "cookie", cookie)
        put(self, "query", query)

    @property
    def only_header(self) -> bool:
        """May it stand in the header alone?"""
        return self.header and self.cookie is None and self.query is None

    def find(self, request: Request) -> bytes | str:
        """The one token of the request as bytes; else the reason as str: `missing`, `multiple_tokens`, `malformed` or `csrf_failed`."""
        in_header = _from_header(request) if self.header else "missing"
        if self.cookie is None and self.query is None:
            return in_header
        found = [] if in_header == "missing" else [in_header]
        if self.cookie is not None:
            found += (
                _from_cookie(value, self.cookie, request) for value in cookie_values(request, self.cookie.encoded)
            )
        if self.query is not None:
            found += _parameters(request.query, self.query)
        if len(found) > 1:
            return "multiple_tokens"
        return (found[0] or "malformed") if found else "missing"


_JOINED: Final = re.compile(rb",[ \t]*bearer ", re.IGNORECASE).search
"""Servers of WSGI join headers that came twice with a comma: what they make of another scheme's, and one of ours."""

_ALMOST: Final = re.compile(rb"[ \t]*bearer(?![!#$%&'*+.^_`|~0-9A-Z-])", re.IGNORECASE).match
"""The scheme (RFC 9110 section 11.1), and no single space with a token behind it."""


def _from_header(request: Request) -> bytes | str:
    credentials = None
    for name, value in request.headers:
        if name == b"authorization":
            if credentials is not None:
                return "multiple_tokens"
            credentials = value
    if credentials is None:
        return "missing"
    if credentials[:7].lower() != b"bearer ":
        if _JOINED(credentials):
            return "multiple_tokens"
        return "malformed" if _ALMOST(credentials) else "missing"
    return "multiple_tokens" if b"," in credentials else credentials[7:].strip(b" ") or "malformed"


def _from_cookie(value: bytes, cookie: Cookie, request: Request) -> bytes | str:
    return "csrf_failed" if cookie.is_forged(request) else value


def _parameters(query: str, name: str) -> list[bytes | str]:
    found: list[bytes | str] = []
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if unquote_plus(key) == name:
            found.append(unquote_plus(value).encode("utf-8", "replace"))
    return found
