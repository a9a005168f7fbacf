"""Starts the servers that are compared, each on a free port of the loopback and on one core, and ends them."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Server(NamedTuple):
    """A server that answers."""

    name: str
    port: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(
    name: str, command: Sequence[str], port: int, core: int, env: Mapping[str, str], log: Path
) -> Iterator[Server]:
    """Run a command until the block ends. RuntimeError, with its log, where it does not listen within 20 seconds."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            on_core(core, command),
            env={**os.environ, **env},
            cwd=HERE,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        try:
            _wait(process, port, log)
            yield Server(name, port)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def awake() -> Iterator[bool]:
    """Keep idle cores from sleeping, as Linux lets root ask for (PM QoS); False where it cannot be had. Else a server pays for waking the
    client with each answer that it takes more than some 50 us for: in a virtual machine 20 us of work then cost 37.
    """
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(open("/dev/cpu_dma_latency", "wb", buffering=0))
        except OSError:
            yield False
        else:
            file.write(bytes(4))
            yield True


def on_core(core: int, command: Sequence[str]) -> list[str]:
    """The command, kept on one core with all of its threads and children."""
    return ["taskset", "--cpu-list", str(core), *command]


def uvicorn(application: str, port: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "uvicorn",
        f"applications:{application}",
        "--port",
        str(port),
        *"--no-access-log --log-level warning".split(),
    ]


def granian(application: str, port: int) -> list[str]:
    return [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--workers", "1", "--no-access-log", f"applications:{application}"]  # fmt: skip


def status(port: int, token: str | None, path: str = "/orders/1") -> int:
    """Of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={} if token is None else {"Authorization": f"Bearer {token}"})
        return connection.getresponse().status


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not listen:\n{log.read_text(errors='replace')}")
