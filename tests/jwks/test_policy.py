"""The rules of a key set by themselves: times and events in, actions out; no server, no thread, no sleep."""

from __future__ import annotations

import math

import pytest

from rapidjwt.jwks._policy import Action, Policy
from rapidjwt.jwks.rules import Rules

T = 1_800_000_000.0
DEADLINE = 5.0


def policy(chance=0.0, **rules):
    return Policy(Rules(**rules).checked(), deadline=DEADLINE, random=lambda: chance)


def loaded(*kids, lifetime=300.0, chance=0.0, at=T, **rules):
    made = policy(chance, **rules)
    assert made.succeeded(made.started(at), at, lifetime, kids or ("a",))
    return made


def fetch(made, now, *kids, lifetime=None):
    return made.succeeded(made.started(now), now, lifetime, kids)


# ---- loading


def test_without_keys_the_first_caller_fetches_and_the_others_wait():
    made = policy()
    assert not made.usable(T)
    assert made.fetched_at is None
    assert made.miss(T, "a") is Action.FETCH
    made.started(T)
    assert [made.miss(T, kid) for kid in ("a", "b", None)] == [Action.WAIT] * 3
    assert not made.wants_refresh(T)


def test_a_key_that_came_in_the_meantime_is_looked_for_again_without_a_fetch():
    made = loaded("a", "b")
    assert made.miss(T, "b") is Action.RETRY
    assert made.miss(T + 100, "b") is Action.RETRY


def test_a_token_without_kid_that_met_an_empty_slot_is_tried_again():
    made = loaded("a")
    assert made.miss(T + 0.5, None) is Action.RETRY
    assert made.miss(T + 1.5, None) is Action.FETCH


def test_a_failed_first_fetch_is_not_repeated_by_every_caller():
    made = policy()
    made.failed(made.started(T), T)
    assert made.miss(T + 0.5, "a") is Action.REFUSE
    assert made.miss(T + 1, "a") is Action.FETCH


# ---- freshness


@pytest.mark.parametrize(
    ("said", "fresh_for"), [(None, 300), (0.0, 60), (59, 60), (61, 61), (3600, 3600), (1e9, 86_400), (math.inf, 86_400)]
)
def test_the_lifetime_has_a_default_a_floor_and_a_ceiling(said, fresh_for):
    made = loaded(lifetime=said)
    assert made.expires == T + fresh_for
    assert made.due == T + 0.8 * fresh_for
    assert made.dead == T + fresh_for + 90_000


def test_refreshes_are_spread_by_chance():
    assert loaded(chance=0.0).due == T + 240
    assert loaded(chance=0.5).due == pytest.approx(T + 225)
    assert loaded(chance=1.0).due == pytest.approx(T + 210)


def test_a_refresh_is_wanted_ahead_of_expiry_and_once():
    made = loaded()
    assert not made.wants_refresh(T + 239)
    assert made.wants_refresh(T + 240)
    made.started(T + 240)
    assert not made.wants_refresh(T + 240)
    assert made.usable(T + 240)


def test_keys_that_are_stale_are_used_and_die_in_the_end():
    made = loaded()
    assert (made.stale(T + 299), made.usable(T + 299)) == (False, True)
    assert (made.stale(T + 300), made.usable(T + 300)) == (True, True)
    assert made.usable(T + 90_299)
    assert not made.usable(T + 90_300)
    assert made.miss(T + 90_300, "a") is Action.FETCH


def test_without_stale_if_error_keys_die_with_their_lifetime():
    made = loaded(max_stale=0)
    assert made.usable(T + 299)
    assert not made.usable(T + 300)


# ---- unknown kids


def test_a_new_kid_is_fetched_at_once():
    made = loaded("a")
    assert made.miss(T + 2, "new") is Action.FETCH
    fetch(made, T + 2, "a", "new")
    assert made.miss(T + 2, "new") is Action.RETRY


def test_a_kid_that_is_not_there_causes_no_second_fetch_for_a_minute():
    made = loaded("a", miss_burst=10)
    assert made.miss(T, "gone") is Action.FETCH
    fetch(made, T, "a")
    made.searched(T, "gone")
    assert made.miss(T + 59.9, "gone") is Action.REFUSE
    assert made.miss(T + 59.9, "other") is Action.FETCH
    assert made.miss(T + 60, "gone") is Action.FETCH


def test_a_fetch_clears_the_negatives_that_it_contains():
    made = loaded("a", miss_burst=10)
    fetch(made, T, "a")
    made.searched(T, "late")
    assert made.miss(T + 1, "late") is Action.REFUSE
    fetch(made, T + 2, "a", "late")
    assert made.miss(T + 3, "late") is Action.RETRY
    fetch(made, T + 4, "a")
    assert made.miss(T + 5, "late") is Action.FETCH


def test_negatives_are_bounded_and_the_oldest_goes_first():
    made = loaded("a", miss_burst=10, max_negatives=3)
    for number in range(5):
        made.searched(T + number, f"n{number}")
    assert [made.miss(T + 5, f"n{number}") for number in (4, 3, 2)] == [Action.REFUSE] * 3
    assert made.miss(T + 5, "n1") is Action.FETCH
    none = loaded("a", max_negatives=0)
    none.searched(T, "x")
    assert none.miss(T, "x") is Action.FETCH


@pytest.mark.parametrize(("burst", "interval", "seconds"), [(1, 30, 600), (3, 30, 600), (1, 7, 100), (2, 0.3, 10)])
def test_a_flood_of_random_kids_causes_as_many_fetches_as_the_bucket_holds(burst, interval, seconds):
    made = loaded("a", lifetime=86_400, miss_burst=burst, miss_interval=interval)
    fetches = 0
    for number in range(10_000):
        now = T + 10 + seconds * number / 10_000
        if made.miss(now, f"random-{number}") is Action.FETCH:
            fetches += 1
            fetch(made, now, "a", lifetime=86_400)
            made.searched(now, f"random-{number}")
    assert fetches == pytest.approx(burst + seconds / interval, abs=1)
    assert fetches <= burst + seconds / interval


def test_under_a_flood_a_new_key_is_accepted_within_one_interval_of_the_bucket():
    made = loaded("a", lifetime=86_400)
    published = T + 100
    now, number = T, 0
    while True:
        now, number = now + 0.01, number + 1
        if made.miss(now, f"random-{number}") is Action.FETCH:
            fetch(made, now, *(("a", "new") if now >= published else ("a",)), lifetime=86_400)
        if now >= published and made.miss(now, "new") is Action.RETRY:
            break
    assert now - published <= 30


def test_the_bucket_does_not_starve_when_the_clock_is_set_back():
    made = loaded("a", lifetime=86_400)
    assert made.miss(T + 5000, "x") is Action.FETCH
    assert made.miss(T + 10, "y") is Action.FETCH


# ---- failures


def test_the_pause_doubles_up_to_its_limit_and_a_success_ends_it():
    made = loaded("a")
    now, pauses = T + 240, []
    for _ in range(9):
        assert made.wants_refresh(now)
        made.failed(made.started(now), now)
        pauses.append(made.due - now)
        now = made.due
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert made.failures == 9
    fetch(made, now, "a")
    assert made.failures == 0
    assert made.due == now + 240


def test_pauses_are_spread_by_chance_and_the_origin_may_ask_for_longer_ones():
    made = loaded("a", chance=1.0)
    made.failed(made.started(T + 240), T + 240)
    assert made.due == T + 240.5
    made.failed(made.started(T + 250), T + 250, retry_after=20)
    assert made.due == T + 270
    made.failed(made.started(T + 280), T + 280, retry_after=1e9)
    assert made.due == T + 340


def test_a_very_long_outage_overflows_nothing():
    made = loaded("a")
    for number in range(3000):
        made.failed(made.started(T + number), T + number)
    assert made.due == T + 2999 + 60


def test_during_an_outage_an_unknown_kid_waits_for_the_pause():
    made = loaded("a")
    made.failed(made.started(T + 1), T + 1)
    assert made.miss(T + 1.5, "new") is Action.REFUSE
    assert made.miss(T + 2, "new") is Action.FETCH


def test_a_clock_that_is_set_back_ends_pauses_and_makes_a_refresh_due():
    made = loaded("a")
    made.failed(made.started(T + 240), T + 240)
    assert made.miss(T - 5000, "new") is Action.FETCH
    assert made.wants_refresh(T - 5000)


# ---- answers out of order


def test_a_slow_old_answer_never_replaces_a_newer_one():
    made = loaded("old")
    slow = made.started(T + 240)
    assert made.flying(T + 244)
    assert not made.flying(T + 245)
    assert made.wants_refresh(T + 245)
    quick = made.started(T + 245)
    assert made.succeeded(quick, T + 246, None, ("new",))
    assert not made.succeeded(slow, T + 247, None, ("old",))
    assert made.miss(T + 250, "new") is Action.RETRY
    assert made.miss(T + 250, "old") is Action.FETCH


def test_a_slow_old_failure_is_not_held_against_a_newer_success():
    made = loaded("a")
    slow = made.started(T + 240)
    fetch(made, T + 245, "a")
    made.failed(slow, T + 247)
    assert made.failures == 0
    assert made.due == T + 245 + 240


def test_an_old_answer_that_comes_before_the_newer_one_counts_until_then():
    made = loaded("a")
    slow, quick = made.started(T + 240), made.started(T + 245)
    assert made.succeeded(slow, T + 246, None, ("b",))
    assert made.flying(T + 246)
    assert made.succeeded(quick, T + 247, None, ("c",))
    assert made.miss(T + 248, "c") is Action.RETRY


def test_a_fetch_whose_process_is_gone_is_forgotten():
    made = loaded("a")
    made.started(T + 240)
    made.forget_flight()
    assert made.wants_refresh(T + 240)


# ---- restored keys


def test_restored_keys_are_as_old_as_they_are_and_a_fetch_is_due():
    made = policy()
    made.restored(T - 5000, 300, ("a",))
    assert made.usable(T)
    assert made.stale(T)
    assert made.due == 0
    assert made.wants_refresh(T)
    assert made.dead == T - 5000 + 300 + 90_000
    made.failed(made.started(T), T)
    assert made.due == T + 1
    assert made.usable(T)


# ---- the rules themselves


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_lifetime": 0}, {"min_lifetime": 100, "max_lifetime": 99}, {"max_stale": -1}, {"max_stale": math.inf},
        {"refresh_at": 0}, {"refresh_at": 1.1}, {"jitter": 0.8}, {"miss_interval": 0}, {"miss_burst": 0},
        {"first_backoff": 0}, {"first_backoff": 61}, {"default_lifetime": math.nan},
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"^rules? "):
        Rules(**wrong).checked()


@pytest.mark.parametrize("wrong", [None, "60", True])
def test_rules_are_numbers(wrong):
    with pytest.raises(TypeError, match=r"^rule max_stale must be a number, not "):
        Rules(max_stale=wrong).checked()
