"""Requests and decisions as a web layer would pass them, tokens of both halves, and a clock that is set by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import forge

AGENT = "browser/1.0"


@pytest.fixture
def request_of():
    """A request from somewhere."""

    def make(client: str | None = "192.0.2.7", agent: str | None = AGENT, **others: Any) -> SimpleNamespace:
        facts = {"method": "GET", "path": "/orders", "request_id": "r-1"} | others
        return SimpleNamespace(client=client, user_agent=agent, **facts)

    return make


@pytest.fixture
def decision_of():
    """A decision; refused when a reason is given."""

    def make(reason: str | None = None, token: Any = None, **others: Any) -> SimpleNamespace:
        facts = {"status": 200 if reason is None else 401, "code": reason, "route": "/orders"} | others
        return SimpleNamespace(allowed=reason is None, reason=reason, token=token, **facts)

    return make


@pytest.fixture
def proof(verifier):
    """The proof of a token with these claims."""
    check = verifier()
    return lambda **claims: check.verify(forge.token(forge.CLAIMS | claims))


@pytest.fixture
def clock():
    """`clock.now` is what it says."""
    return type("Clock", (), {"now": float(forge.NOW), "__call__": lambda self: self.now})()
