"""Are the keys of every issuer there? Asks for those that are missing, whether or not tokens come."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from typing import Any, Final

from rapidjwt import Issuer

__all__ = ["close", "fetch", "keep_fetching", "missing", "start"]

_log: Final = logging.getLogger("rapidjwt.forward")
_AGAIN: Final = 0.5
"""Seconds between two looks at what is missing. How often that is a request is the source's rule (`rapidjwt.jwks.Rules`)."""


def missing(issuers: Iterable[Issuer]) -> list[Issuer]:
    """Issuers without usable keys."""
    return [issuer for issuer in issuers if not _usable(issuer)]


async def fetch(issuers: Iterable[Issuer]) -> None:
    """Ask for the keys of issuers once, all at the same time. What fails is told by `missing`."""
    await asyncio.gather(*(_find(issuer) for issuer in issuers if issuer.source is not None))


async def keep_fetching(app: Any) -> None:
    """Ask for missing keys, as long as there is a service: an outage ends whether or not somebody calls."""
    while True:
        await fetch(missing(app.issuers))
        await asyncio.sleep(_AGAIN)


def start(issuers: Iterable[Issuer]) -> None:
    """Have keys refreshed ahead of their expiry, whether or not tokens come."""
    for issuer in issuers:
        source: Any = issuer.source
        if source is not None and hasattr(source, "start"):
            source.start()


def close(issuers: Iterable[Issuer]) -> None:
    """End that."""
    for issuer in issuers:
        source: Any = issuer.source
        if source is not None and hasattr(source, "close"):
            source.close()


def _usable(issuer: Issuer) -> bool:
    health = getattr(issuer.source, "health", None)
    return issuer.keys is not None if health is None else health().usable


async def _find(issuer: Issuer) -> None:
    with contextlib.suppress(Exception):
        await issuer.source.afind(None)  # type: ignore[union-attr]
