"""Runs PyJWT's own tests on `rapidjwt.jwt`, and demands the numbers that PyJWT itself reaches: make compat.

    python tools/compat/pyjwt_suite.py [--reference] [--impl native|pure]

The tests come from PyJWT's source distribution on PyPI, which must have the digest below; nothing of it is kept in the repository.
They run four times: with and without `cryptography`, on both halves. `--reference` runs them on the installed PyJWT instead, which
proves the harness. Exits 1 when any number is another one.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "compat" / "pyjwt"
PLUGIN = Path(__file__).with_name("pyjwt_plugin.py")

VERSION = "2.15.1"
SHA256 = "4f259e80cdfb6b3fc18a7de51fd1ef9ec79652f25019bae68975ca2468a34df8"


class Count(NamedTuple):
    """How a run ended."""

    passed: int
    skipped: int
    failed: int


WANTED = {"with": Count(passed=471, skipped=4, failed=0), "without": Count(passed=286, skipped=189, failed=0)}
"""What PyJWT reaches on itself, with and without `cryptography`."""

# The filter of warnings is in the plugin: named here, `jwt` would be imported before the plugin has its say.
CONFIG = "[pytest]\ntestpaths = tests\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", action="store_true", help="test the installed PyJWT instead")
    parser.add_argument("--impl", choices=("native", "pure"), help="one half only (default: both)")
    arguments = parser.parse_args()
    halves = (arguments.impl,) if arguments.impl else ("native", "pure")
    subjects = ("pyjwt",) if arguments.reference else halves
    tests = unpack(download())
    verdicts = [judge(tests, subject, cryptography) for subject in subjects for cryptography in WANTED]
    return 0 if all(verdicts) else 1


def download() -> Path:
    """The source distribution, from the folder where an earlier run left it or from PyPI."""
    archive = BUILD / f"pyjwt-{VERSION}.tar.gz"
    if not archive.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, "--dest", str(BUILD), f"PyJWT=={VERSION}"], check=True)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != SHA256:
        raise SystemExit(f"{archive} has the SHA-256 {digest}, not {SHA256}")
    return archive


def unpack(archive: Path) -> Path:
    """A folder with the tests alone: `jwt` itself must not lie where they could find it."""
    folder = BUILD / "suite"
    shutil.rmtree(folder, ignore_errors=True)
    prefix = f"pyjwt-{VERSION}/tests/"
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            if member.isfile() and member.name.startswith(prefix):
                member.name = member.name.removeprefix(f"pyjwt-{VERSION}/")
                tar.extract(member, folder, filter="data")
    (folder / "pytest.ini").write_text(CONFIG, "utf-8")
    return folder


def judge(tests: Path, subject: str, cryptography: str) -> bool:
    """Run once and say how it went."""
    report = BUILD / f"{subject}-{cryptography}.xml"
    report.unlink(missing_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "RAPIDJWT_"))},
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(PLUGIN.parent), os.environ.get("PYTHONPATH")))),
        "COMPAT_SUBJECT": subject,
        "COMPAT_CRYPTOGRAPHY": cryptography,
    }
    if subject != "pyjwt":
        environment["RAPIDJWT_IMPL"] = subject
    arguments = ["-q", "--no-header", "-p", PLUGIN.stem, "-p", "no:cacheprovider", f"--junitxml={report}"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=tests,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    count = counted(report) if report.exists() else None
    good = run.returncode == 0 and count == WANTED[cryptography]
    print(
        f"{subject}, {cryptography} cryptography: {describe(count)}{'' if good else f', wanted {describe(WANTED[cryptography])}'}"
    )
    if not good:
        print(run.stdout, run.stderr, sep="\n", file=sys.stderr)
    return good


def counted(report: Path) -> Count:
    """The numbers of a JUnit report, which has no place for what was deselected: the totals are compared instead."""
    suite = ET.parse(report).getroot().find("testsuite")
    assert suite is not None
    total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return Count(passed=total - skipped - failed, skipped=skipped, failed=failed)


def describe(count: Count | None) -> str:
    if count is None:
        return "no report"
    return f"{count.passed} passed, {count.skipped} skipped" + (f", {count.failed} failed" if count.failed else "")


if __name__ == "__main__":
    sys.exit(main())
