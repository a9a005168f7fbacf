"""The same gateway tokens in Node, Go and Rust: hands them to the programs of benches/languages/, each in a process of its own on one core.

    python benches/python/languages.py           writes benches/results/languages.json
    python benches/python/languages.py --quick   3 short rounds, to see that all of it works

A program proves that its library returns the claims that were signed and refuses the same bad tokens, or it ends. rapidjwt and ryjwt are
timed in this process before them, by the same rounds. A language that is not here is named in the results.
"""

from __future__ import annotations

import argparse
import base64
import datetime
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import machine
import parts
import peers
import proof
import rounds
import run
import tokens

FOLDER = Path(__file__).parents[1] / "languages"
RESULTS = run.RESULTS / "languages.json"
BUILD = FOLDER.parents[1] / "build" / "languages"


@dataclass(frozen=True)
class Language:
    tool: str
    """What must be on the path."""
    version: Sequence[str]
    build: Sequence[str]
    program: Sequence[str]
    contenders: Mapping[str, tuple[str, str]]
    """The package, and what is to be known of its numbers."""


LANGUAGES = {
    "node": Language(
        "npm",
        ["node", "--version"],
        ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"],
        ["node", "verify.js"],
        {
            "fast-jwt": ("fast-jwt", "without its cache"),
            "fast-jwt, cached": (
                "fast-jwt",
                "with its cache: each token is a hit, and every caller gets the same object",
            ),
            "jose": ("jose", "asynchronous: each call is awaited"),
        },
    ),
    "go": Language(
        "go",
        ["go", "version"],
        ["go", "build", "-o", str(BUILD / "golang-jwt"), "."],
        [str(BUILD / "golang-jwt")],
        {"golang-jwt": ("github.com/golang-jwt/jwt/v5", "into MapClaims, in which every number is a float64")},
    ),
    "rust": Language(
        "cargo",
        ["rustc", "--version"],
        ["cargo", "build", "--release", "--locked", "--quiet", "--target-dir", str(BUILD / "rust")],
        [str(BUILD / "rust" / "release" / "rapidjwt-benches-jsonwebtoken")],
        {"jsonwebtoken": ("jsonwebtoken", "on aws-lc-rs, into a map of serde_json")},
    ),
}
HERE = (peers.Rapidjwt(peers.NATIVE, peers.DECODE), peers.Rapidjwt(peers.PROOF, peers.VERIFY), peers.RYJWT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is here; 1 when a program ends without an answer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="3 short rounds, written nowhere")
    quick = parser.parse_args(arguments).quick
    times, target_ms = (3, 0.1) if quick else (31, 20.0)
    cells = {algorithm: tokens.kept_cell(algorithm, "gateway") for algorithm in tokens.ALGORITHMS}
    rounds.pin()
    result: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "command": "python benches/python/languages.py",
        "build": run.build(),
        "machine": machine.describe(),
        "method": {"rounds": times, "target_ms": target_ms, "pinned_to_one_core": True, "load_before": machine.load()},
        "versions": peers.versions(),
        "contenders": {one.name: f"`{one.statement}` in CPython" for one in HERE},
        "absent": {},
        "cells": [{"cell": name, **parts.describe(cell), "results": {}} for name, cell in cells.items()],
    }
    found = {cell["cell"]: cell["results"] for cell in result["cells"]}
    try:
        for name, cell in cells.items():
            found[name].update(here(cell, times, target_ms))
        given = json.dumps(_input(cells, times, target_ms))
        for name, language in LANGUAGES.items():
            if shutil.which(language.tool) is None:
                result["absent"][name] = f"{language.tool} is not installed"
                continue
            result["versions"][name] = _said(language.version)
            packages = versions(name)
            for contender, (package, about) in language.contenders.items():
                result["contenders"][contender] = f"{package} {packages[package]} in {name.capitalize()}, {about}"
            for one in measure(name, language, given):
                timing = rounds.Timing(len(cells[one["algorithm"]].tokens), one["us"], one["us"])
                kept = {key: value for key, value in rounds.summary(timing).items() if not key.startswith("cpu")}
                found[one["algorithm"]][one["contender"]] = kept | {"answers_checked": one["answers"]}
    except (proof.Unequal, subprocess.CalledProcessError) as error:
        print(f"not timed: {error}\n{getattr(error, 'stderr', '')}", file=sys.stderr)
        return 1
    result["method"]["load_after"] = machine.load()
    for cell in result["cells"]:
        medians = {name: one["median_us"] for name, one in cell["results"].items()}
        print(f"{cell['cell']}: {', '.join(f'{name} {us:.2f} us' for name, us in medians.items())}")
    if not quick:
        run.write(RESULTS, result)
    return 0


def here(cell: tokens.Cell, times: int, target_ms: float) -> dict[str, Any]:
    """rapidjwt and ryjwt, in this process."""
    contenders, _ = parts.ready(HERE, cell)
    answers = [proof.prove(contender, cell) for contender in contenders]
    timed = [rounds.Timed(one.peer.name, one.loop, cell.tokens) for one in contenders]
    timings = rounds.time_loops(timed, times, target_ms / 1_000)
    return {
        one.name: rounds.summary(timing) | {"answers_checked": proved}
        for one, timing, proved in zip(timed, timings, answers, strict=True)
    }


def measure(name: str, language: Language, given: str) -> Any:
    """Build a language's program and run it; what it found."""
    BUILD.mkdir(parents=True, exist_ok=True)
    subprocess.run(language.build, cwd=FOLDER / name, check=True)
    done = subprocess.run(language.program, cwd=FOLDER / name, input=given, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def versions(name: str) -> dict[str, str]:
    """The packages of a language and their versions, from its lock file or what is as good as one."""
    folder = FOLDER / name
    if name == "node":
        locked = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        return {path.removeprefix("node_modules/"): package.get("version", "") for path, package in locked.items()}
    if name == "go":
        sums = (line.split() for line in (folder / "go.sum").read_text(encoding="utf-8").splitlines())
        return {module: version.removeprefix("v") for module, version, _ in sums if "/go.mod" not in version}
    locked = tomllib.loads((folder / "Cargo.lock").read_text(encoding="utf-8"))
    return {package["name"]: package["version"] for package in locked["package"]}


def _input(cells: Mapping[str, tokens.Cell], times: int, target_ms: float) -> dict[str, Any]:
    """What the programs read from standard input."""
    return {
        "issuer": tokens.ISSUER,
        "audience": tokens.AUDIENCE,
        "rounds": times,
        "target_ms": target_ms,
        "cells": [
            {
                "algorithm": name,
                "key": base64.b64encode(cell.keys.verifying).decode(),
                "tokens": cell.tokens,
                "claims": cell.claims,
                "refused": cell.refused,
            }
            for name, cell in cells.items()
        ],
    }


def _said(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
