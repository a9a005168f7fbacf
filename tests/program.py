"""Runs small programs in a fresh interpreter: what an import costs, and what happens where something is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import rapidjwt

PACKAGE = Path(rapidjwt.__file__).parent


def run(program: str, *, path: Path = PACKAGE.parent, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it with rapidjwt from `path` and no variable of ours but these."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("RAPIDJWT_")}
    variables |= {"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    return subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, text=True, check=False)


def told(program: str, *, path: Path = PACKAGE.parent, **environment: str) -> Any:
    """What a program that must succeed prints as JSON."""
    done = run(program, path=path, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def copy_of_the_package(folder: Path, *, native: str | None) -> Path:
    """A folder to import rapidjwt from, without its native module, or with this text in its place."""
    package = folder / "rapidjwt"
    package.mkdir()
    for entry in PACKAGE.iterdir():
        if not entry.name.startswith("_native."):
            (package / entry.name).symlink_to(entry)
    if native is not None:
        (package / "_native.py").write_text(native)
    return folder
