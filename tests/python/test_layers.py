"""The walls stand, and each of them can fall: a rule that no file could break would guard nothing."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def layers():
    spec = importlib.util.spec_from_file_location("check_layers", ROOT / "tools" / "check_layers.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_layers"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["check_layers"]


BREACHES = [
    ("python_stays_in_the_binding", "src/claims.rs", "use pyo3::prelude::*;", "src/claims.rs:1"),
    ("one_seam_to_the_provider", "src/verify.rs", "\nlet d = aws_lc_rs::digest::SHA256;", "src/verify.rs:2"),
    (
        "one_switch_between_the_halves",
        "python/rapidjwt/cli/a.py",
        "from rapidjwt import _native",
        "python/rapidjwt/cli/a.py:1",
    ),
    (
        "one_switch_between_the_halves",
        "python/rapidjwt/a.py",
        "def f():\n import rapidjwt._native",
        "python/rapidjwt/a.py:2",
    ),
    (
        "frameworks_in_their_own_file",
        "python/rapidjwt/web/flask.py",
        "import django.http",
        "python/rapidjwt/web/flask.py:1",
    ),
    (
        "frameworks_in_their_own_file",
        "python/rapidjwt/web/django.py",
        "import rest_framework.views",
        "python/rapidjwt/web/django.py:1",
    ),
    ("steps_are_mirrored", "src/gate.rs", "", "src/gate"),
    ("steps_are_mirrored", "python/rapidjwt/_fallback/gate.py", "", "python/rapidjwt/_fallback/gate"),
    ("names_say_what_is_inside", "tests/utils.py", "", "tests/utils.py"),
    ("names_say_what_is_inside", "src/common/a.rs", "", "src/common/a.rs"),
    ("files_stay_readable", "src/long.rs", "\n" * 601, "src/long.rs"),
]

INNOCENT = [
    ("python_stays_in_the_binding", "src/python/mod.rs", "use pyo3::prelude::*;"),
    ("python_stays_in_the_binding", "src/claims.rs", "// pyo3::Bound is what the binding makes of it\n"),
    ("one_seam_to_the_provider", "src/crypto/hmac.rs", "use aws_lc_rs::hmac;"),
    ("one_switch_between_the_halves", "python/rapidjwt/_impl.py", "import rapidjwt._native"),
    (
        "one_switch_between_the_halves",
        "python/rapidjwt/types.py",
        "if TYPE_CHECKING:\n    from rapidjwt._native import Key",
    ),
    ("frameworks_in_their_own_file", "python/rapidjwt/web/flask.py", "import flask"),
    ("frameworks_in_their_own_file", "python/rapidjwt/web/flask.py", "from werkzeug.local import LocalProxy"),
    ("frameworks_in_their_own_file", "python/rapidjwt/web/rest_framework.py", "import rest_framework"),
    ("files_stay_readable", "src/long.rs", "\n" * 600),
]


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")


def test_the_walls_stand(layers):
    assert [breach for _, breach in layers.breaches(ROOT)] == []


@pytest.mark.parametrize(("rule", "name", "text", "place"), BREACHES)
def test_a_breach_is_reported(layers, tmp_path, rule, name, text, place):
    write(tmp_path, name, text)
    assert (rule, place) in [(found.__name__, breach.place) for found, breach in layers.breaches(tmp_path)]


@pytest.mark.parametrize(("rule", "name", "text"), INNOCENT)
def test_what_is_allowed_is_not_reported(layers, tmp_path, rule, name, text):
    write(tmp_path, name, text)
    assert rule not in [found.__name__ for found, _ in layers.breaches(tmp_path)]


def test_every_rule_has_a_breach_and_a_reason(layers):
    assert {rule.__name__ for rule in layers.RULES} == {rule for rule, *_ in BREACHES}
    assert all(re.search(r": .+\.$", rule.__doc__) for rule in layers.RULES)
