"""What a process pays before its first token: the import, and one run of the command line. Fresh processes, interleaved."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rounds

BARE = "bare interpreter"
COMMAND = "rapidjwt decode TOKEN"


@dataclass(frozen=True)
class _Start:
    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def measure(times: int, token: str, halves: list[str]) -> dict[str, Any]:
    """Start each thing `times` times, in turn; milliseconds from the start of the process to its end.

    Returns for each its median and quartiles, and how much that is over the bare interpreter; a reason instead for what
    cannot be started here.
    """
    starts, absent = _starts(token, halves)
    milliseconds: dict[str, list[float]] = {start.name: [] for start in starts}
    for start in starts:  # byte code and disk caches
        _run(start)
    for turn in range(times):
        for place in range(len(starts)):
            start = starts[(turn + place) % len(starts)]
            milliseconds[start.name].append(_run(start))
    bare = milliseconds[BARE]
    results = {}
    for name, taken in milliseconds.items():
        over = [one - other for one, other in zip(taken, bare, strict=True)]
        first, third = rounds.quartiles(taken)
        results[name] = {
            "median_ms": round(statistics.median(taken), 2),
            "quartiles_ms": [round(first, 2), round(third, 2)],
            "over_bare_ms": round(statistics.median(over), 2),
        }
    return {"times": times, "results": results, "absent": absent}


def _starts(token: str, halves: list[str]) -> tuple[list[_Start], dict[str, str]]:
    python = [sys.executable, "-c"]
    starts = [_Start(BARE, [*python, "pass"])]
    for half in halves:
        starts.append(_Start(f"import rapidjwt ({half})", [*python, "import rapidjwt"], {"RAPIDJWT_IMPL": half}))
    for module in ("ryjwt", "oxyjwt", "jwt", "joserfc.jwt", "jose.jwt"):
        starts.append(_Start(f"import {module}", [*python, f"import {module}"]))
    command = [*_console_script(), "decode", token]
    for half in halves:
        starts.append(_Start(f"{COMMAND} ({half})", command, {"RAPIDJWT_IMPL": half}))
    absent = {}
    for start in list(starts):
        done = subprocess.run(start.command, env=_environment(start), capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.splitlines() or [f"it ended with {done.returncode}"])[-1]
            if not reason.startswith("ModuleNotFoundError"):
                raise RuntimeError(f"{start.name}: {reason}")
            starts.remove(start)
            absent[start.name] = f"not installed on this interpreter: {reason.partition(': ')[2]}"
    return starts, absent


def _console_script() -> list[str]:
    beside = Path(sys.executable).with_name("rapidjwt")
    script = shutil.which(beside)
    return [script] if script else [sys.executable, "-m", "rapidjwt"]


def _environment(start: _Start) -> dict[str, str]:
    # Without byte code every start would compile the package anew, which users see once, after the installation.
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
        **start.environment
    }


def _run(start: _Start) -> float:
    environment = _environment(start)
    begin = time.perf_counter()
    subprocess.run(start.command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begin) * 1_000
