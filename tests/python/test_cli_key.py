"""`rapidjwt key`: every form in and out, and private material only where it was asked for."""

from __future__ import annotations

import json
import stat

import pytest

import forge

ALGORITHMS = ["HS256", "HS512", "RS256", "PS384", "ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_new_key_signs_and_its_public_part_verifies(cli, tmp_path, algorithm):
    made = cli("key", "generate", algorithm, "--kid", "k7", "--out", "key.jwk")
    assert (made.code, made.out, made.err) == (0, "", "rapidjwt: wrote key.jwk\n")
    assert stat.S_IMODE((tmp_path / "key.jwk").stat().st_mode) == 0o600
    token = cli("sign", "--key", "key.jwk", "--exp", "1h").out.strip()
    public = "key.jwk"
    if not algorithm.startswith("HS"):
        public = "public.jwk"
        assert cli("key", "public", "key.jwk", "--out", public).code == 0
        assert "d" not in json.loads((tmp_path / public).read_text())
    result = cli("verify", "--key", public, "--no-issuer", "--no-audience", "--json", token)
    assert result.code == 0, result.err
    assert result.json["header"] == {"alg": algorithm, "typ": "JWT", "kid": "k7"}


def test_sizes(cli):
    assert cli("key", "generate", "HS256", "--bits", "512").json["k"].__len__() == 86
    assert cli("key", "generate", "RS256", "--bits", "3072").json["n"].__len__() == 512
    for arguments in (["ES256", "--bits", "256"], ["RS256", "--bits", "1024"], ["HS256", "--bits", "9"], ["none"]):
        result = cli("key", "generate", *arguments)
        assert (result.code, result.out) == (2, "")
        assert result.err.count("\n") == 1


def test_pem(cli):
    assert cli("key", "generate", "ES256", "--pem").out.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert cli("key", "generate", "HS256", "--pem").code == 2


def test_a_file_is_not_written_over(cli, tmp_path):
    target = tmp_path / "key.pem"
    target.write_text("precious")
    target.chmod(0o644)
    refused = cli("key", "generate", "ES256", "--pem", "--out", "key.pem")
    assert refused.code == 2
    assert refused.err == "rapidjwt: error: key.pem exists (--force takes its place)\n"
    assert target.read_text() == "precious"
    assert cli("key", "generate", "ES256", "--pem", "--out", "key.pem", "--force").code == 0
    assert target.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem"]


def test_a_link_laid_out_for_us_is_not_followed(cli, tmp_path):
    (tmp_path / "key.pem").symlink_to(tmp_path / "elsewhere")
    assert cli("key", "generate", "ES256", "--out", "key.pem").code == 2
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("out", ["no/such/folder/key", "."])
def test_a_place_that_cannot_be_written(cli, out):
    result = cli("key", "generate", "ES256", "--out", out, "--force")
    assert result.code == 5
    assert result.err.startswith(f"rapidjwt: error: {out}: ")
    assert result.err.count("\n") == 1


def test_a_terminal_does_not_show_a_private_key_unasked(cli):
    refused = cli.terminal("key", "generate", "ES256", NO_COLOR="1")
    assert refused.code == 2
    assert '"d"' not in refused.out
    shown = cli.terminal("key", "generate", "ES256", "--private")
    assert shown.code == 0
    assert '"d"' in shown.out


@pytest.mark.parametrize("name", ["ec", "rsa", "ed"])
def test_public_keeps_the_form_of_the_file(cli, material, name):
    pem = cli("key", "public", material.path(f"{name}.pem"))
    assert pem.out == material.path(f"{name}.pub.pem").read_text()
    assert cli("key", "public", material.path(f"{name}.pub.pem")).out == pem.out
    jwk = cli("key", "public", material.path(f"{name}.jwk"))
    assert "d" not in jwk.json
    assert jwk.json["kid"] == "k1"
    assert cli("key", "public", "--pem", material.path(f"{name}.jwk")).out == pem.out
    assert cli("key", "public", "--jwk", material.path(f"{name}.pem")).json["kty"] == jwk.json["kty"]


def test_public_of_a_key_set_is_a_key_set(cli, tmp_path):
    keys = [forge.material(name).jwk(private=True, kid=name) for name in ("ES256", "EdDSA", "HS256")]
    (tmp_path / "private.json").write_text(json.dumps({"keys": keys}))
    result = cli("key", "public", "private.json")
    assert result.code == 0
    assert [key["kid"] for key in result.json["keys"]] == ["ES256", "EdDSA"]
    assert not [key for key in result.json["keys"] if "d" in key or "k" in key]
    assert cli("key", "thumbprint", "private.json").out.count("\n") == 3


def test_convert_to_every_form(cli, material, tmp_path):
    private = material.path("ec.pem")
    for form in ("pem", "der", "jwk", "jwks"):
        for part in ([], ["--private"]):
            name = f"key.{form}{len(part)}"
            done = cli("key", "convert", private, "--to", form, *part, "--kid", "k2", "--out", name)
            assert done.code == 0, done.err
            mode = stat.S_IMODE((tmp_path / name).stat().st_mode)
            assert mode == (0o600 if part else mode)
            back = cli("key", "convert", name, "--to", "pem", *part)
            assert back.out == material.path("ec.pem" if part else "ec.pub.pem").read_text()
    assert json.loads((tmp_path / "key.jwks0").read_text())["keys"][0]["kid"] == "k2"


def test_private_material_only_with_private(cli, material):
    for form in ("pem", "jwk", "jwks"):
        shown = cli("key", "convert", material.path("rsa.pem"), "--to", form).out
        assert "PRIVATE" not in shown
        assert '"d"' not in shown
    secret = ["key", "convert", material.path("secret.txt"), "--alg", "HS256", "--to", "jwk"]
    refused = cli(*secret)
    assert (refused.code, refused.out) == (2, "")
    assert cli(*secret, "--private").json["kty"] == "oct"
    public = cli("key", "convert", material.path("ec.pub.pem"), "--to", "pem", "--private")
    assert public.code == 4
    assert "key_public" in public.err


def test_a_locked_key(cli, material):
    locked = ["key", "convert", material.path("rsa.locked.pem"), "--to", "pem", "--private"]
    opened = cli(*locked, "--password-env", "PASSWORD", PASSWORD="correct horse")
    assert opened.out == material.path("rsa.pem").read_text()
    assert cli(*locked).code == 4


def test_thumbprints_are_those_of_rfc_7638(cli, tmp_path):
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbI"
        "SD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    (tmp_path / "rfc.jwk").write_text(
        json.dumps({"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"})
    )
    assert cli("key", "thumbprint", "rfc.jwk").out == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs\n"
    assert len(cli("key", "thumbprint", "rfc.jwk", "--hash", "SHA-512").out) == 87


def test_a_key_id_is_for_one_key(cli, material):
    result = cli("key", "convert", material.path("jwks.json"), "--to", "jwks", "--kid", "k2")
    assert result.code == 2
    assert "--kid is for one key, and this is a set" in result.err


def test_wrong_forms_for_a_key(cli, material):
    der_of_secret = cli("key", "convert", material.path("secret.txt"), "--alg", "HS256", "--to", "der", "--private")
    assert der_of_secret.code == 2
    assert "an HMAC secret has no DER form" in der_of_secret.err
    assert cli("key", "public", material.path("secret.txt"), "--alg", "HS256").code == 4
    terminal = cli.terminal("key", "convert", material.path("ec.pem"), "--to", "der", NO_COLOR="1")
    assert terminal.code == 2
    assert "DER is binary" in terminal.out
