"""What each gateway's call says of the request it is about (the wire contract is in docs/design/010-forward-auth.md). A call without
what its gateway promises is refused: nothing is guessed, and no header of another gateway is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from rapidjwt.web import Request

__all__ = ["MOUNT", "READERS", "Incomplete", "Reader"]

MOUNT: Final = b"/verify"
"""Where gateways call. Only Envoy calls below it, with the path of the request."""


class Incomplete(NamedTuple):
    """Why a call cannot be answered: a mistake in the gateway's configuration, in words of ours."""

    why: str


Reader: TypeAlias = Callable[[Any, bytes], Request | Incomplete]
"""Takes the ASGI scope and the raw path."""


def _nginx(scope: Any, raw_path: bytes) -> Request | Incomplete:
    """`auth_request`: the headers that our snippet sets."""
    return _told(scope, raw_path, b"x-original-method", b"x-original-uri")


def _forwarded(scope: Any, raw_path: bytes) -> Request | Incomplete:
    """Traefik's ForwardAuth and Caddy's `forward_auth`, which replace what a client sends under these names."""
    return _told(scope, raw_path, b"x-forwarded-method", b"x-forwarded-uri")


def _envoy(scope: Any, raw_path: bytes) -> Request | Incomplete:
    """`ext_authz` over HTTP: the request line is the request's, behind the prefix."""
    path = raw_path[len(MOUNT) :]
    if not path.startswith(b"/"):
        return Incomplete("the call has no path below /verify")
    key = any(name == _KEY for name, _ in scope["headers"])
    return _request(scope, scope["method"], path.decode("latin-1"), scope["query_string"].decode("latin-1"), key)


READERS: Final[dict[str, Reader]] = {"nginx": _nginx, "traefik": _forwarded, "caddy": _forwarded, "envoy": _envoy}


def _told(scope: Any, raw_path: bytes, method_name: bytes, target_name: bytes) -> Request | Incomplete:
    if raw_path != MOUNT:
        return Incomplete("the call is not for /verify itself: is this another gateway's profile?")
    # One look, since every call pays for it.
    found: dict[bytes, list[bytes]] = {method_name: [], target_name: [], _KEY: []}
    for name, value in scope["headers"]:
        if name in found:
            found[name].append(value)
    method, target, key = found.values()
    for name, values in ((method_name, method), (target_name, target)):
        if len(values) != 1 or not values[0]:
            return Incomplete(
                f"the call must have the header {name.decode('ascii').title()} exactly once, and not empty"
            )
    path, _, query = target[0].decode("latin-1").partition("?")
    return _request(scope, method[0].decode("latin-1"), path, query, bool(key))


def _request(scope: Any, method: str, path: str, query: str, key: bool) -> Request:
    # Gateways drop `Upgrade`, which is for the next hop only. A page cannot set the header with the key itself.
    return Request(method, None, scope["headers"], query=query, websocket=key and method == "GET", raw_path=path)


_KEY: Final = b"sec-websocket-key"
"""RFC 6455 section 4.1."""
