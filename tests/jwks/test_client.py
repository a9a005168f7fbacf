"""What happens to a key set over hours and days: each scenario on a fake clock, with an origin in memory."""

from __future__ import annotations

import json
import os
import threading
import time

import pytest
from origin import ISSUER, URL, Origin, World, jwk

from rapidjwt.jwks import Request, Response, Rules

HOUR = 3600


@pytest.fixture
def world(clock):
    def make(*kids, **options):
        return World(clock, *kids, **options)

    return make


def kinds(world):
    return [event.kind for event in world.events]


# ---- loading and refreshing


def test_nothing_is_fetched_before_a_key_is_needed_and_then_once(world):
    it = world("a", "b")
    assert it.origin.fetches == 0
    assert it.slot.keys is None
    assert it.found("a")
    assert it.found("b")
    assert it.origin.fetches == 1
    assert it.origin.requests[0].url == URL
    assert it.source.health().keys == 2


def test_keys_in_use_are_refreshed_ahead_of_expiry_without_a_caller_who_waits(world):
    it = world("a")
    assert it.found("a")
    it.clock.forward(239)
    assert it.found("a")
    assert it.origin.fetches == 1
    it.clock.forward(1)
    it.origin.gate.clear()
    assert it.found("a")  # with the answer held back
    assert it.found("a")
    it.origin.gate.set()
    it.settled()
    assert it.origin.fetches == 2
    assert it.source.health().age == 0


def test_an_answer_that_nothing_changed_keeps_the_key_objects(world):
    it = world("a")
    assert it.found("a")
    keys = it.slot.keys
    it.clock.forward(240)
    assert it.found("a")
    it.settled()
    assert "If-None-Match" in it.origin.requests[1].headers
    assert it.slot.keys is keys
    assert it.source.health().unchanged_fetches == 1
    it.origin.etags = False
    it.live(480, "a")
    assert it.slot.keys is keys
    assert set(kinds(it)) == {"fetched", "unchanged"}


def test_a_week_of_traffic_costs_a_fetch_per_four_fifths_of_a_lifetime(world):
    it = world("a")
    it.origin.headers["cache-control"] = "max-age=86400"
    assert it.found("a")
    assert all(it.live(7 * 24 * HOUR, "a", step=600))
    assert it.origin.fetches == 1 + 7 * 24 * HOUR // (0.8 * 86_400)


class WithMetadata(Origin):
    """An origin that also tells where its keys are."""

    def __init__(self, *kids):
        super().__init__(*kids)
        self.place = URL
        self.metadata_fetches = 0

    def answer(self, request):
        if not request.url.endswith("/openid-configuration"):
            assert request.url == self.place
            return super().answer(request)
        self.metadata_fetches += 1
        body = json.dumps({"issuer": ISSUER, "jwks_uri": self.place}).encode()
        return Response(200, {"cache-control": "max-age=3600"}, body)


def test_metadata_is_asked_again_when_it_is_old_and_when_a_key_is_missing(world):
    it = world(origin=WithMetadata("a"), discovery=True)
    assert it.found("a")
    assert all(it.live(3000, "a"))
    assert it.origin.metadata_fetches == 1
    assert it.origin.fetches > 10
    it.origin.place = URL + "/moved"
    it.origin.publish("a", "new")
    assert it.found("new")
    assert it.origin.metadata_fetches == 2
    assert it.source.health().location == URL + "/moved"
    assert all(it.live(4000, "a"))
    assert it.origin.metadata_fetches == 3


def test_keys_that_moved_are_found_after_one_failed_refresh(world):
    it = world(origin=WithMetadata("a"), discovery=True)
    assert it.found("a")
    it.origin.place = URL + "/moved"  # the old place answers with an error
    assert all(it.live(260, "a"))
    health = it.source.health()
    assert (health.last_error, health.failed_fetches, health.location) == (None, 1, URL + "/moved")


# ---- rotation


def test_rotation_with_overlap_is_not_noticed_by_any_token(world):
    it = world("old")
    assert it.found("old")
    it.origin.publish("old", "new")
    assert all(it.live(HOUR, "old"))
    before = it.origin.fetches
    assert all(it.live(HOUR, "new"))
    it.origin.publish("new")
    assert all(it.live(HOUR, "new"))
    assert before > 0
    assert not it.found("old")


def test_rotation_without_overlap_is_followed_by_the_first_token_of_the_new_key(world):
    it = world("old")
    assert it.found("old")
    it.clock.forward(5)
    it.origin.publish("new")
    assert it.found("new")
    assert it.origin.fetches == 2
    assert not it.found("old")


def test_a_withdrawn_key_is_refused_from_the_next_refresh_on(world):
    it = world("a", "leaked")
    assert it.found("leaked")
    it.origin.publish("a")
    it.clock.forward(240)
    assert it.found("a")
    it.settled()
    assert not it.reader.usable("leaked")
    assert it.events[-1].withdrawn == ("leaked",)


def test_a_key_that_was_used_before_it_was_published_is_accepted_soon_after(world):
    it = world("a")
    it.origin.headers["cache-control"] = "max-age=86400"
    assert it.found("a")
    it.clock.forward(10)
    assert not it.found("early")
    it.origin.publish("a", "early")
    accepted = it.live(70, "early", step=1)
    assert True in accepted[:61]


# ---- strangers


def test_ten_thousand_random_kids_cause_as_many_fetches_as_configured(world):
    it = world("a", rules=Rules(miss_interval=30, miss_burst=2))
    it.origin.headers["cache-control"] = "max-age=86400"
    assert it.found("a")
    for number in range(10_000):
        it.clock.forward(0.006)
        assert not it.found(f"random-{number}")
        assert it.found("a")
    assert it.origin.fetches <= 1 + 2 + 60 / 30
    assert it.source.health().unknown_kids == 10_000


def test_in_a_flood_of_random_kids_a_new_key_is_accepted_within_one_interval(world):
    it = world("a")
    it.origin.headers["cache-control"] = "max-age=86400"
    assert it.found("a")
    published = None
    for number in range(10_000):
        it.clock.forward(0.01)
        if number == 4000:
            it.origin.publish("a", "new")
            published = it.clock()
        it.found(f"random-{number}")
        if published and it.found("new"):
            break
    assert it.found("new")
    assert it.clock() - published <= 30


# ---- outages


def test_a_provider_that_is_down_for_a_day_fails_no_known_key(world):
    it = world("a")
    assert it.found("a")
    it.live(220, "a")
    it.origin.down = ConnectionRefusedError("refused")
    ages = []
    for _ in range(24):
        assert all(it.live(HOUR, "a", step=20))
        health = it.source.health()
        ages.append(health.age)
        assert (health.usable, health.fresh, health.last_error) == (True, False, "fetch_failed")
    assert ages == sorted(ages)
    assert ages[-1] > 24 * HOUR
    down = [event for event in it.events if event.kind == "failed"]
    assert len(down) <= 24 * 60 + 10
    assert isinstance(down[0].error.__cause__, ConnectionRefusedError)
    it.origin.down = None
    assert all(it.live(120, "a"))
    health = it.source.health()
    assert (health.fresh, health.last_error, health.failures) == (True, None, 0)


def test_keys_are_not_used_for_ever(world):
    it = world("a", rules=Rules(max_stale=HOUR))
    assert it.found("a")
    it.origin.down = OSError("gone")
    accepted = it.live(2 * HOUR, "a", step=10)
    assert accepted.index(False) == (300 + HOUR) // 10 - 1
    assert not any(accepted[accepted.index(False) :])
    assert it.source.health().keys == 0
    it.origin.down = None
    assert True in it.live(60, "a", step=1)


def test_an_unknown_key_during_an_outage_does_not_hammer_the_provider(world):
    it = world("a")
    assert it.found("a")
    it.origin.down = OSError("gone")
    before = it.origin.fetches
    for number in range(1000):
        it.clock.forward(0.06)
        assert not it.found(f"x{number}")
    assert it.origin.fetches - before <= 7


def test_a_cold_start_during_an_outage_is_refused_quickly_and_heals(world):
    it = world("a")
    it.origin.down = OSError("gone")
    assert not any(it.live(60, *"aaaaaaaa", step=1))
    assert it.origin.fetches <= 7
    it.origin.down = None
    assert True in it.live(61, "a", step=1)


@pytest.mark.parametrize("status", [204, 301, 400, 401, 403, 404, 429, 500, 503, 999])
def test_other_statuses_leave_the_keys_as_they_are(world, status):
    it = world("a")
    assert it.found("a")
    it.origin.status = status
    it.clock.forward(240)
    assert it.found("a")
    it.settled()
    assert it.found("a")
    health = it.source.health()
    assert health.last_error == ("fetch_redirect" if status == 301 else "fetch_status")
    assert health.last_status == (None if status == 301 else status)


def test_a_provider_that_asks_for_rest_gets_it(world):
    it = world("a")
    assert it.found("a")
    it.origin.status, it.origin.headers = 503, {"retry-after": "40"}
    it.clock.forward(240)
    assert it.found("a")
    it.settled()
    it.live(39, "a", step=1)
    assert it.origin.fetches == 2
    it.live(2, "a", step=1)
    assert it.origin.fetches == 3


# ---- waiting


def test_with_a_provider_that_hangs_those_with_a_key_do_not_wait_and_the_others_until_the_deadline(world):
    it = world("a", timeout=0.4)
    assert it.found("a")
    it.origin.gate.clear()
    it.clock.forward(240)
    waited = []

    def stranger():
        began = time.monotonic()
        assert not it.found("new")
        waited.append(time.monotonic() - began)

    threads = [threading.Thread(target=stranger) for _ in range(8)]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    while time.monotonic() - began < 0.3:
        assert it.found("a")
    for thread in threads:
        thread.join(20)
    assert len(waited) == 8
    # Generous: the machine may be busy. Without a deadline it would be for ever.
    assert max(waited) < 10
    it.origin.gate.set()
    it.settled()
    assert it.origin.fetches <= 3


def test_a_transport_that_never_comes_back_holds_three_threads_and_no_caller(world):
    never = threading.Event()

    def hangs(request: Request) -> Response:
        never.wait(60)
        raise OSError

    it = world(transport=hangs, timeout=0.05)
    try:
        for _ in range(10):
            began = time.monotonic()
            assert not it.found("a")
            assert time.monotonic() - began < 10
            it.clock.forward(100)
        assert it.source._threads == 3
    finally:
        never.set()


def test_a_slow_old_answer_does_not_bring_a_withdrawn_key_back(world):
    it = world("old", timeout=1.0)
    answers = []
    first, second = threading.Event(), threading.Event()

    def slow_then_quick(request):
        answers.append(it.origin.answer(request))
        if len(answers) == 2:
            first.set()
            assert second.wait(20)
            return answers[1]
        return answers[-1]

    it.options["transport"] = slow_then_quick
    it.restart()
    assert it.found("old")
    it.clock.forward(240)
    assert it.found("old")
    assert first.wait(20)
    it.origin.publish("new")
    it.origin.etags = False
    it.clock.forward(30)  # past the deadline of the slow one
    assert it.found("new")
    assert not it.reader.usable("old")
    second.set()
    until = time.monotonic() + 20
    while "outdated" not in kinds(it):
        assert time.monotonic() < until
        time.sleep(0.001)
    assert not it.reader.usable("old")
    assert it.reader.usable("new")


def test_32_threads_at_a_cold_start_cause_one_fetch(world):
    it = world("a")
    it.origin.gate.clear()
    start = threading.Barrier(33)
    found = []

    def caller(kid):
        start.wait(20)
        found.append(it.reader.found("a") if kid else it.source.find(None))

    threads = [threading.Thread(target=caller, args=(number % 2,)) for number in range(32)]
    for thread in threads:
        thread.start()
    start.wait(20)
    time.sleep(0.05)
    it.origin.gate.set()
    for thread in threads:
        thread.join(20)
    assert found == [True] * 32
    assert it.origin.fetches == 1


# ---- what an observer sees


def test_events_and_health_tell_what_happened(world):
    it = world("a", "b")
    assert it.found("a")
    it.origin.publish("b", "c")
    assert it.found("c")
    it.settled()
    assert [(event.kind, event.added, event.withdrawn) for event in it.events] == [
        ("fetched", ("a", "b"), ()),
        ("fetched", ("c",), ("a",)),
    ]
    health = it.source.health()
    assert (health.issuer, health.location, health.keys) == ("https://issuer.example", URL, 2)
    assert (health.fetches, health.failed_fetches, health.unknown_kids) == (2, 0, 1)
    with pytest.raises(AttributeError):
        health.keys = 3


def test_an_observer_that_raises_ends_nothing(world, caplog):
    it = world("a")

    def broken(event):
        raise RuntimeError("observer")

    it.events = type("Broken", (), {"append": staticmethod(broken)})()
    it.restart()
    assert it.found("a")
    it.settled()
    it.live(300, "a")
    assert "on_event raised" in caplog.text


def test_refresh_fetches_now_and_says_whether_it_worked(world):
    it = world("a")
    assert it.source.refresh()
    it.origin.publish("b")
    assert it.source.refresh()
    assert it.reader.usable("b")
    it.origin.down = OSError("gone")
    assert not it.source.refresh()
    assert it.reader.usable("b")


def test_skipped_members_are_reported_and_spoil_nothing(world):
    it = world()
    secret = {"kty": "oct", "k": "AAAA", "kid": "s"}
    private = jwk("p", d="AAAA")
    it.origin.body = json.dumps({"keys": [secret, jwk("a"), private, 7, {"kty": "PQC"}, jwk("b", 1)]}).encode()
    assert it.found("a")
    assert it.found("b")
    skipped = [(0, "key_private"), (2, "key_private"), (3, "jwk_invalid"), (4, "key_unsupported")]
    assert [tuple(one) for one in it.source.health().skipped] == skipped
    assert not it.found("s")
    assert not it.found("p")


# ---- in the background, and after a fork


def test_a_background_thread_loads_and_refreshes_without_any_token(clock):
    it = World(clock, "a", refresh="thread")
    try:
        until = time.monotonic() + 20
        while it.slot.keys is None:
            assert time.monotonic() < until
            time.sleep(0.005)
        it.settled()
        it.clock.forward(240)
        it.source.due()
        it.settled()
        assert it.origin.fetches >= 2
    finally:
        it.source.close()


def test_the_background_thread_ends_with_its_last_source(clock):
    from rapidjwt.jwks import background

    it = World(clock, "a", refresh="thread")
    assert background.shared._thread is not None
    it.source.close()
    until = time.monotonic() + 20
    while background.shared._thread is not None:
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_child_fetches_for_itself_although_its_parent_was_fetching(world):
    it = world("a", timeout=2.0)
    assert it.found("a")
    it.origin.gate.clear()
    it.clock.forward(240)
    assert it.found("a")  # the parent's fetch hangs
    it.origin.publish("a", "new")
    it.origin.etags = False
    child = os.fork()
    if child == 0:
        code = 1
        try:
            it.origin.gate = threading.Event()
            it.origin.gate.set()
            code = 0 if it.found("a") and it.found("new") else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    it.origin.gate.set()
    it.settled()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_the_background_thread_starts_again_in_a_child(clock):
    it = World(clock, "a", refresh="thread")
    assert it.found("a")
    it.settled()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            from rapidjwt.jwks import background

            stopped = background.shared._thread is None
            it.clock.forward(240)
            accepted = it.found("a")
            it.settled()
            code = 0 if stopped and accepted and background.shared._thread.is_alive() else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    it.source.close()


def test_two_thousand_sources_in_the_background_share_a_few_threads(clock):
    from slot import Slot

    from rapidjwt.jwks import open_source, workers

    origin, most = Origin("a"), []

    def counting(request):
        most.append(workers.shared._threads)
        return origin.answer(request)

    sources = [
        open_source(ISSUER, jwks_url=URL, slot=Slot(), transport=counting, clock=clock, refresh="thread")
        for _ in range(2000)
    ]
    until = time.monotonic() + 120
    while any(source.slot.keys is None for source in sources):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert max(most) <= 32
    assert sum(source.health().failed_fetches for source in sources) == 0
    for source in sources:
        source.close()


def test_sources_that_nobody_uses_go_away(clock):
    import gc
    import weakref

    it = World(clock, "a", refresh="thread")
    it.settled()
    gone = weakref.ref(it.source)
    del it.source, it.reader.source
    until = time.monotonic() + 20
    while gone() is not None:
        assert time.monotonic() < until
        gc.collect()
        time.sleep(0.01)


def test_a_fetch_past_its_deadline_has_failed_and_its_late_answer_still_counts(world):
    it = world("a", timeout=0.05)
    it.origin.gate.clear()
    it.options["transport"] = lambda request: it.origin.gate.wait(20) and it.origin.answer(request)
    it.restart()
    assert not it.found("a")
    it.clock.forward(1)
    health = it.source.health()
    assert (health.last_error, health.failures, health.fetches) == ("fetch_timeout", 1, 1)
    assert not it.found("a")  # in the pause after the failure
    it.origin.gate.set()
    until = time.monotonic() + 20
    while not it.reader.usable("a"):
        assert time.monotonic() < until
        time.sleep(0.001)
    assert it.source.health().failures == 0
