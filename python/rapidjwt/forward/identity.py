"""Who the client is, in headers for the backend: every header on every answer, empty where there is nothing to say, so that a header that
a client sent under such a name is overwritten.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias, final
from urllib.parse import quote

if TYPE_CHECKING:
    from rapidjwt import VerifiedToken
    from rapidjwt.forward.settings import Identity

__all__ = ["Headers", "IdentityHeaders", "encoded"]

Header: TypeAlias = tuple[bytes, bytes]
Headers: TypeAlias = list[Header]

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*").fullmatch
"""No underscore: to WSGI and CGI it is a hyphen, and gateways drop it."""
_TAKEN: Final = re.compile(
    r"content-.*|x-accel-.*|cache-control|connection|date|location|retry-after|set-cookie|trailer|transfer-encoding"
    r"|upgrade|www-authenticate",
    re.IGNORECASE,
).fullmatch
"""What answers say with these is no identity."""
_PLAIN: Final = re.compile(r"[!-$&-~]+(?: +[!-$&-~]+)*").fullmatch
"""Printable ASCII without `%`; no space at the ends, where HTTP drops it."""
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+").fullmatch
"""RFC 6749 section 3.3; an element with a space in it would be two scopes to the backend."""
_KEPT: Final = "".join(map(chr, [*range(0x20, 0x25), *range(0x26, 0x7F)]))
_LONGEST: Final = 4096
"""Bytes of one value. Gateways have buffers of a few times that for all headers."""
_SHORT: Final = 512
"""Characters of values that are remembered, encoded; 1,024 of them."""


@final
class IdentityHeaders:
    """Makes the headers.

    Raises:
        ValueError: a name that is none, or that comes twice.
    """

    __slots__ = ("_assertion", "_client_id", "_issuer", "_recent", "_scope", "_subject", "empty")

    def __init__(self, names: Identity) -> None:
        for name in names:
            if not _NAME(name) or _TAKEN(name):
                raise ValueError(
                    "a header's name must be letters, digits and hyphens, and none that answers have anyway"
                )
        lower = [name.lower().encode("ascii") for name in names]
        if len(set(lower)) < len(lower):
            raise ValueError("two headers must not have the same name")
        self._subject, self._issuer, self._scope, self._client_id, self._assertion = lower
        self._recent: Final = lru_cache(1024)(self._shared)
        self.empty: Final[Headers] = [(name, b"") for name in lower]
        """For requests without a token, and for refusals, whose headers some gateways copy."""

    def of(self, token: VerifiedToken, assertion: str) -> Headers | None:
        """The headers for a token; None where a value is too long for a header."""
        subject, alike = encoded(token.subject), (token.issuer, scope_of(token), client_id_of(token))
        shared = self._shared(*alike) if sum(map(len, filter(None, alike))) > _SHORT else self._recent(*alike)
        if shared is None or len(subject) > _LONGEST:
            return None
        return [(self._subject, subject), *shared, (self._assertion, assertion.encode("ascii"))]

    def _shared(self, issuer: str | None, scope: str | None, client_id: str | None) -> tuple[Header, ...] | None:
        """The headers that many tokens have alike."""
        values = encoded(issuer), encoded(scope), encoded(client_id)
        if max(map(len, values)) > _LONGEST:
            return None
        return tuple(zip((self._issuer, self._scope, self._client_id), values, strict=True))


def encoded(text: str | None) -> bytes:
    """A value as a header carries it: printable ASCII as it is; `%`, all other characters as UTF-8, and a space at either end
    percent-encoded (RFC 3986 section 2.1). Percent-decoding gives the text back.
    """
    if not text:
        return b""
    if _PLAIN(text):
        return text.encode("ascii")
    inner = text.strip(" ")
    before = len(text) - len(text.lstrip(" "))
    after = len(text) - len(inner) - before
    return ("%20" * before + quote(inner, safe=_KEPT) + "%20" * after).encode("ascii")


def scope_of(token: VerifiedToken) -> str | None:
    """`scope` (RFC 8693 section 4.2), else `scp`, which some providers write instead, as text or as an array."""
    scope = token.scope
    if scope is not None:
        return scope
    found = token.get("scp")
    if isinstance(found, list):
        return " ".join(one for one in found if isinstance(one, str) and _SCOPE(one))
    return found if isinstance(found, str) else None


def client_id_of(token: VerifiedToken) -> str | None:
    """`client_id` (RFC 8693 section 4.3), else `azp` (OpenID Connect Core section 2)."""
    for name in ("client_id", "azp"):
        found = token.get(name)
        if isinstance(found, str):
            return found
    return None
