"""Starts `rapidjwt serve` as people do, asks it as gateways do, and makes the tokens that go along. Ends with the test."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import forge
import rapidjwt

ISS = "https://issuer.example/"
AUD = "api"
OWNED = ("x-auth-subject", "x-auth-issuer", "x-auth-scope", "x-auth-client-id", "x-auth-assertion")

_CONFIGURATION = """\
[server]
profile = "{profile}"
listen = "127.0.0.1:0"
{server}

[[issuers]]
iss = "{iss}"
audience = "api"
algorithms = ["ES256", "RS256"]
jwks_file = "{jwks}"

[[rules]]
prefix = "/orders"
scopes = ["orders:read"]

[[rules]]
path = "/public"
access = "public"

[[rules]]
path = "/maybe"
access = "optional"

[[rules]]
prefix = "/any"

[assertion]
issuer = "https://gateway.example/"
audience = "backend"
{more}
"""


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: Any) -> Any:
        """The value of a header that stands there once."""
        (value,) = [value for key, value in self.headers if key.lower() == name]
        return value

    def owned(self) -> dict[str, str]:
        """The headers for the backend, each of which must be there once."""
        return {name: self[name] for name in OWNED}


class Running:
    """A service that runs."""

    def __init__(self, process: subprocess.Popen[str], path: Path, profile: str) -> None:
        self.process = process
        self.path = path
        self.profile = profile
        self.lines: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.address = ""
        self.port = 0

    def wait_until_serving(self) -> None:
        self.address = self.wait_for("serving on ").rpartition("serving on ")[2]
        if self.address.startswith("http"):
            self.port = int(self.address.rpartition(":")[2])

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, words: str, count: int = 1, seconds: float = 30) -> str:
        """The line with these words, once they were said often enough."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [line for line in list(self.lines) if words in line]
            if len(found) >= count:
                return found[count - 1]
            if self.process.poll() is not None and not self._thread.is_alive():
                break
            time.sleep(0.02)
        raise AssertionError(f"never said {words!r} {count} times: {self.said}")

    def workers(self) -> list[int]:
        """Process numbers of the workers."""
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(20)
        finally:
            self.process.kill()
        self._thread.join(20)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def get(self, path: str, method: str = "GET", headers: Sequence[tuple[str, str]] = ()) -> Answer:
        """Ask for a path as it stands here."""
        with contextlib.closing(self.connect()) as connection:
            return ask(connection, method, path, headers)

    def call(
        self,
        target: str = "/any",
        token: str | None = None,
        *,
        method: str = "GET",
        headers: Sequence[tuple[str, str]] = (),
        connection: http.client.HTTPConnection | None = None,
    ) -> Answer:
        """Ask about a request, as the gateway of the profile does."""
        line, path, facts = called(self.profile, method, target)
        given = [*facts, *headers]
        if token is not None:
            given.append(("Authorization", f"Bearer {token}"))
        if connection is not None:
            return ask(connection, line, path, given)
        return self.get(path, line, given)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))


def called(profile: str, method: str, target: str) -> tuple[str, str, list[tuple[str, str]]]:
    """The method, the path and the headers of a gateway's call."""
    match profile:
        case "nginx":
            return "GET", "/verify", [("X-Original-Method", method), ("X-Original-URI", target)]
        case "envoy":
            return method, f"/verify{target}", []
        case "caddy":
            query = target.partition("?")[1:]
            return "GET", "/verify" + "".join(query), _forwarded(method, target)
        case _:
            return "GET", "/verify", _forwarded(method, target)


def _forwarded(method: str, target: str) -> list[tuple[str, str]]:
    return [("X-Forwarded-Method", method), ("X-Forwarded-Uri", target)]


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, headers: Sequence[tuple[str, str]] = ()
) -> Answer:
    """One request; headers may come twice."""
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    return Answer(response.status, response.getheaders(), response.read())


def raw(port: int, data: bytes, *, pieces: int = 1 << 16, seconds: float = 10) -> bytes:
    """Send bytes as they are; everything that comes back until the connection ends or stays silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        with contextlib.suppress(OSError):
            for start in range(0, len(data), pieces):
                connection.sendall(data[start : start + pieces])
        answer = b""
        with contextlib.suppress(OSError):
            while piece := connection.recv(1 << 16):
                answer += piece
                if not data or (answer.count(b"\r\n\r\n") and b"connection: close" not in answer.lower()):
                    connection.settimeout(0.3)
        return answer


def token(*, now: float | None = None, key: str = "ES256", lifetime: float = 600, **claims: Any) -> str:
    """A good token, but for what is said."""
    at = int(time.time() if now is None else now)
    about = {"iss": ISS, "aud": AUD, "sub": "user-1", "iat": at, "exp": at + lifetime, "scope": "orders:read"}
    given = {name: value for name, value in {**about, **claims}.items() if value is not None}
    return forge.token(given, algorithm=key, header={"kid": key})


def jwks(folder: Path, *algorithms: str) -> Path:
    """A file with the public keys of the issuer."""
    path = folder / "jwks.json"
    names = algorithms or ("ES256", "RS256")
    keys = [forge.material(name).jwk(kid=name, alg=name) for name in names]
    path.write_text(json.dumps({"keys": keys}))
    return path


def configuration(folder: Path, profile: str = "nginx", *, server: str = "", more: str = "") -> str:
    """A configuration that has a bit of everything."""
    return _CONFIGURATION.format(profile=profile, iss=ISS, jwks=jwks(folder), server=server, more=more)


def start(folder: Path, text: str, **environment: str) -> Running:
    """Start a service and wait until it serves."""
    path = folder / "gateway.toml"
    path.write_text(text)
    process = subprocess.Popen(
        [sys.executable, "-m", "rapidjwt", "serve", "--config", str(path)],
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(environment),
        # What a terminal does to a group of processes is sent to this one.
        start_new_session=True,
    )
    profile = text.partition('profile = "')[2].partition('"')[0]
    service = Running(process, path, profile)
    try:
        service.wait_until_serving()
    except BaseException:
        service.stop(signal.SIGKILL)
        raise
    return service


@contextlib.contextmanager
def running(folder: Path, text: str, **environment: str) -> Iterator[Running]:
    """The same, until the end of the block."""
    service = start(folder, text, **environment)
    try:
        yield service
    finally:
        service.stop()


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Which half is asked, and no other variable of ours."""
    names = {name: value for name, value in os.environ.items() if not name.startswith("RAPIDJWT_")}
    path = str(Path(rapidjwt.__file__).parent.parent)
    return {**names, "PYTHONPATH": path, "RAPIDJWT_IMPL": rapidjwt.IMPL, **more}
