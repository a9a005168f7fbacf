"""Who the client is reaches the API, and nothing that a client says of itself, on real WSGI and ASGI servers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from urllib.parse import unquote

import gateway_tokens as tokens
import pytest
from echo_api import Api, asgi_api, wsgi_api
from gateway_configs import GATEWAYS
from gateway_stack import Stack, whole_stack
from raw_http import request

from rapidjwt import KeySet, Verifier

BEARER = tokens.bearer()
OWNED = ("X-Auth-Subject", "X-Auth-Issuer", "X-Auth-Scope", "X-Auth-Client-Id", "X-Auth-Assertion")
EVIL = "evil"


def spellings(name: str) -> list[str]:
    """Dash, underscore and dot in each place, in three cases."""
    parts = name.split("-")
    joined = {
        "".join(itertools.chain.from_iterable(zip(parts, (*separators, ""), strict=True)))
        for separators in itertools.product("-_.", repeat=len(parts) - 1)
    }
    return sorted({case(one) for one in joined for case in (str, str.lower, str.upper, str.swapcase)})


SPOOFED = [spelling for name in (*OWNED, "X-Auth-Anything", "X-Auth-Request-Email") for spelling in spellings(name)]


@pytest.fixture(
    scope="module",
    params=[(gateway, api) for gateway in GATEWAYS for api in (wsgi_api, asgi_api)],
    ids=lambda pair: f"{pair[0].name}-{pair[1].__name__}",
)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    gateway, api = request.param
    with whole_stack(gateway, api, tmp_path_factory.mktemp(gateway.name)) as one:
        yield one


@pytest.fixture
def any_stack(running: Stack) -> Stack:
    running.api.seen.clear()
    return running


def identity(api: Api) -> dict[str, list[str]]:
    """What the one request to the API says of the client, by names as CGI folds them. Empty values say nothing."""
    (told,) = api.seen
    found: dict[str, list[str]] = {}
    for name, value in told["headers"]:
        folded = re.sub("[^A-Z0-9]", "_", name.upper())
        if folded.startswith("X_AUTH") and value:
            found.setdefault(folded, []).append(value)
    return found


def assert_ours(api: Api) -> None:
    found = identity(api)
    assertion = found.pop("X_AUTH_ASSERTION", [])
    assert len(assertion) == 1
    assert found == {
        "X_AUTH_SUBJECT": ["user-1"],
        "X_AUTH_ISSUER": [tokens.ISSUER],
        "X_AUTH_SCOPE": ["read"],
        "X_AUTH_CLIENT_ID": ["app"],
    }


def test_the_api_is_told(any_stack):
    assert any_stack.send(request("/orders/1", BEARER)).status == 200
    assert_ours(any_stack.api)


def test_the_assertion_can_be_checked(any_stack):
    assert any_stack.send(request("/orders/1", BEARER)).status == 200
    published = any_stack.service.get("/.well-known/jwks.json").body
    names = {"issuer": "https://gateway.example", "audience": "orders", "typ": "rapidjwt-assertion+jwt"}
    verifier = Verifier(KeySet.from_jwks(published), algorithms=["ES256"], **names)
    claims = verifier.decode(identity(any_stack.api)["X_AUTH_ASSERTION"][0])
    assert claims["sub_id"] == {"format": "iss_sub", "iss": tokens.ISSUER, "sub": "user-1"}


@pytest.mark.parametrize(
    "name", ["Zo\u00eb", "\u540d\u524d", "a\r\nX-Auth-Scope: admin", "a\0b", " a ", "100 %", "a,b", '"a"', "\U0001f600"]
)
def test_any_name_arrives_as_it_is(any_stack, name):
    """Percent-encoded where a header could not carry it."""
    assert any_stack.send(request("/orders/1", tokens.bearer(sub=name))).status == 200
    found = identity(any_stack.api)
    assert [unquote(one) for one in found["X_AUTH_SUBJECT"]] == [name]
    assert found["X_AUTH_SCOPE"] == ["read"]


@pytest.mark.parametrize("target", ["/public/1", "/optional/1"])
def test_of_nobody_the_api_is_told_nothing(any_stack, target):
    assert any_stack.send(request(target)).status == 200
    assert identity(any_stack.api) == {}


def test_names_that_are_ours_do_not_pass(any_stack):
    # Envoy takes a hundred headers in a request.
    for start in range(0, len(SPOOFED), 90):
        headers = [(name, EVIL) for name in SPOOFED[start : start + 90]]
        any_stack.api.seen.clear()
        assert any_stack.send(request("/orders/1", BEARER, *headers)).status == 200
        assert_ours(any_stack.api)
        any_stack.api.seen.clear()
        assert any_stack.send(request("/public/1", *headers)).status == 200
        assert identity(any_stack.api) == {}


@pytest.mark.parametrize("name", ["X-Auth-Subject", "X_Auth_Subject", "X-Auth-Scope", "X-Auth-Anything"])
def test_nor_do_they_twice(any_stack, name):
    assert any_stack.send(request("/orders/1", (name, EVIL), BEARER, (name, EVIL))).status == 200
    assert_ours(any_stack.api)


@pytest.mark.parametrize(
    "line",
    [
        b"X-Other: a\r\n X-Auth-Subject: evil",
        b"X-Other: a\r\n\tX-Auth-Subject: evil",
        b"X-Other: a\nX-Auth-Subject: evil",
        b"X-Other: a\rX-Auth-Subject: evil",
        b"X-Other:\r\n\rX-Auth-Subject: evil",
        b"X-Auth-Subject : evil",
        b"X-Auth-Subject\t: evil",
        b"X-Auth-Subject\0: evil",
        b" X-Auth-Subject: evil",
        b"X-Auth-Subject: evil\r\nX-Auth-Subject:",
    ],
)
def test_broken_lines_are_no_way_in(any_stack, line):
    head = request("/orders/1", BEARER).replace(b"\r\nConnection", b"\r\n" + line + b"\r\nConnection")
    answer = any_stack.send(head)
    # 401: the last but one is taken for the rest of Authorization.
    assert answer.status in (200, 400, 401)
    if answer.status == 200:
        assert_ours(any_stack.api)
    else:
        assert any_stack.api.seen == []


def test_trailers_are_no_way_in(any_stack):
    head = request("/orders/1", BEARER, ("Transfer-Encoding", "chunked"), ("Trailer", "X-Auth-Scope"), method="POST")
    assert any_stack.send(head + b"1\r\na\r\n0\r\nX-Auth-Scope: evil\r\n\r\n").status == 200
    assert_ours(any_stack.api)


@pytest.mark.parametrize(
    "names", [OWNED, ("Authorization",), ("X-Forwarded-Uri", "X-Forwarded-Method", "X-Original-URI")]
)
def test_a_client_cannot_have_headers_dropped(any_stack, names):
    """`Connection` names headers that are for the next hop only (RFC 9110 section 7.6.1); a gateway is the next hop."""
    answer = any_stack.send(request("/orders/1", BEARER, ("Connection", ", ".join(("close", *names)))))
    if answer.status == 200:
        assert_ours(any_stack.api)
    else:
        # Envoy refuses the last of them, Traefik and Caddy drop the second before anybody sees it.
        assert answer.status in (400, 401)
        assert any_stack.api.seen == []


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-Uri", "X-Forwarded-Method", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-URI", "X-Original-Method",
        "X-Original-Host", "X-Original-URL", "X-Rewrite-URL", "X_Forwarded_Uri", "X_Original_URI", "Forwarded",
    ],
)  # fmt: skip
def test_what_a_client_says_of_the_request_decides_nothing(any_stack, name):
    value = {
        "Method": "OPTIONS",
        "Host": "evil.example",
        "Proto": "https",
        "Forwarded": "for=192.0.2.1;host=evil.example",
    }
    told = value.get(re.split("[-_]", name)[-1], "/public/1")
    for headers in ([(name, told)], [(name, told), (name, told)]):
        assert any_stack.send(request("/admin/1", *headers)).status == 401
        assert any_stack.send(request("/admin/1", BEARER, *headers)).status == 403
    assert any_stack.api.seen == []
    assert any_stack.send(request("/orders/1", BEARER, (name, told))).status == 200
    assert_ours(any_stack.api)
