"""Counting in plain numbers: as prometheus-client itself would, and whole whatever threads and processes do."""

from __future__ import annotations

import os
import re
import signal
import threading
import time

import pytest
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    enable_created_metrics,
    generate_latest,
)
from prometheus_client.openmetrics.exposition import generate_latest as open_metrics

from rapidjwt.observe.tallies import BUCKETS, SharedTallies, Tallies, TokenLabels

KINDS = [
    TokenLabels(issuer, algorithm, result, reason, cache)
    for issuer in ("a", "b")
    for algorithm in ("ES256", "")
    for result, reason in (("verified", ""), ("rejected", "expired"))
    for cache in ("hit", "miss")
]
TIMES = [0.0, -1.0, 1.0, float("inf"), *BUCKETS, *(bound * 1.001 for bound in BUCKETS)]


def counted(kind):
    registry = CollectorRegistry()
    tallies = kind(registry)
    for place, labels in enumerate(KINDS):
        for seconds in TIMES[place:]:
            tallies.tokens(labels).add(seconds)
    for status, reason in (("200", ""), ("401", "expired"), ("200", "")):
        tallies.requests(status, reason).inc()
    return registry


def told(registry, form):
    """What a scrape gets, without times of day, and without the last digits of sums, which depend on the order."""
    text = re.sub(r"(_created(?:\{.*\})?) \S+", r"\1 ...", form(registry).decode())
    return re.sub(r"(_sum\{.*\}) (\S+)", lambda found: f"{found[1]} {float(found[2]):.9}", text)


@pytest.fixture(params=[True, False], ids=["created", "not created"])
def created(request):
    if not request.param:
        disable_created_metrics()
    yield request.param
    enable_created_metrics()


@pytest.mark.parametrize("form", [generate_latest, open_metrics])
def test_what_is_shown_is_what_prometheus_client_shows(form, created):
    ours, theirs = (told(counted(kind), form) for kind in (Tallies, SharedTallies))
    assert ours.splitlines() == theirs.splitlines()
    assert ("_created" in ours) is created


def test_families_are_there_before_anything_is_counted():
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    Tallies(ours)
    SharedTallies(theirs)
    assert told(ours, generate_latest) == told(theirs, generate_latest) != ""


def test_a_series_begins_when_it_is_first_asked_for():
    registry = CollectorRegistry()
    tallies = Tallies(registry)
    tallies.requests("200", "")
    tallies.tokens(KINDS[0])
    assert registry.get_sample_value("jwt_requests_total", {"status": "200", "reason": ""}) == 0
    since = registry.get_sample_value("jwt_requests_created", {"status": "200", "reason": ""})
    tallies.tokens(KINDS[1]).add(1.0)
    assert tallies.tokens(KINDS[0]) is tallies.tokens(KINDS[0])
    assert registry.get_sample_value("jwt_verify_seconds_created", {"alg": "ES256", "cache": "hit"}) >= since


@pytest.mark.parametrize(
    "other",
    [
        lambda registry: Counter("jwt_verifications_total", "", registry=registry),
        lambda registry: Histogram("jwt_verify_seconds", "", registry=registry),
        lambda registry: Counter("jwt_requests_total", "", registry=registry),
        Tallies,
    ],
)
def test_a_registry_has_each_name_once(other):
    registry = CollectorRegistry()
    Tallies(registry)
    with pytest.raises(ValueError, match="Duplicated"):
        other(registry)


def test_some_metrics_alone():
    registry = counted(Tallies)
    found = registry.restricted_registry(["jwt_requests_total"]).collect()
    assert [sample.value for family in found for sample in family.samples] == [2, 1]


def in_threads(number, work):
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Slow(float):
    """Lets other threads run in the middle of an addition."""

    def __radd__(self, other):
        time.sleep(0.001)
        return other + float(self)


def test_threads_lose_nothing():
    registry = CollectorRegistry()
    tallies = Tallies(registry)
    seen = []

    def work():
        for place in range(20):
            tallies.tokens(KINDS[place % 4]).add(Slow(1.0))
            tallies.requests("200", "").inc()

    def scrape():
        for _ in range(20):
            families = {family.name: family.samples for family in tallies.collect()}
            verified = sum(one.value for one in families["jwt_verifications"] if one.name.endswith("_total"))
            times = sum(one.value for one in families["jwt_verify_seconds"] if one.name.endswith("_sum"))
            seen.append((verified, times))

    scraping = threading.Thread(target=scrape)
    scraping.start()
    in_threads(8, work)
    scraping.join()
    assert all(verified == times for verified, times in seen)
    assert registry.get_sample_value("jwt_requests_total", {"status": "200", "reason": ""}) == 160
    samples = [sample for family in tallies.collect() for sample in family.samples]
    assert sum(one.value for one in samples if one.name == "jwt_verify_seconds_count") == 160
    assert sum(one.value for one in samples if one.name == "jwt_verify_seconds_sum") == 160.0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_in_the_middle_of_counting():
    """The child has only the thread that forked it: what another one held it could wait for until it is killed."""
    tokens = Tallies(CollectorRegistry()).tokens(KINDS[0])
    begun = threading.Event()

    class Slower(float):
        def __radd__(self, other):
            begun.set()
            time.sleep(0.2)
            return other + float(self)

    counting = threading.Thread(target=tokens.add, args=(Slower(1.0),))
    counting.start()
    begun.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        tokens.add(1.0)
        os._exit(0 if sum(tokens.buckets) == tokens.seconds == 2 else 1)
    counting.join()
    assert os.waitpid(child, 0)[1] == 0
