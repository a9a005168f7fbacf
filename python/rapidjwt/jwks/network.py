"""How keys are fetched: the program's options, checked. Nothing is fetched here."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, Literal, NamedTuple

from rapidjwt.jwks import address, discovery
from rapidjwt.jwks.fetching import MAX_BYTES, Target, Tuning
from rapidjwt.jwks.rules import Rules
from rapidjwt.jwks.transport import AsyncTransport, Transport

__all__ = ["Network"]

_RESERVED: Final = frozenset(
    (
        "accept-encoding",
        "connection",
        "content-length",
        "host",
        "if-modified-since",
        "if-none-match",
        "transfer-encoding",
    )
)


class Network(NamedTuple):
    """Options of key sets that are fetched."""

    refresh: Literal["demand", "thread"] = "demand"
    """`demand` fetches when tokens ask for it; `thread` also without tokens, in one background thread of the process."""
    rules: Rules = Rules()
    """When to fetch."""
    timeout: float = 5.0
    """Seconds for a fetch as a whole, discovery included; no caller waits longer."""
    max_bytes: int = MAX_BYTES
    """Longest answer."""
    allow_http: bool = False
    """Admit http to other machines, where whoever is on the way chooses the keys."""
    allowed_hosts: Collection[str] | None = None
    """Hosts that metadata may name as the keys' address; None: any."""
    redirects: bool = False
    """Follow redirects to the same scheme, host and port."""
    headers: Mapping[str, str] | None = None
    """Further request headers."""
    transport: Transport | None = None
    """Does the requests; None: `urllib`, unless `async_transport` is given."""
    async_transport: AsyncTransport | None = None
    """Does them in an event loop."""
    snapshot: str | os.PathLike[str] | None = None
    """Path of a file that keeps the last answer for a restart during an outage."""
    random: Callable[[], float] = random.random
    """Returns numbers from 0 to 1, for jitter."""

    def limits(self) -> address.Limits:
        """Which addresses are admitted. TypeError for wrong types."""
        return address.Limits(_flag("allow_http", self.allow_http), address.hosts(self.allowed_hosts))

    def target(self, issuer: str, jwks_url: str | None, kind: bool | str) -> Target:
        """What to fetch.

        Raises:
            ValueError, TypeError: the address makes no sense, or is not safe.
        """
        if jwks_url is not None:
            return Target(address.configured("jwks_url", jwks_url, self.limits()), issuer)
        if not isinstance(kind, str) and kind is not True:
            raise TypeError(f"discovery must be a bool or a string, not {type(kind).__name__}")
        if isinstance(kind, str) and kind not in discovery.KINDS:
            return Target(None, issuer, address.configured("discovery", kind, self.limits()))
        chosen = "oidc" if kind is True else kind
        return Target(None, issuer, discovery.well_known(address.configured("iss", issuer, self.limits()), chosen))

    def tuning(self) -> Tuning:
        """How to fetch. ValueError and TypeError for options that make no sense."""
        from rapidjwt import __version__

        return Tuning(
            limits=self.limits(),
            user_agent=f"rapidjwt/{__version__}",
            headers=_headers(self.headers),
            max_bytes=int(_positive("max_bytes", self.max_bytes)),
            redirects=_flag("redirects", self.redirects),
        )

    def blocking_transport(self) -> Transport:
        """What does the requests in a thread."""
        if self.transport is not None:
            return self.transport
        if self.async_transport is not None:
            from rapidjwt.jwks.driving import as_blocking

            return as_blocking(self.async_transport)
        from rapidjwt.jwks.over_urllib import UrllibTransport

        return UrllibTransport()

    def checked(self) -> Network:
        """Itself. ValueError and TypeError for options that make no sense."""
        if self.refresh not in ("demand", "thread"):
            raise ValueError("refresh must be 'demand' or 'thread'")
        if not isinstance(self.rules, Rules):
            raise TypeError(f"rules must be Rules, not {type(self.rules).__name__}")
        self.rules.checked()
        _positive("timeout", self.timeout)
        for name in ("transport", "async_transport"):
            if getattr(self, name) is not None and not callable(getattr(self, name)):
                raise TypeError(f"{name} must be callable or None")
        return self


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be a bool, not {type(value).__name__}")
    return value


def _positive(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number, not {type(value).__name__}")
    if not 0 < value < math.inf:
        raise ValueError(f"{name} must be finite and greater than 0")
    return value


def _headers(headers: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    found = tuple((headers or {}).items())
    for name, value in found:
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError("headers must be strings")
        if not (name.isascii() and name.isprintable() and value.isprintable() and name.strip(" :")):
            raise ValueError("headers must be printable")
        if name.lower() in _RESERVED:
            raise ValueError("headers must not have those of the connection or of conditional requests")
    return found
