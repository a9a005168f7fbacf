"""Requests a second through each way of protecting one application, by wrk: 1,000 different tokens, servers on one core, wrk on another,
interleaved rounds. The answers are proven first: 200 to good tokens, 401 to none and to bad ones, 403 where a rule says so.

python benches/web/throughput.py [--quick] [--out FILE]
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))

import contenders
import machine
import servers
import tokens

RESULT = Path(__file__).parents[1] / "results" / "web.json"
COUNT = 1_000
ALGORITHMS = ("RS256", "ES256")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round; the numbers mean nothing")
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk not found: nothing is measured", file=sys.stderr)
        return 77
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("one core for the servers and one for wrk are needed: nothing is measured", file=sys.stderr)
        return 77
    rounds, seconds = (1, 1) if options.quick else (30, 1)
    with servers.awake() as awake:
        results = {algorithm: _measure(algorithm, rounds, seconds, cores[0], cores[1]) for algorithm in ALGORITHMS}
    result = {
        "part": "web",
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "command": "python benches/web/throughput.py",
        "machine": machine.describe(),
        "method": {
            "rounds": rounds,
            "seconds": seconds,
            "connections": 16,
            "tokens": COUNT,
            "cores_kept_awake": awake,
            "load_before": machine.load(),
        },
        "results": results,
    }
    text = json.dumps(result, indent=1) + "\n"
    (options.out or RESULT).write_text(text, "utf-8") if not options.quick or options.out else print(text)
    return 0


def _measure(algorithm: str, rounds: int, seconds: int, core: int, wrk_core: int) -> dict[str, Any]:
    keys = tokens.make_keys(algorithm)
    good, bad = _tokens(keys)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "tokens").write_text("\n".join(good) + "\n", "ascii")
        world = {
            "algorithm": algorithm,
            "public": keys.verifying.decode(),
            "kid": tokens.KID,
            "issuer": tokens.ISSUER,
            "audience": tokens.AUDIENCE,
        }
        running = contenders.start(folder, world, core, stack)
        for server in running:
            _prove(server, good, bad)
        rates: dict[str, list[float]] = {server.name: [] for server in running}
        tails: dict[str, list[float]] = {server.name: [] for server in running}
        for number in range(-1, rounds):
            for place in range(len(running)):
                server = running[(number + place) % len(running)]
                counted = _load(server, folder / "tokens", seconds, wrk_core)
                # The first round is for caches and tables to fill.
                if number >= 0:
                    rates[server.name].append(counted["requests"] / counted["microseconds"] * 1e6)
                    tails[server.name].append(counted["p99_us"])
        return {
            name: {
                "requests_per_second": round(statistics.median(found)),
                "rounds": [round(one) for one in found],
                "p99_us": statistics.median(tails[name]),
            }
            for name, found in rates.items()
        }


def _tokens(keys: tokens.Keys) -> tuple[list[str], list[str]]:
    """Gateway tokens that are good, all different, and bad ones."""
    rng = random.Random(f"web {keys.algorithm}")
    now = int(time.time())
    claims = [tokens.SIZES["gateway"](rng, now) for _ in range(COUNT)]
    good = [tokens.sign(keys, "gateway", one) for one in claims]
    spoilt: list[dict[str, Any]] = [{"exp": now - 60}, {"aud": "another-api"}, {"iss": "https://another.example/"}]
    bad = [tokens.sign(keys, "gateway", claims[0] | changes) for changes in spoilt]
    head, _, signature = good[0].rpartition(".")
    return good, [*bad, f"{head}.{good[1].rpartition('.')[2]}", f"{head}.{signature[:-8]}"]


def _prove(server: servers.Server, good: list[str], bad: list[str]) -> None:
    """What is not protected is not asked to refuse. Envoy's filter says 403 to a wrong audience."""
    if any(servers.status(server.port, token) != 200 for token in good[:3]):
        raise SystemExit(f"not timed: {server.name} refuses good tokens")
    if not server.name.endswith("bare"):
        given = [servers.status(server.port, token) for token in (*bad, None)]
        if not set(given) <= {401, 403}:
            raise SystemExit(f"not timed: {server.name} answers {given} to bad tokens")
        if servers.status(server.port, good[0], "/admin") != 403:
            raise SystemExit(f"not timed: {server.name} lets everybody into /admin")


def _load(server: servers.Server, file: Path, seconds: int, core: int) -> dict[str, int]:
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", str(Path(__file__).with_name("requests.lua")), f"http://127.0.0.1:{server.port}/"]  # fmt: skip
    done = subprocess.run(
        servers.on_core(core, command),
        env={**os.environ, "BENCH_TOKENS": str(file)},
        capture_output=True,
        text=True,
        check=True,
    )
    counted: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    if counted["refused"] or counted["failed"] or not counted["requests"]:
        raise SystemExit(f"{server.name} did not answer every request with 200: {counted}")
    return counted


if __name__ == "__main__":
    sys.exit(main())
