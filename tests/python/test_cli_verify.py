"""`rapidjwt verify TOKEN`: the policy is said aloud, the keys decide about algorithms, one verdict and one exit code."""

from __future__ import annotations

import json

import pytest

from forge import NOW
from rapidjwt.exceptions import CODES

ISSUER, AUDIENCE = "https://issuer.example/", "my-api"
CLAIMS = {"iss": ISSUER, "aud": AUDIENCE, "sub": "user-1", "iat": NOW - 60, "exp": NOW + 600}
SECRET = "a-secret-of-thirty-two-bytes-or-more"


def test_shows_the_claims_of_a_good_token(verify, material):
    result = verify(material.token(kid="k1"))
    assert result.code == 0
    assert result.json == CLAIMS
    assert result.err == "rapidjwt: valid: ES256, key k1, valid for 10 min\n"


def test_json_is_one_object(verify, material):
    result = verify("--json", material.token(kid="k1"))
    assert result.code == 0
    assert result.err == ""
    assert result.json["valid"] is True
    assert result.json["claims"] == CLAIMS
    assert result.json["header"]["kid"] == "k1"
    assert result.json["times"]["exp"]["seconds"] == 600


def test_nothing_of_a_refused_token_goes_to_stdout(verify, material):
    result = verify(material.token("ES256", CLAIMS | {"exp": NOW}, kid="k1"))
    assert (result.code, result.out) == (1, "")
    assert result.err == "rapidjwt: rejected: The token has expired (exp) [expired]\n"


def test_a_refusal_as_json(verify, material):
    result = verify("--json", material.token("ES256", CLAIMS | {"aud": "x"}, kid="k1"))
    spec = CODES["aud_mismatch"]
    assert (result.code, result.err) == (1, "")
    assert result.json == {
        "valid": False,
        "error": {"code": "aud_mismatch", "reason": "wrong_audience", "message": spec.message},
    }


@pytest.mark.parametrize(
    ("options", "claims", "code"),
    [
        ([], {}, None),
        (["--leeway", "1m"], {"exp": NOW - 59}, None),
        (["--leeway", "58"], {"exp": NOW - 59}, "expired"),
        (["--subject", "user-1"], {}, None),
        (["--sub", "user-2"], {}, "sub_mismatch"),
        (["--require", "jti"], {}, "claim_missing"),
        (["--require", "jti"], {"jti": "1", "exp": None}, "claim_missing"),
        (["--max-age", "30"], {}, "too_old"),
        (["--max-age", "1h"], {}, None),
        (["--max-lifetime", "5m"], {}, "lifetime_too_long"),
        (["--typ", "at+jwt", "--typ", "jwt"], {}, None),
        (["--typ", "at+jwt"], {}, "typ_mismatch"),
        (["--max-token-bytes", "100"], {}, "token_too_large"),
        (["--max-header-bytes", "10"], {}, "header_too_large"),
        (["--max-depth", "1"], {"deep": []}, "payload_too_deep"),
        (["--alg", "RS256", "--alg", "ES256"], {}, None),
        (["--iss", "https://other.example/"], {"iss": "https://other.example/"}, None),
    ],
)
def test_options_reach_the_policy(verify, material, options, claims, code):
    result = verify("--json", *options, material.token("ES256", CLAIMS | claims, kid="k1"))
    assert result.json.get("error", {}).get("code") == code
    assert result.code == (0 if code is None else 1)


def test_a_token_may_never_expire_only_when_that_is_allowed(cli, policy, material):
    forever = {name: value for name, value in CLAIMS.items() if name != "exp"}
    token = material.token("ES256", forever, kid="k1")
    assert cli("verify", *policy, token).code == 1
    result = cli("verify", *policy, "--allow-no-exp", token)
    assert result.code == 0
    assert "no expiry" in result.err


def test_waived_issuer_and_audience(cli, material):
    anonymous = material.token("ES256", {"exp": NOW + 1}, kid="k1")
    waived = [
        "verify",
        "--jwks",
        material.path("jwks.json"),
        "--no-issuer",
        "--no-audience",
        "--now",
        str(NOW),
        "--json",
    ]
    assert cli(*waived, anonymous).code == 0
    assert cli(*waived, material.token(kid="k1")).json["error"]["code"] == "aud_unexpected"


@pytest.mark.parametrize(
    ("options", "token"),
    [
        (["--key", "ec.pub.pem"], ["ES256"]),
        (["--key", "ec.pub.jwk"], ["ES256"]),
        (["--key", "ed.pub.pem"], ["EdDSA"]),
        (["--key", "ed.pub.pem"], ["Ed25519"]),
        (["--key", "rsa.pub.pem", "--alg", "RS256"], ["RS256"]),
        (["--key", "rsa.pub.pem", "--key", "ec.pub.pem", "--alg", "PS256", "--alg", "ES256"], ["ES256"]),
        (["--jwks", "jwks.json", "--key", "ed.pub.pem"], ["EdDSA"]),
    ],
)
def test_keys_in_files(cli, material, options, token):
    options = [str(material.path(option)) if "." in option else option for option in options]
    result = cli("verify", *options, "--iss", ISSUER, "--aud", AUDIENCE, "--now", str(NOW), material.token(*token))
    assert result.code == 0, result.err


def test_secrets(cli, material):
    common = ["--iss", ISSUER, "--aud", AUDIENCE, "--alg", "HS256", "--now", str(NOW)]
    signed = cli("sign", "--key", material.path("secret.txt"), "--alg", "HS256", "--no-exp", stdin=b"")
    assert signed.code == 0, signed.err
    token = cli(
        "sign",
        "--key-env",
        "SECRET",
        "--alg",
        "HS256",
        "--exp",
        "600",
        "--now",
        str(NOW),
        "--iss",
        ISSUER,
        "--aud",
        AUDIENCE,
        SECRET=SECRET,
    ).out.strip()
    assert cli("verify", "--key", material.path("secret.txt"), *common, token).code == 0
    assert cli("verify", "--key-env", "SECRET", *common, token, SECRET=SECRET).code == 0
    seen = cli("verify", "--secret-unsafe", SECRET, *common, token)
    assert seen.code == 0
    assert "can be seen by every user" in seen.err
    assert SECRET not in seen.err


def test_alg_is_needed_where_the_key_leaves_it_open(cli, material):
    result = cli(
        "verify", "--key", material.path("rsa.pub.pem"), "--no-issuer", "--no-audience", material.token("RS256")
    )
    assert result.code == 2
    assert result.err.startswith("rapidjwt: error: --alg is needed: a key of type RSA fits RS256, RS384")
    assert result.err.count("\n") == 1


def test_a_key_is_never_used_with_an_algorithm_of_another_kind(cli, material):
    result = cli(
        "verify", "--key", material.path("ec.pub.pem"), "--alg", "HS256", "--no-issuer", "--no-audience", "a.b.c"
    )
    assert result.code == 4
    assert "secret_is_key" in result.err


def test_skipped_members_of_a_set_are_told(cli, material, tmp_path):
    good = json.loads(material.path("jwks.json").read_text())["keys"]
    (tmp_path / "mixed.json").write_text(json.dumps({"keys": [{"kty": "OKP", "crv": "X25519", "x": "AA"}, *good]}))
    result = cli(
        "verify",
        "--jwks",
        "mixed.json",
        "--iss",
        ISSUER,
        "--aud",
        AUDIENCE,
        "--now",
        str(NOW),
        material.token(kid="k1"),
    )
    assert result.code == 0
    assert "rapidjwt: warning: mixed.json: member 0 of the set is left out [key_unsupported]" in result.err


def test_explain_shows_every_failure_at_once(verify, material):
    token = material.token("ES256", CLAIMS | {"exp": NOW - 1, "aud": "x"}, kid="k1")
    result = verify("--explain", token)
    assert result.code == 1
    assert "FAIL  exp  The token has expired (exp) [expired]\n" in result.out
    assert "[aud_mismatch]" in result.out
    assert "ok    signature\n" in result.out
    as_json = verify("--explain", "--json", stdin=token.encode() + b"\n")
    assert as_json.code == 1
    assert as_json.json["valid"] is False
    assert {check["code"] for check in as_json.json["checks"] if check["ok"] is False} == {"expired", "aud_mismatch"}
    assert as_json.json["unverified"]["claims"]["aud"] == "x"


def test_explain_takes_one_token(verify, material):
    several = material.token(kid="k1").encode() + b"\n"
    assert verify("--explain", stdin=several * 2).code == 2
    assert verify("--explain", stdin=several).code == 0
    assert "token_too_large" in verify("--explain", stdin=b"A" * 1_000_000).out


def test_explain_of_a_good_token(verify, material):
    result = verify("--explain", material.token(kid="k1"))
    assert result.code == 0
    assert "FAIL" not in result.out


def test_an_argument_that_is_not_utf_8_is_a_refused_token(verify):
    assert verify("--json", b"a.b.\xff".decode("utf-8", "surrogateescape")).json["error"]["reason"] == "malformed"


def test_verify_stays_strict(verify, material):
    good = material.token(kid="k1")
    for wrapped in (f"Bearer {good}", f" {good}", f"'{good}'", good + "="):
        assert verify(wrapped).code == 1


def test_padding_is_accepted_when_allowed(verify, material):
    good = material.token(kid="k1")
    assert verify("--allow-padding", good + "=" * (-len(good.rpartition(".")[2]) % 4)).code == 0
