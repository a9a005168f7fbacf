"""What a guard is made of stays as it was made: the engine decides from a copy, which must not let pass what the guard would refuse."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from rapidjwt.web import Guard, Requirement, Rule, Sources

MADE: list[Any] = [
    Requirement(scopes=["s"], issuers=["i"], roles={"role": ["x"]}),
    Requirement(scopes=["s"]).and_(Requirement("optional")),
    Rule("/orders/{id}", methods=["GET"]),
    Rule(prefix="/orders"),
    Sources(query="access_token"),
]


@pytest.mark.parametrize("made", MADE, ids=lambda made: type(made).__name__)
def test_no_attribute_can_be_changed(made: Any):
    for name in type(made).__slots__:
        before = getattr(made, name)
        with pytest.raises(AttributeError, match="is not writable"):
            setattr(made, name, None)
        with pytest.raises(AttributeError, match="is not writable"):
            delattr(made, name)
        assert getattr(made, name) is before
    with pytest.raises(AttributeError):
        made.another = 1


@pytest.mark.parametrize("one", [Requirement, Rule, Sources, Guard])
def test_there_are_no_subclasses(one: Any):
    with pytest.raises(TypeError, match=f"'{one.__name__}' is not an acceptable base type"):
        type("Own", (one,), {"refusal": lambda *_: "insufficient_scope", "find": lambda *_: "csrf_failed"})


@pytest.mark.parametrize("value", ["required", object(), {"scopes": ["s"]}])
def test_what_is_no_requirement_is_none_of_a_rule(value: Any):
    with pytest.raises(TypeError, match="requirement must be a Requirement or None"):
        Rule("/a", requirement=value)


@pytest.mark.parametrize("made", MADE, ids=lambda made: type(made).__name__)
def test_copies_say_the_same(made: Any):
    for again in (copy.copy(made), copy.deepcopy(made)):
        assert type(again) is type(made)
        for name in ("access", "scopes", "issuers", "roles", "path", "prefix", "methods", "query", "header"):
            assert getattr(again, name, None) == getattr(made, name, None)


def test_a_requirement_can_be_pickled():
    again = pickle.loads(pickle.dumps(MADE[0]))
    assert (again.access, again.scopes, again.issuers, again.roles) == ("required", ("s",), {"i"}, {"role": {"x"}})
