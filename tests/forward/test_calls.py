"""The contract with each gateway, over HTTP, on the real server: what its call says, what the answer has."""

from __future__ import annotations

import json
import time

import pytest
import serving
from serving import ISS, OWNED

import forge

PROFILES = ("nginx", "traefik", "caddy", "envoy")

EMPTY = dict.fromkeys(OWNED, "")


@pytest.fixture(scope="module")
def good() -> str:
    return serving.token(client_id="client-1")


def test_a_good_token_is_let_pass_with_who_it_is(service, good):
    answer = service.call("/orders/1?a=b", good, method="POST")
    assert answer.status == 200
    assert answer.body == b""
    told = answer.owned()
    assert told.pop("x-auth-assertion").count(".") == 2
    assert told == {
        "x-auth-subject": "user-1",
        "x-auth-issuer": ISS,
        "x-auth-scope": "orders:read",
        "x-auth-client-id": "client-1",
    }


def test_no_token(service):
    answer = service.call("/orders/1")
    assert answer.status == 401
    assert answer["www-authenticate"] == "Bearer"
    assert answer["cache-control"] == "no-store"
    assert json.loads(answer.body)["reason"] == "missing"
    assert answer.owned() == EMPTY


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"now": time.time() - 7200}, "expired"),
        ({"aud": "another"}, "wrong_audience"),
        ({"iss": "https://another.example/"}, "unknown_issuer"),
        ({"nbf": time.time() + 3600}, "not_yet_valid"),
        ({"exp": None}, "missing_claim"),
    ],
)
def test_a_bad_token(service, claims, reason):
    answer = service.call("/any", serving.token(**claims))
    assert answer.status == 401
    assert answer["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert json.loads(answer.body)["reason"] == reason
    assert answer.owned() == EMPTY


def test_a_forged_token(service, good):
    assert service.call("/any", forge.tampered(good)).status == 401


def test_a_scope_that_is_needed(service):
    answer = service.call("/orders/1", serving.token(scope="profile"))
    assert answer.status == 403
    assert 'error="insufficient_scope"' in answer["www-authenticate"]
    assert 'scope="orders:read"' in answer["www-authenticate"]
    assert answer.owned() == EMPTY


def test_rules_without_a_token(service):
    for path in ("/public", "/maybe"):
        answer = service.call(path)
        assert answer.status == 200
        assert answer.owned() == EMPTY


def test_a_public_path_looks_at_no_token(service, good):
    assert service.call("/public", good).owned() == EMPTY
    assert service.call("/maybe", good)["x-auth-subject"] == "user-1"
    assert service.call("/maybe", forge.tampered(good)).status == 401


def test_what_no_rule_fits_is_refused(service, good):
    answer = service.call("/elsewhere", good)
    assert (answer.status, json.loads(answer.body)["reason"]) == (403, "no_rule")


TRICKS = [
    "/any/../orders/1",
    "/any/./x",
    "//any",
    "/any//x",
    "/any/%2e%2e/orders",
    "/any/%2fx",
    "/any/%5cx",
    "/any/x;y=1",
    "/any/%00",
    "/any/%ff",
    "/any/%252e",
]


@pytest.mark.parametrize("path", TRICKS)
def test_a_path_that_can_be_read_in_two_ways(service, good, path):
    answer = service.call(path, good)
    assert json.loads(answer.body)["reason"] == "path_refused"
    assert answer.status == (401 if service.profile == "nginx" else 400)
    assert answer.owned() == EMPTY


def test_several_tokens(service, good):
    answer = service.call("/any", good, headers=[("Authorization", f"Bearer {good}")])
    assert json.loads(answer.body)["reason"] == "multiple_tokens"
    assert answer.status == (401 if service.profile == "nginx" else 400)


SPOOFS = [(name, "admin") for name in OWNED] + [("X-AUTH-SUBJECT", "admin"), ("x_auth_subject", "admin")]


def test_what_a_client_calls_itself_is_overwritten(service, good):
    told = service.call("/any", serving.token(scope=None), headers=SPOOFS).owned()
    assert told["x-auth-subject"] == "user-1"
    assert told["x-auth-client-id"] == told["x-auth-scope"] == ""
    assert service.call("/any", headers=SPOOFS).owned() == EMPTY
    assert service.call("/public", headers=SPOOFS).owned() == EMPTY


FORWARDED = [("X-Forwarded-Method", "GET"), ("X-Forwarded-Uri", "/public")]
ORIGINAL = [("X-Original-Method", "GET"), ("X-Original-URI", "/public")]


def test_headers_of_another_gateway_say_nothing(services, good):
    for profile, foreign in (("nginx", FORWARDED), ("traefik", ORIGINAL), ("caddy", ORIGINAL)):
        assert services(profile).call("/elsewhere", good, headers=foreign).status == 403
        assert services(profile).call("/any", headers=foreign).status == 401
    assert services("envoy").call("/any", headers=[*FORWARDED, *ORIGINAL]).status == 401


@pytest.mark.parametrize("profile", ["nginx", "traefik", "caddy"])
@pytest.mark.parametrize("leave", [0, 1])
@pytest.mark.parametrize("what", ["absent", "twice", "empty"])
def test_a_call_that_lacks_what_its_gateway_promises(services, good, profile, leave, what):
    service = services(profile)
    line, path, facts = serving.called(profile, "GET", "/public")
    name, value = facts[leave]
    given = {"absent": [], "twice": [(name, value), (name, value)], "empty": [(name, "")]}[what]
    answer = service.get(path, line, [facts[1 - leave], *given])
    assert answer.status == (401 if profile == "nginx" else 400)
    assert json.loads(answer.body)["reason"] == "call_refused"
    assert answer.owned() == EMPTY
    service.wait_for("a call was refused")


def test_a_call_in_the_way_of_another_gateway(services, good):
    for profile in PROFILES:
        for other in PROFILES:
            line, path, facts = serving.called(other, "GET", "/public")
            status = services(profile).get(path, line, facts).status
            pair = {profile, other}
            alike = profile == other or pair == {"traefik", "caddy"}
            assert (status == 200) == alike, pair


def test_the_method_is_that_of_the_request(tmp_path):
    rules = '[[rules]]\nprefix = "/things"\nmethods = ["GET"]\naccess = "public"\n'
    with serving.running(tmp_path, serving.configuration(tmp_path, more=rules)) as service:
        assert [service.call("/things", method=method).status for method in ("GET", "HEAD", "POST")] == [200, 200, 403]


def test_preflights_pass_where_told_and_a_rule_fits_what_they_announce(service, tmp_path):
    headers = [("Origin", "https://app.example"), ("Access-Control-Request-Method", "PUT")]
    assert service.call("/orders/1", method="OPTIONS", headers=headers).status == 401
    text = serving.configuration(tmp_path, service.profile, more="[answers]\npreflight = true\n")
    with serving.running(tmp_path, text) as told:
        assert told.call("/orders/1", method="OPTIONS", headers=headers).status == 200
        assert told.call("/elsewhere", method="OPTIONS", headers=headers).status == 403
        assert told.call("/orders/1", method="OPTIONS").status == 401


def test_what_operators_ask_for(service):
    assert service.get("/healthz").body == b"ok\n"
    told = json.loads(service.get("/readyz").body)
    assert (told["ready"], told["keys_missing"]) == (True, [])
    assert told.keys() == {"ready", "keys_missing", "standing"}
    assert service.get("/healthz", "POST").status == 405
    assert service.get("/healthz", "HEAD").body == b""
    assert service.get("/nowhere").status == 404
    assert json.loads(service.get("/.well-known/jwks.json").body)["keys"][0]["alg"] == "ES256"


@pytest.mark.parametrize("page", ["/healthz", "/readyz", "/metrics", "/.well-known/jwks.json"])
def test_a_client_cannot_reach_what_operators_ask_for(service, good, page):
    """It names a path to the gateway, and that is a path to decide about."""
    assert service.call(page, good).status == 403
    assert service.call(page).status == 403


def test_a_websocket_is_known_by_its_key(tmp_path):
    cookie = '[tokens]\ncookie = "__Host-access"\norigins = ["https://app.example"]\n'
    with serving.running(tmp_path, serving.configuration(tmp_path, more=cookie)) as service:
        with_cookie = [("Cookie", f"__Host-access={serving.token()}")]
        handshake = [("Sec-WebSocket-Key", "x"), ("Upgrade", "websocket"), ("Connection", "Upgrade")]
        assert service.call("/any", headers=with_cookie).status == 200
        assert service.call("/any", headers=[*with_cookie, *handshake]).status == 403
        ours = [("Origin", "https://app.example")]
        assert service.call("/any", headers=[*with_cookie, *handshake, *ours]).status == 200
        # Without a repeated value, and from nowhere: forged.
        assert service.call("/any", method="POST", headers=[*with_cookie, *ours]).status == 403


@pytest.mark.parametrize("bound", [0, 5])
def test_how_long_nginx_keeps_an_answer(tmp_path, bound):
    more = f"lifetime = 20\n[answers]\nnginx_cache = {bound}\n"
    with serving.running(tmp_path, serving.configuration(tmp_path, more=more)) as service:
        for lifetime, least in ((600, bound), (3, min(bound, 1))):
            answer = service.call("/any", serving.token(lifetime=lifetime))
            assert answer.headers[0][0] == "x-accel-expires"
            assert least <= int(answer["x-accel-expires"]) <= min(bound, lifetime)
        for answer in (service.call("/any"), service.call("/public"), service.get("/verify")):
            assert answer.headers[0] == ("x-accel-expires", "0")


def test_no_answer_for_other_gateways_is_about_nginx(services, good):
    for profile in ("traefik", "caddy", "envoy"):
        for answer in (services(profile).call("/any", good), services(profile).call("/any")):
            assert "x-accel-expires" not in dict(answer.headers)


@pytest.mark.parametrize("half", ["native", "pure"])
def test_both_halves(tmp_path, half, good):
    with serving.running(tmp_path, serving.configuration(tmp_path), RAPIDJWT_IMPL=half) as service:
        assert service.call("/any", good).owned()["x-auth-subject"] == "user-1"
        assert service.call("/any", forge.tampered(good)).status == 401
