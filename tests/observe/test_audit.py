"""Audit events: what they hold, what they never hold, and sinks that raise nothing."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

import forge
from rapidjwt.exceptions import REASONS
from rapidjwt.jwks import Event
from rapidjwt.observe import Alert, AuditLog, FileSink, LoggingSink, StreamSink
from rapidjwt.observe.audit import LONGEST
from rapidjwt.observe.pseudonyms import Pseudonyms
from rapidjwt.types import Verification

ISS = "https://login.example/"
KEY = bytes(range(32))
CLAIMS = {**forge.CLAIMS, "iss": ISS, "jti": "token-1", "sid": "session-1", "client_id": "app-1"}
HEADER = {"alg": "HS256", "kid": "2026-01"}
GOOD = forge.token(CLAIMS, header=HEADER)


@pytest.fixture
def log(clock):
    """An AuditLog whose events are kept in `log.events`."""

    def make(*sinks, **options):
        events = []
        made = AuditLog(*sinks, events.append, **({"clock": clock, "key": KEY, "node": "gw-1"} | options))
        made.events = events
        return made

    return make


@pytest.fixture
def checked(verifier, key):
    return lambda **options: verifier(keys=[key("HS256", kid="2026-01")], issuer=ISS, **options)


def refused(**facts):
    rest = {"issuer": None, "algorithm": None, "code": "expired", "reason": "expired", "seconds": 1e-6, "cached": False}
    return Verification(ok=False, token=None, **(rest | facts))


def test_a_verified_token(log, checked):
    audit = log()
    checked(observer=audit).decode(GOOD)
    (event,) = audit.events
    jti_hash = event.pop("jti_hash")
    assert event == {
        "ts": "2027-01-15T08:00:00.000000+00:00",
        "event": "token.verified",
        "iss": ISS,
        "sub": "user-1",
        "client_id": "app-1",
        "sid": "session-1",
        "alg": "HS256",
        "kid": "2026-01",
        "node": f"gw-1:{os.getpid()}",
        "seq": 1,
    }
    assert len(jti_hash) == 32
    assert "token-1" not in json.dumps(audit.events)


def test_a_refused_token(log, checked):
    audit = log()
    check = checked(observer=audit)
    check.verify_many(
        [GOOD[:-5] + "AAAAA", "x", forge.token({**CLAIMS, "iss": "evil", "sub": "mallory"}, header=HEADER)]
    )
    told = [(event["reason"], event["code"], event["iss"], event.get("alg"), event["seq"]) for event in audit.events]
    assert told == [
        ("bad_signature", "bad_signature", ISS, "HS256", 1),
        ("malformed", "segment_count", ISS, None, 2),
        ("unknown_issuer", "iss_mismatch", ISS, "HS256", 3),
    ]
    assert not {"sub", "kid", "jti_hash", "sid"} & {name for event in audit.events for name in event}


def test_nothing_of_a_token_is_written(log, checked, request_of, decision_of):
    """Not its text, not its signature, nor a claim or header member that nobody verified."""
    stream = io.StringIO()
    audit, decisions = log(StreamSink(stream)), log(StreamSink(stream), record="decisions")
    check = checked(observer=audit)
    marked = {name: f"unverified-{name}" for name in ("sub", "jti", "sid", "client_id", "iss", "azp")}
    forged = forge.token(
        forge.CLAIMS | marked, header={"alg": "HS256", "kid": "unverified-kid"}, key=forge.material("HS384")
    )
    tokens = [
        GOOD,
        forged,
        GOOD[:-5] + "AAAAA",
        forge.token(CLAIMS | {"exp": 1}, header=HEADER | {"x": "unverified-x"}),
    ]
    for token in tokens:
        for result in check.verify_many([token]):
            proof = result if result.ok else None
            reason = None if result.ok else result.reason
            decisions.on_decision(request_of(), decision_of(reason, proof), 1e-6)
    written = stream.getvalue() + repr(audit.events) + repr(decisions.events)
    assert len(audit.events) == len(decisions.events) == 4
    assert "unverified" not in written
    assert not any(part in written for token in tokens for part in token.split("."))


@pytest.mark.parametrize("secret", [KEY, None], ids=["given", "own"])
def test_hashes_are_keyed(proof, secret):
    one, two = (Pseudonyms(secret), Pseudonyms(b"another key of 20 by"))
    token, other, same = proof(jti="a"), proof(jti="b"), proof(jti="a", nbf=1)
    assert one.token(token.issuer, "a", token.payload) == one.token(same.issuer, "a", same.payload)
    assert one.token(None, "a", b"") != one.token(None, "b", b"") != two.token(None, "b", b"")
    assert one.token("x", "a", b"") != one.token("xa", "", b"")
    assert one.token(None, None, b"p") == one.token("x", None, b"p") != one.token(None, None, b"q")
    assert one.subject("x", "y") != one.of("jti", "x", "y")
    assert (one.subject("i", "s") == Pseudonyms(secret).subject("i", "s")) is (secret is not None)
    assert other.jwt_id == "b"


def test_keys_of_hashes():
    for wrong in (b"short", bytes(65)):
        with pytest.raises(ValueError, match="key must be of 16 to 64 bytes"):
            AuditLog(key=wrong)
    with pytest.raises(TypeError, match="key must be bytes or None, not str"):
        AuditLog(key="text" * 10)


def test_pseudonyms_in_place_of_subjects(log, checked):
    audit = log(pseudonymise=True)
    checked(observer=audit).decode(GOOD)
    assert audit.events[0]["sub"] == Pseudonyms(KEY).subject(ISS, "user-1")
    assert "user-1" not in repr(audit.events)


def test_only_what_was_verified_is_sampled(log, proof):
    chances = iter([0.0, 0.09, 0.1, 0.99])
    audit = log(sample=0.1, chance=lambda: next(chances))
    for _ in range(4):
        audit.on_verification(Verification(True, None, "HS256", None, None, 1e-6, False, proof()))
        audit.on_verification(refused())
    assert [event["event"] for event in audit.events].count("token.verified") == 2
    assert [event["event"] for event in audit.events].count("token.rejected") == 4
    none = log(sample=0)
    none.on_verification(Verification(True, None, "HS256", None, None, 1e-6, False, proof()))
    assert none.events == []


def test_decisions_know_the_client(log, request_of, decision_of, proof):
    audit = log(record="decisions")
    audit.on_verification(refused())
    audit.on_decision(request_of(), decision_of(), 1e-6)
    assert audit.events == []
    audit.on_decision(request_of(), decision_of("missing"), 1e-6)
    audit.on_decision(request_of(), decision_of("insufficient_scope", proof(), status=403), 1e-6)
    audit.on_decision(request_of(None, None, request_id=None), decision_of(None, proof()), 1e-6)
    missing, scope, passed = audit.events
    about = {
        "client.address": "192.0.2.7",
        "user_agent.original": "browser/1.0",
        "http.route": "/orders",
        "request_id": "r-1",
    }
    assert missing.items() >= (about | {"reason": "missing", "http.response.status_code": 401}).items()
    assert scope.items() >= (about | {"reason": "insufficient_scope", "sub": "user-1"}).items()
    assert (scope["event"], scope["http.response.status_code"]) == ("token.rejected", 403)
    assert passed["event"] == "token.verified"
    assert not passed.keys() & {"client.address", "user_agent.original", "request_id", "reason", "code"}


def test_every_reason_is_written(log):
    audit = log()
    for reason in sorted(REASONS):
        audit.on_verification(refused(reason=reason, code=reason))
    assert [event["reason"] for event in audit.events] == sorted(REASONS)


def test_rotated_keys_and_alerts(log):
    audit = log()
    audit.on_keys(Event("fetched", ISS, 1.0, added=("b", None), withdrawn=("a",)))
    audit.on_keys(Event("unchanged", ISS, 1.0))
    audit.on_alert(Alert("token_addresses", 1.0, 5, 300, ISS, "192.0.2.7", "s" * 32, "t" * 32))
    rotated, alert = audit.events
    assert rotated.items() >= {
        "event": "key.rotated", "iss": ISS, "key.added": ["b", ""], "key.withdrawn": ["a"]
    }.items()  # fmt: skip
    assert alert.items() >= {
        "event": "alert", "rule": "token_addresses", "seen": 5, "window": 300, "iss": ISS,
        "client.address": "192.0.2.7", "sub_hash": "s" * 32, "jti_hash": "t" * 32,
    }.items()  # fmt: skip


def test_events_are_bounded(log, proof, request_of, decision_of):
    audit = log(record="decisions")
    huge = "\n\u202e" * 1_000
    token = proof(sub=huge, jti=huge, sid=huge, client_id=huge, iss=huge)
    request = request_of(huge, huge, request_id=huge)
    audit.on_decision(request, decision_of("expired", token, code=huge, route=huge), 1e-6)
    audit.on_keys(Event("fetched", huge, 1.0, added=tuple(f"{huge}{number}" for number in range(5_000))))
    for event in audit.events:
        assert len(json.dumps(event)) < 128 * LONGEST
        assert all(len(value) <= LONGEST for value in event.values() if isinstance(value, str))
    assert audit.events[0]["sub"].endswith("...")


@pytest.mark.parametrize("odd", [1, None, True, 1e300, [], ["a"], {"a": {}}, 10**600])
def test_odd_claims_are_left_out(log, proof, odd):
    audit = log()
    token = proof(sid=odd, client_id=odd)
    audit.on_verification(Verification(True, None, "HS256", None, None, 1e-6, False, token))
    assert not audit.events[0].keys() & {"sid", "client_id"}


def test_the_authorized_party_stands_for_the_client(log, proof):
    audit = log()
    audit.on_verification(Verification(True, None, "HS256", None, None, 1e-6, False, proof(azp="app-2")))
    assert audit.events[0]["client_id"] == "app-2"


def test_lines_are_whole_and_escaped(log, request_of, decision_of):
    stream = io.StringIO()
    audit = log(StreamSink(stream), record="decisions")
    nasty = 'a\n{"event":"token.verified"}\r\x00\x1b[2J\u2028\u202e\ud800"\\'
    audit.on_decision(request_of(agent=nasty, request_id=nasty), decision_of("expired"), 1e-6)
    audit.on_decision(request_of(), decision_of("expired"), 1e-6)
    text = stream.getvalue()
    lines = text.splitlines()
    assert len(lines) == 2
    assert text.isascii()
    assert all(character.isprintable() or character == "\n" for character in text)
    assert json.loads(lines[0])["user_agent.original"] == nasty


def test_events_reach_logging_with_their_fields(log, caplog, proof):
    audit = log(LoggingSink())
    with caplog.at_level(logging.INFO, "rapidjwt.audit"):
        audit.on_verification(refused(issuer=ISS))
        audit.on_verification(Verification(True, ISS, "HS256", None, None, 1e-6, False, proof()))
        audit.on_keys(Event("fetched", ISS, 1.0, added=("a",)))
        audit.on_alert(Alert("long_lived", 1.0, 1, 300, ISS, "192.0.2.7"))
    told = [(record.name, record.levelname, record.getMessage()) for record in caplog.records]
    assert told == [
        ("rapidjwt.audit", "INFO", "token.rejected expired"),
        ("rapidjwt.audit", "INFO", "token.verified "),
        ("rapidjwt.audit", "INFO", "key.rotated "),
        ("rapidjwt.audit", "WARNING", "alert long_lived"),
    ]
    assert (caplog.records[0].reason, caplog.records[0].seq, caplog.records[0].iss) == ("expired", 1, ISS)
    assert vars(caplog.records[3])["client.address"] == "192.0.2.7"


def test_a_sink_that_raises_stops_nobody(log, caplog):
    def broken(event):
        event.clear()
        raise OSError

    audit = log(broken, broken)
    with caplog.at_level(logging.ERROR, "rapidjwt"):
        audit.on_verification(refused())
    assert audit.events[0]["event"] == "token.rejected"
    assert len(caplog.records) == 2


def test_options_that_make_no_sense():
    for options in ({"sample": 1.1}, {"sample": -1}, {"sample": float("nan")}, {"record": "both"}):
        with pytest.raises(ValueError, match="must be"):
            AuditLog(**options)


# ---- files


def lines(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="ascii").splitlines()]


def test_a_file_and_its_rotation(log, tmp_path):
    path = tmp_path / "audit.jsonl"
    sink = FileSink(path, max_bytes=2_000, backups=2)
    audit = log(sink)
    for _ in range(100):
        audit.on_verification(refused())
    sink.close()
    files = sorted(file.name for file in tmp_path.iterdir())
    assert files == ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"]
    assert all((tmp_path / name).stat().st_size <= 2_000 for name in files)
    kept = [event["seq"] for name in reversed(files) for event in lines(tmp_path / name)]
    assert kept == [*range(101 - len(kept), 101)]
    assert sink.lost == 0


def test_a_file_is_continued(log, tmp_path):
    for _ in range(2):
        sink = FileSink(tmp_path / "audit-{pid}.jsonl")
        log(sink).on_verification(refused())
        sink.close()
    assert len(lines(tmp_path / f"audit-{os.getpid()}.jsonl")) == 2


def test_a_file_that_cannot_be_opened_is_heard_of_at_once(tmp_path):
    with pytest.raises(OSError, match="absent"):
        FileSink(tmp_path / "absent" / "audit.jsonl")
    for options in ({"max_bytes": 0}, {"backups": 0}):
        with pytest.raises(ValueError, match="at least 1"):
            FileSink(tmp_path / "audit.jsonl", **options)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_raises_nothing(log, caplog):
    sink = FileSink("/dev/full")
    audit = log(sink)
    with caplog.at_level(logging.ERROR, "rapidjwt"):
        for _ in range(50):
            audit.on_verification(refused())
    sink.close()
    assert sink.lost == 50
    assert len(audit.events) == 50
    assert [record.getMessage() for record in caplog.records] == [
        "an audit event could not be written: [Errno 28] No space left on device"
    ]


def test_a_closed_stream_raises_nothing(log):
    stream = io.StringIO()
    sink = StreamSink(stream)
    stream.close()
    log(sink).on_verification(refused())
    assert sink.lost == 1


def test_a_folder_that_goes_raises_nothing(log, tmp_path):
    (tmp_path / "logs").mkdir()
    sink = FileSink(tmp_path / "logs" / "audit.jsonl", max_bytes=500, backups=1)
    audit = log(sink)
    audit.on_verification(refused())
    (tmp_path / "logs" / "audit.jsonl").unlink()
    (tmp_path / "logs").rmdir()
    for _ in range(20):
        audit.on_verification(refused())
    assert sink.lost > 0
    (tmp_path / "logs").mkdir()
    lost = sink.lost
    audit.on_verification(refused())
    assert sink.lost == lost
    assert lines(tmp_path / "logs" / "audit.jsonl")[-1]["seq"] == 22
    sink.close()


FORKING = """
import os, sys, threading
from rapidjwt.observe import AuditLog, FileSink
from rapidjwt.types import Verification
sink = FileSink(sys.argv[1])
audit = AuditLog(sink, node="n")
event = Verification(False, None, None, "expired", "expired", 1e-6, False, None)
stop = threading.Event()
def write():
    while not stop.is_set():
        audit.on_verification(event)
threads = [threading.Thread(target=write) for _ in range(2)]
for thread in threads: thread.start()
for _ in range(10):
    child = os.fork()
    if child == 0:
        for _ in range(20):
            audit.on_verification(event)
        os._exit(1 if sink.lost else 0)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
for thread in threads: thread.join()
assert sink.lost == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_each_process_writes_to_its_own_file(tmp_path):
    """Forked in the middle of writing: no lock stays held, no line is lost."""
    run = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKING, str(tmp_path / "audit.jsonl")]
    done = subprocess.run(run, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    others = [file for file in tmp_path.iterdir() if file.name != "audit.jsonl"]
    assert len(others) == 10
    for file in others:
        written = lines(file)
        assert len(written) == 20
        assert {event["node"] for event in written} == {f"n:{file.name.split('.')[1]}"}
    numbers = [event["seq"] for event in lines(tmp_path / "audit.jsonl") if event["node"]]
    assert len(numbers) == len(set(numbers))
