"""`make gateway`: starts, every request that it prints does what stands behind it, and Ctrl-C leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import rapidjwt

PROGRAM = Path(__file__).parents[2] / "tools" / "gateway" / "run_gateway.py"

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def group(pid: int) -> list[str]:
    """The processes of a group that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(stat[2]) == pid and stat[0] != "Z":
                found.append(entry.name)
    return found


@pytest.mark.parametrize("gateway", ["nginx", "none"])
def test_what_it_prints_works(tmp_path, gateway):
    if gateway == "nginx" and shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") is None:
        pytest.skip("nginx is not installed")
    environment = {**os.environ, "PYTHONPATH": str(Path(rapidjwt.__file__).parent.parent), "TMPDIR": str(tmp_path)}
    run = str(PROGRAM)
    hidden = (
        f"import sys; sys.path.insert(0, {str(PROGRAM.parent)!r}); import demo_nginx; demo_nginx.found = lambda: None\n"
    )
    command = [sys.executable, run] if gateway == "nginx" else [
        sys.executable, "-c", f"{hidden}import run_gateway; sys.exit(run_gateway.main())",
    ]  # fmt: skip
    output = tmp_path / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, env=environment, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        end = time.monotonic() + 40
        while "Ctrl-C" not in output.read_text():
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < end, output.read_text()
            time.sleep(0.1)
        requests = re.findall(r"^ +(curl .*?) +# (\d{3})$", output.read_text(), re.MULTILINE)
        assert [status for _, status in requests] == ["200", "401", "403", "401", "200", "200"]
        answers = []
        for request, status in requests:
            done = subprocess.run(
                ["sh", "-c", request.replace("curl -i", "curl -s -i", 1)],
                capture_output=True, text=True, timeout=30, check=True,
            )  # fmt: skip
            assert done.stdout.startswith(f"HTTP/1.1 {status} "), (request, done.stdout)
            answers.append(done.stdout)
        assert 'realm="demo"' in answers[1]
        assert 'error="invalid_token", error_description="The access token expired"' in answers[3]
        if gateway == "nginx":
            said = json.loads(answers[4][answers[4].index("{") :])
            assert said["headers"]["x-auth-subject"] == said["assertion"]["sub"] == "bob"
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 0
        assert group(process.pid) == []
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert "Traceback" not in output.read_text()
    assert [entry.name for entry in tmp_path.iterdir()] == ["output"]
