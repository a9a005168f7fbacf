"""The tables of docs/guide/observability.md name what there is: no metric, field or rule more or less."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import CollectorRegistry

import forge
from rapidjwt.forward.metrics import ServiceMetrics
from rapidjwt.forward.standing import Standing
from rapidjwt.jwks import Event
from rapidjwt.observe import Alert, AuditLog, Detectors, OpenTelemetryMetrics, PrometheusMetrics
from rapidjwt.observe.alert import RULES

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "guide"
GUIDE = (FOLDER / "observability.md").read_text("utf-8")


def table(first_column):
    """The rows of the table whose header begins so, as lists of the names in backticks in each cell."""
    text = GUIDE[GUIDE.index(f"\n| {first_column} |") :].partition("\n\n")[0]
    return [[re.findall(r"`([^`]+)`", cell) for cell in row.split("|")[1:-1]] for row in text.splitlines()[3:]]


def test_metrics_of_prometheus():
    registry = CollectorRegistry()
    PrometheusMetrics(registry)
    counters = {"counter": "_total"}
    found = {family.name + counters.get(family.type, "") for family in registry.collect()}
    assert found == {row[0][0] for row in table("Prometheus")}


def test_labels_of_prometheus(verifier, key, request_of, decision_of):
    registry = CollectorRegistry()
    metrics = PrometheusMetrics(registry)
    verifier(observer=metrics, keys=[key("HS256", kid="a"), key("HS256", 1, kid="b")]).verify_many(
        [forge.token(header={"alg": "HS256", "kid": "c"})]
    )
    metrics.on_decision(request_of(), decision_of(), 1e-6)
    metrics.on_keys(Event("fetched", "a", 1.0))
    metrics.on_alert(Alert("long_lived", 1.0, 1, 300))
    source = type("Source", (), {"health": lambda self: type("Health", (), {"issuer": "a", "age": 1, "fresh": True})})()
    metrics.watch(source)
    labels = {
        re.sub(r"_(bucket|sum|count)$", "", sample.name): set(sample.labels) - {"le"}
        for family in registry.collect()
        for sample in family.samples
        if not sample.name.endswith("_created")
    }
    assert labels == {row[0][0]: set(row[2]) for row in table("Prometheus")}


def test_metrics_of_the_service():
    metrics = ServiceMetrics()
    metrics.stand(Standing(3, 1, 1, True))
    found = dict(line.rsplit(" ", 1) for line in metrics.render()[0].decode().splitlines() if not line.startswith("#"))
    rows = {row[0][0]: row[1:] for row in table("Service")}
    states = [name for name in rows["jwt_workers"][1] if name != "jwt_workers"]
    assert rows.keys() == {"jwt_workers", "jwt_configuration_refused"}
    assert {found[f'jwt_workers{{state="{state}"}}'] for state in states} == {"1.0"}
    assert found["jwt_configuration_refused"] == "1.0"


def test_metrics_of_opentelemetry(monkeypatch):
    names = []
    provider = MeterProvider()
    meter = provider.get_meter("rapidjwt")
    for kind in ("counter", "histogram", "observable_counter", "observable_gauge"):
        method = getattr(meter, f"create_{kind}")
        monkeypatch.setattr(
            meter,
            f"create_{kind}",
            lambda name, *rest, _made=method, **more: names.append(name) or _made(name, *rest, **more),
        )
    monkeypatch.setattr(provider, "get_meter", lambda *_, **__: meter)
    OpenTelemetryMetrics(provider)
    provider.shutdown()
    assert sorted(names) == sorted(row[1][0] for row in table("Prometheus"))


def test_fields_of_audit_events(proof, verifier, request_of, decision_of):
    events = []
    audit, decisions = (AuditLog(events.append, record=record) for record in ("verifications", "decisions"))
    verifier(observer=audit).verify_many(["x"])
    full = proof(iss="a", jti="b", sid="c", client_id="d")
    decisions.on_decision(request_of(), decision_of("expired", full), 1e-6)
    audit.on_keys(Event("fetched", "a", 1.0, added=("a",), withdrawn=("b",)))
    audit.on_alert(Alert("long_lived", 1.0, 1, 300, "a", "192.0.2.1", "s", "t"))
    named = {name for row in table("field") for name in row[0]} - {"azp"}
    # `kid` is absent: the token that is used here names none.
    assert {name for event in events for name in event} == named - {"kid"}


def test_rules_and_limits_of_detectors():
    rows = table("rule")
    assert tuple(row[0][0] for row in rows) == RULES
    parameters = inspect.signature(Detectors).parameters
    limits = [limit for row in rows for limit in row[2] if "=" in limit]
    assert len(limits) == len(RULES)
    for limit in limits:
        name, _, value = limit.partition("=")
        assert parameters[name].default == int(value)


def test_the_dashboard_asks_for_what_there_is():
    dashboard = json.loads((FOLDER / "grafana-dashboard.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [variable["query"]["query"] for variable in dashboard["templating"]["list"] if variable["type"] == "query"]
    labels = {row[0][0]: set(row[2]) for row in table("Prometheus")}
    labels |= {row[0][0]: {*row[1], "instance"} for row in table("Service")}
    used = set()
    for query in asked:
        metrics = {re.sub(r"_bucket$", "", name) for name in re.findall(r"\bjwt_\w+", query)}
        assert metrics
        used |= metrics
        within = re.findall(r"by \(([^)]*)\)|\{([^}]*)\}|label_values\(\w+, (\w+)\)", query)
        named = {
            name for groups in within for name in re.findall(r"(?<!\$)\b([a-z]+)\b(?=\s*(?:,|=|!|$))", ",".join(groups))
        }
        assert named - {"le"} <= set.intersection(*(labels[metric] for metric in metrics))
    assert used == set(labels)
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    cells = [
        (x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
