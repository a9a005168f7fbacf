"""Metrics of prometheus-client: every token counted once, under labels that no client can choose."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

import forge
from rapidjwt.exceptions import REASONS, CheckFailedError
from rapidjwt.jwks import Event, Health
from rapidjwt.observe import Alert, PrometheusMetrics
from rapidjwt.observe.alert import RULES
from rapidjwt.types import AlgorithmName, Verification
from sources import Source

ISS = "https://login.example/"


@pytest.fixture
def metrics():
    return PrometheusMetrics(CollectorRegistry())


def samples(metrics, name, accept=""):
    """{labels: value} of one metric."""
    text, content_type = metrics.render(accept)
    assert content_type.startswith("text/plain")
    found = (sample for family in text_string_to_metric_families(text.decode()) for sample in family.samples)
    ordered = ("issuer", "status", "alg", "cache", "event", "rule", "result", "reason", "le")
    return {
        tuple(sample.labels[label] for label in ordered if label in sample.labels): sample.value
        for sample in found
        if sample.name == name
    }


def refused(reason, code=None, **others):
    facts = {"issuer": None, "algorithm": None, "seconds": 1e-6, "cached": False, "token": None} | others
    return Verification(ok=False, code=code or reason, reason=reason, **facts)


def test_tokens_are_counted_by_issuer_algorithm_and_reason(verifier, metrics):
    check = verifier(observer=metrics, issuer=ISS)
    good = forge.token({**forge.CLAIMS, "iss": ISS})
    check.verify_many([good, good, forge.token(), "x", forge.token({**forge.CLAIMS, "iss": "evil"})])
    assert samples(metrics, "jwt_verifications_total") == {
        (ISS, "HS256", "verified", ""): 2,
        (ISS, "HS256", "rejected", "missing_claim"): 1,
        (ISS, "HS256", "rejected", "unknown_issuer"): 1,
        (ISS, "", "rejected", "malformed"): 1,
    }


def test_every_reason_has_its_series(metrics):
    for reason in sorted(REASONS):
        metrics.on_verification(refused(reason))
    assert samples(metrics, "jwt_verifications_total") == {("other", "", "rejected", reason): 1 for reason in REASONS}


def test_a_reason_of_somebodys_own_makes_no_series(verifier, metrics):
    class Odd(CheckFailedError):
        pass

    def never(token):
        odd = Odd("")
        odd.reason = odd.code = token.subject
        raise odd

    check = verifier(observer=metrics, checks=[never])
    check.verify_many([forge.token({**forge.CLAIMS, "sub": f"user-{number}"}) for number in range(50)])
    assert samples(metrics, "jwt_verifications_total") == {("other", "HS256", "rejected", "other"): 50}


def test_nothing_that_a_client_sends_becomes_a_label(impl, verifier, key, metrics):
    issuer = impl.Issuer(
        "https://l/{tenant}/v2", keys=key("HS256"), algorithms=["HS256"], audience=None, allow=lambda name: name < "5"
    )
    check = impl.Verifier(issuers=[issuer], clock=lambda: forge.NOW, observer=metrics)
    check.verify_many(
        forge.token(
            forge.CLAIMS | {"iss": f"https://{host}/{number}/v2", "sub": "secret-sub", "jti": "secret-jti"},
            header={"alg": alg, "kid": f"secret-kid-{number}"},
        )
        for number in range(10)
        for host in ("l", "secret-host")
        for alg in ("HS256", "secret-alg")
    )
    text = metrics.render()[0].decode()
    assert "secret" not in text
    assert len(samples(metrics, "jwt_verifications_total")) == 4


def test_times_by_algorithm_and_cache(impl, verifier, metrics):
    check = verifier(observer=metrics, cache=impl.TokenCache())
    for _ in range(3):
        check.verify(forge.token())
    assert samples(metrics, "jwt_verify_seconds_count") == {("HS256", "miss"): 1, ("HS256", "hit"): 2}
    assert all(0 < value < 60 for value in samples(metrics, "jwt_verify_seconds_sum").values())
    bounds = {float(bound) for *_, bound in samples(metrics, "jwt_verify_seconds_bucket")}
    assert (min(bounds), sorted(bounds)[-2], max(bounds)) == (1e-6, 1e-2, float("inf"))


def test_unknown_keys(impl, verifier, key, metrics):
    check = verifier(observer=metrics, keys=[key("HS256", kid="a"), key("HS256", 1, kid="b")])
    check.verify_many([forge.token(header={"alg": "HS256", "kid": "c"})] * 3)
    assert samples(metrics, "jwt_unknown_kid_total") == {("other",): 3}


def test_requests(metrics, request_of, decision_of):
    for decision in (
        decision_of(),
        decision_of(status=0),
        decision_of("expired"),
        decision_of("keys_unavailable", status=503),
        decision_of("no_rule", status=403),
        decision_of("call_refused", status=400),
        decision_of("made up", status=999),
    ):
        metrics.on_decision(request_of(), decision, 1e-5)
    nameless = decision_of("x")
    nameless.reason = None
    metrics.on_decision(request_of(), nameless, 1e-5)
    assert samples(metrics, "jwt_requests_total") == {
        ("200", ""): 2,
        ("401", "expired"): 1,
        ("503", "keys_unavailable"): 1,
        ("403", "no_rule"): 1,
        ("400", "call_refused"): 1,
        ("other", "other"): 1,
        ("401", "other"): 1,
    }


def test_key_sets_and_alerts(metrics):
    for kind in ("fetched", "failed", "failed"):
        metrics.on_keys(Event(kind, ISS, 1.0))
    for rule in RULES:
        metrics.on_alert(Alert(rule, 1.0, 5, 300, client="192.0.2.1"))
    assert samples(metrics, "jwt_jwks_fetch_total") == {(ISS, "fetched"): 1, (ISS, "failed"): 2}
    assert samples(metrics, "jwt_alerts_total") == {(rule,): 1 for rule in RULES}


def source(issuer, age, fresh):
    health = Health(issuer, None, 1, age, fresh, True, False, None, None, 0, 1, 0, 0, 0, ())
    return SimpleNamespace(health=lambda: health)


def test_key_sets_are_read_at_the_scrape(metrics):
    both = [source("a", 10.0, True), source("a", 50.0, False)]
    metrics.watch(*both, both[0], source("b", None, False), source("c", 1.0, True))
    assert samples(metrics, "jwt_jwks_age_seconds") == {("a",): 50, ("c",): 1}
    assert samples(metrics, "jwt_jwks_stale") == {("a",): 1, ("b",): 1, ("c",): 0}


def test_what_a_verifier_is_made_of_is_watched(impl, key, metrics):
    fetched, silent = Source(impl), Source(impl)
    fetched.health = source(ISS, 1.0, True).health
    issuers = [
        impl.Issuer(ISS, source=fetched, algorithms=["ES256"], audience=None),
        impl.Issuer("silent", source=silent, algorithms=["ES256"], audience=None),
        impl.Issuer("given", keys=key("HS256"), algorithms=["HS256"], audience=None),
    ]
    metrics.watch(impl.Verifier(issuers=issuers), issuers[0])
    assert samples(metrics, "jwt_jwks_stale").keys() == {(ISS,)}


def test_caches_are_summed(impl, verifier, metrics):
    caches = [impl.TokenCache(), impl.TokenCache()]
    metrics.watch(*caches)
    for cache in caches:
        check = verifier(cache=cache)
        for _ in range(3):
            check.verify(forge.token())
    assert samples(metrics, "jwt_cache_events_total") == {("hit",): 4, ("miss",): 2, ("eviction",): 0}
    assert samples(metrics, "jwt_cache_bytes") == {(): sum(cache.info().bytes for cache in caches)}
    assert samples(metrics, "jwt_crypto_disagreements_total") == {(): 0}


def test_only_what_can_be_read_is_watched(metrics):
    with pytest.raises(TypeError, match="can be watched, not int"):
        metrics.watch(1)


def test_what_is_watched_no_more(impl, metrics):
    gone, stays, cache = source("gone", 1.0, False), source("stays", 1.0, True), impl.TokenCache()
    metrics.watch(gone, stays, cache)
    metrics.unwatch(gone, cache, source("never", 1.0, True))
    assert samples(metrics, "jwt_jwks_stale") == {("stays",): 0}
    assert samples(metrics, "jwt_cache_bytes") == {(): 0}
    with pytest.raises(TypeError, match="can be watched, not int"):
        metrics.unwatch(1)


def test_open_metrics_on_request(metrics):
    metrics.on_alert(Alert("long_lived", 1.0, 1, 300))
    text, content_type = metrics.render("application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    assert text.endswith(b"# EOF\n")


def test_a_registry_takes_them_once(metrics):
    registry = CollectorRegistry()
    PrometheusMetrics(registry)
    with pytest.raises(ValueError, match="Duplicated"):
        PrometheusMetrics(registry)


def test_the_number_of_series_is_bounded(metrics):
    """By lists that are closed: all algorithms, reasons and results of one issuer."""
    from typing import get_args

    for algorithm in (None, *get_args(AlgorithmName)):
        for reason in (*REASONS, "a", "b"):
            metrics.on_verification(refused(reason, algorithm=algorithm, issuer=ISS))
    assert len(samples(metrics, "jwt_verifications_total")) == 16 * (len(REASONS) + 1)


WORKERS = """
import os, sys
sys.path.insert(0, sys.argv[1])
import forge, rapidjwt
from rapidjwt.observe import PrometheusMetrics
metrics = PrometheusMetrics()
cache = rapidjwt.TokenCache()
metrics.watch(cache)
key = rapidjwt.Key.from_secret(forge.material("HS256").secret, algorithm="HS256")
check = rapidjwt.Verifier(key, algorithms=["HS256"], issuer="a", audience=None, clock=lambda: forge.NOW, cache=cache,
    observer=metrics)
good = forge.token({**forge.CLAIMS, "iss": "a"})
children = []
for worker in range(2):
    child = os.fork()
    if child == 0:
        for _ in range(3):
            check.verify(good)
        os._exit(0)
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
check.verify(good)
print(metrics.render()[0].decode())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_several_processes_are_counted_together(half, tmp_path):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "RAPIDJWT_IMPL": half}
    run = [sys.executable, "-c", WORKERS, os.path.dirname(forge.__file__)]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    text = SimpleNamespace(render=lambda accept: (done.stdout.encode(), "text/plain"))
    assert samples(text, "jwt_verifications_total") == {("a", "HS256", "verified", ""): 7}
    assert samples(text, "jwt_verify_seconds_count") == {("HS256", "hit"): 4, ("HS256", "miss"): 3}
    assert "jwt_cache_bytes" not in done.stdout
