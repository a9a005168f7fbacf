"""Runs the test suites of packages that are built on PyJWT: on PyJWT, then on rapidjwt.jwt, native and pure, and compares.

    python tools/compat/third_party.py                   all suites; exits 1 when a single test ends differently
    python tools/compat/third_party.py --only simplejwt --half native

The packages come as sdists from PyPI, at the versions and with the SHA-256 below; they and a venv are kept in build/compat. Each
suite runs as `python -m pytest` and as `python -m rapidjwt.run -m pytest`. Two runs are equal when each test has the same outcome,
a failure the same message, and the warnings are the same. A suite may fail in places on PyJWT itself (the reasons stand below);
it then has to fail in the same places on the drop-in.

The venv has rapidjwt from this source tree; RAPIDJWT_IMPL says which half. Only what is pinned here is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import venv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "compat"

REQUIREMENTS = (
    "PyJWT==2.15.1",
    "cryptography==50.0.2",
    "Django==5.2.19",
    "djangorestframework==3.16.1",
    "Flask==3.1.3",
    "freezegun==1.5.5",
    "pytest==9.2.0",
    "pytest-django==4.14.0",
    "python-dateutil==4.0.0",
    "python-jose==3.5.0",
    "Werkzeug==3.1.9",
)


@dataclass(frozen=True)
class Suite:
    """One package: its name and version on PyPI, and the SHA-256 of its sdist."""

    name: str
    distribution: str
    version: str
    sha256: str
    fails_on_pyjwt: str = ""

    @property
    def sdist(self) -> str:
        return f"{self.distribution.replace('-', '_')}-{self.version}"


SUITES = (
    Suite(
        "flask-jwt-extended",
        "flask-jwt-extended",
        "4.7.4",
        "78fd0f460317facf3a0084a6457ffaf2f1dda9eefbd576f94cea35b0eadd5531",
    ),
    Suite(
        "simplejwt",
        "djangorestframework-simplejwt",
        "5.5.1",
        "e72c5572f51d7803021288e2057afcbd03f17fe11d484096f40a460abc76e87f",
        fails_on_pyjwt="it signs by ES384 and ES512 with a key of P-256, which PyJWT refuses since 2.11",
    ),
)


def main() -> int:
    """0 when every suite ends on the drop-in as it does on PyJWT."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=[suite.name for suite in SUITES], help="one suite")
    parser.add_argument("--half", choices=("native", "pure"), help="one half (default: both)")
    options = parser.parse_args()
    python = environment()
    halves = [options.half] if options.half else ["native", "pure"]
    equal = True
    for suite in SUITES:
        if options.only in (None, suite.name):
            equal &= compare(suite, source(suite, python), python, halves)
    return 0 if equal else 1


def environment() -> Path:
    """The interpreter of a venv that has what is pinned above, and that sees rapidjwt in the source tree."""
    folder = FOLDER / f"venv-{sys.implementation.cache_tag}"
    python = folder / "bin" / "python"
    stamp = folder / "requirements"
    if not stamp.exists() or stamp.read_text("utf-8") != "\n".join(REQUIREMENTS):
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        stamp.write_text("\n".join(REQUIREMENTS), "utf-8")
    return python


def source(suite: Suite, python: Path) -> Path:
    """The unpacked sdist, fetched by pip, which checks the digest."""
    archive = FOLDER / f"{suite.sdist}.tar.gz"
    if not archive.exists():
        wanted = FOLDER / f"{suite.name}.txt"
        wanted.write_text(f"{suite.distribution}=={suite.version} --hash=sha256:{suite.sha256}\n", "utf-8")
        command = [
            str(python),
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            ":all:",
            "--require-hashes",
        ]
        subprocess.run([*command, "--dest", str(FOLDER), "--requirement", str(wanted)], check=True)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != suite.sha256:
        raise SystemExit(f"{archive.name} is not the archive that is pinned")
    folder = FOLDER / suite.sdist
    if not folder.exists():
        with tarfile.open(archive) as packed:
            packed.extractall(FOLDER, filter="data")
    return folder


def compare(suite: Suite, folder: Path, python: Path, halves: list[str]) -> bool:
    """Run one suite on PyJWT and on each half; print a line for each, and the differences."""
    print(f"{suite.distribution} {suite.version}" + (f" ({suite.fails_on_pyjwt})" if suite.fails_on_pyjwt else ""))
    expected = run([python, "-m", "pytest"], folder, "pyjwt", {})
    demand(expected, "jwt", "2.15.1", None)
    print(f"  {'PyJWT 2.15.1':<16} {counts(expected)}")
    equal = True
    for half in halves:
        found = run([python, "-m", "rapidjwt.run", "-m", "pytest"], folder, half, {"RAPIDJWT_IMPL": half})
        demand(found, "rapidjwt.jwt", "2.15.1", half)
        differences = [
            *(("-", *test) for test in expected["tests"] if test not in found["tests"]),
            *(("+", *test) for test in found["tests"] if test not in expected["tests"]),
            *(("- warning", *warning) for warning in expected["warnings"] if warning not in found["warnings"]),
            *(("+ warning", *warning) for warning in found["warnings"] if warning not in expected["warnings"]),
        ]
        same = expected["tests"] == found["tests"] and not differences
        print(f"  {'rapidjwt ' + half:<16} {counts(found)}: {'equal' if same else 'DIFFERENT'}", flush=True)
        for difference in differences[:40]:
            print("   ", *difference)
        equal &= same
    return equal


def run(command: list[str | Path], folder: Path, name: str, variables: dict[str, str]) -> dict[str, Any]:
    """What the plugin tells of one run. `name` is the run's; pytest's own report stays beside it."""
    told = FOLDER / f"{folder.name}-{name}.json"
    told.unlink(missing_ok=True)
    variables |= {
        "PYTHONPATH": os.pathsep.join((str(ROOT / "python"), str(Path(__file__).parent))),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "COMPAT_OUTCOMES": str(told),
    }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("RAPIDJWT_", "PYTEST_"))}
    # Said by name, or pytest would find the configuration of this repository.
    config = next(name for name in ("pytest.ini", "tox.ini") if (folder / name).exists())
    command = [*command, "-c", config, "-p", "outcomes", "-p", "no:cacheprovider", "-q", "tests"]
    with told.with_suffix(".txt").open("wb") as report:
        subprocess.run(
            command, cwd=folder, env=inherited | variables, stdout=report, stderr=report, timeout=600, check=False
        )
    if not told.exists():
        raise SystemExit(f"{folder.name} did not run: see {report.name}")
    answer: dict[str, Any] = json.loads(told.read_text("utf-8"))
    return answer


def demand(told: dict[str, Any], package: str, version: str, half: str | None) -> None:
    """A comparison of PyJWT with itself would always succeed."""
    if (told["jwt"], told["version"], told["half"]) != (package, version, half) or len(told["tests"]) < 100:
        raise SystemExit(f"ran on {told['jwt']} {told['version']}, half {told['half']}, {len(told['tests'])} tests")


def counts(told: dict[str, Any]) -> str:
    outcomes = Counter(outcome for *_, outcome, _ in told["tests"])
    warnings = sum(number for _, number in told["warnings"])
    return ", ".join([*(f"{number} {outcome}" for outcome, number in sorted(outcomes.items())), f"{warnings} warnings"])


if __name__ == "__main__":
    sys.exit(main())
