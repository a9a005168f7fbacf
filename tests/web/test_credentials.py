"""Where a token is found, where it is not, and that two are one too many (RFC 6750 section 2)."""

from __future__ import annotations

import pytest
from facts import request

from rapidjwt.web import Cookie, Sources

COOKIE = Cookie(origins=["https://app.example"])

HEADERS = [
    ([], None, "missing"),
    (["Bearer a.b.c"], b"a.b.c", None),
    (["bearer a.b.c"], b"a.b.c", None),
    (["BEARER a.b.c"], b"a.b.c", None),
    (["Bearer   a.b.c  "], b"a.b.c", None),
    (["Bearer"], None, "malformed"),
    (["Bearer "], None, "malformed"),
    (["Bearer a b"], b"a b", None),
    (["Bearera.b.c"], None, "missing"),
    (["Bearer\ta.b.c"], None, "malformed"),
    ([" Bearer a.b.c"], None, "malformed"),
    (["Bearer:a.b.c"], None, "malformed"),
    (["bearer=a"], None, "malformed"),
    (["Bearer-like a"], None, "missing"),
    ([""], None, "missing"),
    (["Basic dXNlcjpwYXNz"], None, "missing"),
    (["DPoP a.b.c"], None, "missing"),
    (['Digest username="a", realm="b"'], None, "missing"),
    (["Bearer a.b.c", "Bearer a.b.c"], None, "multiple_tokens"),
    (["Bearer a.b.c", "Basic dXNlcjpwYXNz"], None, "multiple_tokens"),
    (["Bearer a.b.c,Bearer d.e.f"], None, "multiple_tokens"),
    (["Bearer a.b.c, Basic dXNlcjpwYXNz"], None, "multiple_tokens"),
    (["Basic dXNlcjpwYXNz, Bearer a.b.c"], None, "multiple_tokens"),
    (["Basic dXNlcjpwYXNz,bearer a.b.c"], None, "multiple_tokens"),
]


@pytest.mark.parametrize(("values", "token", "reason"), HEADERS)
def test_header(values, token, reason):
    found = Sources().find(request(*(("Authorization", value) for value in values)))
    assert found == (reason if token is None else token)


def test_nowhere_else_unless_told():
    asked = request(("Cookie", "__Host-access=a.b.c"), query="access_token=a.b.c")
    assert Sources().find(asked) == "missing"


QUERIES = [
    ("access_token=a.b.c", b"a.b.c", None),
    ("x=1&access_token=a.b.c&y=2", b"a.b.c", None),
    ("access%5Ftoken=a.b.c", b"a.b.c", None),
    ("access_token=a%2Eb.c", b"a.b.c", None),
    ("access_token=", None, "malformed"),
    ("access_token", None, "malformed"),
    ("ACCESS_TOKEN=a.b.c", None, "missing"),
    ("", None, "missing"),
    ("access_token=a.b.c&access_token=a.b.c", None, "multiple_tokens"),
    ("access_token=a.b.c&access%5ftoken=d.e.f", None, "multiple_tokens"),
]


@pytest.mark.parametrize(("query", "token", "reason"), QUERIES)
def test_query(query, token, reason):
    assert Sources(query="access_token").find(request(query=query)) == (reason if token is None else token)


def test_header_and_query():
    asked = request(("Authorization", "Bearer a.b.c"), query="access_token=a.b.c")
    assert Sources(query="access_token").find(asked) == "multiple_tokens"


COOKIES = [
    ("__Host-access=a.b.c", b"a.b.c", None),
    ("x=1; __Host-access=a.b.c; y=2", b"a.b.c", None),
    ("x=1;__Host-access=a.b.c", b"a.b.c", None),
    ('__Host-access="a.b.c"', b"a.b.c", None),
    ("__Host-access=", None, "malformed"),
    ("__Host-access", None, "missing"),
    ("__host-access=a.b.c", None, "missing"),
    ("x__Host-access=a.b.c", None, "missing"),
    ("x=__Host-access=a.b.c", None, "missing"),
    ("__Host-access=a.b.c; __Host-access=d.e.f", None, "multiple_tokens"),
]


@pytest.mark.parametrize(("line", "token", "reason"), COOKIES)
def test_cookie(line, token, reason):
    assert Sources(cookie=COOKIE).find(request(("Cookie", line))) == (reason if token is None else token)


def test_cookies_in_two_headers():
    asked = request(("Cookie", "__Host-access=a.b.c"), ("Cookie", "__Host-access=d.e.f"))
    assert Sources(cookie=COOKIE).find(asked) == "multiple_tokens"


def test_cookie_and_header():
    asked = request(("Cookie", "__Host-access=a.b.c"), ("Authorization", "Bearer a.b.c"))
    assert Sources(cookie=COOKIE).find(asked) == "multiple_tokens"


def test_a_bad_header_does_not_hide_behind_a_cookie():
    asked = request(("Cookie", "__Host-access=a.b.c"), ("Authorization", "Bearer"))
    assert Sources(cookie=COOKIE).find(asked) == "multiple_tokens"


def test_another_scheme_and_a_cookie():
    asked = request(("Cookie", "__Host-access=a.b.c"), ("Authorization", "Basic dXNlcjpwYXNz"))
    assert Sources(cookie=COOKIE).find(asked) == b"a.b.c"


def test_only_the_cookie():
    sources = Sources(header=False, cookie=COOKIE)
    assert sources.find(request(("Authorization", "Bearer a.b.c"))) == "missing"


def test_somewhere():
    with pytest.raises(ValueError, match="allowed to stand somewhere"):
        Sources(header=False)
