"""Tokens in cookies, which a browser sends along unasked: read from the header, set with every attribute that protects them, and guarded
against requests that another site made the browser send (RFC 6265bis, OWASP's double-submit cookie).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from hmac import compare_digest
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from rapidjwt.web._request import Request

__all__ = ["Cookie", "cookie_values"]

_NAME: Final = re.compile(r"__(?:Host|Secure)-[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch
_VALUE: Final = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*").fullmatch
"""RFC 6265 section 4.1.1."""
_ORIGIN: Final = re.compile(r"https?://[^/?#@\s]+").fullmatch
_SAFE: Final = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
"""RFC 9110 section 9.2.1."""


@final
class Cookie:
    """The cookie that carries a token, and how requests with it are told from forged ones.

    A request that is not safe (RFC 9110 section 9.2.1), and the handshake of a WebSocket, must come from one of `origins`, as `Origin`
    or `Sec-Fetch-Site: same-origin` say. A request must besides repeat the value of the cookie `csrf_name` in the header `csrf_header`.

    Args:
        name: begins with `__Host-` (or `__Secure-`), so that no other host, and no page without TLS, can set it.
        origins: of the pages that may send it, e.g. `https://app.example`.
        csrf_name: the cookie whose value pages repeat.
        csrf_header: the header in which they do.
    """

    __slots__ = ("_csrf_header", "_csrf_name", "csrf_header", "csrf_name", "encoded", "name", "origins")

    def __init__(
        self,
        name: str = "__Host-access",
        *,
        origins: Sequence[str],
        csrf_name: str = "__Host-csrf",
        csrf_header: str = "X-CSRF-Token",
    ) -> None:
        for one in (name, csrf_name):
            if not _NAME(one):
                raise ValueError("the name of a cookie must begin with __Host- or __Secure-")
        if name == csrf_name:
            raise ValueError("name and csrf_name must not be the same")
        if isinstance(origins, str):
            raise TypeError("origins must be a sequence of strings")
        if not origins or not all(map(_ORIGIN, origins)):
            raise ValueError("origins must be like https://app.example, at least one")
        self.name: Final = name
        self.encoded: Final = name.encode("ascii")
        self.origins: Final = frozenset(origin.lower().encode() for origin in origins)
        self.csrf_name: Final = csrf_name
        self.csrf_header: Final = csrf_header
        self._csrf_name: Final = csrf_name.encode("ascii")
        self._csrf_header: Final = csrf_header.lower().encode("ascii")

    def is_forged(self, request: Request) -> bool:
        """Could another site have made the browser send this?"""
        if request.websocket:
            return not self._comes_from_us(request)
        if request.method in _SAFE:
            return False
        return not (self._comes_from_us(request) and self._repeats(request))

    def _comes_from_us(self, request: Request) -> bool:
        origin = request.values(b"origin")
        if origin:
            return len(origin) == 1 and origin[0].lower() in self.origins
        return request.value(b"sec-fetch-site") == b"same-origin"

    def _repeats(self, request: Request) -> bool:
        sent = cookie_values(request, self._csrf_name)
        said = request.value(self._csrf_header)
        return len(sent) == 1 and said is not None and bool(said) and compare_digest(sent[0], said)

    def set(self, token: str, *, max_age: int) -> str:
        """The value of `Set-Cookie` that gives a browser its token: out of the reach of scripts, over TLS only.

        Args:
            max_age: seconds; not longer than the token lives.
        """
        return self._set(self.name, token, max_age, "; HttpOnly")

    def set_csrf(self, value: str | None = None, *, max_age: int) -> str:
        """The value of `Set-Cookie` for the second cookie, which a page's script reads. None: a new random value."""
        return self._set(self.csrf_name, secrets.token_urlsafe(32) if value is None else value, max_age, "")

    def clear(self) -> tuple[str, str]:
        """The values of `Set-Cookie` that take both cookies away."""
        return self._set(self.name, "", 0, "; HttpOnly"), self._set(self.csrf_name, "", 0, "")

    def _set(self, name: str, value: str, max_age: int, more: str) -> str:
        if not _VALUE(value):
            raise ValueError("the value of a cookie must not have spaces, quotes, commas, semicolons or backslashes")
        return f"{name}={value}; Path=/; Max-Age={int(max_age)}; Secure; SameSite=Lax{more}"

    def __repr__(self) -> str:
        return f"<Cookie {self.name}>"


def cookie_values(request: Request, name: bytes) -> list[bytes]:
    """Every value that the request has for a cookie (RFC 6265 section 5.4); HTTP/2 may send several `Cookie` headers."""
    found = []
    for line in request.values(b"cookie"):
        if name in line:
            for pair in line.split(b";"):
                key, equals, value = pair.strip(b" \t").partition(b"=")
                if equals and key == name:
                    found.append(value.strip(b'"') if value[:1] == b'"' else value)
    return found
