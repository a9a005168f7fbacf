"""Messages between the process that started the workers and a worker: JSON behind its length. An end without a message means that the other side is gone."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import Any, Final

__all__ = ["areceive", "asend", "receive", "send"]

_LENGTH: Final = struct.Struct("!I")


def send(end: socket.socket, message: Any) -> None:
    """Send; blocks until the other side has room. OSError when it is gone."""
    data = json.dumps(message).encode()
    end.sendall(_LENGTH.pack(len(data)) + data)


def receive(end: socket.socket) -> Any:
    """The next message; None at the end."""
    head = _exactly(end, _LENGTH.size)
    body = None if head is None else _exactly(end, _LENGTH.unpack(head)[0])
    return None if body is None else json.loads(body)


async def asend(writer: asyncio.StreamWriter, message: Any) -> None:
    """The same in an event loop."""
    data = json.dumps(message).encode()
    writer.write(_LENGTH.pack(len(data)) + data)
    await writer.drain()


async def areceive(reader: asyncio.StreamReader) -> Any:
    """The same in an event loop."""
    try:
        head = await reader.readexactly(_LENGTH.size)
        return json.loads(await reader.readexactly(_LENGTH.unpack(head)[0]))
    except (OSError, asyncio.IncompleteReadError):
        return None


def _exactly(end: socket.socket, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        try:
            piece = end.recv(size - len(data))
        except OSError:
            return None
        if not piece:
            return None
        data += piece
    return data
