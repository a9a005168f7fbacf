"""Client addresses as detectors compare them: text in, a network out; None for what is no address."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

__all__ = ["neighbourhood", "network"]

_NEIGHBOURHOOD: Final = (24, 48)
"""What one client commonly moves within: /24 of IPv4, /48 of IPv6."""
_NETWORK: Final = (32, 64)
"""What one client commonly has for himself: an IPv4 address, a /64 of IPv6."""
_LONGEST: Final = 64


def neighbourhood(client: str | None) -> int | None:
    """The /24 or /48, as a number."""
    address = _address(client)
    return None if address is None else _number(address, _NEIGHBOURHOOD)


def network(client: str | None) -> int | None:
    """The address itself, or its /64, as a number."""
    address = _address(client)
    return None if address is None else _number(address, _NETWORK)


def _address(client: str | None) -> IPv4Address | IPv6Address | None:
    return _read(client) if isinstance(client, str) and len(client) <= _LONGEST else None


@lru_cache(4096)
def _read(client: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(client)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def _number(address: IPv4Address | IPv6Address, lengths: tuple[int, int]) -> int:
    if isinstance(address, IPv4Address):
        return int(address) >> 32 - lengths[0]
    # Above all IPv4 networks.
    return (int(address) >> 128 - lengths[1]) + (1 << 32)
