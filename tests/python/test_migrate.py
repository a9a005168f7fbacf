"""docs/migrate-from-pyjwt.md says what is true: its commands run as they stand there, and each row of its tables is tried on both sides.

Its blocks of Python are run by test_readme.py.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import rapidjwt
from program import run, told

PAGE = Path(__file__).parents[2] / "docs" / "migrate-from-pyjwt.md"
TEXT = PAGE.read_text(encoding="utf-8")

APP = "import jwt\nprint('running on', jwt.__name__)\n"
SUITE = "import jwt\ndef test_it():\n    assert jwt.__name__ == 'rapidjwt.jwt'\n"


def rows(title: str) -> list[list[str]]:
    """The cells of the table below a title, without its head."""
    section = TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_the_commands(half, impl, tmp_path):
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "test_app.py").write_text(SUITE)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    blocks = "".join(re.findall(r"^```console\n(.*?)```$", TEXT, re.MULTILINE | re.DOTALL))
    commands = [example.partition("\n")[::2] for example in re.split(r"^\$ ", blocks, flags=re.MULTILINE)[1:]]
    assert len(commands) == 7
    source = Path(rapidjwt.__file__).parents[1]
    path = tmp_path / "bin" / "python"
    path.parent.mkdir()
    # The page's reader has rapidjwt installed; here it may lie in the source tree, for which PYTHONPATH is not enough with -I.
    path.write_text(f'#!/bin/sh\nPYTHONPATH="${{PYTHONPATH:+$PYTHONPATH:}}{source}" exec "{sys.executable}" "$@"\n')
    path.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTEST_ADDOPTS")}
    for command, shown in commands:
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=tmp_path,
            env=environment | {"PATH": f"{path.parent}:{os.environ['PATH']}", "RAPIDJWT_IMPL": half},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout + done.stderr)
        expected = "".join(
            "(?:.*\n)?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + "\n"
            for line in shown.splitlines()
        )
        assert re.fullmatch(expected, done.stdout, re.DOTALL), (command, done.stdout)


# ---- what differs from PyJWT

PROBES = """
import http.server, importlib, json, sys, threading, time, warnings
jwt = importlib.import_module(PACKAGE)
from cryptography.hazmat.primitives.asymmetric import rsa
warnings.simplefilter("ignore")
answers = []

def ask(act):
    try:
        what = act()
        answers.append(["", str(what), []])
    except Exception as error:
        answers.append([type(error).__name__, str(error), [cls.__name__ for cls in type(error).__mro__]])

key, keys = "k" * 32, rsa.generate_private_key(65537, 2048)
token = jwt.encode({"exp": 1, "sub": "a"}, key)
fine = {"kty": "oct", "k": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s", "kid": "fine"}
wrong = [{"kty": "oct", "k": "aa", "alg": "none"}, {"kty": "oct"}, {"kty": "oct", "k": "aa", "alg": [1]}]
bodies = {
    "/json": b"<html>", "/empty": b"", "/text": bytes(range(128, 256)), "/deep": b"[" * 100_000,
    "/endless": b" " * (2 << 20) + json.dumps({"keys": [fine]}).encode(), "/keys": json.dumps({"keys": [fine]}).encode(),
}

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(6 if self.path == "/drip" else 0):
                self.wfile.write(b" ")
                time.sleep(0.4)
            self.wfile.write(bodies.get(self.path, bodies["/keys"]))
        except OSError:
            pass

    def log_message(self, *arguments):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = lambda path, **options: jwt.PyJWKClient(f"http://127.0.0.1:{server.server_port}{path}", **options)

ask(lambda: jwt.decode("\\ud800" + token, key, algorithms=["HS256"]))
ask(lambda: jwt.decode(token, "\\ud800" * 32, algorithms=["HS256"]))
ask(lambda: jwt.decode(jwt.encode({}, keys, algorithm="RS256"), keys, algorithms=["RS256"]))
for jwk in wrong:
    ask(lambda: jwt.PyJWK(jwk))
for jwk in wrong:
    ask(lambda: len(jwt.PyJWKSet.from_dict({"keys": [jwk, fine]}).keys))
ask(lambda: jwt.PyJWK({"kty": "oct", "alg": "other", "k": "a private member"}))
ask(lambda: jwt.PyJWK({"d": "a private member"}))
ask(lambda: jwt.decode(token, key, algorithms=["HS256"], leeway=float("inf")))
for path in ("/json", "/empty", "/text", "/deep", "/endless"):
    ask(lambda: len(client(path).get_jwk_set().keys))
begin = time.monotonic()
ask(lambda: len(client("/drip", timeout=1).get_jwk_set().keys))
answers[-1].append(time.monotonic() - begin)
remembering = client("/keys", cache_keys=True, lifespan=0.3, cooldown_duration=0)
remembering.get_signing_key("fine")
bodies["/keys"] = json.dumps({"keys": [fine | {"kid": "new"}]}).encode()
time.sleep(0.4)
ask(lambda: remembering.get_signing_key("fine").key_id)
ask(lambda: jwt.decode(jwt.encode({"a": float("nan")}, "short"), "short", algorithms=["HS256"], subject="b"))
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def pyjwt():
    return told(f"PACKAGE = 'jwt'\n{PROBES}")


def test_what_differs(half, impl, pyjwt):
    ours = told(f"PACKAGE = 'rapidjwt.jwt'\n{PROBES}", RAPIDJWT_IMPL=half)
    names = [answer[0] for answer in pyjwt]
    json_error, own = "JSONDecodeError", "PyJWKClientError"
    assert names[:9] == [
        "UnicodeEncodeError",
        "UnicodeEncodeError",
        "AttributeError",
        *["NotImplementedError", "KeyError", "TypeError"] * 2,
    ]
    assert names[12:] == [json_error, json_error, "UnicodeDecodeError", "RecursionError", "", "", "", ""]
    assert "private" in "".join(answer[1] for answer in pyjwt[9:11])
    assert pyjwt[17][3] > 2

    surrogate, secret, private, none, no_k, no_text = ours[:6]
    assert surrogate[0] == "DecodeError"
    assert {"InvalidKeyError", "ValueError"} <= set(secret[2])
    assert {"InvalidKeyError", "AttributeError"} <= set(private[2])
    assert [none[0], no_k[0], no_text[0]] == ["InvalidKeyError", "InvalidKeyError", "PyJWKError"]
    assert [answer[:2] for answer in ours[6:9]] == [["", "1"]] * 3
    assert [answer[0] for answer in ours[9:11]] == names[9:11]
    assert "private" not in "".join(answer[1] for answer in ours[9:11])
    assert (ours[11][0], pyjwt[11][0]) == ("DecodeError", "")
    assert [answer[0] for answer in ours[12:17]] == [own] * 5
    assert own in ours[17][2]
    assert ours[17][3] < 2
    assert (ours[18][0], pyjwt[18][1]) == (own, "fine")
    assert ours[19] == pyjwt[19] == ["", "{'a': nan}", []]


TRIED = {
    "token `str` with a lone surrogate": ["a_token_with_a_lone_surrogate"],
    "token whose `alg` is no string and cannot be looked for in `algorithms`": [
        "an_alg_that_cannot_be_looked_for",
        "algorithms_that_are_no_container",
    ],
    "`leeway` infinite or NaN": ["a_leeway_that_is_no_number_of_seconds", "the_same_leeway_with_pyjwt"],
    "key `str` with a lone surrogate": ["a_key_with_a_lone_surrogate"],
    "EdDSA key bytes that are not UTF-8": ["an_eddsa_key_that_is_not_utf8"],
    "EC or EdDSA key text that is none": ["a_key_text_that_is_none"],
    "private key in PEM that is encrypted": ["an_encrypted_key"],
    "EC key with explicit parameters, or of a curve unknown to `cryptography`": ["an_ec_key_with_explicit_parameters"],
    "RSA private key given to verify": ["a_private_rsa_key_does_not_verify"],
    "public key given to sign": ["a_public_key_does_not_sign"],
    "key object of another family": ["the_sentence_about_another_family_names_the_types"],
    'JWK with `"alg": "none"`': ["a_bad_jwk"],
    "JWK of type `oct` without `k`": ["a_bad_jwk"],
    "JWK whose `alg` is no string": ["a_bad_jwk"],
    "JWK that is no dict: `PyJWK(None)`": ["a_bad_jwk"],
    "one such JWK in a `PyJWKSet`": ["a_bad_jwk_does_not_take_its_set_down"],
    "`PyJWK.from_json`, `PyJWKSet.from_json`: not JSON, nested too deep": ["json_that_is_none"],
    "the same, and `PyJWKSet.from_dict`: JSON, but no object": ["json_that_is_no_object"],
    "`from_jwk` of an algorithm: JSON, but no object, or nested too deep": ["from_jwk_of_no_object"],
    "JWK without a `kty` or `crv`, or with an unknown `alg`": ["no_error_shows_a_jwk"],
    "`PyJWKClient`: the answer is not JSON, empty, not text, nested too deep": ["a_body_that_is_not_json"],
    "`PyJWKClient`: the connection is reset within the answer": ["a_connection_that_is_reset"],
    "`PyJWKClient`: an answer without end": ["a_large_body_is_not_read", "a_body_without_end_is_not_read"],
    "`PyJWKClient`: an answer that trickles": ["the_timeout_is_for_all_of_the_answer"],
    "`PyJWKClient(cache_keys=True)`: a key that was withdrawn": [
        "a_withdrawn_key_dies_with_its_set",
        "a_cached_key_lives_as_long_as_a_set_does",
    ],
    "`jwt.PyJWT(strict=True)`": ["a_good_token"],
}
"""The page's rows, and the tests that ask both sides: of test_drop_in_differences.py, the last one of test_drop_in_strict.py."""


def test_each_row_is_tried():
    written = "".join(
        (Path(__file__).parent / f"test_drop_in_{name}.py").read_text(encoding="utf-8")
        for name in ("differences", "strict")
    )
    assert [row[0] for row in rows("What differs")] == list(TRIED)
    assert all(len(row) == 4 and all(row) for row in rows("What differs"))
    assert [name for names in TRIED.values() for name in names if f"def test_{name}(" not in written] == []


WAYS = """
import json, sys, time, warnings
from datetime import timedelta
from rapidjwt import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
warnings.simplefilter("ignore")
key, private = "k" * 32, rsa.generate_private_key(65537, 2048)
public = private.public_key()
pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
claims = {"aud": "a", "iss": "i", "exp": int(time.time()) + 600}
token, rsa_token = jwt.encode(claims, key), jwt.encode(claims, private, algorithm="RS256")

def is_fast(act, *arguments, **options):
    frames = []
    for _ in range(3):
        act(*arguments, **options)
    sys.setprofile(lambda frame, event, _: frames.append(frame) if event == "call" else None)
    act(*arguments, **options)
    sys.setprofile(None)
    return len(frames) == 0

def ways(token=token, key=key, act=jwt.decode, **options):
    return is_fast(act, token, key, **({"algorithms": ["HS256"], "audience": "a"} | options))

print(json.dumps([
    [
        ways(),
        ways(token.encode()),
        ways(key=key.encode()),
        ways(key=jwt.PyJWK({"kty": "oct", "k": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s"}), token=jwt.encode(claims, b"kkk" * 10 + b"kk")),
        ways(rsa_token, pem, algorithms=["RS256"]),
        ways(algorithms="HS256"),
        ways(algorithms={"HS256", "RS256"}, audience=("a", "b"), issuer={"i"}),
        ways(leeway=timedelta(seconds=5)),
        ways(leeway=1.5, options={"require": ("exp",), "verify_iat": False}),
        is_fast(jwt.decode, token, options={"verify_signature": False}),
    ],
    [
        ways(act=jwt.decode_complete),
        ways(act=jwt.PyJWT().decode),
        ways(rsa_token, public, algorithms=["RS256"]),
        ways(options={"strict_aud": True}),
        ways(verify=True),
        ways(leeway=-1),
        ways(jwt.encode(claims, "short"), "short"),
        ways(jwt.encode(claims | {"exp": str(claims["exp"])}, key)),
        ways(jwt.encode(claims | {"x": float("nan")}, key)),
        is_fast(jwt.decode, token, options={"verify_signature": False, "verify_exp": True}),
    ],
    jwt.unregister_algorithm("HS512"),
    [ways()],
]))
"""


def test_which_calls_are_fast(half, impl):
    fast, slow, _, after = told(WAYS, RAPIDJWT_IMPL=half)
    assert fast == [half == "native"] * len(fast)
    assert not any(slow + after)


# ---- the other libraries, where they are installed

JOSE = """
import json, time, warnings
warnings.simplefilter("ignore")
from jose import jwt as theirs
from rapidjwt import jwt as ours
key, now, said = "k" * 32, int(time.time()), []

def of(act):
    try:
        return act() and "accepted"
    except Exception as error:
        return type(error).__name__

def both(token, key=key, **options):
    said.append([of(lambda: (theirs.decode(token, key, **options), 1)), of(lambda: (ours.decode(token, key, **options), 1))])

make = lambda claims, **options: theirs.encode(claims, key, algorithm="HS256", **options)
only = {"algorithms": ["HS256"]}
both(make({}))
both(make({}), audience="a", **only)
both(make({}, headers={"crit": ["x"], "x": 1}), **only)
while time.time() % 1 > 0.5: time.sleep(0.05)
both(make({"exp": int(time.time())}), **only)
both(make({"iat": now + 900}), **only)
both(make({"exp": now - 9}), options={"leeway": 30}, **only)
both(make({}), options={"require_exp": True}, **only)
both(make({}), {"kty": "oct", "k": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s"}, **only)
said.append([hasattr(theirs, "get_unverified_claims"), hasattr(ours, "get_unverified_claims")])
both(make({"at_hash": "x"}), access_token="t", **only)
from jose import exceptions
said.append([issubclass(getattr(exceptions, name), exceptions.JWTError) for name in ("JWTClaimsError", "ExpiredSignatureError")])
print(json.dumps(said))
"""


def test_from_python_jose(half, impl):
    pytest.importorskip("jose", reason="python-jose is not installed")
    assert told(JOSE, RAPIDJWT_IMPL=half) == [
        ["accepted", "DecodeError"],
        ["accepted", "MissingRequiredClaimError"],
        ["accepted", "InvalidTokenError"],
        ["accepted", "ExpiredSignatureError"],
        ["accepted", "ImmatureSignatureError"],
        ["accepted", "ExpiredSignatureError"],
        ["JWTError", "accepted"],
        ["accepted", "TypeError"],
        [True, False],
        ["JWTClaimsError", "accepted"],
        [True, True],
    ]
    assert len(rows("From python-jose")) == 13


JOSERFC = """
import json, time
from joserfc import errors, jwt
from joserfc.jwk import KeySet, OctKey
key, now, said = OctKey.import_key("k" * 32, {"kid": "1"}), int(time.time()), []

def of(act):
    try:
        act()
        said.append("accepted")
    except Exception as error:
        said.append(type(error).__name__)

old = jwt.decode(jwt.encode({"alg": "HS256", "kid": "1"}, {"exp": now - 9, "aud": "a"}, key), KeySet([key]))
of(lambda: (old.claims, old.header))
of(lambda: jwt.JWTClaimsRegistry(leeway=60).validate(old.claims))
of(lambda: jwt.JWTClaimsRegistry().validate({"aud": "a"}))
of(lambda: jwt.JWTClaimsRegistry().validate(old.claims))
of(lambda: jwt.JWTClaimsRegistry(iss={"essential": True, "value": "x"}).validate({"iss": "y"}))
of(lambda: jwt.JWTClaimsRegistry(iss={"essential": True, "value": "x"}).validate({}))
long = OctKey.import_key("k" * 64)
of(lambda: jwt.decode(jwt.encode({"alg": "HS512"}, {}, long, algorithms=["HS512"]), long))
of(lambda: jwt.decode(jwt.encode({"alg": "HS256"}, {}, key)[:-4] + "AAAA", key))
of(lambda: jwt.decode("a.b", key))
said.append(all(issubclass(getattr(errors, name), errors.JoseError) for name in said[3:]))
print(json.dumps(said))
"""


def test_from_joserfc():
    pytest.importorskip("joserfc", reason="joserfc is not installed")
    done = run(JOSERFC)
    assert done.returncode == 0, done.stderr
    *_, last = done.stdout.splitlines()
    assert json.loads(last) == [
        *["accepted"] * 3,
        *(
            "ExpiredTokenError",
            "InvalidClaimError",
            "MissingClaimError",
            "UnsupportedAlgorithmError",
            "BadSignatureError",
            "DecodeError",
        ),
        True,
    ]
