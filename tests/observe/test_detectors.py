"""Detectors: what each notices, how often it says so, and that no flood makes it grow."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import tracemalloc
from types import SimpleNamespace

import pytest

import forge
from rapidjwt.observe import Alert, AuditLog, Detectors, Observers
from rapidjwt.observe.addresses import neighbourhood, network
from rapidjwt.observe.pseudonyms import Pseudonyms
from rapidjwt.observe.windows import Windows
from rapidjwt.types import Verification

ISS = "https://login.example/"
KEY = bytes(range(32))


@pytest.fixture
def watching(clock):
    """Detectors whose alerts are kept in `watching().alerts`."""

    def make(**options):
        alerts = []
        made = Detectors(alerts.append, **({"clock": clock, "key": KEY} | options))
        made.alerts = alerts
        made.rules = lambda: [alert.rule for alert in alerts]
        return made

    return make


@pytest.fixture
def use(request_of, decision_of):
    """One request that is let pass, or refused for a reason."""

    def make(detectors, token=None, client="192.0.2.7", agent="browser/1.0", reason=None):
        detectors.on_decision(request_of(client, agent), decision_of(reason, token), 1e-6)

    return make


def accepted(token, issuer=None):
    return Verification(True, issuer, token.algorithm, None, None, 1e-6, False, token)


def unknown(issuer=ISS):
    return Verification(False, issuer, "ES256", "key_unknown", "unknown_key", 1e-6, False, None)


def test_one_token_from_many_networks(watching, use, proof, clock):
    watch, token = watching(max_prefixes=3), proof(jti="a", iss=ISS)
    for number in range(3):
        for host in (1, 200):
            use(watch, token, client=f"198.51.{number}.{host}")
    assert watch.alerts == []
    use(watch, token, client="2001:db8::1")
    names = Pseudonyms(KEY)
    (alert,) = watch.alerts
    assert alert == Alert(
        "token_addresses",
        clock.now,
        4,
        300,
        ISS,
        "2001:db8::1",
        names.subject(ISS, "user-1"),
        names.token(ISS, "a", b""),
    )
    for number in range(50):
        use(watch, token, client=f"203.0.{number}.1")
    assert len(watch.alerts) == 1
    clock.now += 300
    for number in range(4):
        use(watch, token, client=f"203.0.{number}.1")
    assert watch.rules() == ["token_addresses"] * 2


def test_many_tokens_from_one_network_each(watching, use, proof):
    watch = watching(max_prefixes=1, max_agents=1)
    for number in range(20):
        use(watch, proof(sub=f"user-{number}"), client=f"198.51.{number}.1", agent=f"browser/{number}")
    assert watch.alerts == []


def test_a_token_without_jti_is_known_by_what_was_signed(watching, use, proof):
    watch = watching(max_agents=1)
    for number in range(3):
        use(watch, proof(number=1), agent=f"browser/{number}")
    assert watch.rules() == ["token_agents"]


def test_one_token_with_many_agents(watching, use, proof):
    watch, token = watching(max_agents=2), proof()
    for agent in (None, "a", "b", "a", None, "b"):
        use(watch, token, agent=agent)
    assert watch.alerts == []
    use(watch, token, agent="c" * 1_000_000)
    assert watch.rules() == ["token_agents"]
    assert watch.alerts[0].seen == 3


def test_failures_of_one_address(watching, use, clock):
    watch = watching(max_failures=10)
    for _ in range(3):
        for _ in range(30):
            use(watch, reason="bad_signature")
        clock.now += 301
    assert watch.rules() == ["failures_address"] * 3
    assert {(alert.seen, alert.client, alert.subject, alert.issuer) for alert in watch.alerts} == {
        (11, "192.0.2.7", None, None)
    }


@pytest.mark.parametrize(
    "reason", ["missing", "keys_unavailable", "store_unavailable", "no_rule", "path_refused", "call_refused"]
)
def test_what_is_not_the_clients_fault_does_not_count(watching, use, reason):
    watch = watching(max_failures=1)
    for _ in range(10):
        use(watch, reason=reason)
        use(watch)
    assert watch.alerts == []


def test_slow_failures_are_none(watching, use, clock):
    watch = watching(max_failures=10)
    for _ in range(100):
        use(watch, reason="expired")
        clock.now += 31
    assert watch.alerts == []


def test_failures_of_one_subject(watching, use, proof):
    watch = watching(max_subject_failures=5)
    for number in range(6):
        use(watch, proof(number=number), client=f"198.51.{number}.1", reason="insufficient_scope")
    (alert,) = watch.alerts
    assert (alert.rule, alert.seen, alert.subject) == ("failures_subject", 6, Pseudonyms(KEY).subject(None, "user-1"))
    assert "user-1" not in repr(watch.alerts)


def test_a_subject_that_nobody_verified_is_none(watching, use):
    watch = watching(max_subject_failures=0, max_failures=1000)
    for _ in range(10):
        use(watch, reason="bad_signature")
    assert watch.alerts == []


def test_a_flood_of_unknown_keys(watching, verifier, key, clock):
    watch = watching(max_unknown_keys=20)
    check = verifier("HS256", "ES256", keys=[key("ES256", kid="a"), key("HS256", kid="b")], observer=watch)
    check.verify_many(forge.token(header={"alg": "HS256", "kid": f"x{number}"}) for number in range(500))
    assert watch.alerts == [Alert("unknown_keys", clock.now, 21, 300)]
    for _ in range(30):
        watch.on_verification(unknown())
    assert [alert.issuer for alert in watch.alerts] == [None, ISS]


@pytest.mark.parametrize(
    ("claims", "lifetime"),
    [
        ({"iat": forge.NOW - 10, "exp": forge.NOW + 3_590}, None),
        ({"iat": forge.NOW - 10, "exp": forge.NOW + 3_591}, 3_601),
        ({"exp": forge.NOW + 3_600}, None),
        ({"exp": forge.NOW + 3_601}, 3_601),
        ({"iat": forge.NOW - 3_600, "exp": forge.NOW + 5}, 3_605),
        ({"exp": 1e300}, int(1e300) - forge.NOW),
    ],
)
def test_tokens_that_live_long(watching, proof, claims, lifetime):
    watch, token = watching(max_lifetime=3_600), proof(**claims)
    for _ in range(5):
        watch.on_verification(accepted(token, ISS))
    assert [(alert.rule, alert.seen, alert.issuer) for alert in watch.alerts] == (
        [] if lifetime is None else [("long_lived", lifetime, ISS)]
    )


def test_a_token_that_never_ends_lives_long(watching, verifier):
    watch = watching()
    verifier(require=[], observer=watch).decode(forge.token({"sub": "a"}))
    assert [(alert.rule, alert.seen) for alert in watch.alerts] == [("long_lived", 0)]


def test_a_rule_says_only_so_much(watching, use, clock):
    watch = watching(max_failures=0, max_alerts=7)
    for number in range(100):
        use(watch, client=f"198.51.100.{number}", reason="expired")
    assert len(watch.alerts) == 7
    watch.on_verification(accepted(SimpleNamespace(
        expires_at=None, issued_at=None, issuer=None, jwt_id="a", payload=b"", algorithm="HS256"
    )))  # fmt: skip
    assert watch.rules()[-1] == "long_lived"
    clock.now += 300
    use(watch, reason="expired")
    assert len(watch.alerts) == 9


def test_alerts_reach_everybody_and_hooks_that_raise_stop_nobody(clock, caplog):
    heard, events = [], []

    def broken(alert):
        raise ZeroDivisionError

    audit = AuditLog(events.append, clock=clock)
    watch = Detectors(broken, Observers([audit]).on_alert, heard.append, max_unknown_keys=0, clock=clock)
    watch.on_verification(unknown())
    assert [alert.rule for alert in heard] == ["unknown_keys"]
    assert [(event["event"], event["rule"], event["iss"]) for event in events] == [("alert", "unknown_keys", ISS)]
    assert len(caplog.records) == 1


@pytest.mark.parametrize(
    "client", [None, "", "unix:", "localhost", "1.2.3.4:80", "300.1.1.1", "::" * 1_000_000, "é", 7]
)
def test_what_is_no_address(watching, use, proof, client):
    assert neighbourhood(client) is network(client) is None
    watch = watching(max_failures=0, max_prefixes=0)
    use(watch, proof(), client=client, reason="expired")
    assert watch.rules() == []


def test_addresses():
    assert neighbourhood("192.0.2.1") == neighbourhood("192.0.2.255") == neighbourhood("::ffff:192.0.2.9")
    assert neighbourhood("192.0.3.1") != neighbourhood("192.0.2.1")
    assert network("192.0.2.1") != network("192.0.2.2")
    assert neighbourhood("2001:db8:1::") == neighbourhood("2001:db8:1:ffff::1%eth0") != neighbourhood("2001:db8:2::")
    assert network("2001:db8::1") == network("2001:db8::ffff") != network("2001:db8:0:1::")
    every = ["0.0.0.1", "::", "::1", "192.0.2.1", "::192.0.2.1", "2001:db8::"]
    assert len({network(address) for address in every}) == 4
    assert network("::1") != network("0.0.0.0")


def test_a_clock_that_goes_back_starts_anew():
    windows = Windows(10, 60)
    first = windows.of("a", 100.0)
    assert windows.of("a", 159.9) is first
    assert windows.of("a", 99.0) is not first
    assert windows.of("a", 160.0) is not first


@pytest.mark.parametrize(
    "options",
    [
        {"window": 0},
        {"window": float("nan")},
        {"max_failures": -1},
        {"max_tokens": 0},
        {"max_alerts": 0},
        {"max_agents": -1},
    ],
)
def test_options_that_make_no_sense(options):
    with pytest.raises(ValueError, match="must be positive"):
        Detectors(**options)


def flood(detectors, count, first=0):
    """So many clients, tokens, subjects and agents, each seen once or a few times, all of them distinct."""
    request = SimpleNamespace(client="", user_agent="")
    token = SimpleNamespace(issuer=ISS, subject="", jwt_id="", payload=b"")
    decision = SimpleNamespace(allowed=False, reason="insufficient_scope", token=token)
    for number in range(first, first + count):
        request.client = f"{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}.1"
        request.user_agent = f"agent-{number}"
        token.subject, token.jwt_id = f"user-{number}", f"token-{number // 3}"
        detectors.on_decision(request, decision, 1e-6)


@pytest.mark.property
def test_a_flood_of_distinct_keys_does_not_grow(clock):
    """Ten times more keys than may be remembered take no more memory than as many as may: a million do not either."""
    volume = int(os.environ.get("RAPIDJWT_VOLUME", "10000"))
    detectors = Detectors(clock=clock, max_tokens=500, max_clients=500, max_subjects=500)
    flood(detectors, 1_600)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        flood(detectors, volume, 1_600)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    kept = [detectors._prefixes, detectors._agents, detectors._clients, detectors._subjects]
    assert [len(windows) for windows in kept] == [500] * 4
    # What was there before was not traced when it came, and is replaced by what is.
    assert grown < 500 * 4 * 1_000


def test_the_most_memory_that_is_taken(clock):
    """What the guide says: about 1 KB a remembered key, when each is as full as it may be."""
    tracemalloc.start()
    try:
        detectors = Detectors(clock=clock, max_tokens=200, max_clients=200, max_subjects=200)
        request = SimpleNamespace(client="", user_agent="")
        token = SimpleNamespace(issuer=ISS, subject="", jwt_id="", payload=b"")
        decision = SimpleNamespace(allowed=False, reason="insufficient_scope", token=token)
        for number in range(200):
            token.subject, token.jwt_id = f"user-{number}", f"token-{number}"
            for other in range(8):
                request.client = f"2001:db8:{number * 8 + other:x}::1"
                request.user_agent = f"agent-{number}-{other}"
                detectors.on_decision(request, decision, 1e-6)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken < 4 * 200 * 1_000


def test_threads_count_together(clock):
    alerts = []
    detectors = Detectors(alerts.append, max_unknown_keys=4_000, clock=clock)

    def tell():
        for _ in range(1_000):
            detectors.on_verification(unknown())

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert alerts == []
    detectors.on_verification(unknown())
    assert [alert.seen for alert in alerts] == [4_001]


FORKING = """
import os, threading
from rapidjwt.observe import Detectors
from rapidjwt.types import Verification
detectors = Detectors()
held, free = threading.Event(), threading.Event()
def hold():
    with detectors._lock:
        held.set()
        free.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
child = os.fork()
if child == 0:
    detectors.on_verification(Verification(False, None, None, "key_unknown", "unknown_key", 1e-6, False, None))
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
free.set()
thread.join()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_while_the_lock_is_held():
    run = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKING]
    assert subprocess.run(run, check=False, timeout=30).returncode == 0
