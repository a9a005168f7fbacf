"""CPU time of a forward-auth call, which the other work of a machine does not change: bare servers that give the same answer to all, and
`rapidjwt serve` with tokens that it has seen and with ones that it has not. Needs wrk; granian is left out where it is not installed.

    python benches/web/forward_auth.py [ROUNDS]

Each answer is checked before anything is timed. Prints microseconds a call, median and range of interleaved rounds.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rapidjwt import Key, Signer
from servers import HERE, free_port

SECONDS = "3s"
TOKENS = 1000
CALL = (("X-Original-Method", "GET"), ("X-Original-URI", "/orders/1"))

_CONFIGURATION = """\
[server]
profile = "nginx"
listen = "127.0.0.1:{port}"
[[issuers]]
iss = "https://issuer.example/"
audience = "api"
algorithms = ["{alg}"]
jwks_file = "{folder}/{alg}.json"
[assertion]
issuer = "https://gateway.example/"
audience = "backend"
{more}
"""


class Contender(NamedTuple):
    name: str
    process: subprocess.Popen[bytes]
    port: int
    tokens: Path


def tokens(folder: Path, algorithm: str) -> Path:
    """A file of tokens, and beside it the key set."""
    key = Key.generate(algorithm, kid=algorithm)
    (folder / f"{algorithm}.json").write_text(json.dumps({"keys": [key.to_jwk()]}))
    signer = Signer(key, expires_in=3600, issuer="https://issuer.example/", audience="api", jti=True)
    path = folder / f"{algorithm}.tokens"
    path.write_text("".join(signer.sign({"sub": f"user-{at}", "scope": "a b"}) + "\n" for at in range(TOKENS)))
    return path


def bare(port: int) -> Iterator[tuple[str, list[str]]]:
    """Servers that only answer."""
    python = [sys.executable, "-m"]
    for parser, loop in (("h11", "uvloop"), ("httptools", "asyncio"), ("httptools", "uvloop")):
        options = ["--http", parser, "--loop", loop, "--lifespan", "off", "--no-access-log", "--port", str(port)]
        yield f"bare: uvicorn, {parser}, {loop}", [*python, "uvicorn", "bare_answers:app", *options]
    if importlib.util.find_spec("granian"):
        for loop in ("asyncio", "uvloop"):
            options = ["--interface", "asginl", "--loop", loop, "--no-ws", "--port", str(port)]
            yield f"bare: granian, {loop}", [*python, "granian", *options, "bare_answers:app"]


OFF = "[metrics]\nenabled = false\n"
SERVICES = {
    "remembered, with metrics": "",
    "remembered": OFF,
    "verified each time": f"[cache]\nmax_bytes = 0\n{OFF}",
    "verified and signed each time": f"memo_bytes = 0\n[cache]\nmax_bytes = 0\n{OFF}",
}


def services(folder: Path, algorithm: str, port: int) -> Iterator[tuple[str, list[str]]]:
    """Our service, with more and less to do."""
    for words, more in SERVICES.items():
        file = folder / f"{port}-{words.replace(' ', '-')}.toml"
        file.write_text(_CONFIGURATION.format(port=port, alg=algorithm, folder=folder, more=more))
        yield f"serve: {algorithm}, {words}", [sys.executable, "-m", "rapidjwt", "serve", "--config", str(file)]


def contenders(folder: Path, stack: contextlib.ExitStack) -> Iterator[Contender]:
    """All of them, running."""
    for algorithm in ("ES256", "RS256"):
        path = tokens(folder, algorithm)
        for place in range(len(SERVICES)):
            port = free_port()
            name, command = list(services(folder, algorithm, port))[place]
            yield _started(stack, name, command, port, path)
    for place in range(len(list(bare(0)))):
        port = free_port()
        name, command = list(bare(port))[place]
        yield _started(stack, name, command, port, path)


def _started(stack: contextlib.ExitStack, name: str, command: list[str], port: int, path: Path) -> Contender:
    process = stack.enter_context(_process(command))
    _check(port, path.read_text().split()[0], refused=name.startswith("serve"))
    return Contender(name, process, port, path)


@contextlib.contextmanager
def _process(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, cwd=HERE, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def _check(port: int, token: str, *, refused: bool) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    assert _status(port, token) == 200
    assert not refused or _status(port, token[:-8] + "AAAAAAAA") == 401


def _status(port: int, token: str) -> int:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", "/verify", headers={**dict(CALL), "Authorization": f"Bearer {token}"})
        return connection.getresponse().status


def _cpu(pid: int) -> float:
    """Seconds of a process and its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(_cpu(int(child)) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def _measured(one: Contender) -> float:
    """Microseconds of CPU a call."""
    before = _cpu(one.process.pid)
    command = ["wrk", "-t1", "-c16", "-d", SECONDS, "-s", "forward_auth.lua", f"http://127.0.0.1:{one.port}/verify"]
    environment = {**os.environ, "BENCH_TOKENS": str(one.tokens)}
    said = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=True).stdout
    requests = re.search(r"(\d+) requests in", said)
    assert requests is not None, said
    assert "Non-2xx" not in said, said
    return (_cpu(one.process.pid) - before) / int(requests[1]) * 1e6


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        found = list(contenders(Path(folder), stack))
        results: dict[str, list[float]] = {one.name: [] for one in found}
        for _ in range(rounds):
            for one in found:
                results[one.name].append(_measured(one))
    for name, values in results.items():
        print(f"{name:50} {statistics.median(values):6.0f} us   {min(values):.0f}-{max(values):.0f}")


if __name__ == "__main__":
    main()
