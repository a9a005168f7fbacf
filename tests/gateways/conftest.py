"""A gateway from its snippet, the forward-auth service behind it and an API behind that, all on loopback."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from demo_api import Api, asgi_api, wsgi_api
from gateway_configs import GATEWAYS, Gateway
from gateway_stack import Stack, running_gateway
from service_process import Service, running_service

pytest.register_assert_rewrite("path_tricks")


@contextlib.contextmanager
def whole(gateway: Gateway, api: Any, folder: Path) -> Iterator[Stack]:
    """All three."""
    with api() as behind, running_service(gateway.profile, folder) as service:
        with running_gateway(gateway, folder, service=service.port, api=behind.port) as port:
            yield Stack(gateway, port, service, behind)


def by_name(gateway: Gateway) -> str:
    return gateway.name


@pytest.fixture(scope="module", params=GATEWAYS, ids=by_name)
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One gateway with an API on WSGI, where names of headers fold."""
    with whole(request.param, wsgi_api, tmp_path_factory.mktemp(request.param.name)) as one:
        yield one


@pytest.fixture(scope="module", params=GATEWAYS, ids=by_name)
def asgi_stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The same with an API on ASGI."""
    with whole(request.param, asgi_api, tmp_path_factory.mktemp(request.param.name)) as one:
        yield one


@pytest.fixture
def api(stack: Stack) -> Iterator[Api]:
    """The API of `stack`, which has seen nothing yet."""
    stack.api.seen.clear()
    yield stack.api
    stack.api.answers_with()


__all__ = ["Service"]
