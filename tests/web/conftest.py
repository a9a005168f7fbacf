"""What the tests of web servers share: every adapter behind a real server, started when it is first asked for and ended with the run."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import stage
from places import ADAPTERS


@pytest.fixture(scope="session")
def _running() -> Iterator[Callable[[str, SimpleNamespace], int]]:
    ports: dict[tuple[str, str], int] = {}
    with ExitStack() as stack:

        def port(name: str, impl: SimpleNamespace) -> int:
            if (name, impl.IMPL) not in ports:
                adapter = ADAPTERS[name]
                make = getattr(importlib.import_module(adapter.module), adapter.make)
                ports[name, impl.IMPL] = stack.enter_context(adapter.server(make(stage.guard(impl))))
            return ports[name, impl.IMPL]

        yield port


@pytest.fixture
def port(adapter: str, impl: SimpleNamespace, _running: Callable[[str, SimpleNamespace], int]) -> int:
    """Where the adapter is served, with the guard of `stage` on this half."""
    for package in ADAPTERS[adapter].needs:
        pytest.importorskip(package, reason=f"{package} is not installed")
    return _running(adapter, impl)
