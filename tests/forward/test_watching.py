"""Metrics, audit and detectors of a running service: what they show, over several workers and over a reload."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import time

import pytest
import serving

import forge
from rapidjwt.forward import signing_keys
from rapidjwt.forward.loading import load
from rapidjwt.forward.mistakes import ConfigurationError
from rapidjwt.forward.worker import Worker

pytest.importorskip("prometheus_client")


def count(page: str, name: str, **labels: str) -> float:
    """The sum of all series with these labels."""
    total = 0.0
    for line in page.splitlines():
        if line.startswith(f"{name}{{") and all(f'{key}="{value}"' in line for key, value in labels.items()):
            total += float(line.rpartition(" ")[2])
    return total


def metrics(service: serving.Running) -> str:
    answer = service.get("/metrics")
    assert answer.status == 200
    assert answer["content-type"].startswith("text/plain; version=")
    return answer.body.decode()


@pytest.mark.parametrize("workers", [1, 3])
def test_metrics_of_all_workers(tmp_path, workers):
    with serving.running(tmp_path, serving.configuration(tmp_path, server=f"workers = {workers}")) as service:
        good, bad = serving.token(), forge.tampered(serving.token())
        for _ in range(20):
            assert service.call("/any", good).status == 200
            assert service.call("/any", bad).status == 401
        page = metrics(service)
        assert count(page, "jwt_requests_total", status="200") == 20
        assert count(page, "jwt_requests_total", status="401", reason="bad_signature") == 20
        assert count(page, "jwt_verifications_total", issuer=serving.ISS, result="verified") == 20
        assert "user-1" not in page
        # Counting goes on over a reload.
        service.path.write_text(service.path.read_text().replace("/orders", "/new"))
        service.process.send_signal(signal.SIGHUP)
        service.wait_for("configuration 1 is in force", workers)
        assert service.call("/any", good).status == 200
        assert count(metrics(service), "jwt_requests_total", status="200") == 21
        if workers == 1:
            assert count(metrics(service), "jwt_jwks_stale", issuer=serving.ISS) == 0


def test_an_issuer_that_is_gone_is_read_no_more(tmp_path):
    text = serving.configuration(tmp_path)
    other = '[[issuers]]\niss = "https://other.example/"\naudience = "a"\nalgorithms = ["ES256"]\njwks_url = "http://127.0.0.1:1/"\n'
    with serving.running(tmp_path, text + other) as service:
        assert count(metrics(service), "jwt_jwks_stale", issuer="https://other.example/") == 1
        service.path.write_text(text)
        service.process.send_signal(signal.SIGHUP)
        service.wait_for("configuration 1 is in force")
        page = metrics(service)
        assert 'jwt_jwks_stale{issuer="https://other.example/"}' not in page
        assert count(page, "jwt_jwks_age_seconds", issuer=serving.ISS) > 0
        assert service.get("/readyz").status == 200


def test_metrics_can_be_switched_off(tmp_path):
    with serving.running(tmp_path, serving.configuration(tmp_path, more="[metrics]\nenabled = false\n")) as service:
        assert service.get("/metrics").status == 404
        assert service.call("/any", serving.token()).status == 200


def test_audit_of_each_decision(tmp_path):
    more = f'[audit]\nfile = "{tmp_path}/audit-{{pid}}.jsonl"\npseudonymise = true\nnode = "gateway"\n'
    with serving.running(tmp_path, serving.configuration(tmp_path, server="workers = 2", more=more)) as service:
        token = serving.token(jti="one", client_id="client-1")
        headers = [("X-Forwarded-For", "203.0.113.7"), ("User-Agent", "curl\r x"[:4]), ("X-Request-Id", "r-1")]
        assert service.call("/orders/1", token, headers=headers).status == 200
        assert service.call("/orders/1", headers=headers).status == 401
        assert service.stop() == 0
    text = "".join(path.read_text() for path in tmp_path.glob("audit-*.jsonl"))
    events = {event["event"]: event for event in map(json.loads, text.splitlines()) if event["event"] != "key.rotated"}
    verified, rejected = events["token.verified"], events["token.rejected"]
    assert verified["http.route"] == "/orders/*"
    assert verified["client.address"] == rejected["client.address"] == "203.0.113.7"
    assert (verified["client_id"], verified["request_id"]) == ("client-1", "r-1")
    assert verified["sub"] != "user-1"
    assert re.fullmatch(r"gateway:\d+", verified["node"])
    assert (rejected["reason"], rejected["http.response.status_code"]) == ("missing", 401)
    assert token.split(".")[1] not in text
    assert token.split(".")[2] not in text


@pytest.mark.parametrize(("profile", "status"), [("nginx", 401), ("caddy", 400)])
def test_a_call_that_is_not_complete_is_counted_and_written_down(tmp_path, profile, status):
    """It says nothing about tokens or clients, so no detector goes by it."""
    more = f'[audit]\nfile = "{tmp_path}/audit.jsonl"\n[detectors]\nmax_failures = 2\n'
    with serving.running(tmp_path, serving.configuration(tmp_path, profile, more=more)) as service:
        headers = [("Authorization", f"Bearer {serving.token()}"), ("X-Forwarded-For", "203.0.113.7")]
        for _ in range(5):
            assert service.get("/verify", headers=headers).status == status
        page = metrics(service)
        assert count(page, "jwt_requests_total", status=str(status), reason="call_refused") == 5
        assert count(page, "jwt_requests_total") == 5
        assert count(page, "jwt_alerts_total") == 0
        events = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
        told = [event for event in events if event["event"] == "token.rejected"]
        assert {(one["reason"], one["client.address"], one["http.response.status_code"]) for one in told} == {
            ("call_refused", "203.0.113.7", status)
        }
        assert len(told) == 5


def test_observers_hear_what_became_of_a_call(tmp_path):
    """The verifier accepts this token; its subject is too long for a header."""
    more = f'[audit]\nfile = "{tmp_path}/audit.jsonl"\n'
    with serving.running(tmp_path, serving.configuration(tmp_path, more=more)) as service:
        assert service.call("/any", serving.token(sub="\u00fc" * 1000)).status == 401
        page = metrics(service)
        assert count(page, "jwt_requests_total") == count(page, "jwt_requests_total", reason="too_large") == 1
        assert count(page, "jwt_verifications_total", result="verified") == 1
        lines = map(json.loads, (tmp_path / "audit.jsonl").read_text().splitlines())
        (event,) = [event for event in lines if event["event"].startswith("token.")]
        assert (event["event"], event["reason"], event["http.route"]) == ("token.rejected", "too_large", "/any/*")
        assert event["sub"].startswith("\u00fc\u00fc")


def test_a_configuration_that_is_not_taken_leaves_no_file_open(tmp_path):
    """The audit log is opened before what fails here."""
    text = serving.configuration(tmp_path)
    (tmp_path / "gateway.toml").write_text(text)
    plan = signing_keys.plan_of(load(str(tmp_path / "gateway.toml")).ring)
    worker = Worker({"text": text, "plan": plan, "hash_key": "00" * 32})
    gone = '[[issuers]]\niss = "b"\nno_audience = true\nalgorithms = ["HS256"]\nsecret_file = "/nowhere"\n'
    other = {"text": f'{text}{gone}[audit]\nfile = "{tmp_path}/audit"\n', "plan": plan, "hash_key": "00" * 32}
    with pytest.raises(ConfigurationError):
        asyncio.run(worker._reload(other))
    assert (tmp_path / "audit").exists()
    assert str(tmp_path / "audit") not in {
        os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")
    }


def test_audit_to_stderr(tmp_path):
    with serving.running(tmp_path, serving.configuration(tmp_path, more="[audit]\n")) as service:
        service.call("/any")
        assert json.loads(service.wait_for('"token.rejected"'))["reason"] == "missing"


def test_an_alert_is_logged_written_down_and_counted(tmp_path):
    more = f'[audit]\nfile = "{tmp_path}/audit.jsonl"\n[detectors]\nmax_failures = 5\n'
    with serving.running(tmp_path, serving.configuration(tmp_path, more=more)) as service:
        bad = forge.tampered(serving.token())
        for _ in range(10):
            service.call("/any", bad, headers=[("X-Forwarded-For", "203.0.113.7")])
        service.wait_for("alert: failures_address")
        assert count(metrics(service), "jwt_alerts_total", rule="failures_address") == 1
        events = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
        (alert,) = [event for event in events if event["event"] == "alert"]
        assert alert["client.address"] == "203.0.113.7"


def test_keys_that_are_not_fetched_are_logged(tmp_path):
    file = str(serving.jwks(tmp_path))
    text = serving.configuration(tmp_path).replace(f'jwks_file = "{file}"', 'jwks_url = "http://127.0.0.1:1/jwks"')
    with serving.running(tmp_path, text) as service:
        line = service.wait_for("keys are not fetched")
        assert f"{serving.ISS} [fetch_failed]" in line
        time.sleep(0.2)
        assert count(metrics(service), "jwt_jwks_fetch_total", result="failed") >= 1


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('[audit]\nkey_file = "/nowhere"', "audit.key_file: key_file cannot be used"),
        ('[audit]\nfile = "/nowhere/at/all"', "audit.file: file is in a folder that is not there"),
        ("[audit]\nsample = 2", "audit.sample: must be a number from 0 to 1"),
        ("[detectors]\nwindow = 0", "detectors.window: must be a number from 1"),
        ('[audit]\nfile = "audit"\n[server2]', "server2: unknown section"),
    ],
)
def test_mistakes(tmp_path, more, told):
    assert told in _mistakes(tmp_path, serving.configuration(tmp_path, more=more))


def test_several_workers_need_a_file_each(tmp_path):
    text = serving.configuration(tmp_path, server="workers = 2", more=f'[audit]\nfile = "{tmp_path}/audit"\n')
    told = "audit.file: several workers need a file each (put {pid} into the name)"
    assert told in _mistakes(tmp_path, text)


def _mistakes(folder, text: str) -> str:
    path = folder / "gateway.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load(str(path))
    return "\n".join(mistake.told("f") for mistake in caught.value.mistakes)
