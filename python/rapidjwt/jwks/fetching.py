"""What is said to an origin to get its keys, written as a conversation: it yields requests, is sent responses, and ends with what was
fetched. It does no I/O, so that blocking and asyncio drivers share every rule.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import urljoin

from rapidjwt.exceptions import build
from rapidjwt.jwks import address, discovery, freshness
from rapidjwt.jwks.transport import Request, Response

__all__ = ["MAX_BYTES", "Conversation", "Fetched", "Refused", "Target", "Tuning", "Validator", "conversation"]

MAX_BYTES: Final = 1 << 20
"""Bytes of an answer at most, unless told otherwise."""
_MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
_ACCEPT: Final = "application/jwk-set+json, application/json"


class Target(NamedTuple):
    """What to fetch."""

    jwks_url: str | None
    issuer: str
    metadata_url: str = ""
    """Without `jwks_url`: where the issuer's metadata tells it."""


class Tuning(NamedTuple):
    """How to fetch."""

    limits: address.Limits
    user_agent: str
    headers: tuple[tuple[str, str], ...] = ()
    max_bytes: int = MAX_BYTES
    redirects: bool = False
    """Whether redirects within the same origin are followed."""


class Validator(NamedTuple):
    """What makes a request conditional (RFC 9110 section 13.1)."""

    url: str
    etag: str | None
    last_modified: str | None


class Metadata(NamedTuple):
    """What an issuer says of itself."""

    jwks_url: str
    lifetime: float | None


class Fetched(NamedTuple):
    """An answer that counts."""

    url: str
    """Where the keys were."""
    body: bytes | None
    """None: the origin says that nothing changed."""
    lifetime: float | None
    validator: Validator | None
    metadata: Metadata | None = None
    """What told the address; None where it was known before."""


class Refused(Exception):
    """The origin answered with this status; `retry_after` in seconds where it asks to be left alone."""

    def __init__(self, status: int, retry_after: float | None) -> None:
        super().__init__()
        self.status = status
        self.retry_after = retry_after


Conversation: TypeAlias = Generator[Request, Response, Fetched]


def conversation(target: Target, tuning: Tuning, validator: Validator | None) -> Conversation:
    """Fetch the keys of `target`. Who drives it puts into each request the time that is left.

    Raises:
        KeyFetchError: of every code `fetch_*` and `discovery_*` but those of the connection.
        Refused: the status is an error.
    """
    metadata = None
    url = target.jwks_url
    if url is None:
        metadata = yield from _discover(target, tuning)
        url = metadata.jwks_url
    conditions = {} if validator is None or validator.url != url else _conditions(validator)
    answer = yield from _exchange(url, tuning, conditions)
    lifetime = freshness.lifetime(answer.headers)
    if answer.status == 304 and conditions:
        return Fetched(url, None, lifetime, _validator(url, answer) or validator, metadata)
    _check(answer, tuning)
    return Fetched(url, answer.body, lifetime, _validator(url, answer), metadata)


def _discover(target: Target, tuning: Tuning) -> Generator[Request, Response, Metadata]:
    answer = yield from _exchange(target.metadata_url, tuning, {})
    _check(answer, tuning)
    url = address.named_by_metadata(discovery.jwks_uri(answer.body, target.issuer), target.metadata_url, tuning.limits)
    return Metadata(url, freshness.lifetime(answer.headers))


def _exchange(url: str, tuning: Tuning, conditions: dict[str, str]) -> Generator[Request, Response, Response]:
    headers = {
        "Accept": _ACCEPT, "Accept-Encoding": "identity", "User-Agent": tuning.user_agent, **dict(tuning.headers), **conditions
    }  # fmt: skip
    at = url
    for _ in range(_MAX_REDIRECTS + 1):
        answer = yield Request(at, headers, math.inf, tuning.max_bytes)
        if answer.status not in _REDIRECTS:
            return answer
        at = _onward(at, answer) if tuning.redirects else ""
        if not address.same_origin(url, at):
            break
    raise build("fetch_redirect")


def _onward(url: str, answer: Response) -> str:
    location = answer.headers.get("location")
    try:
        return urljoin(url, location) if location else ""
    except ValueError:
        return ""


def _check(answer: Response, tuning: Tuning) -> None:
    if answer.status != 200:
        raise Refused(answer.status, freshness.retry_after(answer.headers))
    if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise build("fetch_encoded")
    if len(answer.body) > tuning.max_bytes:
        raise build("fetch_too_large", limit=tuning.max_bytes)


def _validator(url: str, answer: Response) -> Validator | None:
    etag, modified = (_plain(answer.headers.get(name)) for name in ("etag", "last-modified"))
    return Validator(url, etag, modified) if etag or modified else None


def _plain(value: str | None) -> str | None:
    """A header value that may be sent back."""
    return value if value and len(value) <= 1024 and value.isascii() and value.isprintable() else None


def _conditions(validator: Validator) -> dict[str, str]:
    if validator.etag is not None:
        return {"If-None-Match": validator.etag}
    return {"If-Modified-Since": validator.last_modified or ""}
