"""`rapidjwt verify` on one stream, on one half, as a program of its own; its answers are held against the plan line by line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from corpus import Corpus, planted
from issuers import Issuer


class Run(NamedTuple):
    """What rapidjwt made of a stream."""

    summary: dict[str, Any]
    faults: list[str]
    """Every way in which the answers are not the planted ones."""


def has_native() -> bool:
    """Whether the native module is there; if it is and does not work, its run will say so."""
    code = "import importlib.util; print(importlib.util.find_spec('rapidjwt._native') is not None)"
    done = subprocess.run([sys.executable, "-c", code], env=_environment("pure"), capture_output=True, check=True)
    return done.stdout.strip() == b"True"


def run(impl: str, issuer: Issuer, corpus: Corpus) -> Run:
    """Stream the issuer's tokens through the command line, with that issuer's keys only."""
    answers = corpus.folder / f"{issuer.name}.{impl}.ndjson"
    summary = corpus.folder / f"{issuer.name}.{impl}.json"
    summary.unlink(missing_ok=True)
    command = [sys.executable, "-m", "rapidjwt", "verify", "--jwks", str(corpus.jwks(issuer))]
    command += ["--issuer", issuer.issuer, "--audience", issuer.audience, "--summary-json", str(summary)]
    with corpus.tokens(issuer).open("rb") as stdin, answers.open("wb") as stdout:
        done = subprocess.run(
            command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=_environment(impl), check=False
        )
    if done.returncode != 1 or not summary.exists():
        return Run({}, [f"ended with {done.returncode}: {done.stderr.decode(errors='replace').strip()}"])
    counted = json.loads(summary.read_text())
    verdicts = corpus.verdicts(issuer)
    faults = _compare_counts(counted, planted(verdicts) | {"impl": impl}) + _compare_lines(answers, verdicts)
    answers.unlink()
    return Run(counted, faults)


def _compare_counts(counted: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    return [
        f"{name}: planted {expected[name]}, counted {counted.get(name)}"
        for name in expected
        if counted.get(name) != expected[name]
    ]


def _compare_lines(answers: Path, verdicts: list[str]) -> list[str]:
    faults = []
    with answers.open("rb") as file:
        lines = 0
        for number, (verdict, text) in enumerate(zip(verdicts, file, strict=False), 1):
            lines = number
            answer = json.loads(text)
            found = "valid" if answer["valid"] else answer["error"]["reason"]
            if answer["line"] != number or found != verdict or answer["valid"] != ("claims" in answer):
                faults.append(f"line {number}: planted {verdict}, answered {found} as line {answer['line']}")
        if lines != len(verdicts) or file.readline():
            faults.append(f"{len(verdicts)} lines went in, another number of answers came out")
    return faults[:5]


def _environment(impl: str) -> dict[str, str]:
    return os.environ | {"RAPIDJWT_IMPL": impl}
