"""The web layer and the observers, which do not know each other: what one passes is what the others read."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

import forge
from rapidjwt.observe import AuditLog, Detectors, Observers, PrometheusMetrics
from rapidjwt.observe.labels import ROUTING
from rapidjwt.web import Guard, Request, Requirement, Rule
from rapidjwt.web import _answers as answers


@pytest.fixture
def seen(verifier):
    """A guard with all observers: what they wrote, noticed and counted."""
    events, alerts, registry = [], [], CollectorRegistry()
    audit = AuditLog(events.append, record="decisions")
    observer = Observers([PrometheusMetrics(registry), audit, Detectors(alerts.append, max_failures=3, max_agents=1)])
    rules = [
        Rule("/orders", requirement=Requirement(scopes=["orders"])),
        Rule("/open", requirement=Requirement("public")),
    ]
    return Guard(verifier(observer=observer), rules, observer=observer), events, alerts, registry


def ask(guard, path, token=None, agent="browser/1.0"):
    headers = [(b"user-agent", agent.encode()), (b"x-request-id", b"r-1")]
    if token is not None:
        headers.append((b"authorization", b"Bearer " + token.encode()))
    return guard.decide(Request("GET", path, headers, client="192.0.2.7"))


def test_reasons_that_are_not_a_tokens_are_known():
    assert ROUTING == answers.ROUTING


def test_a_request_is_counted_written_and_watched(seen):
    guard, events, alerts, registry = seen
    good = forge.token({**forge.CLAIMS, "scope": "orders", "jti": "a", "iat": forge.NOW})
    ask(guard, "/open")
    ask(guard, "/orders", good)
    ask(guard, "/orders")
    ask(guard, "/orders", good, agent="browser/2.0")
    ask(guard, "/orders", forge.token({**forge.CLAIMS, "iat": forge.NOW}))
    ask(guard, "/elsewhere", good)
    for _ in range(3):
        ask(guard, "/orders", "x")
    counted = {
        (sample.labels["status"], sample.labels["reason"]): sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "jwt_requests_total"
    }
    assert counted == {
        ("200", ""): 3,
        ("401", "missing"): 1,
        ("403", "insufficient_scope"): 1,
        ("403", "no_rule"): 1,
        ("401", "malformed"): 3,
    }
    told = [(event["event"], event.get("reason"), event.get("sub")) for event in events]
    assert told == [
        ("token.verified", None, "user-1"),
        ("token.rejected", "missing", None),
        ("token.verified", None, "user-1"),
        ("token.rejected", "insufficient_scope", "user-1"),
        ("token.rejected", "no_rule", None),
        *[("token.rejected", "malformed", None)] * 3,
    ]
    assert {(event["client.address"], event["request_id"]) for event in events} == {("192.0.2.7", "r-1")}
    assert [(alert.rule, alert.client) for alert in alerts] == [
        ("token_agents", "192.0.2.7"),
        ("failures_address", "192.0.2.7"),
    ]
