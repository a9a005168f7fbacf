"""What response headers say about the lifetime of an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapidjwt.jwks import freshness


@pytest.mark.parametrize(
    ("control", "age", "seconds"),
    [
        (None, None, None),
        ("", None, None),
        ("max-age=600", None, 600),
        ("public, max-age=600, must-revalidate", None, 600),
        ("MAX-AGE=600", None, 600),
        ('max-age="600"', None, 600),
        ("max-age=600", "100", 500),
        ("max-age=600", "1000", 0),
        ("max-age=600", "-5", 600),
        ("max-age=600", "soon", 600),
        ("max-age=600, max-age=5", None, 600),
        ("s-maxage=10, max-age=600", None, 600),
        ("s-maxage=10", None, None),
        ("no-store", None, 0),
        ("no-cache, max-age=600", None, 0),
        ('no-cache="set-cookie", max-age=600', None, 0),
        ("max-age=600, no-store", None, 0),
        ("max-age=-1", None, None),
        ("max-age=1e9", None, None),
        ("max-age", None, None),
        ("max-age=" + "9" * 5000, None, None),
        (", ,max-age=7", None, 7),
        ("@@@, max-age=7", None, 7),
        ('ext="a, max-age=1", max-age=7', None, 7),
        ("max-age=٧", None, None),
    ],
)
def test_lifetime(control, age, seconds):
    headers = {name: value for name, value in (("cache-control", control), ("age", age)) if value is not None}
    assert freshness.lifetime(headers) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"), [("120", 120), (" 5 ", 5), ("Fri, 31 Dec 2027 23:59:59 GMT", None), ("-1", None), ("", None)]
)
def test_retry_after(text, seconds):
    assert freshness.retry_after({"retry-after": text}) == seconds
    assert freshness.retry_after({}) is None


@given(st.text(max_size=200), st.text(max_size=20))
def test_any_header_is_a_lifetime_or_none(control, age):
    seconds = freshness.lifetime({"cache-control": control, "age": age})
    assert seconds is None or seconds >= 0
