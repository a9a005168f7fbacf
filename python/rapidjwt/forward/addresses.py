"""Who the client is: what a chain of proxies says, as far as each of them is trusted. Only for audit and detectors; no request is allowed
or refused by an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final, TypeAlias, final

if TYPE_CHECKING:
    from rapidjwt.web import Request

__all__ = ["TrustedProxies"]

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_MOST_STEPS: Final = 32


@final
class TrustedProxies:
    """Networks whose word about the address before them is believed.

    Args:
        networks: in CIDR notation.

    Raises:
        ValueError: not a network.
    """

    __slots__ = ("_is_trusted", "_networks")

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks: Final[list[Network]] = [ip_network(network) for network in networks]
        self._is_trusted: Final = lru_cache(1024)(self._look)

    def client(self, peer: str | None, request: Request) -> str | None:
        """The right-most address of `X-Forwarded-For` that is not a trusted proxy's, if the peer is one.

        Args:
            peer: who is connected to us; None for a unix socket, which its permissions protect.
        """
        if peer is not None and not self._is_trusted(peer):
            return peer
        told = b",".join(request.values(b"x-forwarded-for"))
        client = peer
        for step in reversed(told.rsplit(b",", _MOST_STEPS)[-_MOST_STEPS:]) if told else ():
            address = _plain(step)
            if address is None:
                break
            client = address
            if not self._is_trusted(address):
                break
        return client

    def _look(self, text: str) -> bool:
        try:
            address = _unmapped(ip_address(text))
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def _plain(step: bytes) -> str | None:
    """An address as the proxies of this world write it: perhaps with a port, perhaps in brackets."""
    text = step.strip().decode("latin-1")
    # What stands behind a percent sign, the zone of RFC 4007, is free text.
    if len(text) > 64 or "%" in text:
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(_unmapped(ip_address(text)))
    except ValueError:
        return None


def _unmapped(address: Address) -> Address:
    """An IPv4 address that came in the clothes of IPv6 (RFC 4291 section 2.5.5.2)."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped
