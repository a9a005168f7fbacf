"""Instructions a call are those of benches/results/instructions.json, where valgrind, the same interpreter and a native half are there."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = Path(__file__).resolve().parents[2] / "benches" / "python"


@pytest.fixture
def instructions(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(PROGRAMS))
    yield importlib.import_module("instructions")
    del sys.modules["instructions"]


def test_counts_of_the_binding(native: Any) -> None:
    command = [sys.executable, str(PROGRAMS / "instructions.py"), "--check", "--binding"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    if done.returncode == 77:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_beyond_the_tolerance_is_told(instructions: Any) -> None:
    kept = {"engine": {"split": 1_000, "read": 1_000}}
    assert instructions.compare(kept, {"engine": {"split": 1_029, "read": 971}}) == []
    assert instructions.compare(kept, {"engine": {"split": 1_031, "read": 900}}) == [
        "engine, split: 1,031 instructions, +3.1% against 1,000",
        "engine, read: 900 instructions, -10.0% against 1,000",
    ]
    assert "make bench-instructions RENEW=1" in instructions.RENEW


def test_other_tools_are_not_compared(
    instructions: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(instructions, "describe", lambda: {"valgrind": "valgrind-9.9"})
    monkeypatch.setattr(instructions, "count_binding", lambda: pytest.fail("counted"))
    assert instructions.main(["--check", "--binding"]) == 77
    assert "and here is {'valgrind': 'valgrind-9.9'}" in capsys.readouterr().out
