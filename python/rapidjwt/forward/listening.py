"""Where the service listens: an address of this machine or a unix socket. Refuses an address that other machines reach, unless told; knows no TLS."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from ipaddress import ip_address
from typing import Final, NamedTuple

__all__ = ["Place", "listen", "place_of", "remove", "told"]

_BACKLOG: Final = 2048


class Place(NamedTuple):
    """A unix socket, or an address with a port."""

    path: str | None
    host: str = ""
    port: int = 0


def place_of(text: str, *, insecure_bind: bool) -> Place:
    """Read `HOST:PORT` or `unix:/PATH`.

    Raises:
        ValueError: it is neither, or other machines reach it and `insecure_bind` is not said.
    """
    if text.startswith("unix:"):
        path = text.removeprefix("unix:")
        if not os.path.isabs(path):
            raise ValueError("listen must be unix: and an absolute path")
        return Place(path)
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isascii() or not port.isdecimal() or int(port) > 65_535:
        raise ValueError("listen must be HOST:PORT or unix:/PATH")
    try:
        address = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise ValueError("listen must name an IP address or localhost") from None
    if not address.is_loopback and not insecure_bind:
        raise ValueError(
            "listen must be on this machine: the service has no TLS, and whoever reaches it can ask for assertions"
            " (insecure_bind = true takes the risk)"
        )
    return Place(None, str(address), int(port))


def listen(place: Place, mode: int) -> socket.socket:
    """Open the socket.

    Args:
        mode: permissions of a unix socket.

    Raises:
        OSError: it cannot be opened; somebody listens there already.
    """
    if place.path is not None:
        return _listen_unix(place.path, mode)
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    opened = socket.create_server((place.host, place.port), family=family, backlog=_BACKLOG)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def told(place: Place, opened: socket.socket) -> str:
    """The address for people, with the port that was taken."""
    if place.path is not None:
        return f"unix:{place.path}"
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def remove(place: Place) -> None:
    """Take a unix socket out of the way of the next one."""
    if place.path is not None:
        with contextlib.suppress(OSError):
            os.unlink(place.path)


def _listen_unix(path: str, mode: int) -> socket.socket:
    _remove_stale(path)
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777 & ~mode)
    try:
        opened.bind(path)
    except OSError:
        opened.close()
        raise
    finally:
        os.umask(before)
    opened.listen(_BACKLOG)
    return opened


def _remove_stale(path: str) -> None:
    """Remove a socket that nobody answers at, such as a crash leaves; never anything else."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            return
    except OSError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
        except OSError:
            pass
