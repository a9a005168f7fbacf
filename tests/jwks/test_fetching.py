"""Fetches over real connections on loopback, by every transport: good answers, and all that a hostile or broken one can do."""

from __future__ import annotations

import json
import time

import pytest
from origin import ISSUER, jwk

import loopback
from rapidjwt.jwks import AiohttpTransport, AsyncHttpxTransport, HttpxTransport, Response, UrllibTransport, open_source

KEYS = json.dumps({"keys": [jwk("a"), jwk("b", 1)]}).encode()
PATIENCE = 20.0
"""Seconds that a good answer may take on a busy machine."""
DEADLINE = 0.6


@pytest.fixture
def server():
    with loopback.running() as one:
        yield one


def urllib_transport():
    return {"transport": UrllibTransport()}


def httpx_transport():
    import httpx

    return {"transport": HttpxTransport(httpx.Client(trust_env=False))}


def httpx2_transport():
    import httpx2

    return {"transport": HttpxTransport(httpx2.Client(trust_env=False))}


def async_httpx_transport():
    import httpx

    return {"async_transport": AsyncHttpxTransport(lambda: httpx.AsyncClient(trust_env=False))}


def aiohttp_transport():
    return {"async_transport": AiohttpTransport()}


TRANSPORTS = [urllib_transport, httpx_transport, httpx2_transport, async_httpx_transport, aiohttp_transport]


@pytest.fixture(params=TRANSPORTS, ids=lambda make: make.__name__.removesuffix("_transport"))
def transport(request):
    options = request.param()
    yield options
    client = getattr(options.get("transport"), "_client", None)
    if client is not None:
        client.close()


@pytest.fixture
def fetch(transport):
    """Fetch from an address: the source, after one fetch."""

    def make(url, *, issuer=ISSUER, **options):
        where = {"jwks_url": url} if url else {"discovery": options.pop("discovery", True)}
        source = open_source(issuer, **{"timeout": PATIENCE, **transport, **options, **where})
        began = time.monotonic()
        source.ok = source.find("a")
        source.took = time.monotonic() - began
        until = time.monotonic() + 20
        while source.health().fetches == 0 and source._flight is not None:
            assert time.monotonic() < until
            time.sleep(0.001)
        return source

    return make


def test_a_good_answer(server, fetch):
    source = fetch(server.page("/jwks", KEYS, Cache_Control="max-age=600"))
    assert source.ok
    assert [key.kid for key in source.slot.keys] == ["a", "b"]
    assert source._policy.expires - source._policy.fetched_at == 600
    head = server.heads[0].decode().lower()
    assert head.startswith("get /jwks http/1.1\r\n")
    assert "user-agent: rapidjwt/" in head
    assert "accept-encoding: identity" in head
    assert "python" not in head


def test_headers_of_the_program_are_sent(server, fetch):
    source = fetch(server.page("/jwks", KEYS), headers={"X-Api-Key": "abc", "User-Agent": "mine"})
    assert source.ok
    head = server.heads[0].decode().lower()
    assert "x-api-key: abc" in head
    assert "user-agent: mine" in head


def test_an_etag_comes_back(server, fetch):
    source = fetch(server.page("/jwks", KEYS, ETag='"v1"'))
    server.on("/jwks", lambda connection, head: connection.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    assert source.refresh()
    assert b'\r\nif-none-match: "v1"' in server.heads[1].lower()
    assert source.health().unchanged_fetches == 1


def chunked(connection, head):
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for at in range(0, len(KEYS), 100):
        piece = KEYS[at : at + 100]
        connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    connection.sendall(b"0\r\n\r\n")


def test_an_answer_in_chunks_and_one_that_ends_with_the_connection(server, fetch):
    assert fetch(server.on("/chunks", chunked)).ok
    assert fetch(server.on("/bare", lambda connection, head: connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + KEYS))).ok


# ---- hostile answers


def drip(connection, head, server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not server.stopping.wait(0.05):
        connection.sendall(b" ")


def drip_headers(connection, head, server):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not server.stopping.wait(0.05):
        connection.sendall(b"X")


def endless(connection, head, server):
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    sent = 0
    while not server.stopping.is_set() and sent < 200 << 20:
        connection.sendall(b" " * 65_536)
        sent += 65_536


def announced(connection, head, server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n")
    endless(connection, head, server)


def silent(connection, head, server):
    server.stopping.wait(20)


def slammed(connection, head, server):
    return


def cut_short(connection, head, server):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + KEYS)


def garbage(connection, head, server):
    connection.sendall(b"\x00\xff\x13garbage\r\n\r\n" * 100)


def many_headers(connection, head, server):
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n" + KEYS)


@pytest.mark.parametrize(
    ("behaviour", "codes"),
    [
        (drip, {"fetch_timeout"}),
        (drip_headers, {"fetch_timeout", "fetch_failed"}),
        (silent, {"fetch_timeout"}),
        (endless, {"fetch_too_large"}),
        (announced, {"fetch_too_large"}),
        (slammed, {"fetch_failed"}),
        (cut_short, {"fetch_failed"}),
        (garbage, {"fetch_failed"}),
        (many_headers, {"fetch_failed", None}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_behaviour_that_wastes_time_or_memory(server, fetch, behaviour, codes):
    url = server.on("/jwks", lambda connection, head: behaviour(connection, head, server))
    source = fetch(url, timeout=DEADLINE if "fetch_timeout" in codes else PATIENCE)
    # Generous: without a deadline it would be as long as the server likes.
    assert source.took < DEADLINE + 10
    assert source.health().last_error in codes
    assert source.ok is (source.health().last_error is None)


def nested(depth):
    return b'{"keys":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "jwks_invalid"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "jwks_invalid"),
        (b"null", "jwks_invalid"),
        (b"[]", "jwks_invalid"),
        (b"{}", "jwks_invalid"),
        (b'{"keys":null}', "jwks_invalid"),
        (b'{"keys":{}}', "jwks_invalid"),
        (b'{"keys":[]}', "jwks_empty"),
        (b'{"keys":[{}]}', "jwks_empty"),
        (b'{"keys":[NaN]}', "jwks_invalid"),
        (b'{"keys":[1e999]}', "jwks_empty"),
        (b'{"keys":[' + b"9" * 5000 + b"]}", "jwks_invalid"),
        (b'{"keys":[],"keys":[]}', "jwks_invalid"),
        (b"\xff" + KEYS, "jwks_invalid"),
        (b"\xef\xbb\xbf" + KEYS, "jwks_invalid"),
        (KEYS.decode().encode("utf-16"), "jwks_invalid"),
        (KEYS + b"x", "jwks_invalid"),
        (nested(400_000), "jwks_invalid"),
        (json.dumps({"keys": [jwk(None)] * 501}).encode(), "key_too_large"),
        (json.dumps({"keys": [jwk("p", d="AA")]}).encode(), "jwks_empty"),
        (json.dumps({"keys": [{"kty": "oct", "k": "A" * 43, "kid": "s"}]}).encode(), "jwks_empty"),
    ],
)  # fmt: skip
def test_answers_that_are_no_key_set(server, body, code):
    source = open_source(ISSUER, jwks_url=server.page("/jwks", KEYS), timeout=PATIENCE)
    assert source.refresh()
    server.page("/jwks", body)
    assert not source.refresh()
    health = source.health()
    assert (health.last_error, health.usable, health.keys) == (code, True, 2)


def test_a_compressed_answer_is_not_unpacked(server, fetch):
    import gzip

    source = fetch(server.page("/jwks", gzip.compress(KEYS), Content_Encoding="gzip"))
    assert source.health().last_error == "fetch_encoded"


# ---- redirects


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_redirects_are_not_followed(server, fetch, status):
    server.page("/elsewhere", KEYS)
    source = fetch(server.page("/jwks", b"", status, Location="/elsewhere"))
    assert source.health().last_error == "fetch_redirect"
    assert len(server.heads) == 1


def test_redirects_within_an_origin_are_followed_when_asked(server, fetch):
    server.page("/elsewhere", KEYS)
    source = fetch(server.page("/jwks", b"", "302 Found", Location="/elsewhere"), redirects=True)
    assert source.ok


def test_redirects_to_another_host_port_or_scheme_are_never_followed(server, fetch):
    with loopback.running() as other:
        other.page("/jwks", KEYS)
        places = [
            other.origin + "/jwks",
            f"https://127.0.0.1:{server.port}/jwks",
            f"http://localhost:{server.port}/x",
            "file:///etc/passwd",
            "//127.0.0.1/jwks",
            "http://[",
            "",
        ]
        for place in places:
            source = fetch(server.page("/jwks", b"", "302 Found", Location=place), redirects=True)
            assert source.health().last_error == "fetch_redirect", place
        assert not other.heads


def test_a_circle_of_redirects_ends(server, fetch):
    source = fetch(server.page("/jwks", b"", "302 Found", Location="/jwks"), redirects=True)
    assert source.health().last_error == "fetch_redirect"
    assert len(server.heads) == 4


# ---- discovery


def metadata(server, **members):
    return json.dumps({"issuer": server.origin, "jwks_uri": server.origin + "/keys"} | members).encode()


def test_discovery_finds_the_keys(server, fetch):
    server.page("/keys", KEYS)
    server.page("/.well-known/openid-configuration", metadata(server))
    source = fetch(None, issuer=server.origin)
    assert source.ok
    assert source.health().location == server.origin + "/keys"


def test_discovery_of_an_issuer_with_a_path(server, fetch):
    issuer = server.origin + "/tenant"
    server.page("/keys", KEYS)
    server.page("/tenant/.well-known/openid-configuration", metadata(server, issuer=issuer))
    assert fetch(None, issuer=issuer).ok
    server.page("/.well-known/oauth-authorization-server/tenant", metadata(server, issuer=issuer))
    assert fetch(None, issuer=issuer, discovery="oauth").ok


def test_the_address_of_the_metadata_can_be_given(server, fetch):
    template = "https://login.example/{tenantid}/v2.0"
    server.page("/keys", KEYS)
    url = server.page("/common/metadata", metadata(server, issuer=template))
    assert fetch(None, issuer=template, discovery=url).ok
    assert fetch(None, issuer=ISSUER, discovery=url).health().last_error == "discovery_issuer"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"issuer": "https://other.example"}, "discovery_issuer"),
        ({"issuer": "{origin}/"}, "discovery_issuer"),
        ({"issuer": None}, "discovery_issuer"),
        ({"issuer": ["{origin}"]}, "discovery_issuer"),
        ({"jwks_uri": None}, "discovery_invalid"),
        ({"jwks_uri": ["https://a.example/"]}, "discovery_invalid"),
        ({"jwks_uri": "file:///etc/passwd"}, "discovery_invalid"),
        ({"jwks_uri": "https://user:pass@a.example/"}, "discovery_invalid"),
        ({"jwks_uri": "https://a.example/#x"}, "discovery_invalid"),
        ({"jwks_uri": "https:///keys"}, "discovery_invalid"),
        ({"jwks_uri": "https://a.example:99999/"}, "discovery_invalid"),
        ({"jwks_uri": "https://a.example/\r\nX: y"}, "discovery_invalid"),
        ({"jwks_uri": "http://10.0.0.1/keys"}, "fetch_insecure"),
        ({"jwks_uri": "http://localhost.example/keys"}, "fetch_insecure"),
        ({"jwks_uri": "https://evil.example/keys"}, "fetch_host"),
    ],
)
def test_metadata_that_is_not_believed(server, fetch, members, code):
    named = {
        name: value.replace("{origin}", server.origin) if isinstance(value, str) else value
        for name, value in members.items()
    }
    server.page("/.well-known/openid-configuration", metadata(server, **named))
    source = fetch(None, issuer=server.origin, allowed_hosts=["127.0.0.1", "a.example"])
    assert source.health().last_error == code
    assert len(server.heads) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"issuer":1,"issuer":2}', b"[" * 100_000])
def test_metadata_that_is_none(server, fetch, body):
    server.page("/.well-known/openid-configuration", body)
    assert fetch(None, issuer=server.origin).health().last_error == "discovery_invalid"


def test_the_deadline_holds_for_metadata_and_keys_together(server, fetch):
    def slow(body):
        def handler(connection, head):
            server.stopping.wait(0.7 * DEADLINE)
            connection.sendall(loopback.page(body))

        return handler

    server.on("/.well-known/openid-configuration", slow(metadata(server)))
    server.on("/keys", slow(KEYS))
    source = fetch(None, issuer=server.origin, timeout=DEADLINE)
    assert not source.ok
    assert source.health().last_error == "fetch_timeout"


# ---- proxies


def test_urllib_takes_proxies_from_the_environment(server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.origin)
    monkeypatch.setenv("no_proxy", "")
    server.page("http://keys.example/jwks", KEYS)
    source = open_source(ISSUER, jwks_url="http://keys.example/jwks", timeout=PATIENCE, allow_http=True)
    assert source.find("a")
    assert server.heads[0].startswith(b"GET http://keys.example/jwks HTTP/1.1")


@pytest.mark.parametrize("make", [urllib_transport, aiohttp_transport])
def test_no_proxy_of_the_environment_stands_between_us_and_this_machine(server, monkeypatch, make):
    with loopback.running() as proxy:
        monkeypatch.setenv("http_proxy", proxy.origin)
        monkeypatch.setenv("no_proxy", "")
        server.page("/keys", KEYS)
        source = open_source(ISSUER, jwks_url=f"{server.origin}/keys", timeout=PATIENCE, **make())
        assert source.find("a")
        assert proxy.heads == []


@pytest.mark.parametrize("elsewhere", ["http://issuer.example", "https://issuer.example"])
@pytest.mark.parametrize("here", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST."])
def test_metadata_from_elsewhere_cannot_name_this_machine_whatever_http_is_admitted(elsewhere, here):
    asked = []

    def transport(request):
        asked.append(request.url)
        body = json.dumps({"issuer": elsewhere, "jwks_uri": f"http://{here}:2379/keys"})
        return Response(200, {}, body.encode())

    source = open_source(elsewhere, discovery=True, allow_http=True, transport=transport)
    assert not source.find("a")
    assert source.health().last_error == "fetch_insecure"
    assert len(asked) == 1


def test_a_transport_that_breaks_its_contract_is_a_failed_fetch():
    for wrong in (lambda request: None, lambda request: 1 / 0, lambda request: b"keys"):
        source = open_source(ISSUER, jwks_url="https://a.example/", transport=wrong)
        assert not source.find("a")
        assert source.health().last_error == "fetch_failed"
