"""`rapidjwt jwks`: key sets from files and addresses, shown, fetched and checked."""

from __future__ import annotations

import json

import pytest

import forge
import loopback
from rapidjwt.cli import exits


def jwk(kid, algorithm="ES256", number=0, **members):
    named = {} if kid is None else {"kid": kid}
    return forge.material(algorithm, number).jwk(**named, **members)


def text(*members):
    return json.dumps({"keys": members}).encode()


GOOD = text(jwk("a", alg="ES256", use="sig"), jwk("b", "RS256", alg="RS256"))


@pytest.fixture
def server():
    with loopback.running() as one:
        yield one


def conditional(body):
    """A page that answers conditional requests."""

    def handler(connection, head):
        if b"if-none-match" in head.lower():
            connection.sendall(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
        else:
            connection.sendall(loopback.page(body, ETag='"1"', Cache_Control="max-age=600"))

    return handler


def test_show_lists_the_keys_of_a_file(cli, tmp_path):
    (tmp_path / "keys.json").write_bytes(text(jwk("a", use="sig"), {"kty": "PQC"}, jwk("b", "RS256")))
    shown = cli("jwks", "show", "keys.json")
    assert shown.code == exits.OK
    header, first, second = shown.out.splitlines()
    assert header.split() == ["kid", "type", "alg", "use", "thumbprint"]
    assert first.split()[:5] == ["a", "EC", "P-256", "ES256", "sig"]
    assert second.split()[:5] == ["b", "RSA", "2048", "any", "-"]
    assert "member 1 of the set is left out" in shown.err
    assert "[key_unsupported]" in shown.err


def test_show_writes_json(cli, server):
    facts = cli("jwks", "show", "--json", server.page("/jwks", GOOD)).json
    assert [key["kid"] for key in facts["keys"]] == ["a", "b"]
    assert facts["keys"][1]["bits"] == 2048
    assert facts["skipped"] == []


def test_a_kid_cannot_drive_the_terminal(cli, tmp_path):
    (tmp_path / "keys.json").write_bytes(text(jwk("\x1b[31m\u202e\n")))
    shown = cli("jwks", "show", "keys.json")
    assert "\\u001b[31m\\u202e\\u000a" in shown.out


def test_fetch_writes_the_usable_keys(cli, server, tmp_path):
    url = server.page("/jwks", text(jwk("a"), jwk("p", d="AA"), {"kty": "oct", "k": "AAAA"}))
    fetched = cli("jwks", "fetch", url)
    assert fetched.code == exits.OK
    assert [key["kid"] for key in fetched.json["keys"]] == ["a"]
    assert fetched.err.count("[key_private]") == 2
    assert cli("jwks", "fetch", url, "--out", "keys.json").err.endswith("rapidjwt: wrote keys.json\n")
    assert cli("jwks", "fetch", url, "--out", "keys.json").code == exits.USAGE
    assert cli("jwks", "fetch", url, "--out", "keys.json", "--force").code == exits.OK
    assert json.loads((tmp_path / "keys.json").read_text()) == fetched.json


def test_fetch_by_discovery(cli, server):
    server.page("/keys", GOOD)
    metadata = {"issuer": server.origin, "jwks_uri": server.origin + "/keys"}
    server.page("/.well-known/openid-configuration", json.dumps(metadata).encode())
    assert len(cli("jwks", "fetch", server.origin, "--discovery", "oidc").json["keys"]) == 2
    wrong = cli("jwks", "fetch", server.origin + "/", "--discovery", "oidc")
    assert (wrong.code, "[discovery_issuer]" in wrong.err) == (exits.KEY_UNUSABLE, True)


def test_check_finds_nothing_wrong(cli, server):
    checked = cli("jwks", "check", server.on("/jwks", conditional(GOOD)))
    assert (checked.code, checked.err) == (exits.OK, "")
    assert [line.split()[0] for line in checked.out.splitlines()] == ["ok", "ok", "ok"]
    assert "fresh for 600 s" in checked.out
    assert "304" in checked.out


def test_check_warns_and_fails(cli, server):
    members = [jwk("a"), jwk("a", number=1), jwk(None, "RS256"), jwk("p", d="AA"), {"kty": "PQC"}]
    checked = cli("jwks", "check", "--json", server.page("/jwks", text(*members), Cache_Control="no-store"))
    assert checked.code == exits.KEY_UNUSABLE
    assert checked.json["ok"] is False
    found = [(one["verdict"], one["subject"]) for one in checked.json["findings"]]
    assert found == [
        ("ok", "answer"), ("warn", "lifetime"), ("warn", "refresh"), ("FAIL", "member"), ("warn", "member"),
        ("warn", "kid"), ("warn", "alg"), ("FAIL", "kid"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "no Cache-Control"),
        ({"Cache_Control": "max-age=5"}, "60 s are taken"),
        ({"Cache_Control": "max-age=999999"}, "for a day"),
        ({"ETag": '"1"'}, "got the whole set again"),
    ],
)
def test_check_tells_of_headers(cli, server, headers, words):
    checked = cli("jwks", "check", server.page("/jwks", GOOD, **headers))
    assert checked.code == exits.OK
    assert words in checked.out


@pytest.mark.parametrize("verb", ["show", "fetch", "check"])
def test_what_goes_wrong_is_one_line(cli, server, verb):
    cases = [
        (server.page("/html", b"<html>"), exits.KEY_UNUSABLE, "[jwks_invalid]"),
        (server.origin + "/absent", exits.KEY_UNUSABLE, "[fetch_status] (HTTP status 404)"),
        (server.page("/moved", b"", "302 Found", Location="/x"), exits.KEY_UNUSABLE, "[fetch_redirect]"),
        ("http://127.0.0.1:1/", exits.KEY_UNUSABLE, "[fetch_failed] (Connection refused)"),
        ("http://a.example/", exits.USAGE, "(--allow-http admits http)"),
        ("ftp://a.example/", exits.USAGE, "must be an https address"),
    ]
    for url, code, words in cases:
        done = cli("jwks", verb, url)
        assert done.code == code
        assert done.out == ""
        assert done.err.startswith("rapidjwt: error: ")
        assert done.err.count("\n") == 1
        assert words in done.err


def test_a_server_that_drips_ends_at_the_deadline(cli, server):
    def drip(connection, head):
        while not server.stopping.wait(0.05):
            connection.sendall(b"x")

    done = cli("jwks", "fetch", "--timeout", "1s", server.on("/jwks", drip))
    assert done.code == exits.KEY_UNUSABLE


def test_files_need_no_network_and_no_discovery(cli, tmp_path):
    (tmp_path / "keys.json").write_bytes(GOOD)
    assert cli("jwks", "show", "--discovery", "oidc", "keys.json").code == exits.USAGE
    assert cli("jwks", "show", "absent.json").code == exits.KEY_UNUSABLE
    assert cli("jwks").code == exits.USAGE
