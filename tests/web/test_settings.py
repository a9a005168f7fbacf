"""A guard from the settings of a framework: values, objects, import names; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import stage
from facts import request
from stage import bearer

import forge
from rapidjwt.web import Cookie, Guard, Rule
from rapidjwt.web._settings import guard_from, named

JWKS = {"keys": [forge.material("ES256").jwk(kid="k1")]}
ISSUER = {"iss": stage.LOGIN, "jwks": JWKS, "algorithms": ["ES256"], "audience": "my-api"}


class Observer:
    seen: list[Any] = []  # noqa: RUF012

    @classmethod
    def on_decision(cls, *facts: Any) -> None:
        cls.seen.append(facts)


def make(**settings: Any) -> Guard:
    return guard_from(settings)


def test_plain_values():
    guard = make(
        issuers=[ISSUER],
        rules=[{"path": "/health", "access": "public"}, {"prefix": "/orders", "scopes": ["orders:read"]}],
        header=False,
        cookie={"origins": [stage.PAGE]},
        query="t",
        realm="shop",
        resource_metadata=stage.METADATA,
        retry_after=9,
        profile="nginx",
        preflight=False,
    )
    assert guard.decide(request(path="/health")).allowed
    assert guard.decide(request(bearer("x"), path="/orders")).reason == "missing"
    assert guard.decide(request(query="t=x", path="/orders")).reason == "malformed"
    twice = guard.decide(request(("Cookie", "__Host-access=x"), query="t=x", path="/orders"))
    assert (twice.reason, twice.status) == ("multiple_tokens", 401)
    assert twice.answer is not None
    assert 'realm="shop"' in dict(twice.answer.headers)["www-authenticate"]


def test_objects(impl: Any):
    guard = make(verifier=stage.verifier(impl), rules=stage.RULES, cookie=stage.COOKIE, observer=Observer)
    Observer.seen.clear()
    assert guard.decide(request(bearer(stage.GOOD))).allowed
    assert len(Observer.seen) == 1


@pytest.mark.parametrize("form", ["guard", "name", "maker", "name of a maker"])
def test_a_whole_guard(impl: Any, form: str, monkeypatch: pytest.MonkeyPatch):
    whole = stage.guard(impl)
    monkeypatch.setattr(stage, "GUARD", whole, raising=False)
    monkeypatch.setattr(stage, "make_guard", lambda: whole, raising=False)
    said: Any = {"guard": whole, "name": "stage.GUARD", "maker": lambda: whole, "name of a maker": "stage.make_guard"}
    assert make(guard=said[form]) is whole


def test_import_names(impl: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stage, "VERIFIER", stage.verifier(impl), raising=False)
    monkeypatch.setattr(stage, "RULE", Rule(prefix="/me"), raising=False)
    guard = make(verifier="stage.VERIFIER", rules=["stage.RULE"], cookie="stage.COOKIE")
    assert guard.decide(request(bearer(stage.GOOD))).allowed
    assert guard.decide(request(path="/")).reason == "no_rule"


def test_names():
    assert named("stage.COOKIE") is stage.COOKIE
    assert named(None) is None
    assert isinstance(named(stage.COOKIE), Cookie)


WRONG: list[tuple[type[Exception], str, dict[str, Any]]] = [
    (ValueError, "unknown settings: isuers, ruls", {"isuers": [], "ruls": []}),
    (ValueError, "guard is given alone", {"guard": "a.b", "rules": []}),
    (ValueError, "one of verifier and issuers", {}),
    (ValueError, "one of verifier and issuers", {"verifier": "a.b", "issuers": []}),
    (TypeError, "guard must be a Guard, not dict", {"guard": {}}),
    (TypeError, "unexpected keyword argument", {"issuers": [ISSUER], "rules": [{"path": "/", "roels": {}}]}),
    (TypeError, "must be Rule objects", {"issuers": [ISSUER], "rules": [1]}),
    (ValueError, "profile must be one of", {"issuers": [ISSUER], "profile": "apache"}),
    (ImportError, "a module and a name", {"verifier": "verifier"}),
    (ImportError, "No module named", {"verifier": "no_such_module.verifier"}),
    (ImportError, "has no 'no_such_name'", {"verifier": "stage.no_such_name"}),
]


@pytest.mark.parametrize(("error", "words", "settings"), WRONG)
def test_what_is_refused(error: type[Exception], words: str, settings: dict[str, Any]):
    with pytest.raises(error, match=words):
        guard_from(settings)
