"""Instructions a call of parsing, claims and binding, counted by callgrind: they do not depend on the machine's mood.

    python benches/python/instructions.py            counts and writes benches/results/instructions.json
    python benches/python/instructions.py --check    compares with it, within TOLERANCE; 1 when a count is above or below
    python benches/python/instructions.py --check --binding    only what needs no cargo

A count is the difference of two runs of one program, without the call and with it many times, over the number of calls. Inputs and the seed
of hashes are fixed. valgrind knows no SHA and no AVX-512 instructions, so no signature is counted: the steps of the engine are counted by
themselves, `verify` less its signature check, and Python's calls where the signature is not looked at: without verification, and from
the cache of tokens. Another compiler, interpreter or valgrind counts otherwise: such counts are not compared, with the reason.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

import tokens

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benches" / "results" / "instructions.json"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PROGRAM = TARGET / "release" / "instructions"
TOLERANCE = 0.03
RENEW = "if the change is meant, renew them: make bench-instructions RENEW=1"

STEPS = ("compact.split", "header.read", "base64url.decode", "json small", "json gateway", "claims.read")
REST = "verify less its signature check"
CALLS = ("decode_unverified", "verify, cached", "decode, cached", "verify and get, cached")
STEP_LOOPS, CALL_LOOPS = 1_000, 500
SECRET = "a secret for nothing but this count"


class Unable(Exception):
    """Why nothing can be counted, or compared, here."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Count; with --check 1 when a count differs, 77 when nothing could be compared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    parser.add_argument("--binding", action="store_true", help="only the calls from Python")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE")
    options = parser.parse_args(arguments)
    kept = json.loads(options.results.read_text(encoding="utf-8")) if options.results.exists() else {}
    measures = {python(): count_binding} if options.binding else {"engine": count_engine, python(): count_binding}
    try:
        conditions = describe()
        if options.check and kept.get("conditions") != conditions:
            raise Unable(f"the counts were made by {kept.get('conditions')}, and here is {conditions}")
        if options.check and (missing := measures.keys() - kept["instructions"].keys()):
            raise Unable(f"there are no counts of {', '.join(missing)}")
        counted = {name: measure() for name, measure in measures.items()}
    except Unable as error:
        print(f"not counted: {error}")
        return 77
    for name, counts in counted.items():
        print(f"{name}:")
        for what, count in counts.items():
            print(f"  {what:<34} {count:>7,}")
    if options.check:
        faults = compare(kept["instructions"], counted)
        print("\n".join([*faults, RENEW] if faults else [f"within {TOLERANCE:.0%} of the committed counts"]))
        return 1 if faults else 0
    before = kept["instructions"] if kept.get("conditions") == conditions else {}
    result = {"conditions": conditions, "tolerance": TOLERANCE, "instructions": {**before, **counted}}
    options.results.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def compare(kept: dict[str, dict[str, int]], counted: dict[str, dict[str, int]]) -> list[str]:
    """One line for each count that is further from the kept one than the tolerance."""
    return [
        f"{name}, {what}: {count:,} instructions, {count / kept[name][what] - 1:+.1%} against {kept[name][what]:,}"
        for name, counts in counted.items()
        for what, count in counts.items()
        if abs(count / kept[name][what] - 1) > TOLERANCE
    ]


def describe() -> dict[str, str]:
    """What counts depend on besides the code. Unable where valgrind is absent."""
    if shutil.which("valgrind") is None:
        raise Unable("valgrind is not installed")
    cpu = Path("/proc/cpuinfo").read_text(encoding="utf-8").split() if Path("/proc/cpuinfo").exists() else []
    rustc = _said("rustc", "--version") if shutil.which("rustc") else "no rustc"
    return {
        "valgrind": _said("valgrind", "--version"),
        "rustc": rustc.split(" (")[0],
        "dispatch": "avx2" if "avx2" in cpu else "no avx2",
    }


def python() -> str:
    """The interpreter, in the name of its counts: they are as much its own as ours."""
    version = sys.version.replace("\n", " ")
    return f"CPython {version.partition(' (')[0]}, {version.rpartition('[')[2].rstrip(']')}"


def count_engine() -> dict[str, int]:
    """The steps, in the engine without Python. Unable where cargo is absent."""
    if shutil.which("cargo") is None:
        raise Unable("cargo is not installed")
    manifest = ROOT / "benches" / "rust" / "Cargo.toml"
    build = ["cargo", "build", "--release", "--locked", "--quiet", "--bin", "instructions"]
    subprocess.run([*build, "--manifest-path", str(manifest), "--target-dir", str(TARGET)], check=True)
    run = [str(PROGRAM)]
    nothing = _count([*run, "nothing", "0"])
    of = {
        step: round((_count([*run, step, str(STEP_LOOPS)]) - nothing) / STEP_LOOPS)
        for step in (*STEPS, "verify", "split and check")
    }
    rest = of["verify"] - of["split and check"] + of["compact.split"]
    return {step: of[step] for step in STEPS} | {REST: rest}


def count_binding() -> dict[str, int]:
    """The calls from Python, on the native half of the release build. Unable where there is none."""
    if sysconfig.get_config_var("Py_GIL_DISABLED") or sys.implementation.name != "cpython":
        raise Unable("the counts are those of CPython with its lock")
    try:
        native = importlib.import_module("rapidjwt._native")
    except ModuleNotFoundError:
        raise Unable("the native half is not built") from None
    # Without site, which would be most of what valgrind has to look at.
    run = [sys.executable, "-S", str(Path(__file__).with_name("instructions_worker.py"))]
    inputs = [str(Path(native.__file__).parents[1]), SECRET, _token()]
    nothing = _count([*run, *inputs, "nothing", "0"])
    return {call: round((_count([*run, *inputs, call, str(CALL_LOOPS)]) - nothing) / CALL_LOOPS) for call in CALLS}


def _token() -> str:
    """The same bytes in each run: a gateway token, issued once and for ever."""
    secret = SECRET.encode()
    claims = tokens.SIZES["gateway"](random.Random("instructions"), 1_767_225_600) | {"exp": 4_102_444_800}
    return tokens.sign(tokens.Keys("HS256", secret, secret), "gateway", claims)


def _count(command: list[str]) -> int:
    """Instructions of a whole process."""
    with tempfile.TemporaryDirectory() as folder:
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out"]
        environment = os.environ | {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([*tool, *command], env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise RuntimeError(f"{command[0]} under valgrind: {done.stderr[-2_000:]}")
    return int(found[1])


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
