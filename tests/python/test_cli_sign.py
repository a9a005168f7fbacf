"""`rapidjwt sign`: what is signed is what was said, and the lifetime has to be said."""

from __future__ import annotations

import json

import pytest

from forge import NOW, unb64

SECRET = "a-secret-of-thirty-two-bytes-or-more"


@pytest.fixture
def sign(cli, material):
    """Sign with the EC key at NOW and give back header, claims and token."""

    def run(*arguments, key="ec.pem", **options):
        result = cli("sign", "--key", material.path(key), "--now", str(NOW), *arguments, **options)
        assert result.code == 0, result.err
        assert result.err == ""
        token = result.out.removesuffix("\n")
        header, claims = (json.loads(unb64(part)) for part in token.split(".")[:2])
        return header, claims, token

    return run


def test_claims_of_every_kind(sign):
    header, claims, _ = sign(
        *("--exp", "+15m", "--iss", "me", "--sub", "user-1", "--aud", "a", "--aud", "b", "--jti", "id-1"),
        *("--claim", "name=Zoë = x", "-c", 'roles:=[1, {"a": null}]', "--claim", "https://x.example/c=1"),
    )
    assert header == {"alg": "ES256", "typ": "JWT"}
    assert claims == {
        "iat": NOW,
        "exp": NOW + 900,
        "iss": "me",
        "sub": "user-1",
        "aud": ["a", "b"],
        "jti": "id-1",
        "name": "Zoë = x",
        "roles": [1, {"a": None}],
        "https://x.example/c": "1",
    }


def test_header_members(sign):
    header, _, _ = sign("--no-exp", "--typ", "at+jwt", "--kid", "k9", "--header", "cty=x", "--header", "ver:=2")
    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": "k9", "cty": "x", "ver": 2}


def test_no_exp_and_one_audience(sign):
    _, claims, _ = sign("--no-exp", "--aud", "a")
    assert claims == {"iat": NOW, "aud": "a"}


def test_a_new_jti_each_time(sign):
    (_, first, _), (_, second, _) = sign("--exp", "1m", "--jti"), sign("--exp", "1m", "--jti")
    assert len(first["jti"]) >= 16
    assert first["jti"] != second["jti"]


def test_claims_from_json_and_their_old_dates(sign, tmp_path):
    old = {"sub": "a", "exp": 1, "iat": 1, "nbf": 1}
    (tmp_path / "claims.json").write_text(json.dumps(old))
    assert sign("--json", "claims.json", "--exp", "10", "--claim", "sub=b")[1] == {
        "sub": "b",
        "nbf": 1,
        "iat": NOW,
        "exp": NOW + 10,
    }
    assert sign("--json", "-", "--no-exp", stdin=json.dumps(old).encode())[1] == old


def test_what_is_signed_verifies(cli, sign, material):
    for key, algorithm in (("ec", "ES256"), ("rsa", "PS384"), ("ed", "EdDSA")):
        _, _, token = sign("--exp", "1h", "--iss", "me", "--aud", "you", "--alg", algorithm, key=f"{key}.pem")
        check = ["--key", material.path(f"{key}.pub.pem"), "--alg", algorithm, "--iss", "me", "--aud", "you"]
        assert cli("verify", *check, "--now", str(NOW), token).code == 0


def test_a_locked_key(cli, material):
    locked = ["sign", "--key", material.path("ec.locked.pem"), "--no-exp"]
    assert cli(*locked, "--password-env", "PASSWORD", PASSWORD="correct horse").code == 0
    wrong = cli(*locked, "--password-env", "PASSWORD", PASSWORD="wrong")
    assert (wrong.code, wrong.out) == (4, "")
    assert "key_password" in wrong.err
    missing = cli(*locked)
    assert missing.code == 4
    assert "give its password with --password-env NAME" in missing.err
    unset = cli(*locked, "--password-env", "NOT_SET")
    assert unset.code == 4
    assert "environment variable NOT_SET is not set" in unset.err


def test_a_terminal_is_asked_for_the_password(cli, material):
    arguments = ["sign", "--key", material.path("ec.locked.pem"), "--no-exp"]
    result = cli.terminal(*arguments, typed=b"correct horse\n", after="Password of")
    assert result.code == 0
    assert "Password of " in result.out
    assert "eyJ" in result.out
    assert "correct horse" not in result.out.partition("Password of ")[2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "one of the arguments --exp --no-exp is required"),
        (["--exp", "soon"], "not a duration: 'soon'"),
        (["--exp", "1800000000"], "looks like a date, not a lifetime"),
        (["--exp", "1h", "--claim", "exp:=1"], "two answers to one question"),
        (["--exp", "1h", "--no-exp"], "not allowed with argument"),
        (["--no-exp", "--claim", "novalue"], "--claim takes name=text or name:=json, not 'novalue'"),
        (["--no-exp", "--claim", "=x"], "--claim takes name=text"),
        (["--no-exp", "--claim", "a:={"], "--claim a: not valid JSON"),
        (["--no-exp", "--claim", "a:=NaN"], "NaN is not JSON"),
        (["--no-exp", "--claim", 'a:={"b":1,"b":2}'], "a member name twice"),
        (["--no-exp", "--header", "alg=none"], "alg"),
        (["--no-exp", "--json", "-"], "--json -: not valid JSON"),
        (["--no-exp", "--alg", "XX"], "unknown algorithm 'XX'"),
    ],
)
def test_wrong_usage_is_one_line(cli, material, arguments, says):
    result = cli("sign", "--key", material.path("ec.pem"), *arguments)
    assert (result.code, result.out) == (2, "")
    assert says in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("stdin", [b"[1]", b"\xff{}", b"[" * 100_000, b" " * 2_000_000])
def test_bad_json_is_one_line(cli, material, stdin):
    result = cli("sign", "--key", material.path("ec.pem"), "--no-exp", "--json", "-", stdin=stdin)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("rapidjwt: error: --json -: ")
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (["--key", "ec.pub.pem"], "a public key where a private one belongs [key_public]"),
        (["--key", "ec.pem", "--alg", "RS256"], "key_algorithm"),
        (["--key-env", "NOT_SET", "--alg", "HS256"], "environment variable NOT_SET is not set"),
        (["--key-env", "SHORT", "--alg", "HS256"], "key_weak"),
        (["--secret-unsafe", "", "--alg", "HS256"], "secret_empty"),
    ],
)
def test_unusable_keys(cli, material, key, says):
    key = [str(material.path(part)) if part.endswith(".pem") else part for part in key]
    result = cli("sign", "--no-exp", *key, SHORT="short")
    assert (result.code, result.out) == (4, "")
    assert says in result.err


def test_a_secret_needs_one_hmac_algorithm(cli):
    for arguments in ([], ["--alg", "ES256"]):
        result = cli("sign", "--no-exp", "--key-env", "SECRET", *arguments, SECRET=SECRET)
        assert result.code == 2
        assert "a secret needs exactly one --alg HS256, HS384 or HS512" in result.err
