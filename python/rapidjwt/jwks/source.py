"""Where the keys of one issuer come from: what the engine needs of a source, and the one door through which sources are made."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

from rapidjwt._impl import KeySet
from rapidjwt.jwks.document import Reader
from rapidjwt.jwks.health import Health, OnEvent
from rapidjwt.jwks.network import Network

__all__ = ["KeySlot", "KeySource", "open_source"]


class KeySlot(Protocol):
    """Where a source puts keys and verifiers read them."""

    @property
    def keys(self) -> KeySet | None:
        """The keys that are there."""

    def replace(self, keys: KeySet | None, *, due: float = math.inf, dead: float = math.inf) -> None:
        """Put others there.

        Args:
            due: from when the source wants to be told, in seconds since the epoch.
            dead: from when the keys must not be used.
        """


class KeySource(Protocol):
    """What fills a slot."""

    @property
    def slot(self) -> KeySlot:
        """The slot."""

    def find(self, kid: str | None) -> bool:
        """A token found no key in the slot. True: the slot changed, look again. Never waits inside an event loop."""

    async def afind(self, kid: str | None) -> bool:
        """The same for asyncio, which may wait."""

    def due(self) -> None:
        """The slot's `due` is over. Does not wait."""

    def health(self) -> Health:
        """What is known of the keys."""

    def start(self) -> None:
        """Stay fresh without tokens, from a background thread."""

    def close(self) -> None:
        """End that."""


def open_source(
    slot: KeySlot,
    *,
    issuer: str | None = None,
    jwks_url: str | None = None,
    discovery: bool | Literal["oidc", "oauth"] = False,
    jwks_file: str | os.PathLike[str] | None = None,
    jwks: Mapping[str, Any] | str | bytes | None = None,
    jwk_issuer: str | None = None,
    network: Network | Mapping[str, Any] | None = None,
    on_event: OnEvent | None = None,
    clock: Callable[[], float] | None = None,
) -> KeySource:
    """Make the source of one issuer's keys. Nothing is fetched until keys are asked for, or `Network.refresh` says so.

    Args:
        slot: takes the keys.
        issuer: the exact `iss`. Needed for `discovery`.
        jwks_url: address of the JWK Set.
        discovery: ask the issuer's metadata for that address: True or `oidc` (OpenID Connect Discovery 1.0), `oauth` (RFC 8414).
        jwks_file: path of a JWK Set, read again when it changes.
        jwks: a JWK Set itself.
        jwk_issuer: take only JWKs whose own member `issuer` names this issuer, with `{tenantid}` as a wildcard.
        network: how to fetch.
        on_event: told of each `Event`.
        clock: returns the time in seconds since the epoch; None: the system's.

    Raises:
        ValueError: no source or several, or an option makes no sense.
        TypeError: an option has the wrong type.
        PyJWTError: `jwks` holds no usable key.
    """
    if sum((jwks_url is not None, discovery is not False, jwks_file is not None, jwks is not None)) != 1:
        raise ValueError("exactly one of jwks_url, discovery, jwks_file and jwks must be given")
    from rapidjwt.jwks import local

    now = time.time if clock is None else clock
    if jwks is not None:
        return local.StaticSource(slot, jwks, Reader(True, jwk_issuer), issuer, now)
    if jwks_file is not None:
        return local.FileSource(slot, os.fspath(jwks_file), Reader(True, jwk_issuer), issuer, on_event, now)
    options = network if isinstance(network, Network) else Network(**(network or {}))
    return _client(slot, options.checked(), issuer, jwks_url, discovery, jwk_issuer, on_event, now)


def _client(
    slot: KeySlot,
    network: Network,
    issuer: str | None,
    jwks_url: str | None,
    discovery: bool | str,
    jwk_issuer: str | None,
    on_event: OnEvent | None,
    clock: Callable[[], float],
) -> KeySource:
    from rapidjwt.jwks.client import Client, Parts

    parts = Parts(
        target=network.target(issuer, jwks_url, discovery),
        tuning=network.tuning(),
        reader=Reader(False, jwk_issuer),
        rules=network.rules,
        timeout=network.timeout,
        transport=network.blocking_transport(),
        async_transport=network.async_transport,
        snapshot=None if network.snapshot is None else os.fspath(network.snapshot),
        on_event=on_event,
        clock=clock,
        random=network.random,
    )
    client = Client(slot, parts)
    if network.refresh == "thread":
        client.start()
    return client
