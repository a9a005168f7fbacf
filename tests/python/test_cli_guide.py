"""The examples of docs/guide/command-line.md, run as they stand there. `...` stands for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from rapidjwt.cli import exits

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "command-line.md"


def _examples():
    """Each command of the page, what appears, and the exit code."""
    for block in re.findall(r"^```console\n(.*?)^```$", GUIDE.read_text(), flags=re.MULTILINE | re.DOTALL):
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = example.partition("\n")
            text, _, code = shown.partition("[exit ")
            yield command, text, int(code.removesuffix("]\n") or 0)


def test_every_example_of_the_guide(cli, tmp_path):
    program = tmp_path / "bin" / "rapidjwt"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m rapidjwt "$@"\n')
    program.chmod(0o755)
    environment = cli.environment | {"PATH": f"{program.parent}:{os.environ['PATH']}"}
    examples = list(_examples())
    assert len(examples) >= 14
    for command, expected, code in examples:
        done = subprocess.run(
            ["sh", "-c", f"({command}) 2>&1"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, (command, done.stdout)
        assert re.fullmatch(_pattern(expected), done.stdout, flags=re.DOTALL), (command, done.stdout)


def _pattern(expected):
    return "".join(
        "(?:.*\n)?" if line == "..." else re.escape(line).replace(r"\.\.\.", "[^\n]*") + "\n"
        for line in expected.splitlines()
    )


def test_the_table_of_exit_codes_is_the_one_of_the_help():
    guide = dict(re.findall(r"^\| (\d+) \| (.*) \|$", GUIDE.read_text(), flags=re.MULTILINE))
    table = dict(re.findall(r"^  (\d+) +(.*)$", exits.TABLE, flags=re.MULTILINE))
    assert {code: words.replace("`", "") for code, words in guide.items()} == table
