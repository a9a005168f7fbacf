"""What a transport is: a callable that takes one HTTP GET and returns one answer, whatever its status. It follows no redirects, decodes
nothing, and stops reading at the limit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from rapidjwt.exceptions import PyJWTError, build

__all__ = ["AsyncTransport", "Request", "Response", "Transport", "gathered", "too_large"]


class Request(NamedTuple):
    """One GET."""

    url: str
    """http or https; checked."""
    headers: Mapping[str, str]
    timeout: float
    """Seconds until the last byte must be there."""
    max_bytes: int
    """Bytes of the body at most; a longer one may be cut after one byte more."""


class Response(NamedTuple):
    """One answer."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; of a header that comes twice, both values with a comma between them."""
    body: bytes
    """As it came: not decompressed."""


Transport: TypeAlias = Callable[[Request], Response]
"""Raises TimeoutError when the time is over, OSError when the connection fails; any other Exception counts as that too."""

AsyncTransport: TypeAlias = Callable[[Request], Awaitable[Response]]
"""The same for asyncio."""


def gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Header pairs as `Response.headers` has them."""
    found: dict[str, str] = {}
    for name, value in pairs:
        known = found.get(name.lower())
        found[name.lower()] = value if known is None else f"{known}, {value}"
    return found


def too_large(max_bytes: int) -> PyJWTError:
    """What a transport raises for a body above its limit."""
    return build("fetch_too_large", limit=max_bytes)
