"""The examples run as programs, and do what they print: every curl line works, and nobody comes in without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest
from wire import ask

import rapidjwt

EXAMPLES = Path(__file__).parents[2] / "examples"
NEEDS = {
    "plain_asgi": ["uvicorn"],
    "plain_wsgi": [],
    "with_fastapi": ["fastapi", "uvicorn"],
    "with_starlette": ["starlette", "uvicorn"],
    "with_litestar": ["litestar", "uvicorn"],
    "with_flask": ["flask"],
    "with_django": ["django"],
    "with_rest_framework": ["django", "rest_framework"],
}
_CURL = re.compile(r"curl -i (?:-H 'Authorization: Bearer (\S+)' )?http://127\.0\.0\.1:(\d+)(/\S*)")


class Example(NamedTuple):
    """A running example, and what it printed."""

    port: int
    token: str
    reader: str


def absent(name: str) -> list[str]:
    return [package for package in NEEDS[name] if find_spec(package) is None]


@pytest.fixture(scope="module")
def example() -> Iterator[Callable[[str], Example]]:
    """Starts all of them at once: most of their time goes into imports."""
    package = str(Path(rapidjwt.__file__).parents[1])
    environment = os.environ | {"PORT": "0", "PYTHONPATH": package, "PYTHONWARNINGS": "error"}
    found: dict[str, Example] = {}
    with ExitStack() as stack:
        programs = {}
        for name in NEEDS:
            if not absent(name):
                command = [sys.executable, str(EXAMPLES / f"{name}.py")]
                program = subprocess.Popen(
                    command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
                )
                stack.enter_context(program)
                stack.callback(program.kill)
                programs[name] = program

        def get(name: str) -> Example:
            if name not in found:
                lines = [_CURL.fullmatch(programs[name].stdout.readline().rstrip("\n")) for _ in range(3)]
                assert all(lines), name
                (_, token, reader), (port, *_) = zip(*(line.groups()[:2] for line in lines), strict=True)
                assert [line[3] for line in lines] == ["/", "/me", "/orders"]
                found[name] = Example(int(port), token, reader)
            return found[name]

        yield get


@pytest.mark.parametrize("name", NEEDS)
def test_example(example: Callable[[str], Example], name: str):
    if missing := absent(name):
        pytest.skip(f"{missing[0]} is not installed")
    port, token, reader = example(name)

    def get(path: str, sent: str | None = None) -> tuple[int, object]:
        reply = ask(port, path, headers=[("Authorization", f"Bearer {sent}")] if sent else [])
        return reply.status, reply.json["user"] if reply.status == 200 else None

    assert get("/") == (200, None)
    assert get("/me") == (401, None)
    assert get("/me", token) == (200, "user-1")
    assert get("/me", token[:-4] + "AAAA") == (401, None)
    assert get("/orders", token) == (403, None)
    assert get("/orders", reader) == (200, "user-1")
    assert get("/nowhere", token)[0] in (403, 404)


def test_every_example_is_run():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {*NEEDS, "shop"}
