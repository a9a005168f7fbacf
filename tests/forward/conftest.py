"""What the tests of the forward-auth service share: a running service for each gateway's profile."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import serving


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], serving.Running]]:
    """`services("nginx")`: one service for the whole run, for tests that leave it as it is."""
    running: dict[str, serving.Running] = {}

    def service(profile: str) -> serving.Running:
        if profile not in running:
            folder = tmp_path_factory.mktemp(profile)
            running[profile] = serving.start(folder, serving.configuration(folder, profile))
        return running[profile]

    yield service
    for one in running.values():
        assert one.stop() == 0, one.said


@pytest.fixture(params=["nginx", "traefik", "caddy", "envoy"])
def service(request: pytest.FixtureRequest, services: Callable[[str], serving.Running]) -> serving.Running:
    """The service of each profile in turn."""
    return services(request.param)
