"""The same decision behind every gateway, the challenge of RFC 6750 at the client, and nothing at the API of what was refused."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import gateway_tokens as tokens
import pytest
from echo_api import wsgi_api
from gateway_configs import GATEWAYS, NGINX
from gateway_stack import program_of, running_gateway
from processes import free_port
from raw_http import exchange, request, send
from service_process import running_service

import loopback

BEARER = tokens.bearer()


def with_token(make):
    return [("Authorization", f"Bearer {make()}")]


# Name: target, headers, the reason for which it is refused, or None.
CASES = {
    "good": ("/orders/1?a=b", [BEARER], None),
    "lower case scheme": ("/orders/1", [("authorization", BEARER[1].replace("Bearer", "bearer"))], None),
    "no token": ("/orders/1", [], "missing"),
    "another scheme": ("/orders/1", [("Authorization", "Basic dTpw")], "missing"),
    "expired": ("/orders/1", with_token(tokens.expired), "expired"),
    "wrong audience": ("/orders/1", with_token(tokens.wrong_audience), "wrong_audience"),
    "tampered": ("/orders/1", with_token(tokens.tampered), "bad_signature"),
    "of another issuer": ("/orders/1", with_token(tokens.of_another_issuer), "unknown_issuer"),
    "unsigned": ("/orders/1", with_token(tokens.unsigned), "alg_not_allowed"),
    "no token at all": ("/orders/1", [("Authorization", "Bearer ")], "missing or malformed"),
    "garbage": ("/orders/1", [("Authorization", "Bearer h\xe9llo")], "malformed"),
    "two tokens": ("/orders/1", [BEARER, ("Authorization", "Bearer x")], "multiple_tokens"),
    "the same token twice": ("/orders/1", [BEARER, BEARER], "multiple_tokens"),
    "not enough": ("/admin/1", [BEARER], "insufficient_scope"),
    "no rule": ("/elsewhere", [BEARER], "no_rule"),
    "public": ("/public/1", [], None),
    "optional without": ("/optional/1", [], None),
    "optional with a bad one": ("/optional/1", with_token(tokens.expired), "expired"),
    "keys out of reach": ("/orders/1", with_token(tokens.of_a_lost_issuer), "keys_unavailable"),
}
STATUS = {"insufficient_scope": 403, "no_rule": 403, "multiple_tokens": 400, "keys_unavailable": 503}


@pytest.mark.parametrize("name", CASES)
def test_decision(stack, api, name):
    target, headers, reason = CASES[name]
    answer = stack.send(request(target, *headers))
    if reason is None:
        assert answer.status == 200
        assert [(told["method"], told["path"]) for told in api.seen] == [("GET", target)]
        return
    assert api.seen == []
    assert answer.status == STATUS.get(reason, 401)
    if reason == "keys_unavailable":
        assert answer.one("retry-after") == "5"
        assert answer.one("www-authenticate") is None
    # nginx refuses two Authorization headers by itself, and what nobody may do needs no token.
    elif reason != "no_rule" and not (reason == "multiple_tokens" and stack.name == "nginx"):
        assert_challenge(answer.one("www-authenticate"), reason)


def assert_challenge(challenge: str | None, reason: str) -> None:
    """RFC 6750 section 3."""
    assert challenge is not None
    scheme, _, rest = challenge.partition(" ")
    parameters = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    assert scheme == "Bearer"
    if reason == "missing":
        assert "error" not in parameters
    elif reason == "insufficient_scope":
        assert (parameters["error"], parameters["scope"]) == (reason, "admin")
    elif reason == "multiple_tokens":
        assert parameters["error"] == "invalid_request"
    elif "missing" not in reason:
        assert parameters["error"] == "invalid_token"


COOKIE = f"__Host-access={tokens.token()}"
OURS = ("Origin", "https://app.example")
EVIL = ("Origin", "https://evil.example")
CSRF = [("Cookie", f"{COOKIE}; __Host-csrf=abc"), ("X-CSRF-Token", "abc")]
OPENS = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]
# Name: method, headers, status.
WITH_COOKIE = {
    "a cookie": ("GET", [("Cookie", COOKIE)], 200),
    "among others": ("GET", [("Cookie", f"a=b; {COOKIE}; c=d")], 200),
    "in the second header": ("GET", [("Cookie", "a=b"), ("Cookie", COOKIE)], 200),
    "two cookies": ("GET", [("Cookie", f"{COOKIE}; {COOKIE}")], 400),
    "two cookies in two headers": ("GET", [("Cookie", COOKIE), ("Cookie", COOKIE)], 400),
    "a cookie and a header": ("GET", [("Cookie", COOKIE), BEARER], 400),
    "a change without more": ("POST", [("Cookie", COOKIE)], 403),
    "a change from us": ("POST", [OURS, *CSRF], 200),
    "a change from us, as the browser says": ("POST", [("Sec-Fetch-Site", "same-origin"), *CSRF], 200),
    "a change from another site": ("POST", [EVIL, *CSRF], 403),
    "a change from another site, as the browser says": ("POST", [("Sec-Fetch-Site", "cross-site"), *CSRF], 403),
    "a change with two origins": ("POST", [OURS, EVIL, *CSRF], 403),
    "a change that repeats another value": ("POST", [OURS, CSRF[0], ("X-CSRF-Token", "abd")], 403),
    "a WebSocket from another site": ("GET", [("Cookie", COOKIE), EVIL, *OPENS], 403),
}


# Where the service does not see what the client sent: Envoy joins two `Cookie` headers of HTTP/1.1, which RFC 6265 section 5.4 forbids, with
# a comma; nginx tells both the service and the API the first `Origin` only.
JOINED = {
    ("envoy", "in the second header"): 401,
    ("envoy", "two cookies in two headers"): 401,
    ("nginx", "a change with two origins"): 200,
}


@pytest.mark.parametrize("name", WITH_COOKIE)
def test_cookies_and_what_protects_them_reach_the_service(stack, api, name):
    method, headers, status = WITH_COOKIE[name]
    if status == 400 and stack.name == "nginx":
        status = 401
    status = JOINED.get((stack.name, name), status)
    assert stack.send(request("/orders/1", *headers, method=method)).status == status
    assert len(api.seen) == (status == 200)
    for told in api.seen:
        assert EVIL[1] not in dict(told["headers"]).values()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_methods_and_bodies_reach_the_api(stack, api, method):
    body = b"" if method == "HEAD" else b"a=1"
    assert stack.send(request("/orders/1", BEARER, method=method, body=body)).status == 200
    assert [told["method"] for told in api.seen] == [method]
    api.seen.clear()
    assert stack.send(request("/orders/1", method=method, body=body)).status == 401
    assert api.seen == []


def test_a_preflight_needs_no_token(stack, api):
    asked = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "DELETE")]
    assert stack.send(request("/orders/1", *asked, method="OPTIONS")).status == 200
    assert stack.send(request("/elsewhere", *asked, method="OPTIONS")).status == 403
    assert stack.send(request("/orders/1", asked[0], method="OPTIONS")).status == 401
    assert len(api.seen) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_refusals_of_the_api_pass_as_they_are(stack, api, status):
    api.answers_with(status, ("WWW-Authenticate", "Own"), ("Retry-After", "77"))
    answer = stack.send(request("/orders/1", BEARER))
    assert (answer.status, answer.all("www-authenticate"), answer.all("retry-after")) == (status, ["Own"], ["77"])
    assert answer.json()["method"] == "GET"


@pytest.mark.parametrize("gateway", GATEWAYS, ids=lambda gateway: gateway.name)
def test_without_the_service_nobody_passes(gateway, tmp_path):
    expected = {"nginx": 503, "envoy": 503, "traefik": 500, "caddy": 502}[gateway.name]
    with loopback.running() as api:
        ports = {"service": free_port(), "api": api.port}
        with running_gateway(gateway, tmp_path, **ports, ready=expected) as port:
            assert send(port, request("/public/1")).status == expected
            assert send(port, request("/orders/1", BEARER)).status == expected
        assert api.heads == []


def test_with_a_service_that_hangs_nobody_passes(tmp_path):
    """Traefik waits for half a minute, and is left out."""

    def hang(connection, head):
        service.stopping.wait(60)

    def ask(gateway):
        folder = tmp_path / gateway.name
        folder.mkdir()
        with running_gateway(gateway, folder, service=service.port, api=api.port, ready=None) as port:
            return send(port, request("/orders/1", BEARER)).status

    expected = {"nginx": 503, "envoy": 503, "caddy": 504}
    asked = [gateway for gateway in GATEWAYS if gateway.name in expected and gateway.find()]
    if not asked:
        pytest.skip("no gateway is installed")
    with loopback.running() as service, loopback.running() as api, ThreadPoolExecutor(len(asked)) as pool:
        service.on("/verify", hang)
        service.on("/verify/orders/1", hang)
        found = dict(zip([gateway.name for gateway in asked], pool.map(ask, asked), strict=True))
        service.stopping.set()
        assert found == {gateway.name: expected[gateway.name] for gateway in asked}
        assert api.heads == []


@pytest.mark.parametrize("gateway", GATEWAYS, ids=lambda gateway: gateway.name)
def test_a_websocket_opens_with_a_token_only(gateway, tmp_path):
    program_of(gateway)
    wanted = [("Connection", "Upgrade"), ("Upgrade", "websocket")]
    wanted += [("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13")]

    def accept(connection, head):
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst frame"
        )

    with loopback.running() as api, running_service(gateway.profile, tmp_path) as service:
        api.on("/orders/1", accept)
        with running_gateway(gateway, tmp_path, service=service.port, api=api.port) as port:
            assert send(port, request("/orders/1", *wanted)).status == 401
            assert api.heads == []
            opened = exchange(
                port, request("/orders/1", *wanted, BEARER), enough=lambda received: b"first frame" in received
            )
            assert opened.startswith(b"HTTP/1.1 101 ")
            assert opened.endswith(b"first frame")


@pytest.mark.parametrize("gateway", GATEWAYS, ids=lambda gateway: gateway.name)
@pytest.mark.parametrize(
    "upgrade", [[("Upgrade", "h2c")], [("Upgrade", "websocket"), ("Upgrade", "h2c")], [("Upgrade", "h2c, websocket")]]
)
def test_no_other_upgrade_reaches_the_api(gateway, upgrade, tmp_path):
    """To one that speaks h2c it would open a tunnel, in which no rule is asked about anything."""
    asked = [("Connection", "Upgrade, HTTP2-Settings"), ("HTTP2-Settings", "AAMAAABk"), *upgrade, BEARER]
    with loopback.running() as service, loopback.running() as api:
        for path in ("/verify", "/verify/orders/1"):
            service.on(path, lambda connection, head: connection.sendall(loopback.page(b"")))
        api.on("/orders/1", lambda connection, head: connection.sendall(loopback.page(b"")))
        with running_gateway(gateway, tmp_path, service=service.port, api=api.port, ready=200) as port:
            api.heads.clear()
            send(port, request("/orders/1", *asked))
    for head in api.heads:
        assert b"h2c" not in head.lower()


@pytest.mark.parametrize("gateway", GATEWAYS, ids=lambda gateway: gateway.name)
def test_the_service_is_asked_about_a_websocket_and_not_for_one(gateway, tmp_path):
    with loopback.running() as service, wsgi_api() as api:

        def allow(connection, head):
            connection.sendall(loopback.page(b""))

        for path in ("/verify", "/verify/orders/1"):
            service.on(path, allow)
        with running_gateway(gateway, tmp_path, service=service.port, api=api.port, ready=200) as port:
            send(port, request("/orders/1", *OPENS, BEARER))
    lines = [line.lower().split(b":")[0] for line in service.heads[-1].split(b"\r\n")]
    assert lines.count(b"sec-websocket-key") == lines.count(b"authorization") == 1
    assert b"upgrade" not in lines


def test_one_more_location_of_nginx_is_protected_as_well(tmp_path):
    program_of(NGINX)
    more = ("    location / {\n", "    location /orders/ {\n        proxy_pass http://api;\n    }\n\n")
    with (
        wsgi_api() as api,
        running_service("nginx", tmp_path) as service,
        running_gateway(NGINX, tmp_path, service=service.port, api=api.port, more=more) as port,
    ):
        assert send(port, request("/orders/1")).status == 401
        assert send(port, request("/orders/1", BEARER, ("X-Auth-Anything", "evil"))).status == 200
    (told,) = api.seen
    names = dict(told["headers"])
    assert names["X_AUTH_SUBJECT"] == "user-1"
    assert "X_AUTH_ANYTHING" not in names
