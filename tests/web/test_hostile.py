"""Any bytes in any header, path, method or query give a decision, by whichever way they come: never an exception, never a pass."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
import stage
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tricks import TRICKS

from rapidjwt.exceptions import REASONS
from rapidjwt.web import Guard, Request, Requirement, Sources, asgi, wsgi
from rapidjwt.web._answers import ROUTING

pytestmark = pytest.mark.property

searching = settings(
    max_examples=int(os.environ.get("RAPIDJWT_EXAMPLES", "150")),
    deadline=None,
    derandomize="RAPIDJWT_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

names = st.one_of(
    st.binary(max_size=20),
    st.sampled_from(
        [b"authorization", b"cookie", b"origin", b"sec-fetch-site", b"x-csrf-token", b"access-control-request-method"]
    ),
)
values = st.one_of(
    st.binary(max_size=100),
    st.binary(max_size=60).map(b"Bearer ".__add__),
    st.binary(max_size=60).map(b"__Host-access=".__add__),
    st.sampled_from(
        [stage.EXPIRED.encode(), b"Bearer " + stage.EXPIRED.encode(), b"Basic a, Bearer b", stage.PAGE.encode()]
    ),
)
headers = st.lists(st.tuples(names, values), max_size=6)
any_text = st.text(st.characters(exclude_categories=[]), max_size=60)
latin = st.binary(max_size=60).map(lambda data: data.decode("latin-1"))
paths = st.one_of(
    any_text, latin, st.sampled_from([trick.target for trick in TRICKS]), st.just("/me"), latin.map("/me/".__add__)
)
methods = st.one_of(st.sampled_from(["GET", "POST", "OPTIONS", "get", ""]), latin)


@pytest.fixture(scope="module")
def guards(both: Any) -> list[Guard]:
    sources = Sources(cookie=stage.COOKIE, query="access_token")
    return [stage.guard(impl, sources=sources) for impl in both]


def judged(guards: list[Guard], request: Request) -> str | None:
    """The reason, the same by both halves."""
    decisions = [guard.decide(request) for guard in guards]
    decisions += [asyncio.run(guards[0].adecide(request)), guards[0].authenticate(request, Requirement())]
    for decision in decisions:
        assert decision.reason is None or decision.reason in REASONS | ROUTING
        assert decision.allowed == (decision.answer is None)
        # No genuine token is among what is sent: who passes, passes without.
        assert not decision.allowed or decision.token is None
    assert len({(decision.reason, decision.code) for decision in decisions[:3]}) == 1
    return decisions[0].reason


@searching
@given(
    method=methods, path=paths, raw=st.none() | st.binary(max_size=60), query=st.binary(max_size=60), headers=headers
)
@example(method="GET", path="/me", raw=b"http://[", query=b"access_token=%", headers=[])
def test_over_asgi(guards: list[Guard], method: str, path: str, raw: bytes | None, query: bytes, headers: Any):
    scope = {"type": "http", "method": method, "path": path, "raw_path": raw, "query_string": query, "headers": headers}
    judged(guards, asgi.request_of(scope))
    judged(guards, asgi.request_of(scope | {"type": "websocket", "root_path": "/me"}))


@searching
@given(method=methods, path=paths, raw=st.none() | latin | any_text, query=latin, headers=headers)
@example(method="GET", path="/me", raw="http://[", query="", headers=[])
@example(method="GET", path="/me", raw="//[", query="", headers=[])
def test_over_wsgi(guards: list[Guard], method: str, path: str, raw: str | None, query: str, headers: Any):
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_URI": raw}
    for name, value in headers:
        environ["HTTP_" + name.decode("latin-1").upper().replace("-", "_")] = value.decode("latin-1")
    judged(guards, wsgi.request_of(environ))


@searching
@given(path=paths, raw=paths)
def test_what_passes_a_public_rule_is_below_it(guards: list[Guard], path: str, raw: str):
    request = Request("GET", path, [], raw_path=raw)
    for guard in guards:
        decision = guard.decide(request)
        if decision.allowed:
            assert decision.route in ("/health", "/public/*", "/maybe")
            assert path.startswith(("/health", "/public", "/maybe"))


@searching
@given(path=st.sampled_from(["/orders/7", "/admin", "/staff", "/me"]), claims=st.dictionaries(st.sampled_from(["scope", "scp", "realm_access", "iss"]), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.just("orders:read") | st.just("admin"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["roles", "a"]), inner, max_size=2),
    max_leaves=8,
)))  # fmt: skip
def test_any_claims(guards: list[Guard], path: str, claims: dict[str, Any]):
    """Of a genuine token: scopes and roles may be anything at all."""
    sent = stage.token(**claims).encode()
    request = Request("GET", path, [(b"authorization", b"Bearer " + sent)])
    assert len({guard.decide(request).reason for guard in guards}) == 1
