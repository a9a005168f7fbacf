"""What each gateway's call says of the request it is about (the wire contract is in docs/design/010-forward-auth.md). A call without
what its gateway promises is refused: nothing is guessed, and no header of another gateway is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, final

from rapidjwt.web import Request

if TYPE_CHECKING:
    from rapidjwt.forward.addresses import TrustedProxies

__all__ = ["MOUNT", "READERS", "Call", "Incomplete", "Reader"]

MOUNT: Final = b"/verify"
"""Where gateways call. Only Envoy calls below it, with the path of the request."""


@final
class Call(Request):
    """The request that a gateway asks about. Who sent it is found out when somebody asks: no decision depends on it."""

    __slots__ = ("_proxies", "_scope")

    def __init__(
        self,
        scope: Any,
        proxies: TrustedProxies,
        method: str,
        path: str | None,
        query: str = "",
        websocket: bool = False,
    ) -> None:
        self.method = method
        self.path = None
        self.raw_path = path
        self.headers = scope["headers"]
        self.query = query
        self.websocket = websocket
        self._scope: Final = scope
        self._proxies: Final = proxies

    @property
    def client(self) -> str | None:  # type: ignore[override]
        """The client's address, as far as proxies are trusted."""
        peer = self._scope.get("client")
        return self._proxies.client(None if peer is None else peer[0], self)


class Incomplete(NamedTuple):
    """Why a call cannot be answered: a mistake in the gateway's configuration, in words of ours."""

    why: str


Reader: TypeAlias = Callable[[Any, bytes, "TrustedProxies"], Call | Incomplete]
"""Takes the ASGI scope and the raw path."""


def _told(method_name: bytes, target_name: bytes) -> Reader:
    """The reader of calls with the method and the target in headers of these names."""

    def read(scope: Any, raw_path: bytes, proxies: TrustedProxies) -> Call | Incomplete:
        if raw_path != MOUNT:
            return Incomplete("the call is not for /verify itself: is this another gateway's profile?")
        # One look, since every call pays for it.
        methods, targets, key = 0, 0, False
        method = target = b""
        for name, value in scope["headers"]:
            if name == method_name:
                methods += 1
                method = value
            elif name == target_name:
                targets += 1
                target = value
            elif name == _KEY:
                key = True
        if methods != 1 or not method:
            return _absent(method_name)
        if targets != 1 or not target:
            return _absent(target_name)
        path, _, query = target.decode("latin-1").partition("?")
        verb = method.decode("latin-1")
        return Call(scope, proxies, verb, path, query, key and verb == "GET")

    return read


def _absent(name: bytes) -> Incomplete:
    return Incomplete(f"the call must have the header {name.decode('ascii').title()} exactly once, and not empty")


def _envoy(scope: Any, raw_path: bytes, proxies: TrustedProxies) -> Call | Incomplete:
    """`ext_authz` over HTTP: the request line is the request's, behind the prefix."""
    path = raw_path[len(MOUNT) :]
    if not path.startswith(b"/"):
        return Incomplete("the call has no path below /verify")
    key = any(name == _KEY for name, _ in scope["headers"])
    method, query = scope["method"], scope["query_string"].decode("latin-1")
    return Call(scope, proxies, method, path.decode("latin-1"), query, key and method == "GET")


_KEY: Final = b"sec-websocket-key"
"""RFC 6455 section 4.1. Gateways drop `Upgrade`, which is for the next hop only. A page cannot set the header with the key itself."""

# Traefik's ForwardAuth and Caddy's `forward_auth` replace what a client sends under these names.
_forwarded: Final = _told(b"x-forwarded-method", b"x-forwarded-uri")

READERS: Final[dict[str, Reader]] = {
    # `auth_request`, with the headers that our snippet sets.
    "nginx": _told(b"x-original-method", b"x-original-uri"),
    "traefik": _forwarded,
    "caddy": _forwarded,
    "envoy": _envoy,
}
