"""Compare decode-to-dict, with every check, across JWT libraries: equal answers first, then interleaved rounds in this process.

python benches/python/run.py                     all cells; writes benches/results/decode.json
python benches/python/run.py --only ES256        some cells; writes only where --out says
python benches/python/run.py --quick             few short rounds, to see that all of it works; the numbers mean nothing
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import machine
import peers
import proof
import rounds
import startup
import tokens

RESULTS = Path(__file__).parents[1] / "results" / "decode.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 1 when a library gives another answer than it must."""
    options = _parse(arguments)
    pinned = rounds.pin() is not None
    result: dict[str, Any] = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "command": _command(options),
        "machine": machine.describe(),
        "method": {
            "rounds": options.rounds,
            "target_ms": options.target_ms,
            "tokens_per_cell": tokens.TOKENS,
            "pinned_to_one_core": pinned,
        },
        "libraries": _libraries(),
        "also_installed": {name: peers.version(name) for name in peers.ALSO_USED},
        "cells": [],
    }
    cells = _cells(options.only)
    try:
        for cell in cells:
            result["cells"].append(_measure(cell, options.rounds, options.target_ms / 1_000))
            _print_cell(result["cells"][-1])
    except proof.Unequal as error:
        print(f"not timed: {error}", file=sys.stderr)
        return 1
    if not options.only:
        here = {library for cell in result["cells"] for library in cell["results"]}
        halves = [half for half, name in (("native", peers.NATIVE), ("pure", peers.PURE)) if name in here]
        result["startup"] = startup.measure(options.starts, cells[0].tokens[0], halves)
        _print_startup(result["startup"])
    if options.out is not None:
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        print(f"written: {options.out}")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of each cell (31)")
    parser.add_argument("--target-ms", type=float, metavar="MS", help="about how long each loop is to take (5)")
    parser.add_argument("--starts", type=int, metavar="N", help="starts of each process (31)")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="CELL", help="HS256, ES256-gateway, ...; no start-up times"
    )
    parser.add_argument("--quick", action="store_true", help="3 rounds of one pass, 2 starts")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=f"where to write the results ({RESULTS.name} of a whole run)"
    )
    options = parser.parse_args(arguments)
    if options.out is None and not options.quick and not options.only:
        options.out = RESULTS
    for name, whole, quick in (("rounds", 31, 3), ("target_ms", 5.0, 0.0), ("starts", 31, 2)):
        if getattr(options, name) is None:
            setattr(options, name, quick if options.quick else whole)
    return options


def _command(options: argparse.Namespace) -> str:
    words = ["python benches/python/run.py", f"--rounds {options.rounds}", f"--target-ms {options.target_ms:g}"]
    words.append(f"--only {' '.join(options.only)}" if options.only else f"--starts {options.starts}")
    return " ".join(words)


def _libraries() -> dict[str, Any]:
    return {
        peer.name: {
            "distribution": peer.distribution,
            "version": peers.version(peer.distribution),
            "statement": peer.statement,
        }
        for peer in peers.PEERS
    }


def _cells(only: Sequence[str]) -> list[tokens.Cell]:
    cells = []
    for algorithm in tokens.ALGORITHMS:
        keys = tokens.make_keys(algorithm)
        cells += [tokens.make_cell(keys, size) for size in tokens.SIZES]
    wanted = [cell for cell in cells if not only or any(cell.name.startswith(wish) for wish in only)]
    if not wanted:
        raise SystemExit(f"--only: the cells are {', '.join(cell.name for cell in cells)}")
    return wanted


def _measure(cell: tokens.Cell, times: int, target_seconds: float) -> dict[str, Any]:
    contenders, absent = [], {}
    for peer in peers.PEERS:
        try:
            contenders.append(peers.compile_contender(peer, cell))
        except peers.Unsupported as error:
            absent[peer.name] = str(error)
    answers = sum(proof.prove(contender, cell) for contender in contenders)
    timings = rounds.time_cell(contenders, cell, times, target_seconds)
    walls = {contender.peer.name: timing.wall for contender, timing in zip(contenders, timings, strict=True)}
    results = {}
    for contender, timing in zip(contenders, timings, strict=True):
        results[contender.peer.name] = rounds.summary(timing) | {
            "times_as_fast_as": {
                other: rounds.ratio(walls[other], timing.wall) for other in peers.REFERENCES if other in walls
            },
        }
    lengths = [len(token) for token in cell.tokens]
    return {
        "cell": cell.name,
        "algorithm": cell.keys.algorithm,
        "size": cell.size,
        "token_bytes": [min(lengths), max(lengths)],
        "claim_values": tokens.count_values(cell.claims[0]),
        "answers_checked": answers,
        "results": results,
        "absent": absent,
    }


def _print_cell(cell: dict[str, Any]) -> None:
    low, high = cell["token_bytes"]
    print(
        f"{cell['cell']}: {low} to {high} bytes, {cell['claim_values']} values; {cell['answers_checked']} answers checked"
    )
    for name, one in cell["results"].items():
        first, third = one["quartiles_us"]
        ratios = ", ".join(f"{ratio['of_medians']:.2f}x {other}" for other, ratio in one["times_as_fast_as"].items())
        print(
            f"  {name:<16} {one['median_us']:9.3f} us  [{first:.3f}, {third:.3f}]  cpu {one['cpu_median_us']:.3f}  {ratios}"
        )
    for name, reason in cell["absent"].items():
        print(f"  {name:<16} not measured: {reason}")


def _print_startup(measured: dict[str, Any]) -> None:
    print(f"start-up on CPython {platform.python_version()}: {measured['times']} processes each")
    for name, one in measured["results"].items():
        print(f"  {name:<32} {one['median_ms']:7.1f} ms, {one['over_bare_ms']:+.1f} over the bare interpreter")
    for name, reason in measured["absent"].items():
        print(f"  {name:<32} not measured: {reason}")


if __name__ == "__main__":
    sys.exit(main())
