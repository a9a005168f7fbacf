"""The names of `rapidjwt.web`: imported when first used, no framework among what they bring in."""

from __future__ import annotations

import pytest

import rapidjwt.web
from program import told

FRAMEWORKS = ["asyncio", "django", "fastapi", "flask", "litestar", "rest_framework", "starlette", "werkzeug"]


def test_names_imported_on_first_use():
    for name in rapidjwt.web.__all__:
        assert name in dir(rapidjwt.web)
        assert getattr(rapidjwt.web, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Gard'"):
        rapidjwt.web.Gard  # noqa: B018


def test_a_guard_brings_in_no_framework(half: str, impl: object):
    names = "Answers, Cookie, Decision, Guard, Request, Requirement, Rule, Sources, WSGIMiddleware"
    program = f"""
import json, sys
from rapidjwt.web import {names}
print(json.dumps([name for name in {FRAMEWORKS} if name in sys.modules]))
"""
    assert told(program, RAPIDJWT_IMPL=half) == []
