"""Starts real servers on loopback, waits until they listen, shows their log when they do not, and ends them by process id."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

START_SECONDS = 20
STOP_SECONDS = 10
# It ends by itself when nobody is left to end it.
LIFE_SECONDS = 900


class StartFailed(Exception):
    """The server did not listen in time; the text has its log."""


def free_port() -> int:
    """A port that nobody listens on at this moment. Not one that the system gives to outgoing connections: these could take it before the
    server does, and a connection to a port where nobody listens yet could even be given that port, and reach itself.
    """
    for port in random.sample(range(20_000, 32_000), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise StartFailed("no port is free")


class Process:
    """A server that listens on these ports of 127.0.0.1, its output in a file. A context manager."""

    def __init__(self, command: list[str], folder: Path, *ports: int, **environment: str) -> None:
        timeout = shutil.which("timeout")
        self.command = command if timeout is None else [timeout, "-k", "5", str(LIFE_SECONDS), *command]
        self.folder = folder
        self.ports = ports
        self.log = folder / "output.log"
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(folder),
            "TMPDIR": str(folder),
            **environment,
        }

    def __enter__(self) -> Self:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            for port in self.ports:
                self._wait(port)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def logged(self) -> str:
        """The end of its log."""
        return self.log.read_text("utf-8", "replace")[-8000:]

    def stop(self) -> None:
        """Ask it to end; after a while end it, and whatever it started."""
        if self.runs:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def _wait(self, port: int) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            if not self.runs or time.monotonic() > until:
                ended = "runs but does not listen" if self.runs else f"ended with {self.process.returncode}"
                raise StartFailed(f"{' '.join(self.command)} {ended} on port {port}:\n{self.logged()}")
            time.sleep(0.02)
