"""The one door through which sources of keys are made: a file, an address, or an issuer that is asked for one."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rapidjwt._impl import KeySlot
from rapidjwt.jwks.health import OnEvent
from rapidjwt.jwks.network import Network

if TYPE_CHECKING:
    from rapidjwt.jwks.client import Client
    from rapidjwt.jwks.file import FileSource

__all__ = ["open_source"]


def open_source(
    iss: str,
    *,
    jwks_url: str | None = None,
    discovery: bool | str = False,
    jwks_file: str | os.PathLike[str] | None = None,
    slot: KeySlot | None = None,
    on_event: OnEvent | None = None,
    clock: Callable[[], float] | None = None,
    **network: Any,
) -> Client | FileSource:
    """Make the source of one issuer's keys. Nothing is fetched until a token needs it, or `refresh` says so.

    Args:
        iss: the exact `iss`.
        jwks_url: address of the JWK Set.
        discovery: ask the issuer's metadata for that address. True or `oidc`: OpenID Connect Discovery 1.0; `oauth`: RFC 8414; else
            the metadata's own address. The metadata must name exactly `iss`.
        jwks_file: path of a JWK Set, read again when it changes.
        slot: takes the keys; None: a new one.
        on_event: told of each `Event`.
        clock: returns the time in seconds since the epoch; None: the system's.
        network: how to fetch, see `Network`.

    Raises:
        ValueError: no place or several, or an option makes no sense.
        TypeError: an option has the wrong type, or there is none of that name.
    """
    if (jwks_url is not None) + (discovery is not False) + (jwks_file is not None) != 1:
        raise ValueError("exactly one of jwks_url, discovery and jwks_file must be given")
    slot = KeySlot() if slot is None else slot
    now = time.time if clock is None else clock
    if jwks_file is None:
        return _client(slot, Network(**network).checked(), iss, jwks_url, discovery, on_event, now)
    if network:
        raise TypeError(f"not for a file: {', '.join(sorted(network))}")
    from rapidjwt.jwks.file import FileSource

    return FileSource(slot, os.fspath(jwks_file), iss, on_event, now)


def _client(
    slot: KeySlot,
    network: Network,
    iss: str,
    jwks_url: str | None,
    discovery: bool | str,
    on_event: OnEvent | None,
    clock: Callable[[], float],
) -> Client:
    from rapidjwt.jwks.client import Client, Parts

    parts = Parts(
        target=network.target(iss, jwks_url, discovery),
        tuning=network.tuning(),
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
