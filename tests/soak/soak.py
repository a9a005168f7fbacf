"""Mixed load on `rapidjwt serve` with two workers, while its key source is killed and restarted, its configuration reloaded (and once spoilt),
and the issuer's keys rotated. Every answer is compared with the right one; the memory of all processes is watched.

python tests/soak/soak.py [--seconds 600] [--rate 400]      prints one JSON object; ends with 1 where anything is wrong
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import cases

CLIENTS = 4
ROTATION = 300
"""Seconds from which there is time for a rotation: strangers use up what is fetched for unknown kids, so that the next regular fetch must bring it."""
MAX_GROWTH = 8 << 20
"""Bytes that all processes together may have grown from the first third to the end, beside a tenth."""

CONFIGURATION = """
[server]
listen = "127.0.0.1:{port}"
profile = "traefik"
workers = 2

[[issuers]]
iss = "{iss}"
audience = "{aud}"
algorithms = ["RS256", "ES256", "EdDSA"]
jwks_url = "http://127.0.0.1:{source}/jwks"

[[rules]]
prefix = "/public"
access = "public"

[[rules]]
prefix = "/orders"
methods = ["GET"]
scopes = ["orders:read"]

[[rules]]
prefix = "/orders"
scopes = ["orders:write"]

[answers]
realm = "{realm}"

[assertion]
issuer = "https://gateway.example/"
audience = "backend"
memo_bytes = 262144

[cache]
max_bytes = 1048576
"""
"""Caches so small that they are full before memory is first looked at."""


class Outcome:
    """What came back, counted; and what was wrong, the first of each kind in words."""

    def __init__(self) -> None:
        self.counts: collections.Counter[str] = collections.Counter()
        self.wrong: dict[str, str] = {}
        self.source_down = threading.Event()
        self.realms: set[str] = set()
        self._lock = threading.Lock()

    def add(self, case: cases.Case, status: int, challenge: str | None, *, was_down: bool) -> None:
        right = case.right | ({503} if case.kind == "unknown" and (was_down or self.source_down.is_set()) else set())
        with self._lock:
            self.counts[f"{case.kind} {status}"] += 1
            if status not in right:
                self.wrong.setdefault(f"{case.kind} {status}", f"{case.method} {case.target}: {challenge}")
            if challenge and 'realm="' in challenge:
                self.realms.add(challenge.partition('realm="')[2].partition('"')[0])


class World:
    """The processes: key source and service."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mint = cases.Mint()
        self.port, self.source_port = _free_port(), _free_port()
        self.publish(rotated=False)
        self.configure("first")
        self.source = self._start_source()
        command = [sys.executable, "-m", "rapidjwt", "serve", "--config", str(folder / "gateway.toml")]
        with (folder / "service.log").open("wb") as log:
            self.service = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _until_listening(self.port, self.service)

    def publish(self, *, rotated: bool) -> None:
        made = self.folder / "jwks.made"
        made.write_text(json.dumps(self.mint.document(rotated=rotated).to_jwks()), "utf-8")
        made.replace(self.folder / "jwks.json")

    def configure(self, realm: str, *, spoilt: bool = False) -> None:
        text = CONFIGURATION.format(
            port=self.port, source=self.source_port, iss=cases.ISSUER, aud=cases.AUDIENCE, realm=realm
        )
        (self.folder / "gateway.toml").write_text(text + ("\n[servr]\n" if spoilt else ""), "utf-8")

    def reload(self) -> None:
        self.service.send_signal(signal.SIGHUP)

    def kill_source(self) -> None:
        self.source.kill()
        self.source.wait()

    def restart_source(self) -> None:
        self.source = self._start_source()

    def memory(self) -> int:
        """Resident bytes of the service and all of its children."""
        return sum(map(_resident, _family(self.service.pid)))

    def log(self) -> str:
        return (self.folder / "service.log").read_text("utf-8", "replace")

    def stop(self) -> int:
        """End both; the exit code of the service."""
        self.kill_source()
        self.service.terminate()
        try:
            return self.service.wait(30)
        except subprocess.TimeoutExpired:
            self.service.kill()
            return self.service.wait()

    def _start_source(self) -> subprocess.Popen[bytes]:
        script = Path(__file__).with_name("key_source.py")
        process = subprocess.Popen([sys.executable, str(script), str(self.source_port), str(self.folder / "jwks.json")])
        _until_listening(self.source_port, process)
        return process


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--rate", type=float, default=400, help="requests a second at most, all clients together")
    options = parser.parse_args()
    result, mistakes = run(options.seconds, options.rate)
    print(json.dumps(result, indent=2))
    for mistake in mistakes:
        print(f"wrong: {mistake}", file=sys.stderr)
    return 1 if mistakes else 0


def run(seconds: float, rate: float) -> tuple[dict[str, Any], list[str]]:
    """The figures, and what was wrong."""
    folder = Path(tempfile.mkdtemp(prefix="rapidjwt-soak-"))
    outcome = Outcome()
    over = threading.Event()
    world = World(folder)
    clients = [
        threading.Thread(target=_client, args=(world, outcome, over, number, rate / CLIENTS), daemon=True)
        for number in range(CLIENTS)
    ]
    try:
        for client in clients:
            client.start()
        memory = _events(world, outcome, seconds)
    finally:
        over.set()
        for client in clients:
            client.join(30)
        code = world.stop()
        log = world.log()
        shutil.rmtree(folder)
    result = {
        "seconds": seconds,
        "requests": sum(outcome.counts.values()),
        "answers": dict(sorted(outcome.counts.items())),
        "memory_mib": {name: round(value / 2**20, 1) for name, value in memory.items()},
        "realms": sorted(outcome.realms),
    }
    return result, list(_mistakes(outcome, memory, code, log, seconds))


def _mistakes(outcome: Outcome, memory: dict[str, int], code: int, log: str, seconds: float) -> Iterator[str]:
    for kind, example in outcome.wrong.items():
        yield f"{kind}: {outcome.counts[kind]} times, e.g. {example}"
    for name in ("good 200", "unknown 401", *(["rotated 200"] if seconds >= ROTATION else [])):
        if not outcome.counts[name]:
            yield f"nothing was answered as {name}"
    if outcome.realms != {"first", "second", "third"}:
        yield f"the configurations in force were {sorted(outcome.realms)}"
    if memory["end"] > memory["third"] * 1.1 + MAX_GROWTH:
        yield f"memory grew from {memory['third']} to {memory['end']} bytes"
    if code != 0:
        yield f"the service ended with {code}"
    if "Traceback" in log:
        yield f"the service's log has a traceback:\n{log[-3000:]}"


def _events(world: World, outcome: Outcome, seconds: float) -> dict[str, int]:
    """What happens while the load runs, at shares of the time; and the memory at some of them."""
    began = time.monotonic()
    memory: dict[str, int] = {}

    def at(share: float) -> None:
        time.sleep(max(0.0, began + share * seconds - time.monotonic()))

    at(0.1)
    memory["start"] = world.memory()
    at(0.2)
    outcome.source_down.set()
    world.kill_source()
    at(0.3)
    world.configure("second")
    world.reload()
    at(0.35)
    memory["third"] = world.memory()
    at(0.45)
    world.restart_source()
    at(0.5)
    outcome.source_down.clear()
    world.configure("spoilt", spoilt=True)
    world.reload()
    at(0.6)
    world.configure("third")
    world.reload()
    at(0.7)
    world.publish(rotated=True)
    if seconds >= ROTATION:
        _until_accepted(world, outcome, deadline=began + 0.98 * seconds)
    at(1)
    memory["end"] = world.memory()
    return memory


def _until_accepted(world: World, outcome: Outcome, deadline: float) -> None:
    case = cases.rotated(world.mint)
    while time.monotonic() < deadline:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)) as connection:
            status, challenge = _ask(connection, case)
        if status == 200:
            outcome.add(case, status, challenge, was_down=False)
            return
        time.sleep(0.2)


def _client(world: World, outcome: Outcome, over: threading.Event, number: int, rate: float) -> None:
    """Sends the mix over one connection at a bounded rate; a connection that a reload ended is opened anew, once a request."""
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=20)
    due = time.monotonic()
    for case in cases.mixed(world.mint, number):
        if over.is_set():
            break
        was_down = outcome.source_down.is_set()
        try:
            status, challenge = _ask(connection, case)
        except (http.client.HTTPException, OSError):
            connection.close()
            try:
                status, challenge = _ask(connection, case)
            except (http.client.HTTPException, OSError) as error:
                status, challenge = 0, repr(error)
                connection.close()
        outcome.add(case, status, challenge, was_down=was_down)
        due = max(due + 1 / rate, time.monotonic() - 1)
        time.sleep(max(0.0, due - time.monotonic()))
    connection.close()


def _ask(connection: http.client.HTTPConnection, case: cases.Case) -> tuple[int, str | None]:
    connection.putrequest("GET", "/verify")
    for name, value in (("X-Forwarded-Method", case.method), ("X-Forwarded-Uri", case.target), *case.headers):
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    response.read()
    return response.status, response.headers.get("WWW-Authenticate")


def _family(pid: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = collections.defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children[parent].append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children[found[-1]]
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


if __name__ == "__main__":
    sys.exit(main())
