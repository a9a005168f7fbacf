"""Each reason of the closed list, provoked once by a request, and seen in the HTTP answer of both plain middlewares, in metrics and in the
audit log.
"""

from __future__ import annotations

import io
import json
from typing import Any

import facts
import on_asgi
import on_wsgi
import provoked
import pytest
import stage
from provoked import PROVOKED, token
from stage import bearer

from rapidjwt.exceptions import REASONS
from rapidjwt.web import Answers, Guard, Sources
from rapidjwt.web._answers import ROUTING

Asked = tuple[str, str, list[tuple[str, str]]]

REQUESTS: dict[str, Asked] = {
    **{reason: ("GET", "/wide", [bearer(sent)] if sent else []) for reason, sent in PROVOKED.items()},
    "insufficient_scope": ("GET", "/narrow", [bearer(token())]),
    "multiple_tokens": ("GET", "/wide", [bearer("a"), bearer("b")]),
    "csrf_failed": ("POST", "/wide", [("Cookie", f"__Host-access={token()}")]),
    "path_refused": ("GET", "/wide/../narrow", []),
    "no_rule": ("GET", "/nowhere", []),
}


def test_none_is_forgotten():
    assert set(REQUESTS) == REASONS | ROUTING


@pytest.mark.parametrize("way", ["asgi", "wsgi"])
@pytest.mark.parametrize("reason", sorted(REQUESTS))
def test_every_reason_in_the_answer(impl: Any, reason: str, way: str):
    guard = provoked.guard(impl, sources=Sources(cookie=stage.COOKIE))
    status, headers, body = {"asgi": over_asgi, "wsgi": over_wsgi}[way](guard, *REQUESTS[reason])
    expected = Answers().to(reason, "a" if reason == "insufficient_scope" else "")
    assert json.loads(body)["reason"] == reason
    assert (status, body) == (expected.status, expected.body)
    assert headers == {**dict(expected.headers), "content-length": str(len(body))}


def test_every_reason_in_metrics_and_audit(impl: Any):
    prometheus = pytest.importorskip("prometheus_client")
    from rapidjwt.observe import AuditLog, Observers, PrometheusMetrics

    registry, events = prometheus.CollectorRegistry(), []
    observer = Observers([PrometheusMetrics(registry), AuditLog(events.append, record="decisions")])
    guard = provoked.guard(impl, sources=Sources(cookie=stage.COOKIE), observer=observer)
    for asked in REQUESTS.values():
        over_asgi(guard, *asked)
    for reason in REQUESTS:
        status = str(Answers().to(reason).status)
        assert registry.get_sample_value("jwt_requests_total", {"status": status, "reason": reason}) == 1
    assert sorted(event["reason"] for event in events) == sorted(REQUESTS)
    assert {event["event"] for event in events} == {"token.rejected"}


def over_asgi(
    guard: Guard, method: str, path: str, headers: list[tuple[str, str]]
) -> tuple[int, dict[str, str], bytes]:
    start, body = facts.play(on_asgi.make(guard), facts.scope("http", path, headers, method=method))
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"]


def over_wsgi(
    guard: Guard, method: str, path: str, headers: list[tuple[str, str]]
) -> tuple[int, dict[str, str], bytes]:
    started: list[Any] = []
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO()}
    for name, value in headers:
        key = f"HTTP_{name.upper()}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    body = b"".join(on_wsgi.make(guard)(environ, lambda *said: started.append(said)))
    ((status, told),) = started
    return int(status.split(" ")[0]), {name.lower(): value for name, value in told}, body
