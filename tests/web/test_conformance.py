"""One table of requests for every adapter, each on its own framework behind a real server: the same decision, told in the same way."""

from __future__ import annotations

import pytest
from cases import CASES, CHALLENGE, PREFLIGHT, Case
from places import PLACES
from stage import READER, bearer
from tricks import INNOCENT, TRICKS
from wire import Reply, ask

pytestmark = pytest.mark.parametrize(("adapter", "half"), PLACES)

SERVED = 200

# This server hands on the decoded path alone, and one slash for several at its start. By what is left rules and application go alike.
_LEFT_OVER = {trick.name: SERVED for trick in TRICKS if trick.only_as_sent}
# What is no path has no route, and so nobody to ask us.
_NO_ROUTE = dict.fromkeys(("no slash at the start", "asterisk form"), 404)
_NO_ROUTE_OF_STARLETTE = dict.fromkeys(
    ("a scheme and a dot segment", "line feed", "carriage return and line feed"), 404
)
OTHERWISE = {
    "asgi-httptools": {"no slash at the start": 400},  # by the server itself
    "wsgiref": _LEFT_OVER | {"two slashes at the start": SERVED},
    "fastapi": _NO_ROUTE | _NO_ROUTE_OF_STARLETTE,
    "rest_framework": _NO_ROUTE,
}
"""Tricks that somebody else sees to before us."""

LEAVE_HEAD_TO_THE_SERVER = {"django", "rest_framework"}
"""Django sends the body of an answer to HEAD, of its own ones too, and waitress does not keep it back."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_conformance(port: int, adapter: str, case: Case):
    reply = ask(port, case.target, method=case.method, headers=case.headers)
    assert reply.status == case.status, reply
    assert reply.challenge == (None if case.error is None else CHALLENGE + case.error)
    assert reply.values("retry-after") == (["7"] if case.status == 503 else [])
    if case.method == "HEAD":
        assert reply.body == b"" or adapter in LEAVE_HEAD_TO_THE_SERVER
    elif case.status == SERVED:
        assert reply.json == {"sub": case.sub, "seen": [case.sub]}
    else:
        assert reply.reason == case.reason
        assert reply.values("content-type")[0].startswith("application/json")
        assert adapter == "rest_framework" or reply.values("cache-control") == ["no-store"]


def test_preflights_reach_the_application(port: int):
    reply = ask(port, "/orders", method="OPTIONS", headers=PREFLIGHT)
    assert reply.status in (SERVED, 204)


def test_tricks_are_refused(port: int, adapter: str):
    replies = {trick.name: ask(port, trick.target, method=trick.method) for trick in TRICKS}
    others = {name: reply.status for name, reply in replies.items() if not refused(reply)}
    assert others == OTHERWISE.get(adapter, {})


def refused(reply: Reply) -> bool:
    return reply.status == 400 and reply.reason == "path_refused"


def test_odd_paths_are_served(port: int):
    assert [target for target in INNOCENT if ask(port, target).status != SERVED] == []


def test_raw_bytes_in_a_path(port: int):
    assert ask(port, "/public/\xe9").status == 400


@pytest.mark.parametrize("method", ["post", "Post", "PoST"])
def test_a_method_in_small_letters_evades_no_rule(port: int, method: str):
    """Django, werkzeug and Starlette's HTTPEndpoint take it for POST."""
    assert ask(port, "/orders/7", method=method, headers=[bearer(READER)]).status != SERVED
