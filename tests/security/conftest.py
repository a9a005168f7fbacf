"""No attack may make the library talk to the network, and none may take long."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for judge

pytest.register_assert_rewrite("judge")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("something asked for the network")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.fixture
def soon() -> Iterator[None]:
    """The test must end in 5 seconds: generous, for work that should take milliseconds and would take minutes if it grew wrongly."""
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < 5
