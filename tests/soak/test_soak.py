"""A short turn of the soak; `make soak` takes ten minutes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = float(os.environ.get("RAPIDJWT_SECONDS", "20"))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
@pytest.mark.timeout(SECONDS + 120)
def test_no_wrong_decision_while_keys_vanish_and_the_configuration_changes() -> None:
    pytest.importorskip("uvicorn", reason="the extra `serve` is not installed")
    command = [sys.executable, str(Path(__file__).with_name("soak.py")), "--seconds", str(SECONDS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
