"""The public types, as mypy --strict sees them: what it accepts, which types it finds, and what it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest

import rapidjwt

HERE = Path(__file__).parent


def mypy(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """mypy on the folder's files, with its own cache, and no configuration but this."""
    pytest.importorskip("mypy", reason="mypy is not installed")
    found = Path(rapidjwt.__file__).parents[1]
    config = tmp_path / "mypy.ini"
    # What is installed mypy finds by itself, and does not want to be told.
    config.write_text("[mypy]\n" + ("" if found.name == "site-packages" else f"mypy_path = {found}\n"))
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(config), "--cache-dir", str(tmp_path)]
    return subprocess.run([*command, "--no-error-summary", *arguments], capture_output=True, text=True, check=False)


def test_mypy_strict(tmp_path):
    run = mypy(tmp_path, *(str(HERE / name) for name in ("accepted.py", "refused.py")))
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


@pytest.mark.parametrize("package", ["rapidjwt.jwt", "jwt"])
def test_programs_for_pyjwt(tmp_path, package):
    text = (HERE / "drop_in.py").read_text("utf-8")
    if package == "jwt":
        text = text.replace("from rapidjwt import jwt", "import jwt").replace("from rapidjwt.jwt", "from jwt")
    program = tmp_path / "program.py"
    program.write_text(text, "utf-8")
    run = mypy(tmp_path, str(program))
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


def test_the_package_says_that_it_is_typed():
    assert (Path(rapidjwt.__file__).parent / "py.typed").exists()
