"""`rapidjwt decode`: tolerant in what it reads, loud about what it did not check."""

from __future__ import annotations

import base64
import json

import pytest

from forge import NOW


def test_shows_header_claims_and_times(cli, material):
    result = cli("decode", material.token(kid="k1"), "--now", str(NOW))
    assert result.code == 0
    assert '"alg": "ES256"' in result.out
    assert '"sub": "user-1"' in result.out
    assert "status: current" in result.out
    assert "valid for 10 min" in result.out
    assert "2027-01-15T08:10:00Z" in result.out
    assert "SIGNATURE NOT CHECKED" in result.err
    assert "SIGNATURE" not in result.out


def test_json_is_one_object_with_the_claims_untouched(cli, material):
    claims = {"iss": "i", "exp": NOW + 1, "big": 2**80, "half": 0.5, "name": "Zoë", "nested": {"a": [1, None, True]}}
    result = cli("inspect", "--json", material.token("ES256", claims), "--now", str(NOW))
    assert result.code == 0
    assert result.out.count("\n") == 1
    assert result.json["claims"] == claims
    assert result.json["header"] == {"alg": "ES256", "typ": "JWT"}
    assert result.json["signature_checked"] is False
    assert result.json["times"]["exp"] == {"iso": "2027-01-15T08:00:01Z", "seconds": 1, "relative": "valid for 1 s"}
    assert result.json["status"] == "current"
    assert result.json["repairs"] == []


@pytest.mark.parametrize(
    ("claims", "status", "code"),
    [
        ({"exp": NOW + 1}, "current", 0),
        ({}, "no expiry", 0),
        ({"exp": NOW}, "expired", 1),
        ({"exp": NOW + 0.5}, "expired", 1),
        ({"exp": NOW + 9, "nbf": NOW + 1}, "not yet valid", 1),
        ({"exp": NOW + 9, "iat": NOW + 1}, "issued in the future", 1),
        ({"nbf": "soon"}, "bad dates", 1),
        ({"exp": 1e300}, "current", 0),
        ({"exp": 10**600}, "bad dates", 1),
    ],
)
def test_check_ends_with_1_for_a_token_out_of_its_time(cli, claims, status, code):
    token = _unsigned({"alg": "none"}, claims)
    result = cli("decode", token, "--json", "--check", "--now", str(NOW))
    assert (result.code, result.json["status"]) == (code, status)
    assert cli("decode", token, "--now", str(NOW)).code == 0


WRAPPINGS = {
    "bearer": (lambda t: f"Bearer {t}", ["took off the scheme Bearer"]),
    "header": (
        lambda t: f"authorization: bearer {t}\r\n",
        ["took off the header name Authorization", "took off the scheme Bearer"],
    ),
    "quoted": (
        lambda t: f'  "{t}",\n',
        ["took off white space", "took off a trailing comma or semicolon", "took off quotes"],
    ),
    "folded": (lambda t: f"{t[:40]}\n  {t[40:]}", ["took out white space and line breaks"]),
    "fragment": (
        lambda t: f"https://app.example/cb#access_token={t}&token_type=bearer",
        ["took the token out of a URL or form"],
    ),
    "invisible": (lambda t: f"\ufeff{t}\u200b", ["took out invisible characters"]),
    "no signature": (lambda t: t.rpartition(".")[0], ["the signature is missing"]),
    "broken signature": (lambda t: t + "!", ["the signature is not base64url"]),
    "everything": (
        lambda t: f" 'Authorization: Bearer \"{t}\";' ",
        [
            "took off white space",
            "took off quotes",
            "took off the header name Authorization",
            "took off the scheme Bearer",
            "took off a trailing comma or semicolon",
        ],
    ),
}


@pytest.mark.parametrize("name", WRAPPINGS)
def test_takes_off_what_surrounds_a_token_and_tells_so(cli, material, name):
    wrap, repairs = WRAPPINGS[name]
    result = cli("decode", "--json", stdin=wrap(material.token()).encode())
    assert result.code == 0, result.err
    assert result.json["claims"]["sub"] == "user-1"
    assert result.json["repairs"] == repairs
    assert [line for line in result.err.split("\n") if "repaired" in line] == [
        f"rapidjwt: repaired: {r}" for r in repairs
    ]


def test_takes_off_padding_and_the_other_alphabet(cli):
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, {"sub": "???>>>~~~"})]
    token = ".".join(base64.b64encode(part).decode() for part in parts) + "."
    assert "+" in token or "/" in token
    result = cli("decode", "--json", token)
    assert result.json["claims"] == {"sub": "???>>>~~~"}
    assert result.json["repairs"] == ["took off padding", "changed base64 to base64url"]


def test_reads_one_part_alone(cli, material):
    header, claims, _ = material.token(kid="k1").split(".")
    assert cli("decode", "--json", header).json["header"]["kid"] == "k1"
    assert cli("decode", "--json", header).json["claims"] is None
    assert cli("decode", "--json", claims).json["claims"]["sub"] == "user-1"
    assert cli("decode", "--json", claims).json["header"] is None


def test_reads_utf_16(cli, material):
    result = cli("decode", "--json", "-", stdin=(material.token() + "\r\n").encode("utf-16"))
    assert result.json["claims"]["sub"] == "user-1"


@pytest.mark.parametrize(
    ("stdin", "says"),
    [
        (b"", "the token is empty"),
        (b"hell", "payload_utf8"),
        (b"a.b.c.d.e", "five parts make an encrypted token, a JWE"),
        (b"\x00\xff\xfe\x80" * 50, "base64"),
        (b"A" * 10_000_000, "token_too_large"),
        (b"W10.e30.", "header_not_object"),
        (b"a.b.c\nd.e.f\n", "there are several tokens, and decode takes one"),
    ],
)
def test_says_in_one_line_why_it_cannot_read(cli, stdin, says):
    result = cli("decode", stdin=stdin)
    assert result.code == 3
    assert result.out == ""
    assert says in result.err
    assert result.err.count("\n") == 1


NASTY = "\x1b[2J\x9b31m\u202eevil\u2028\x7f\x00\U000e0041"


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_no_control_character_reaches_a_terminal(cli, flags):
    token = _unsigned({"alg": "none", "kid": NASTY}, {"sub": NASTY, NASTY: 1, "name": "Zoë"})
    shown = cli.terminal("decode", *flags, token, NO_COLOR="1").out
    assert not [char for char in shown if not char.isprintable() and char not in "\r\n"]
    assert "Zoë" in shown
    assert "\\u001b[2J\\u009b31m\\u202eevil\\u2028\\u007f\\u0000\\udb40\\udc41" in shown


def test_escapes_keep_the_value(cli):
    result = cli("decode", "--json", _unsigned({"alg": "none"}, {"sub": NASTY}))
    assert result.json["claims"] == {"sub": NASTY}


@pytest.mark.parametrize(
    ("flags", "environment", "colored"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"TERM": "dumb"}, False),
        ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (["--color=never"], {}, False),
        (["--color=always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_colours_on_a_terminal(cli, flags, environment, colored):
    shown = cli.terminal("decode", *flags, _unsigned({"alg": "none"}, {}), **environment).out
    assert ("\x1b[33m" in shown) == colored


@pytest.mark.parametrize(
    ("flags", "environment", "colored"),
    [([], {}, False), ([], {"FORCE_COLOR": "1"}, True), (["--color", "always"], {}, True)],
)
def test_colours_into_a_pipe(cli, flags, environment, colored):
    result = cli("decode", *flags, _unsigned({"alg": "none"}, {}), **environment)
    assert ("\x1b[33m" in result.err) == colored
    assert "\x1b" not in result.out


def test_a_terminal_without_a_token_is_not_waited_for(cli):
    result = cli.terminal("decode", NO_COLOR="1")
    assert result.code == 2
    assert "no token given" in result.out


def _unsigned(header, claims):
    parts = [json.dumps(part).encode() for part in (header, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
