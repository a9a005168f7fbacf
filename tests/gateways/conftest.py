"""A gateway from its snippet, the forward-auth service behind it and an API behind that, all on loopback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from echo_api import Api, wsgi_api
from gateway_configs import GATEWAYS, Gateway
from gateway_stack import Stack, whole_stack


def by_name(gateway: Gateway) -> str:
    return gateway.name


@pytest.fixture(scope="module", params=GATEWAYS, ids=by_name)
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One gateway with an API on WSGI, where names of headers fold."""
    with whole_stack(request.param, wsgi_api, tmp_path_factory.mktemp(request.param.name)) as one:
        yield one


@pytest.fixture
def api(stack: Stack) -> Iterator[Api]:
    """The API of `stack`, which has seen nothing yet."""
    stack.api.seen.clear()
    yield stack.api
    stack.api.answers_with()
