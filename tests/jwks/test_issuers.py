"""A verifier meets keys that are fetched: tokens in, verdicts out, while providers rotate, fail and lie."""

from __future__ import annotations

import asyncio
import json
import threading
import time

import pytest
from origin import Origin, jwk

import forge
from rapidjwt import TokenCache, Verifier
from rapidjwt.exceptions import PyJWTError
from rapidjwt.issuer import Issuer
from rapidjwt.jwks import Rules

A, B = "https://a.example", "https://b.example"


class Party:
    """A provider, and the issuer that a verifier knows of it."""

    def __init__(self, clock, iss, *kids, number=0, **options):
        self.clock, self.iss, self.number = clock, iss, number
        self.origin = Origin()
        self.publish(*kids)
        place = options.pop("place", {"jwks_url": iss + "/jwks"})
        fetch = {"transport": self.origin, "clock": clock, "random": lambda: 0.0, **options}
        self.issuer = Issuer(iss, algorithms=["ES256"], audience=None, fetch=fetch, **place)
        self.source = self.issuer.source

    def publish(self, *kids):
        keys = [jwk(kid, self.number + place) for place, kid in enumerate(kids)]
        self.origin.body = json.dumps({"keys": keys}).encode()

    def token(self, kid, number=None, **claims):
        key = forge.material("ES256", self.number if number is None else number)
        body = {"iss": self.iss, "exp": self.clock() + 100_000, **claims}
        return forge.token(body, algorithm="ES256", header={} if kid is None else {"kid": kid}, key=key)

    def settled(self):
        until = time.monotonic() + 20
        while self.source._flight is not None or self.source._threads:
            assert time.monotonic() < until
            time.sleep(0.001)


def verifier(clock, *parties, **options):
    return Verifier(issuers=[party.issuer for party in parties], clock=clock, **options)


def refusal(verify, token):
    with pytest.raises(PyJWTError) as refused:
        verify.decode(token)
    return refused.value.code


def test_the_first_token_has_the_keys_fetched_and_the_next_ones_find_them(clock):
    a = Party(clock, A, "k")
    verify = verifier(clock, a)
    assert a.issuer.keys is None
    for _ in range(5):
        assert verify.decode(a.token("k"))["iss"] == A
    assert a.origin.fetches == 1
    assert len(a.issuer.keys) == 1


def test_a_token_without_kid_has_them_fetched_too(clock):
    a = Party(clock, A, None)
    assert verifier(clock, a).decode(a.token(None))


def test_one_kid_at_two_issuers_means_two_keys(clock):
    a, b = Party(clock, A, "k"), Party(clock, B, "k", number=1)
    verify = verifier(clock, a, b)
    assert verify.decode(a.token("k"))
    assert verify.decode(b.token("k"))
    assert refusal(verify, a.token("k", number=1)) == "bad_signature"
    assert refusal(verify, b.token("k", number=0)) == "bad_signature"


def test_an_unknown_issuer_is_refused_without_any_fetch(clock):
    a = Party(clock, A, "k")
    assert refusal(verifier(clock, a), a.token("k", iss="https://evil.example")) == "issuer_unknown"
    assert a.origin.fetches == 0


def test_a_rotation_is_followed_and_a_withdrawn_key_refused_in_the_cache_too(clock):
    a = Party(clock, A, "old")
    verify = verifier(clock, a, cache=TokenCache())
    old = a.token("old")
    assert verify.decode(old)
    assert verify.decode(old)
    a.number = 1
    a.publish("new")
    assert verify.decode(a.token("new"))
    assert refusal(verify, old) == "key_unknown"


def test_a_refresh_in_the_background_of_traffic_withdraws_a_key(clock):
    a = Party(clock, A, "k", "leaked")
    verify = verifier(clock, a, cache=TokenCache())
    leaked = a.token("leaked", number=1)
    assert verify.decode(leaked)
    a.publish("k")
    clock.forward(240)
    verify.decode(leaked)  # is due: starts the refresh
    a.settled()
    assert refusal(verify, leaked) == "key_unknown"
    assert verify.decode(a.token("k"))


def test_ten_thousand_random_kids_through_a_verifier(clock):
    a = Party(clock, A, "k", rules=Rules(miss_interval=30))
    a.origin.headers["cache-control"] = "max-age=86400"
    verify = verifier(clock, a)
    good, bad = a.token("k"), [a.token(f"random-{number}") for number in range(100)]
    assert verify.decode(good)
    for number in range(10_000):
        clock.forward(0.006)
        assert refusal(verify, bad[number % 100]) == "key_unknown"
    assert verify.decode(good)
    assert a.origin.fetches <= 1 + 1 + 60 / 30


def test_without_keys_the_reason_says_so(clock):
    a = Party(clock, A, "k")
    a.origin.down = OSError("gone")
    verify = verifier(clock, a)
    assert refusal(verify, a.token("k")) == "keys_unavailable"
    a.origin.down = None
    clock.forward(1)
    assert verify.decode(a.token("k"))
    a.origin.down = OSError("gone")
    clock.forward(91_000)
    assert refusal(verify, a.token("k")) == "keys_unavailable"


def test_a_day_without_the_provider(clock):
    a = Party(clock, A, "k")
    verify = verifier(clock, a)
    token = a.token("k")
    assert verify.decode(token)
    a.origin.down = OSError("gone")
    for _ in range(24 * 60):
        clock.forward(60)
        assert verify.decode(token)
        a.settled()
    assert a.source.health().age == 86_400
    assert not a.source.health().fresh


def test_a_restart_during_the_outage(clock, tmp_path):
    a = Party(clock, A, "k", snapshot=tmp_path / "keys.json")
    assert verifier(clock, a).decode(a.token("k"))
    a.settled()
    again = Party(clock, A, "k", snapshot=tmp_path / "keys.json")
    again.origin.down = OSError("gone")
    clock.forward(3600)
    assert verifier(clock, again).decode(a.token("k"))


def test_keys_from_a_file_are_reloaded(clock, tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [jwk("k")]}))
    issuer = Issuer(A, jwks_file=path, fetch={"clock": clock}, algorithms=["ES256"], audience=None)
    verify = Verifier(issuers=[issuer], clock=clock)
    a = Party(clock, A, "k")
    assert verify.decode(a.token("k"))
    path.write_text(json.dumps({"keys": [jwk("new", 1)]}))
    assert verify.decode(a.token("new", number=1))
    assert refusal(verify, a.token("k")) == "key_unknown"


def test_32_threads_at_a_cold_start(clock):
    a = Party(clock, A, "k")
    verify, token = verifier(clock, a), a.token("k")
    a.origin.gate.clear()
    start, done = threading.Barrier(33), []

    def caller():
        start.wait(20)
        done.append(verify.decode(token)["iss"])

    threads = [threading.Thread(target=caller) for _ in range(32)]
    for thread in threads:
        thread.start()
    start.wait(20)
    time.sleep(0.05)
    a.origin.gate.set()
    for thread in threads:
        thread.join(20)
    assert done == [A] * 32
    assert a.origin.fetches == 1


@pytest.mark.parametrize("native", [False, True], ids=["thread", "task"])
def test_a_thousand_tasks_at_a_cold_start(clock, native):
    origin = Origin("k")
    a = Party(
        clock, A, **({"transport": None, "async_transport": origin.asynchronously} if native else {"transport": origin})
    )
    verify, token = verifier(clock, a), a.token("k")
    origin.gate.clear()

    async def main():
        tasks = [asyncio.ensure_future(verify.adecode(token)) for _ in range(1000)]
        await asyncio.sleep(0.05)
        origin.gate.set()
        return await asyncio.gather(*tasks)

    assert [claims["iss"] for claims in asyncio.run(main())] == [A] * 1000
    assert origin.fetches == 1


def test_decode_in_a_loop_never_waits(clock):
    a = Party(clock, A, "k")
    verify, token = verifier(clock, a), a.token("k")
    a.origin.gate.clear()

    async def main():
        assert refusal(verify, token) == "keys_unavailable"
        a.origin.gate.set()
        return await verify.adecode(token)

    assert asyncio.run(asyncio.wait_for(main(), 20))["iss"] == A
    assert a.origin.fetches == 1
