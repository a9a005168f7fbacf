"""The program as a whole: every exit code, one line for every mistake, a light start, and what doctor knows."""

from __future__ import annotations

import json
import os
import platform
import subprocess

import pytest

import forge
import rapidjwt
from forge import NOW

WAIVED = ["--no-issuer", "--no-audience"]
TOKEN = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA"


def assert_one_line(result, code, *says):
    assert result.code == code, result
    assert result.out == ""
    assert result.err.startswith("rapidjwt: error: ")
    assert result.err.count("\n") == 1
    for words in says:
        assert words in result.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "COMMAND"),
        (["verfy"], "invalid choice: 'verfy'"),
        (["key"], "VERB"),
        (["decode", "a", "b"], "unrecognized arguments: b"),
        (["verify", "--jwks", "x", "--aud", "a", "t"], "--issuer/--iss --no-issuer is required"),
        (["verify", "--jwks", "x", "--iss", "a", "t"], "--audience/--aud --no-audience is required"),
        (["verify", "--jwks", "x", "--iss", "a", "--no-issuer", "--aud", "a", "t"], "not allowed with"),
        (["verify", *WAIVED, "t"], "no key given (--jwks FILE, --key FILE or --key-env NAME)"),
        (
            ["verify", *WAIVED, "--jwks", "https://issuer.example/jwks", "t"],
            "rapidjwt jwks fetch --out keys.json https://issuer.example/jwks",
        ),
        (["verify", *WAIVED, "--key-env", "PATH", "t"], "a secret needs exactly one --alg"),
        (["verify", *WAIVED, "--jwks", "JWKS", "--leeway", "-1", "t"], "--leeway"),
        (["verify", *WAIVED, "--jwks", "JWKS", "--leeway", "1x", "t"], "not a duration: '1x'"),
        (["verify", *WAIVED, "--jwks", "JWKS", "--leeway", "9" * 400 + "m", "t"], "the duration is too long"),
        (["verify", *WAIVED, "--jwks", "JWKS", "--max-age", "9" * 309 + "s" + "9" * 309 + "s", "t"], "too long"),
        (["verify", *WAIVED, "--jwks", "JWKS", "--now", "nan", "t"], "not a number of seconds: 'nan'"),
        (["verify", *WAIVED, "--jwks", "JWKS", "--max-depth", "0", "t"], "not a whole number above zero: '0'"),
        (["verify", *WAIVED, "--jwks", "JWKS", "--max-depth", "9999", "t"], "max_depth"),
        (["verify", *WAIVED, "--jwks", "JWKS", "--alg", "none", "t"], "unknown algorithm 'none' (known: HS256 "),
        (["verify", *WAIVED, "--jwks", "JWKS", "--alg", "HS256", "t"], "algorithms"),
        (["verify", *WAIVED, "--jw", "JWKS", "t"], "unrecognized arguments"),
        (["verify", *WAIVED, "--jwks", "JWKS", "--color", "mauve", "t"], "--color"),
    ],
)
def test_wrong_usage_ends_with_2(cli, material, arguments, says):
    jwks = str(material.path("jwks.json"))
    assert_one_line(cli(*(jwks if argument == "JWKS" else argument for argument in arguments)), 2, says)


KEY_FILES = {
    "missing": (None, "No such file or directory"),
    "junk": (b"\x00\x01\xff\xfe" * 100, "key_malformed"),
    "empty": (b"", "key_malformed"),
    "text": (b"not a key\n", "key_malformed"),
    "huge": (b"A" * 1_100_000, "key_too_large"),
    "half a PEM": (b"-----BEGIN PUBLIC KEY-----\nMFkw\n", "key_malformed"),
    "no JSON": (b'{"kty":', "jwk_invalid"),
}


@pytest.mark.parametrize("name", KEY_FILES)
def test_an_unusable_key_file_ends_with_4(cli, tmp_path, name):
    content, says = KEY_FILES[name]
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    assert_one_line(cli("verify", *WAIVED, "--key", "key", TOKEN), 4, "key: ", says)
    assert_one_line(cli("key", "public", "key"), 4, "key: ", says)
    assert_one_line(cli("sign", "--no-exp", "--key", "key"), 4, "key: ", says)


KEY_SETS = {
    "missing": (None, "No such file or directory"),
    "junk": (b"\x00\x01\xff\xfe" * 100, "jwks_invalid"),
    "empty set": (b'{"keys":[]}', "jwks_empty"),
    "array": (b"[]", "jwks_invalid"),
    "single key": (json.dumps(forge.material("ES256").jwk()).encode(), "a single key belongs to --key"),
    "nested": (b"[" * 100_000, "jwks_invalid"),
}


@pytest.mark.parametrize("name", KEY_SETS)
def test_an_unusable_key_set_ends_with_4(cli, tmp_path, name):
    content, says = KEY_SETS[name]
    if content is not None:
        (tmp_path / "set").write_bytes(content)
    assert_one_line(cli("verify", *WAIVED, "--jwks", "set", TOKEN), 4, "set: ", says)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no /dev/zero here")
def test_an_endless_key_file_is_not_read_to_its_end(cli):
    for option in ("--key", "--jwks"):
        assert_one_line(cli("verify", *WAIVED, option, "/dev/zero", TOKEN), 4, "/dev/zero: ", "key_too_large")


def test_a_folder_is_no_key(cli, tmp_path):
    (tmp_path / "folder").mkdir()
    for option in ("--key", "--jwks"):
        assert_one_line(cli("verify", *WAIVED, option, "folder", TOKEN), 4, "folder: Is a directory")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(cli, tmp_path):
    (tmp_path / "key").write_bytes(b"")
    (tmp_path / "key").chmod(0)
    assert_one_line(cli("verify", *WAIVED, "--key", "key", TOKEN), 4, "key: Permission denied")


def test_a_private_key_where_a_public_one_belongs(cli, material, tmp_path):
    for name in ("ec.pem", "ec.jwk", "rsa.pem", "ed.pem"):
        path = material.path(name)
        refused = cli("verify", *WAIVED, "--key", path, "--alg", "ES256", "--alg", "RS256", "--alg", "EdDSA", TOKEN)
        assert_one_line(refused, 4, "a private key where a public one belongs", f"rapidjwt key public {path}")
    private = {"keys": [forge.material("ES256").jwk(private=True, alg="ES256")]}
    (tmp_path / "set").write_text(json.dumps(private))
    assert_one_line(cli("verify", *WAIVED, "--jwks", "set", TOKEN), 4, "set: a private key", "rapidjwt key public set")


def test_a_key_set_where_a_key_belongs(cli, material):
    assert_one_line(
        cli("verify", *WAIVED, "--key", material.path("jwks.json"), TOKEN), 4, "a JWK Set belongs to --jwks"
    )


def test_a_locked_key_where_a_public_one_belongs(cli, material):
    assert_one_line(cli("verify", *WAIVED, "--key", material.path("ec.locked.pem"), TOKEN), 4, "key_encrypted")


def test_a_name_with_control_characters_is_escaped(cli):
    assert_one_line(cli("verify", *WAIVED, "--key", "\x1b[2J\n", TOKEN), 4, "\\u001b[2J\\u000a: No such file")


def test_key_files_may_be_pipes(cli, material):
    script = 'exec "$@" --key <(cat "$KEY") --no-issuer --aud my-api --now "$NOW" "$TOKEN"'
    environment = cli.environment | {
        "KEY": str(material.path("ec.pub.pem")),
        "NOW": str(NOW),
        "TOKEN": material.token(),
    }
    command = ["bash", "-c", script, "bash", *cli.command("verify")]
    done = subprocess.run(command, env=environment, cwd=cli.folder, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"rapidjwt: valid: ES256, valid for 10 min\n")


def test_closed_standard_streams(cli, policy):
    command = cli.command("verify", *policy)
    for closing, code in (("<&-", 5), (">&- </dev/null", 1)):
        script = f'exec "$@" {closing}'
        done = subprocess.run(
            ["sh", "-c", script, "sh", *command],
            env=cli.environment,
            cwd=cli.folder,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code
        assert b"Traceback" not in done.stderr


def test_stdin_that_cannot_be_read_ends_with_5(cli, policy):
    with open(os.devnull, "wb") as write_only:
        for command in (("verify", *policy), ("decode",)):
            done = subprocess.run(
                cli.command(*command),
                stdin=write_only,
                env=cli.environment,
                cwd=cli.folder,
                capture_output=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 5
            assert done.stderr == b"rapidjwt: error: standard input: Bad file descriptor\n"


def test_a_summary_that_cannot_be_written_ends_with_5_before_any_work(cli, policy):
    assert_one_line(
        cli("verify", *policy, "--summary-json", "no/such/folder", stdin=b"x\n"), 5, "No such file or directory"
    )


@pytest.mark.parametrize("command", [[], ["decode"], ["verify"], ["sign"], ["key"], ["key", "convert"], ["doctor"]])
def test_help_tells_the_exit_codes(cli, command):
    result = cli(*command, "--help")
    assert (result.code, result.err) == (0, "")
    for code in (0, 1, 2, 3, 4, 5, 130, 141):
        assert f"\n  {code:<3}  " in result.out


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["decode", TOKEN], ["doctor"], ["key", "generate", "HS256"]]
)
def test_what_cannot_be_written_is_told(cli, arguments):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            cli.command(*arguments),
            stdout=full,
            stderr=subprocess.PIPE,
            env=cli.environment,
            cwd=cli.folder,
            timeout=60,
            check=False,
        )
    assert done.returncode == 5
    assert done.stderr.splitlines()[-1].endswith(b"No space left on device")


def test_version(cli):
    assert cli("--version").out == f"rapidjwt {rapidjwt.__version__} ({cli.impl})\n"


def test_doctor(cli):
    facts = cli("doctor", "--json").json
    assert facts["rapidjwt"] == rapidjwt.__version__
    assert (facts["impl"], facts["why"]) == (cli.impl, f"RAPIDJWT_IMPL={cli.impl}")
    assert facts["python"] == platform.python_version()
    assert facts["machine"] == platform.machine()
    assert isinstance(facts["engine"], dict)
    assert facts["cryptography"]
    assert facts["cpu_features"] == "unknown" or isinstance(facts["cpu_features"], list)
    text = cli("doctor").out
    assert all(any(line.startswith(name) for line in text.splitlines()) for name in facts)


HEAVY = """
import sys
from rapidjwt.__main__ import main
code = main(sys.argv[2:])
loaded = [name for name in sys.argv[1].split() if name in sys.modules]
assert not loaded, loaded
sys.exit(code)
"""
UNUSED = "asyncio http urllib.request ssl socket cryptography email logging inspect subprocess tempfile multiprocessing dataclasses"


@pytest.mark.parametrize(
    ("arguments", "unused"),
    [
        (["--version"], UNUSED + " datetime"),
        (["decode", TOKEN], UNUSED + " datetime shutil"),
        (["doctor"], "asyncio http ssl logging"),
    ],
)
def test_a_start_loads_nothing_heavy(cli, arguments, unused):
    command = [*cli.command()[:1], "-c", HEAVY, unused, *arguments]
    done = subprocess.run(
        command, env=cli.environment, cwd=cli.folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
