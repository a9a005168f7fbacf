"""Starts a gateway, the forward-auth service behind it and an API behind that."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from echo_api import Api
from gateway_configs import Gateway
from processes import START_SECONDS, Process, free_port
from raw_http import Answer, request, send
from service_process import Service, running_service


@dataclass(frozen=True)
class Stack:
    """What runs: `port` is the gateway's."""

    gateway: Gateway
    port: int
    service: Service
    api: Api

    @property
    def name(self) -> str:
        return self.gateway.name

    def send(self, data: bytes) -> Answer:
        """The gateway's answer to a request's bytes."""
        return send(self.port, data)


def program_of(gateway: Gateway) -> str:
    """Where its program is; without one the test is skipped."""
    program = gateway.find()
    if program is None:
        pytest.skip(f"{gateway.program} is not installed: {gateway.where}")
    return program


@contextlib.contextmanager
def running_gateway(
    gateway: Gateway, folder: Path, *, service: int, api: int, ready: int | None = 401, more: tuple[str, str] = ("", "")
) -> Iterator[int]:
    """The port on which it listens and, some gateways a moment later, has read its configuration: it says `ready` to a request without
    a token. None: do not ask.
    """
    program = program_of(gateway)
    port = free_port()
    gateway.fill(folder, gateway=port, service=service, api=api, more=more)
    with Process(gateway.command(program, folder), folder, port) as process:
        until = time.monotonic() + START_SECONDS
        while ready is not None and (status := send(port, request()).status) != ready:
            assert time.monotonic() < until, f"{gateway.name} says {status}:\n{process.logged()}"
            time.sleep(0.05)
        yield port
        assert process.runs, process.logged()


@contextlib.contextmanager
def whole_stack(
    gateway: Gateway, api: Callable[[], AbstractContextManager[Api]], folder: Path, *, nginx_cache: bool = False
) -> Iterator[Stack]:
    """All three."""
    program_of(gateway)
    with (
        api() as behind,
        running_service(gateway.profile, folder, nginx_cache=nginx_cache) as service,
        running_gateway(gateway, folder, service=service.port, api=behind.port) as port,
    ):
        yield Stack(gateway, port, service, behind)
