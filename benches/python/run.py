"""The published figures: equal answers first, then interleaved rounds in this process, a part at a time.

python benches/python/run.py                      all parts; each writes benches/results/PART.json when it is done
python benches/python/run.py cache batches        these parts
python benches/python/run.py --resume             the parts that have no results yet of this build by these rounds
python benches/python/run.py decode --only ES256  some cells; writes only where --out says
python benches/python/run.py --quick              few short rounds, to see that all of it works; the numbers mean nothing
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import importlib.util
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import batches
import decode
import drop_in
import encode
import key_sets
import machine
import parts
import peers
import proof
import rounds
import startup
import tokens
import traffic

RESULTS = Path(__file__).parents[1] / "results"
PARTS = {
    part.name: part
    for part in (
        decode.DECODE,
        decode.REFUSED,
        encode.ENCODE,
        traffic.CACHE,
        batches.BATCHES,
        key_sets.KEY_SETS,
        drop_in.DROP_IN,
        startup.STARTUP,
    )
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 1 when a library gives another answer than it must."""
    options = _parse(arguments)
    for name in options.parts or PARTS:
        if options.resume and options.out and _is_done(options.out / f"{name}.json", options):
            print(f"{name}: done before")
            continue
        try:
            result = measure(PARTS[name], options)
        except proof.Unequal as error:
            print(f"not timed: {error}", file=sys.stderr)
            return 1
        if options.out:
            write(options.out / f"{name}.json", result)
    return 0


def measure(part: parts.Part, options: argparse.Namespace) -> dict[str, Any]:
    """The results of one part. Unequal when an answer is wrong."""
    cells = [name for name in part.cells if not options.only or name.startswith(tuple(options.only))]
    if not cells:
        raise SystemExit(f"--only: the cells of {part.name} are {', '.join(part.cells)}")
    print(f"== {part.name}: {part.about}")
    free = rounds.pin() if part.pinned else None
    result: dict[str, Any] = {
        "part": part.name,
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "command": f"python benches/python/run.py {part.name}",
        "build": build(),
        "machine": machine.describe(),
        "method": _method(options)
        | {"tokens_per_cell": tokens.TOKENS, "pinned_to_one_core": free is not None, "load_before": machine.load()},
        "statements": dict(part.statements),
        "versions": peers.versions(),
        **part.facts(),
        "cells": [],
    }
    try:
        for name in cells:
            prepared = part.cells[name]()
            measured = {"cell": name, **time_cell(prepared, options)}
            result["cells"].append(measured)
            show(measured)
    finally:
        if free:
            rounds.pin(free)
    result["method"]["load_after"] = machine.load()
    return result


def time_cell(prepared: parts.Prepared, options: argparse.Namespace) -> dict[str, Any]:
    """The rounds of one cell, and how many times as fast each is as those that everybody knows."""
    timings = rounds.time_loops(prepared.timed, options.rounds, options.target_ms / 1_000)
    walls = {one.name: timing.wall for one, timing in zip(prepared.timed, timings, strict=True)}
    results = {
        one.name: rounds.summary(timing)
        | {
            "times_as_fast_as": {
                other: rounds.ratio(walls[other], timing.wall) for other in peers.REFERENCES if other in walls
            }
        }
        for one, timing in zip(prepared.timed, timings, strict=True)
    }
    facts = prepared.facts | {"answers_checked": prepared.answers} | prepared.after()
    return facts | {"results": results, "absent": prepared.absent}


def build() -> dict[str, Any]:
    """Which rapidjwt was measured: its version, and a digest of the native half that was loaded."""
    found = importlib.util.find_spec("rapidjwt._native")
    binary = Path(found.origin).read_bytes() if found and found.origin else None
    return {
        "version": peers.version("rapidjwt"),
        "native_sha256": hashlib.sha256(binary).hexdigest() if binary else None,
    }


def write(file: Path, result: dict[str, Any]) -> None:
    """As JSON, the numbers of a list in one line. All of it or nothing."""
    text = re.sub(r"\[[\s\d.,e-]+\]", lambda found: " ".join(found[0].split()), json.dumps(result, indent=1))
    made = file.with_suffix(".made")
    made.write_text(text + "\n", encoding="utf-8")
    made.replace(file)
    print(f"written: {file}")


def show(cell: dict[str, Any]) -> None:
    """One cell for people."""
    facts = ", ".join(f"{name} {value}" for name, value in cell.items() if not isinstance(value, dict))
    print(facts.removeprefix("cell "))
    for name, one in cell["results"].items():
        first, third = one["quartiles_us"]
        ratios = ", ".join(f"{ratio['of_medians']:.2f}x {other}" for other, ratio in one["times_as_fast_as"].items())
        print(
            f"  {name:<26} {one['median_us']:9.3f} us  [{first:.3f}, {third:.3f}]  cpu {one['cpu_median_us']:.3f}  {ratios}"
        )
    for name, reason in cell["absent"].items():
        print(f"  {name:<26} not measured: {reason}")


def _is_done(file: Path, options: argparse.Namespace) -> bool:
    try:
        result = json.loads(file.read_text(encoding="utf-8"))
    except OSError:
        return False
    method = {name: result.get("method", {}).get(name) for name in _method(options)}
    return bool(method == _method(options) and result.get("build") == build())


def _method(options: argparse.Namespace) -> dict[str, Any]:
    return {"rounds": options.rounds, "target_ms": options.target_ms}


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (all)")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of each cell (61)")
    parser.add_argument("--target-ms", type=float, metavar="MS", help="about how long each loop is to take (5)")
    parser.add_argument("--only", nargs="+", default=[], metavar="CELL", help="HS256, ES256-gateway, ...")
    parser.add_argument("--resume", action="store_true", help="leave out the parts that are done")
    parser.add_argument("--quick", action="store_true", help="2 rounds of one pass")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=f"where to write ({RESULTS.name}/ of a whole part)")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if options.out is None and not options.quick and not options.only:
        options.out = RESULTS
    for name, whole, quick in (("rounds", 61, 2), ("target_ms", 5.0, 0.0)):
        if getattr(options, name) is None:
            setattr(options, name, quick if options.quick else whole)
    return options


if __name__ == "__main__":
    sys.exit(main())
