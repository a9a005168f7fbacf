"""The tests of this folder in which a verifier meets fetched keys, on the half that this process does not run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rapidjwt import IMPL

FOLDER = Path(__file__).parent
MEETINGS = ["test_issuers.py", "test_provider.py", "test_documents.py", "test_publishing.py"]


@pytest.mark.parametrize("half", [{"native": "pure", "pure": "native"}[IMPL]])
@pytest.mark.parametrize("name", MEETINGS)
def test_the_other_half(half, name):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--impl={half}", FOLDER / name]
    environment = os.environ | {"RAPIDJWT_IMPL": half}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=250)
    if done.returncode == 5 and name == "test_provider.py":
        pytest.skip("see the reason that test_provider.py gives")
    assert done.returncode == 0, done.stdout
