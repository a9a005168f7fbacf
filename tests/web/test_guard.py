"""From facts to a decision: every reason, what the observer hears, sync and async alike."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from types import SimpleNamespace
from typing import Any

import provoked
import pytest
import stage
from facts import request
from provoked import PROVOKED, token
from stage import bearer

import forge
from rapidjwt.exceptions import CODES, REASONS
from rapidjwt.web import Answers, Decision, Guard, Request, Requirement, Rule, Sources
from rapidjwt.web._answers import ROUTING
from rapidjwt.web.asgi import ASGIMiddleware
from sources import Source


def ask(guard: Guard, asked: Request, also: Requirement | None = None) -> Decision:
    """Decide in both ways, which must agree."""
    decision = guard.decide(asked, also)
    other = asyncio.run(guard.adecide(asked, also))
    assert decision._replace(token=None) == other._replace(token=None)
    return decision


@pytest.mark.parametrize("reason", sorted(PROVOKED))
def test_every_reason_of_the_engine(impl: Any, reason: str):
    sent = PROVOKED[reason]
    decision = ask(provoked.guard(impl), request(*([bearer(sent)] if sent else []), path="/wide"))
    assert decision.reason == reason
    assert not decision.allowed
    assert decision.answer == Answers().to(reason)
    assert decision.route == "/wide"
    assert decision.code is None or CODES[decision.code].reason == reason


def test_every_reason_there_is():
    by_guard = {"multiple_tokens", "insufficient_scope", "csrf_failed"}
    assert set(PROVOKED) | by_guard == REASONS


def test_two_tokens(impl: Any):
    assert ask(provoked.guard(impl), request(bearer("a"), bearer("b"), path="/wide")).reason == "multiple_tokens"


def test_scope_of_the_rule_is_told(impl: Any):
    decision = ask(provoked.guard(impl), request(bearer(token(scope="b")), path="/narrow"))
    assert (decision.reason, decision.status) == ("insufficient_scope", 403)
    assert decision.token is not None, "audit wants to know who it was"
    assert decision.token.subject == "user-1"
    assert decision.answer == Answers().to("insufficient_scope", "a")


def test_cookie_from_elsewhere(impl: Any):
    asked = request(("Cookie", f"__Host-access={token()}"), method="POST", path="/wide")
    assert ask(provoked.guard(impl, sources=Sources(cookie=stage.COOKIE)), asked).reason == "csrf_failed"


def test_allowed(impl: Any):
    decision = ask(provoked.guard(impl), request(bearer(token()), path="/wide"))
    assert decision.allowed
    assert (decision.status, decision.reason, decision.code, decision.answer) == (200, None, None, None)
    assert decision.token is not None
    assert decision.token.subject == "user-1"


def test_without_rules_everything_needs_a_token(impl: Any):
    guard = Guard(stage.verifier(impl))
    assert ask(guard, request(path="/anything")).reason == "missing"
    assert ask(guard, request(bearer(stage.GOOD), path="/anything")).allowed
    assert ask(guard, request(bearer(stage.GOOD), path="/a//b")).reason == "path_refused"


def test_no_rules_let_nobody_in(impl: Any):
    assert ask(Guard(stage.verifier(impl), []), request(bearer(stage.GOOD))).reason == "no_rule"


def test_no_token_is_looked_at_before_a_rule_fits(impl: Any):
    guard = stage.guard(impl)
    for path, reason in (("/nowhere", "no_rule"), ("/me/../x", "path_refused")):
        decision = ask(guard, request(bearer(stage.LOST), path=path))
        assert (decision.reason, decision.rule, decision.route) == (reason, None, None)


@pytest.mark.parametrize(
    ("path", "also", "sent", "reason"),
    [
        ("/me", Requirement(scopes=["orders:read"]), stage.READER, None),
        ("/me", Requirement(scopes=["orders:read"]), stage.GOOD, "insufficient_scope"),
        ("/me", Requirement("public"), None, "missing"),
        ("/public", Requirement(), None, "missing"),
        ("/public", Requirement("optional"), None, None),
        ("/public", Requirement("optional"), stage.EXPIRED, "expired"),
        ("/maybe", Requirement(), None, "missing"),
        ("/nowhere", Requirement("public"), None, "no_rule"),
        ("/orders/7", Requirement(scopes=["profile"]), stage.READER, None),
        ("/orders/7", Requirement(scopes=["more"]), stage.READER, "insufficient_scope"),
        ("/orders/7", Requirement(scopes=["profile"]), stage.token(scope="profile"), "insufficient_scope"),
    ],
)
def test_a_requirement_beside_the_rules(impl: Any, path: str, also: Requirement, sent: str | None, reason: str | None):
    asked = request(*([bearer(sent)] if sent else []), path=path)
    assert ask(stage.guard(impl), asked, also).reason == reason


def test_a_requirement_in_place_of_the_rules(impl: Any):
    guard = stage.guard(impl)
    for asked, requirement, reason in (
        (request(path="/nowhere"), Requirement("optional"), None),
        (request(path="/public"), Requirement(), "missing"),
        (request(bearer(stage.GOOD), path="/nowhere"), Requirement(), None),
        (request(bearer(stage.GOOD), path="/nowhere"), Requirement(scopes=["a"]), "insufficient_scope"),
        (request(bearer(stage.LOST), path="/nowhere"), Requirement(), "keys_unavailable"),
    ):
        assert guard.authenticate(asked, requirement).reason == reason
        assert asyncio.run(guard.aauthenticate(asked, requirement)).reason == reason


ANNOUNCED = ("Access-Control-Request-Method", "POST")


@pytest.mark.parametrize(
    ("headers", "path", "reason"),
    [
        ([stage.bearer(stage.GOOD)], "/me", None),
        ([("Origin", stage.PAGE), ANNOUNCED], "/me", None),
        ([("Origin", "https://evil.example"), ANNOUNCED], "/me", None),
        ([("Origin", stage.PAGE), ("Access-Control-Request-Method", "patch")], "/me", None),
        ([("Origin", stage.PAGE)], "/me", "missing"),
        ([ANNOUNCED], "/me", "missing"),
        ([("Origin", stage.PAGE), ANNOUNCED, ANNOUNCED], "/me", "missing"),
        ([("Origin", stage.PAGE), ANNOUNCED], "/nowhere", "no_rule"),
        ([("Origin", stage.PAGE), ANNOUNCED], "/me/../x", "path_refused"),
        ([("Origin", stage.PAGE), ("Access-Control-Request-Method", "GET")], "/only-post", "no_rule"),
        ([("Origin", stage.PAGE), ANNOUNCED], "/only-post", None),
    ],
)
def test_preflights(impl: Any, headers: Any, path: str, reason: str | None):
    rules = [*stage.RULES, Rule("/only-post", methods=["POST"])]
    asked = request(*headers, method="OPTIONS", path=path)
    assert ask(stage.guard(impl, rules), asked).reason == reason


def test_preflights_pass_only_where_told_and_where_nobody_asks_for_more(impl: Any):
    asked = request(("Origin", stage.PAGE), ANNOUNCED, method="OPTIONS")
    assert ask(Guard(stage.verifier(impl), stage.RULES), asked).reason == "missing"
    assert stage.guard(impl).decide(asked, Requirement(scopes=["a"])).reason == "missing"
    named = [Rule(prefix="/me", methods=["OPTIONS"], scopes=["a"]), *stage.RULES]
    assert ask(stage.guard(impl, named), asked).reason == "missing"


class Observer:
    def __init__(self) -> None:
        self.seen: list[tuple[Any, Decision, float]] = []

    def on_decision(self, request: Request, decision: Decision, seconds: float) -> None:
        self.seen.append((request, decision, seconds))


def test_the_observer_hears_of_every_decision(impl: Any):
    observer = Observer()
    guard = stage.guard(impl, observer=observer)
    asked = [request(path="/public"), request(), request(bearer(stage.GOOD)), request(path="/nowhere")]
    decisions = [guard.decide(one) for one in asked] + [asyncio.run(guard.adecide(one)) for one in asked]
    decisions += [guard.authenticate(asked[0], Requirement())]
    decisions += [asyncio.run(guard.aauthenticate(asked[0], Requirement()))]
    assert [seen[1] for seen in observer.seen] == decisions
    assert [seen[0] for seen in observer.seen[:4]] == asked
    assert all(0 <= seconds < 60 for _, _, seconds in observer.seen)


def test_who_has_the_last_word_decides_in_silence_and_tells(impl: Any):
    observer = Observer()
    for options in ({}, {"rules": None}, {"preflight": False, "sources": None, "answers": None}):
        guard = stage.guard(impl, observer=observer, **options)
        silent = guard.silent()
        assert silent is guard.silent() is silent.silent()
        assert silent.verifier is guard.verifier
        asked = [request(bearer(stage.GOOD)), request(), request(path="/nowhere"), request(method="OPTIONS")]
        decisions = [silent.decide(one) for one in asked]
        decisions += [silent.decide_at_once(one) for one in asked]
        decisions += [asyncio.run(silent.adecide(one)) for one in asked]
        decisions += [silent.authenticate(one, Requirement()) for one in asked]
        decisions += [asyncio.run(silent.aauthenticate(one, Requirement())) for one in asked]
        assert not observer.seen
        loud = [guard.decide(one) for one in asked]
        assert [one._replace(token=None) for one in decisions[:4]] == [one._replace(token=None) for one in loud]
        observer.seen.clear()
    guard.tell(asked[0], decisions[1], time.perf_counter() - 1)
    ((told, decision, seconds),) = observer.seen
    assert (told, decision) == (asked[0], decisions[1])
    assert seconds >= 1
    quiet = stage.guard(impl)
    assert quiet.silent() is quiet
    quiet.tell(asked[0], decisions[1], 0)


def test_an_observer_that_raises_changes_nothing(impl: Any, caplog: pytest.LogCaptureFixture):
    class Raising:
        def on_decision(self, *_: object) -> None:
            raise RuntimeError("from the observer")

    with caplog.at_level(logging.ERROR, "rapidjwt.web"):
        assert stage.guard(impl, observer=Raising()).decide(request(bearer(stage.GOOD))).allowed
    assert "on_decision raised" in caplog.text
    assert stage.GOOD not in caplog.text


def test_an_observer_has_its_method(impl: Any):
    with pytest.raises(TypeError, match="on_decision"):
        stage.guard(impl, observer=object())


def test_a_guard_without_a_verifier_says_what_it_wants() -> None:
    nobody: Any = None
    with pytest.raises(TypeError, match="verifier must be a Verifier"):
        Guard(nobody)


def test_a_refusal_by_the_caller(impl: Any):
    guard = stage.guard(impl)
    for reason in REASONS | ROUTING:
        decision = guard.refuse(reason)
        assert (decision.reason, decision.token) == (reason, None)
        assert decision.answer is not None
        assert json.loads(decision.answer.body)["reason"] == reason


def test_reprs_have_no_secrets(impl: Any):
    assert repr(stage.guard(impl)) == f"<Guard {len(stage.RULES)} rules>"
    assert repr(request(bearer(stage.GOOD))) == "<Request GET>"
    assert repr(Requirement(scopes=["a"])) == "<Requirement required>"


def test_what_the_request_says_of_itself():
    asked = request(("User-Agent", "curl/8"), ("X-Request-Id", "7"), ("Twice", "1"), ("Twice", "2"))
    assert (asked.user_agent, asked.request_id) == ("curl/8", "7")
    assert asked.value(b"twice") is None
    assert asked.values(b"twice") == [b"1", b"2"]
    assert request().user_agent is None


def test_a_token_whose_key_is_missing_is_looked_at_seldom_and_told_once(impl: Any):
    """Each look asks whether the keys are due: the source counts them. Strangers decide how many such tokens come."""
    source, heard = Source(impl), []
    source.put(impl.Key.from_jwk(forge.material("ES256").jwk(kid="here")), due=forge.NOW - 1)
    issuer = impl.Issuer("https://i.example", source=source, algorithms=["ES256"], audience=None)
    watcher = SimpleNamespace(on_verification=heard.append)
    guard = Guard(impl.Verifier(issuers=[issuer], clock=lambda: forge.NOW, observer=watcher))
    claims = {"sub": "u", "exp": forge.NOW + 60, "iss": "https://i.example"}
    sent = forge.token(claims, algorithm="ES256", header={"alg": "ES256", "kid": "elsewhere"})
    headers = [(b"authorization", b"Bearer " + sent.encode())]
    assert guard.decide_at_once(Request("GET", "/a", headers, raw_path="/a")) is None
    assert (source.told, source.awaited, heard) == (1, [], [])

    async def serve() -> None:
        scope = {"type": "http", "method": "GET", "path": "/a", "raw_path": b"/a", "headers": headers}
        await ASGIMiddleware(None, guard)(scope, None, answer)  # type: ignore[arg-type]

    async def answer(message: Any) -> None:
        told.append(message.get("status"))

    told: list[Any] = []
    asyncio.run(serve())
    assert told == [401, None]
    assert source.told <= 1 + 3
    assert source.awaited == ["elsewhere"]
    assert [event.code for event in heard] == ["key_unknown"]
