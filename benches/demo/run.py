"""The demo: 100,000 tokens that PyJWT signed go through `rapidjwt verify` on both halves; every planted fault must be found.

Ends with 1 if any count is off. `--folder` is where the corpus is kept.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import corpus
import peer
import plan
import program
import table
from issuers import ISSUERS, Issuer


def main() -> int:
    """Make the corpus, run it, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/demo"), help="where the corpus is kept (build/demo)")
    folder = parser.parse_args().folder
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    start = time.perf_counter()
    total = plan.LINES * len(ISSUERS)
    print(f"rapidjwt demo: {total:,} access tokens of four issuers, one run an issuer with its keys only")
    made = corpus.obtain(folder)
    halves = ["native", "pure"] if program.has_native() else ["pure"]
    if "native" not in halves:
        print("the native half is not installed here and left out")
    rows, faults = _run_all(made, halves)
    print(table.counts(made, rows))
    print(table.speeds(rows, halves))
    print("rapidjwt verify reads a file and writes JSON with all claims; PyJWT loops in memory, keys parsed once.")
    print(f"Of the tokens that rapidjwt refuses PyJWT takes {_lax(made)}: padded signatures, and tokens of 267 kB.")
    print(f"took {time.perf_counter() - start:.0f} s")
    return _verdict(halves, faults)


def _run_all(made: corpus.Corpus, halves: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    rows, faults = [], []
    for issuer in ISSUERS:
        row: dict[str, Any] = {"issuer": issuer}
        for impl in halves:
            _tell(f"{issuer.name} {issuer.algorithm}: rapidjwt verify, {impl} half")
            run = program.run(impl, issuer, made)
            row[impl] = run.summary
            faults += [f"{issuer.name} {impl}: {fault}" for fault in run.faults]
        _tell(f"{issuer.name} {issuer.algorithm}: PyJWT")
        row["peer"] = peer.run(issuer, made.tokens(issuer), made.jwks(issuer))
        faults += _peer_faults(issuer, row["peer"], made)
        rows.append(row)
    _tell("")
    return rows, faults


def _lax(made: corpus.Corpus) -> int:
    return sum(made.taken_by_pyjwt(issuer) - made.verdicts(issuer).count("valid") for issuer in ISSUERS)


def _peer_faults(issuer: Issuer, run: peer.PeerRun, made: corpus.Corpus) -> list[str]:
    known = made.taken_by_pyjwt(issuer)
    return (
        []
        if run.valid == known
        else [f"{issuer.name} PyJWT: known to take {known} of these tokens, it took {run.valid}"]
    )


def _verdict(halves: list[str], faults: list[str]) -> int:
    for fault in faults:
        print(f"WRONG  {fault}")
    if faults:
        print(f"FAILED: {len(faults)} differences")
        return 1
    print(f"OK: every planted count was met exactly, line by line, on {' and '.join(halves)}")
    return 0


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text}\x1b[K")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
