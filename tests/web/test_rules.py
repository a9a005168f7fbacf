"""Which rule is about which request, what is asked for, and what is no rule at all."""

from __future__ import annotations

from typing import Any

import pytest
import stage

from rapidjwt.web import Requirement, Rule
from rapidjwt.web._rules import Rules, granted

FITS = [
    (Rule("/orders"), "/orders", True),
    (Rule("/orders"), "/orders/", True),
    (Rule("/orders/"), "/orders", True),
    (Rule("/orders"), "/orders/7", False),
    (Rule("/orders"), "/order", False),
    (Rule("/orders"), "/Orders", False),
    (Rule("/"), "/", True),
    (Rule("/"), "/a", False),
    (Rule("/orders/{id}"), "/orders/7", True),
    (Rule("/orders/{id}"), "/orders/7/", True),
    (Rule("/orders/{id}"), "/orders/a b.c", True),
    (Rule("/orders/{id}"), "/orders/line\nfeed", True),
    (Rule("/orders/{id}"), "/orders/", False),
    (Rule("/orders/{id}"), "/orders/7/items", False),
    (Rule("/orders/{id}/items/{item}"), "/orders/7/items/8", True),
    (Rule("/a.b/{x}"), "/acb/1", False),
    (Rule(prefix="/orders"), "/orders", True),
    (Rule(prefix="/orders"), "/orders/", True),
    (Rule(prefix="/orders"), "/orders/7/items", True),
    (Rule(prefix="/orders"), "/orders-old", False),
    (Rule(prefix="/orders/"), "/orders", True),
    (Rule(prefix="/orders/"), "/orders-old", False),
    (Rule(prefix="/"), "/", True),
    (Rule(prefix="/"), "/anything/at/all", True),
]


@pytest.mark.parametrize(("rule", "path", "fits"), FITS)
def test_paths(rule: Rule, path: str, fits: bool):
    assert bool(rule.fits(path)) is fits


@pytest.mark.parametrize(
    ("methods", "fits"),
    [
        ([], {"GET", "HEAD", "POST", "PUT", "OPTIONS", "BREW"}),
        (["GET"], {"GET", "HEAD"}),
        (["get"], {"GET", "HEAD"}),
        (["HEAD"], {"HEAD"}),
        (["POST", "PUT"], {"POST", "PUT"}),
    ],
)
def test_methods(methods: list[str], fits: set[str]):
    rules = Rules([Rule("/x", methods=methods)])
    assert {name for name in ("GET", "HEAD", "POST", "PUT", "OPTIONS", "BREW") if rules.find(name, "/x")} == fits


def test_the_first_that_fits_decides():
    narrow, wide = Rule("/orders/{id}", methods=["GET"]), Rule(prefix="/orders")
    rules = Rules([narrow, wide])
    assert rules.find("GET", "/orders/7") is narrow
    assert rules.find("POST", "/orders/7") is wide
    assert rules.find("GET", "/else") is None


def test_names_of_routes():
    assert Rule("/orders/{id}").name == "/orders/{id}"
    assert Rule(prefix="/orders").name == Rule(prefix="/orders/").name == "/orders/*"
    assert Rule(prefix="/").name == "/*"
    assert repr(Rule("/a", access="public")) == "<Rule /a public>"


NO_RULES: list[tuple[type[Exception], str, dict[str, Any]]] = [
    (TypeError, "a path or a prefix", {}),
    (TypeError, "a path or a prefix", {"path": "/a", "prefix": "/a"}),
    (TypeError, "whole or by its parts", {"path": "/a", "requirement": Requirement(), "scopes": ["a"]}),
    (TypeError, "methods must be", {"path": "/a", "methods": "GET"}),
    (ValueError, "HTTP methods", {"path": "/a", "methods": ["GET POST"]}),
    (ValueError, "must begin with /", {"path": "a"}),
    (ValueError, "must begin with /", {"path": ""}),
    (ValueError, "must begin with /", {"path": "/a/../b"}),
    (ValueError, "must begin with /", {"prefix": "/a//b"}),
    (ValueError, "must begin with /", {"prefix": "/a%20b"}),
    (ValueError, "placeholder must be", {"path": "/a{id}"}),
    (ValueError, "placeholder must be", {"path": "/{}"}),
    (ValueError, "placeholder must be", {"path": "/{a}{b}"}),
    (ValueError, "no placeholders", {"prefix": "/a/{id}"}),
    (ValueError, "access must be", {"path": "/a", "access": "open"}),
    (TypeError, "scopes must be", {"path": "/a", "scopes": "orders:read"}),
    (TypeError, "issuers must be", {"path": "/a", "issuers": [1]}),
    (ValueError, "a scope must be", {"path": "/a", "scopes": ["orders read"]}),
    (ValueError, "a scope must be", {"path": "/a", "scopes": ['orders"']}),
    (TypeError, "roles must be", {"path": "/a", "roles": {"groups": "admin"}}),
    (ValueError, "at least one", {"path": "/a", "roles": {"groups": []}}),
    (ValueError, "roles must be named", {"path": "/a", "roles": {"": ["admin"]}}),
    (ValueError, "looks at no token", {"path": "/a", "access": "public", "scopes": ["a"]}),
]


@pytest.mark.parametrize(("error", "words", "arguments"), NO_RULES)
def test_what_is_no_rule(error: type[Exception], words: str, arguments: dict[str, Any]):
    with pytest.raises(error, match=words):
        Rule(**arguments)


def test_rules_are_rules():
    with pytest.raises(TypeError, match="must be Rule objects, not str"):
        Rules(["/a"])  # type: ignore[list-item]


ASKED = [
    (Requirement(), {}, None),
    (Requirement(issuers=[stage.LOGIN]), {}, None),
    (Requirement(issuers=[stage.STAFF]), {}, "unknown_issuer"),
    (Requirement(scopes=["a"]), {"scope": "a b"}, None),
    (Requirement(scopes=["a", "b"]), {"scope": "b a"}, None),
    (Requirement(scopes=["a", "b"]), {"scope": "a"}, "insufficient_scope"),
    (Requirement(scopes=["a"]), {"scope": "ab"}, "insufficient_scope"),
    (Requirement(scopes=["a"]), {"scope": ""}, "insufficient_scope"),
    (Requirement(scopes=["a"]), {"scope": ["a"]}, "insufficient_scope"),
    (Requirement(scopes=["a"]), {"scp": ["a", 1]}, None),
    (Requirement(scopes=["a"]), {"scp": "a b"}, None),
    (Requirement(scopes=["a"]), {"scp": {"a": 1}}, "insufficient_scope"),
    (Requirement(scopes=["b"]), {"scope": "a", "scp": ["b"]}, "insufficient_scope"),
    (Requirement(roles={"groups": ["x", "y"]}), {"groups": ["y"]}, None),
    (Requirement(roles={"groups": ["x"]}), {"groups": "x"}, None),
    (Requirement(roles={"groups": ["x"]}), {"groups": "x y"}, "insufficient_scope"),
    (Requirement(roles={"groups": ["x"]}), {"groups": [["x"]]}, "insufficient_scope"),
    (Requirement(roles={"groups": ["x"]}), {"groups": {"x": True}}, "insufficient_scope"),
    (Requirement(roles={"groups": ["x"]}), {}, "insufficient_scope"),
    (Requirement(roles={"/a/b": ["x"]}), {"a": {"b": ["x"]}}, None),
    (Requirement(roles={"/a/b": ["x"]}), {"a": ["b"]}, "insufficient_scope"),
    (Requirement(roles={"/a/b": ["x"]}), {"/a/b": ["x"]}, "insufficient_scope"),
    (Requirement(roles={"/https:~1~1a.example~1roles": ["x"]}), {"https://a.example/roles": ["x"]}, None),
    (Requirement(roles={"/~01": ["x"]}), {"~1": ["x"]}, None),
    (Requirement(roles={"https://a.example/roles": ["x"]}), {"https://a.example/roles": ["x"]}, None),
    (Requirement(roles={"a": ["x"], "b": ["y"]}), {"a": "x"}, "insufficient_scope"),
    (Requirement(roles={"a": ["x"], "b": ["y"]}), {"a": "x", "b": "y"}, None),
]


@pytest.mark.parametrize(("requirement", "claims", "reason"), ASKED)
def test_requirements(impl: Any, requirement: Requirement, claims: dict[str, Any], reason: str | None):
    assert requirement.refusal(stage.verifier(impl).verify(stage.token(**claims))) == reason


@pytest.mark.parametrize(
    ("one", "other", "access"),
    [("public", "public", "public"), ("public", "optional", "optional"), ("optional", "required", "required")],
)
def test_the_stricter_access_of_two(one: Any, other: Any, access: str):
    assert (
        Requirement(one).and_(Requirement(other)).access == Requirement(other).and_(Requirement(one)).access == access
    )


def test_both_requirements_must_be_met(impl: Any):
    both = Requirement(scopes=["a"], issuers=[stage.LOGIN]).and_(Requirement(scopes=["b", "a"], roles={"r": ["x"]}))
    judged = [
        both.refusal(stage.verifier(impl).verify(stage.token(**claims)))
        for claims in ({"scope": "a b", "r": "x"}, {"scope": "a", "r": "x"}, {"scope": "a b"})
    ]
    assert judged == [None, "insufficient_scope", "insufficient_scope"]
    assert both.scope == "a b"
    contradiction = Requirement(issuers=[stage.LOGIN]).and_(Requirement(issuers=[stage.STAFF]))
    assert contradiction.refusal(stage.verifier(impl).verify(stage.GOOD)) == "unknown_issuer"


def test_scopes_of_a_token(impl: Any):
    verify = stage.verifier(impl).verify
    assert set(granted(verify(stage.READER))) == {"profile", "orders:read"}
    assert set(granted(verify(stage.WRITER))) == {"orders:write"}
    assert set(granted(verify(stage.GOOD))) == set()
