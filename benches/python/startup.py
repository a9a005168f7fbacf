"""What a process pays before its first token: the import, and one run of the command line. Fresh processes, interleaved."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import parts
import tokens
from rounds import Timed

HALVES = {"native": "rapidjwt._native", "pure": "rapidjwt._fallback"}
BARE = "bare interpreter"
COMMAND = "rapidjwt decode TOKEN"


@dataclass(frozen=True)
class _Start:
    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def _startup() -> parts.Prepared:
    """One process is one "token": from its start to its end."""
    token = tokens.kept_cell("HS256", "small").tokens[0]
    halves = [half for half, module in HALVES.items() if importlib.util.find_spec(module)]
    starts, absent = _starts(token, halves)
    timed = [Timed(start.name, functools.partial(_runs, start), [None]) for start in starts]
    return parts.Prepared({}, timed, len(starts), absent)


def _starts(token: str, halves: list[str]) -> tuple[list[_Start], dict[str, str]]:
    python = [sys.executable, "-c"]
    starts = [_Start(BARE, [*python, "pass"])]
    for half in halves:
        starts.append(_Start(f"import rapidjwt ({half})", [*python, "import rapidjwt"], {"RAPIDJWT_IMPL": half}))
    for module in ("ryjwt", "oxyjwt", "webtoken", "jwt", "joserfc.jwt", "jose.jwt"):
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


def _runs(start: _Start, inputs: Sequence[Any]) -> None:
    environment = _environment(start)
    for _ in inputs:
        subprocess.run(start.command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


STARTUP = parts.Part(
    "startup",
    "whole processes, from start to end",
    {},
    {"startup": _startup},
)
