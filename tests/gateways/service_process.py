"""The forward-auth service under the tests' rules."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import stand_in

Service = stand_in.StandIn


@contextlib.contextmanager
def running_service(profile: str, folder: Path, *, nginx_cache: bool = False) -> Iterator[Service]:
    with stand_in.service(profile) as one:
        yield one
