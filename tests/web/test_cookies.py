"""Which requests another site could have made a browser send, and how the cookies are set."""

from __future__ import annotations

import pytest
from facts import request

from rapidjwt.web import Cookie

US = ("Origin", "https://app.example")
SENT = ("Cookie", "__Host-access=a.b.c; __Host-csrf=v4lue")
SAID = ("X-CSRF-Token", "v4lue")
COOKIE = Cookie(origins=["https://app.example", "https://Shop.Example"])

FORGED = [
    ("GET", [], False),
    ("HEAD", [], False),
    ("OPTIONS", [], False),
    ("TRACE", [], False),
    ("GET", [("Origin", "https://evil.example")], False),
    ("POST", [US, SENT, SAID], False),
    ("PUT", [("Sec-Fetch-Site", "same-origin"), SENT, SAID], False),
    ("POST", [("Origin", "https://shop.example"), SENT, SAID], False),
    ("POST", [("Origin", "https://APP.example"), SENT, SAID], False),
    ("get", [], True),
    ("BREW", [], True),
    ("POST", [], True),
    ("POST", [SENT, SAID], True),
    ("POST", [US], True),
    ("POST", [US, SENT], True),
    ("POST", [US, SAID], True),
    ("POST", [US, SENT, ("X-CSRF-Token", "other")], True),
    ("POST", [US, SENT, ("X-CSRF-Token", "")], True),
    ("POST", [US, ("Cookie", "__Host-csrf="), ("X-CSRF-Token", "")], True),
    ("POST", [US, SENT, SAID, SAID], True),
    ("POST", [US, SENT, ("Cookie", "__Host-csrf=v4lue"), SAID], True),
    ("POST", [US, US, SENT, SAID], True),
    ("POST", [("Origin", "https://evil.example"), SENT, SAID], True),
    ("POST", [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "same-origin"), SENT, SAID], True),
    ("POST", [("Origin", "https://app.example.evil.example"), SENT, SAID], True),
    ("POST", [("Origin", "http://app.example"), SENT, SAID], True),
    ("POST", [("Origin", "https://app.example:444"), SENT, SAID], True),
    ("POST", [("Origin", "null"), SENT, SAID], True),
    ("POST", [("Origin", ""), SENT, SAID], True),
    ("POST", [("Sec-Fetch-Site", "same-site"), SENT, SAID], True),
    ("POST", [("Sec-Fetch-Site", "cross-site"), SENT, SAID], True),
    ("POST", [("Sec-Fetch-Site", "none"), SENT, SAID], True),
    ("POST", [("Referer", "https://app.example/"), SENT, SAID], True),
]


@pytest.mark.parametrize(("method", "headers", "forged"), FORGED)
def test_forged_or_not(method, headers, forged):
    assert COOKIE.is_forged(request(*headers, method=method)) is forged


@pytest.mark.parametrize(
    ("headers", "forged"),
    [
        ([US], False),
        ([("Sec-Fetch-Site", "same-origin")], False),
        ([], True),
        ([("Origin", "https://evil.example")], True),
        ([("Sec-Fetch-Site", "cross-site")], True),
    ],
)
def test_the_handshake_of_a_websocket(headers, forged):
    """It is a GET, and browsers send it from anywhere."""
    assert COOKIE.is_forged(request(*headers, websocket=True)) is forged


def test_set_and_clear():
    assert COOKIE.set("a.b.c", max_age=600) == (
        "__Host-access=a.b.c; Path=/; Max-Age=600; Secure; SameSite=Lax; HttpOnly"
    )
    assert COOKIE.set_csrf("v4lue", max_age=600) == "__Host-csrf=v4lue; Path=/; Max-Age=600; Secure; SameSite=Lax"
    assert COOKIE.clear() == (
        "__Host-access=; Path=/; Max-Age=0; Secure; SameSite=Lax; HttpOnly",
        "__Host-csrf=; Path=/; Max-Age=0; Secure; SameSite=Lax",
    )


def test_a_new_value_each_time():
    first, second = (COOKIE.set_csrf(max_age=1) for _ in range(2))
    assert first != second
    assert len(first.split(";")[0]) >= len("__Host-csrf=") + 43


@pytest.mark.parametrize("value", ["a b", "a;b", "a,b", 'a"b', "a\\b", "a\r\nSet-Cookie: b=c", "é"])
def test_what_no_cookie_can_hold(value):
    with pytest.raises(ValueError, match="the value of a cookie"):
        COOKIE.set(value, max_age=1)


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (ValueError, {"name": "access", "origins": ["https://a.example"]}),
        (ValueError, {"name": "__Host-", "origins": ["https://a.example"]}),
        (ValueError, {"name": "__Host-a b", "origins": ["https://a.example"]}),
        (ValueError, {"csrf_name": "csrf", "origins": ["https://a.example"]}),
        (ValueError, {"name": "__Host-a", "csrf_name": "__Host-a", "origins": ["https://a.example"]}),
        (ValueError, {"origins": []}),
        (ValueError, {"origins": ["https://a.example/"]}),
        (ValueError, {"origins": ["a.example"]}),
        (ValueError, {"origins": ["*"]}),
        (ValueError, {"origins": ["null"]}),
        (TypeError, {"origins": "https://a.example"}),
        (TypeError, {}),
    ],
)
def test_what_is_no_cookie(error, arguments):
    with pytest.raises(error):
        Cookie(**arguments)


def test_the_repr_has_no_secrets():
    assert repr(COOKIE) == "<Cookie __Host-access>"
