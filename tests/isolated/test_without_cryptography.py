"""The pure half where the package `cryptography` is absent: HMAC works, everything else says what is missing."""

import pytest

import forge
from program import PACKAGE, run, told

ABSENT = """
import json, sys
sys.modules["cryptography"] = None
from rapidjwt import Key, KeySet, Signer, Verifier, IMPL
from rapidjwt.exceptions import MissingCryptographyError, PyJWTError
def code(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except PyJWTError as error:
        return error.code
"""

pytestmark = pytest.mark.usefixtures("pure")


def ask(program, **environment):
    return told(ABSENT + program, RAPIDJWT_IMPL="pure", **environment)


def test_hmac_works():
    program = """
done = []
for name in ("HS256", "HS384", "HS512"):
    key = Key.generate(name, kid="k")
    token = Signer(key, expires_in=60, issuer="i", audience="a").sign({"sub": "user-1"})
    head, _, signature = token.rpartition(".")
    forged = head + "." + "A" * len(signature)
    verifier = Verifier(KeySet([key]), algorithms=[name], issuer="i", audience="a")
    done.append([verifier.decode(token)["sub"], verifier.verify_many([forged])[0].code, verifier.explain(token).ok])
again = Key.from_jwk(key.to_jwk(private=True))
print(json.dumps([IMPL, done, again.thumbprint() == key.thumbprint()]))
"""
    assert ask(program) == ["pure", [["user-1", "bad_signature", True]] * 3, True]


def test_everything_else_says_what_is_missing():
    calls = {
        "generate RSA": 'Key.generate, "RS256"',
        "generate EC": 'Key.generate, "ES256"',
        "generate OKP": 'Key.generate, "EdDSA"',
    }
    for algorithm in ("RS256", "ES256", "EdDSA"):
        material = forge.material(algorithm)
        for private in (False, True):
            calls[f"{algorithm} PEM {private}"] = f"Key.from_pem, {material.pem(private=private)!r}"
            calls[f"{algorithm} DER {private}"] = f"Key.from_der, {material.der(private=private)!r}"
            calls[f"{algorithm} JWK {private}"] = f"Key.from_jwk, {material.jwk(private=private)!r}"
        calls[f"{algorithm} OpenSSH"] = f"Key.from_openssh, {material.openssh()!r}"
        calls[f"{algorithm} set"] = f"KeySet.from_jwks, { ({'keys': [material.jwk()]})!r}"
    calls["encrypted"] = f"Key.from_pem, {forge.material('ES256').pem(password=b'x')!r}, password='x'"
    lines = "\n".join(f"codes[{name!r}] = code({call})" for name, call in calls.items()).replace(
        ", password='x')", ", password='x')"
    )
    found = ask(f"codes = {{}}\n{lines}\nprint(json.dumps(codes))")
    assert found == dict.fromkeys(calls, "cryptography_missing")


def test_the_error_is_a_jwk_error_and_names_the_extra():
    program = """
try:
    Key.generate("ES256")
except MissingCryptographyError as error:
    print(json.dumps([str(error), error.reason]))
"""
    assert ask(program) == ["This needs the package cryptography: pip install 'rapidjwt[crypto]'", "keys_unavailable"]


def test_a_set_is_not_said_to_be_bad_because_the_package_is_absent():
    """Skipped for want of a package would look like skipped for a fault of the key."""
    keys = {"keys": [forge.material("HS256").jwk(kid="a"), forge.material("ES256").jwk(kid="b")]}
    assert ask(f"print(json.dumps(code(KeySet.from_jwks, {keys!r})))") == "cryptography_missing"


def test_texts_that_are_no_keys_are_still_told_apart():
    program = """
print(json.dumps([
    code(Key.from_pem, "text"), code(Key.from_jwk, {"kty": "X"}), code(Key.from_jwk, {}), code(KeySet.from_jwks, {}),
    code(Key.from_secret, "", algorithm="HS256"), code(Key.from_secret, "-----BEGIN PUBLIC KEY-----" * 3, algorithm="HS256"),
]))
"""
    expected = ["key_malformed", "key_unsupported", "jwk_invalid", "jwks_invalid", "secret_empty", "secret_is_key"]
    assert ask(program) == expected


def test_a_package_that_is_there_and_broken_is_heard_of(tmp_path):
    (tmp_path / "cryptography").mkdir()
    (tmp_path / "cryptography" / "__init__.py").write_text(
        "raise ImportError('libssl.so.3: cannot open shared object file')"
    )
    done = run(
        "from rapidjwt import Key; Key.generate('ES256')",
        RAPIDJWT_IMPL="pure",
        PYTHONPATH=f"{tmp_path}:{PACKAGE.parent}",
    )
    assert done.returncode == 1
    assert done.stderr.strip().endswith("ImportError: libssl.so.3: cannot open shared object file")
