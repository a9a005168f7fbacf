"""A pytest plugin: writes what became of every test, and every warning, to the file that COMPAT_OUTCOMES names.

Two runs of a suite are the same when these files are: not the number of failures is compared, but which test ended how, and with
which words. `jwt` tells which package the suite has run on.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

_tests: list[list[str]] = []
_warnings: Counter[str] = Counter()


def pytest_runtest_logreport(report: Any) -> None:
    if report.when == "call" or report.outcome != "passed":
        context = getattr(report, "context", None)  # a subtest
        crash = getattr(report.longrepr, "reprcrash", None)
        words = _alike(crash.message) if crash is not None else ""
        _tests.append([report.nodeid, report.when, str(context.msg) if context else "", report.outcome, words])


def pytest_warning_recorded(warning_message: Any, when: str, nodeid: str) -> None:
    category = warning_message.category
    _warnings[f"{nodeid}: {category.__name__}: {_alike(str(warning_message.message))}"] += 1


def pytest_sessionfinish() -> None:
    jwt = sys.modules["jwt"]
    ours = sys.modules.get("rapidjwt._impl")
    told = {
        "jwt": jwt.__name__,
        "version": getattr(jwt, "__version__", None),
        "half": ours.IMPL if ours is not None else None,
        "tests": _tests,
        "warnings": sorted(_warnings.items()),
    }
    Path(os.environ["COMPAT_OUTCOMES"]).write_text(json.dumps(told), encoding="utf-8")


def _alike(words: str) -> str:
    """Without what differs from run to run: addresses, and the name of the package."""
    words = words.replace("rapidjwt.jwt.", "jwt.").replace("rapidjwt.exceptions.", "jwt.exceptions.").partition("\n")[0]
    return re.sub(r"0x[0-9a-f]+|eyJ[\w.=-]+", "...", words)
