"""Metrics of OpenTelemetry, as its SDK collects them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

import forge
from rapidjwt.exceptions import CheckFailedError
from rapidjwt.jwks import Event, Health
from rapidjwt.observe import Alert, OpenTelemetryMetrics

ISS = "https://login.example/"


@pytest.fixture
def reader():
    return InMemoryMetricReader()


@pytest.fixture
def metrics(reader):
    provider = MeterProvider([reader])
    yield OpenTelemetryMetrics(provider)
    provider.shutdown()


@pytest.fixture
def points(reader):
    """The points of one metric: [(attributes, point), ...]."""

    def of(name):
        scopes = [scope for resource in reader.get_metrics_data().resource_metrics for scope in resource.scope_metrics]
        assert {scope.scope.name for scope in scopes} == {"rapidjwt"}
        found = [metric for scope in scopes for metric in scope.metrics if metric.name == name]
        return [(dict(point.attributes), point) for metric in found for point in metric.data.data_points]

    return of


def test_tokens(impl, verifier, metrics, points):
    check = verifier(observer=metrics, issuer=ISS, cache=impl.TokenCache())
    good = forge.token({**forge.CLAIMS, "iss": ISS})
    check.verify(good)
    check.verify(good)
    check.verify_many([forge.token(), "x"])
    of = {"jwt.issuer": ISS}
    assert [(attributes, point.value) for attributes, point in points("jwt.verifications")] == [
        (of | {"jwt.alg": "HS256", "jwt.result": "verified"}, 2),
        (
            of
            | {
                "jwt.alg": "HS256",
                "jwt.result": "rejected",
                "jwt.reason": "missing_claim",
                "error.type": "missing_claim",
            },
            1,
        ),
        (of | {"jwt.alg": "", "jwt.result": "rejected", "jwt.reason": "malformed", "error.type": "malformed"}, 1),
    ]
    times = {tuple(attributes.values()): point for attributes, point in points("jwt.verify.duration")}
    assert {name: point.count for name, point in times.items()} == {
        ("HS256", "miss"): 2,
        ("HS256", "hit"): 1,
        ("", "miss"): 1,
    }
    assert times["HS256", "hit"].explicit_bounds[0] == 1e-6


def test_a_reason_of_somebodys_own_makes_no_series(verifier, metrics, points):
    def never(token):
        odd = CheckFailedError("")
        odd.reason = odd.code = token.subject
        raise odd

    check = verifier(observer=metrics, checks=[never])
    check.verify_many([forge.token({**forge.CLAIMS, "sub": f"user-{number}"}) for number in range(20)])
    ((attributes, point),) = points("jwt.verifications")
    assert (attributes["error.type"], point.value) == ("other", 20)


def test_requests_key_sets_and_alerts(verifier, key, metrics, points, request_of, decision_of):
    metrics.on_decision(request_of(), decision_of(), 1e-6)
    metrics.on_decision(request_of(), decision_of("expired"), 1e-6)
    assert [attributes for attributes, _ in points("jwt.requests")] == [
        {"jwt.status": "200"},
        {"jwt.status": "401", "jwt.reason": "expired", "error.type": "expired"},
    ]
    metrics.on_keys(Event("failed", ISS, 1.0))
    assert points("jwt.jwks.fetch")[0][0] == {"jwt.issuer": ISS, "jwt.result": "failed"}
    metrics.on_alert(Alert("long_lived", 1.0, 1, 300))
    assert points("jwt.alerts")[0][0] == {"jwt.rule": "long_lived"}
    check = verifier(observer=metrics, keys=[key("HS256", kid="a"), key("HS256", 1, kid="b")])
    check.verify_many([forge.token(header={"alg": "HS256", "kid": "c"})])
    assert points("jwt.unknown_kid")[0][0] == {"jwt.issuer": "other"}


def test_what_is_read(impl, verifier, metrics, points):
    cache = impl.TokenCache()
    health = Health(ISS, None, 1, 60.0, False, True, False, None, None, 0, 1, 0, 0, 0, ())
    metrics.watch(
        cache, SimpleNamespace(health=lambda: health), SimpleNamespace(health=lambda: health._replace(age=None))
    )
    check = verifier(cache=cache)
    check.verify(forge.token())
    check.verify(forge.token())
    events = {attributes["jwt.event"]: point.value for attributes, point in points("jwt.cache.events")}
    assert events == {"hit": 1, "miss": 1, "eviction": 0}
    assert points("jwt.cache.bytes")[0][1].value == cache.info().bytes > 0
    assert [(attributes, point.value) for attributes, point in points("jwt.jwks.age")] == [({"jwt.issuer": ISS}, 60)]
    assert [(attributes, point.value) for attributes, point in points("jwt.jwks.stale")] == [({"jwt.issuer": ISS}, 1)]
    assert points("jwt.crypto.disagreements")[0][1].value == 0
