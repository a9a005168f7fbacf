"""Values of claims in headers, and addresses of clients."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import unquote

import pytest
import serving
from hypothesis import given
from hypothesis import strategies as st

from rapidjwt.forward.addresses import TrustedProxies
from rapidjwt.forward.identity import IdentityHeaders, client_id_of, encoded, scope_of
from rapidjwt.forward.settings import Identity
from rapidjwt.web import Request

NAMES = Identity("X-S", "X-I", "X-Sc", "X-C", "X-A")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (None, b""),
        ("", b""),
        ("user-1", b"user-1"),
        ("a b", b"a b"),
        ("auth0|64ff~!", b"auth0|64ff~!"),
        ("100%", b"100%25"),
        ("%41", b"%2541"),
        ("Zoë", b"Zo%C3%AB"),
        ("a\r\nX-Admin: 1", b"a%0D%0AX-Admin: 1"),
        ("\0", b"%00"),
        (" a ", b"%20a%20"),
        ("  ", b"%20%20"),
        ("\x7f\t", b"%7F%09"),
    ],
)
def test_a_value_in_a_header(text, value):
    assert encoded(text) == value


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_what_is_encoded_can_be_read_in_one_way(text):
    value = encoded(text)
    assert all(0x20 <= byte < 0x7F for byte in value)
    assert value.strip() == value
    assert unquote(value.decode("ascii"), errors="strict") == text


def token(**claims):
    return SimpleNamespace(
        subject=claims.get("sub"), issuer="https://a", scope=claims.get("scope"), get=lambda name: claims.get(name)
    )


def test_where_scope_and_client_are_found():
    assert scope_of(token(scope="a b", scp="c")) == "a b"
    assert scope_of(token(scp=["a", 1, "b"])) == "a b"
    assert scope_of(token(scp=["a", "b admin", ""])) == "a"
    assert scope_of(token(scp="a")) == "a"
    assert scope_of(token(scp=5)) is None
    assert client_id_of(token(client_id="c", azp="d")) == "c"
    assert client_id_of(token(client_id=1, azp="d")) == "d"
    assert client_id_of(token()) is None


def test_a_value_that_is_too_long_for_a_header():
    headers = IdentityHeaders(NAMES)
    assert headers.of(token(sub="a" * 4096), "") is not None
    assert headers.of(token(sub="ü" * 1000), "") is None


def test_a_token_whose_identity_is_too_long_is_refused(services):
    answer = services("nginx").call("/any", serving.token(sub="ü" * 1000))
    assert answer.status == 401
    assert b"too_large" in answer.body
    assert set(answer.owned().values()) == {""}


def test_a_subject_that_would_break_a_header(service):
    told = service.call("/any", serving.token(sub="a\r\nX-Auth-Scope: admin\0ü", scope=None)).owned()
    assert told["x-auth-subject"] == "a%0D%0AX-Auth-Scope: admin%00%C3%BC"
    assert told["x-auth-scope"] == ""


PROXIES = TrustedProxies(["10.0.0.0/8", "127.0.0.1/32", "::1/128"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", ["198.51.100.1"], "192.0.2.1"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["203.0.113.9, 198.51.100.1, 10.1.1.1"], "198.51.100.1"),
        ("127.0.0.1", ["203.0.113.9", "198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
        ("127.0.0.1", ["203.0.113.9, unknown, 10.1.1.1"], "10.1.1.1"),
        ("127.0.0.1", ["<script>"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
        ("127.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("127.0.0.1", ["2001:DB8::1"], "2001:db8::1"),
        ("::ffff:127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["a" * 100_000], "127.0.0.1"),
        ("127.0.0.1", ['fe80::1%" evil'], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9, " + "10.1.1.1, " * 40 + "10.1.1.1"], "10.1.1.1"),
        (None, ["203.0.113.9"], "203.0.113.9"),
        (None, [], None),
    ],
)
def test_who_the_client_is(peer, forwarded, client):
    request = Request("GET", "/", [(b"x-forwarded-for", value.encode()) for value in forwarded])
    assert PROXIES.client(peer, request) == client
