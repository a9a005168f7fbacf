"""Addresses that keys may be fetched from: text in, checked text out. Looks nothing up, connects to nothing."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from rapidjwt.exceptions import build

__all__ = ["Limits", "configured", "hosts", "named_by_metadata", "on_this_machine", "same_origin"]

_DEFAULT_PORTS = {"https": 443, "http": 80}


class Limits(NamedTuple):
    """Which addresses are admitted besides https to any host and http to this machine."""

    allow_http: bool = False
    """Also http to other machines, where whoever is on the way chooses the keys."""
    allowed_hosts: frozenset[str] | None = None
    """Hosts that a discovery document may name; None: any."""


def configured(name: str, url: object, limits: Limits) -> str:
    """The address that the program itself gives.

    Raises:
        TypeError: it is no string.
        ValueError: it is no https address without user, password and fragment.
    """
    if not isinstance(url, str):
        raise TypeError(f"{name} must be a string, not {type(url).__name__}")
    parts = _split(url)
    if parts is None or parts.fragment:
        raise ValueError(f"{name} must be an https address with a host, without user, password or fragment")
    if not _is_safe(parts, limits):
        raise ValueError(f"{name} must be https unless it is on this machine (allow_http=True admits http)")
    return url


def named_by_metadata(url: object, metadata_url: str, limits: Limits) -> str:
    """The address that a discovery document names. Only one from this machine may name another place on it without https: a provider
    elsewhere must not send us to what listens here.

    Raises:
        KeyFetchError: `discovery_invalid`, `fetch_insecure`, `fetch_host`.
    """
    if not isinstance(url, str):
        raise build("discovery_invalid")
    parts = _split(url)
    if parts is None or parts.fragment:
        raise build("discovery_invalid")
    if not _is_safe(parts, limits) or (parts.scheme == "http" and not _may_name_http(parts, metadata_url, limits)):
        raise build("fetch_insecure")
    if limits.allowed_hosts is not None and _host(parts) not in limits.allowed_hosts:
        raise build("fetch_host")
    return url


def same_origin(one: str, other: str) -> bool:
    """Whether scheme, host and port are the same (RFC 6454 section 5)."""
    first, second = _split(one), _split(other)
    return first is not None and second is not None and _origin(first) == _origin(second)


def on_this_machine(url: str) -> bool:
    """Whether the host is this machine's own: no proxy stands between us and it, and http to it is safe."""
    return _is_loopback(_host(urlsplit(url)))


def _split(url: str) -> SplitResult | None:
    # urlsplit drops line breaks and tabs; a library below may not.
    if not url.isascii() or any(char <= " " or char in '\\"<>^`{|}\x7f' for char in url):
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _DEFAULT_PORTS and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if usable and "@" not in parts.netloc else None


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, _host(parts), parts.port or _DEFAULT_PORTS[parts.scheme]


def _is_safe(parts: SplitResult, limits: Limits) -> bool:
    return parts.scheme == "https" or limits.allow_http or _is_loopback(_host(parts))


def _may_name_http(parts: SplitResult, metadata_url: str, limits: Limits) -> bool:
    if _is_loopback(_host(parts)) and not on_this_machine(metadata_url):
        return False
    return limits.allow_http or urlsplit(metadata_url).scheme == "http"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hosts(names: Collection[str] | None) -> frozenset[str] | None:
    """A list of hosts as it is compared.

    Raises:
        TypeError: it is not a collection of strings.
    """
    if names is None:
        return None
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise TypeError("allowed_hosts must be a list of strings or None")
    return frozenset(name.lower().rstrip(".") for name in names)
