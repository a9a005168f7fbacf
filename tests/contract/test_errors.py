"""One row a code of `exceptions.CODES`: how to provoke it, and all that can be seen of it. A code without a row fails."""

import dataclasses
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jwt
import pytest

import forge
import rapidjwt
from rapidjwt import exceptions
from rapidjwt.exceptions import CODES, REASONS, PyJWTError
from sources import Source

NOW, token = forge.NOW, forge.token


class Kit(NamedTuple):
    """What the provocations need."""

    impl: Any
    key: Callable[..., Any]
    signing_key: Callable[..., Any]
    verifier: Callable[..., Any]

    def decode(self, text: str, **policy: Any) -> Any:
        return self.verifier(**policy).decode(text)

    def claims(self, claims: dict[str, Any], **policy: Any) -> Any:
        return self.verifier(**{"require": ()} | policy).decode(token(claims))

    def issuers(self, iss: str, claims: dict[str, Any], **options: Any) -> Any:
        policy = {"keys": self.key("HS256"), "algorithms": ["HS256"], "audience": "a"} | options
        check = self.impl.Verifier(issuers=[self.impl.Issuer(iss, **policy)], clock=lambda: NOW)
        claims = {"exp": NOW + 1, "aud": "a"} | claims
        return check.decode(token(claims, algorithm=policy["algorithms"][0], header={"typ": "JWT"}))

    def refuse(self, code: str) -> Any:
        def check(proof: Any) -> None:
            raise exceptions.build(code)

        return self.decode(token(), checks=[check])


class Row(NamedTuple):
    """What a user sees of an error."""

    provoke: Callable[[Kit], Any]
    cls: str
    reason: str
    message: str
    claim: str | None = None


def header(text: bytes) -> str:
    return token(header=text)


EC = forge.material("ES256").jwk()
KEYS_UNAVAILABLE = "keys_unavailable"

ROWS = {
    # 1 compact
    "token_too_large": Row(
        lambda kit: kit.decode("x" * 10, max_token_bytes=9), "DecodeError", "too_large", "Token is longer than max_token_bytes=9"
    ),
    "segment_count": Row(
        lambda kit: kit.decode("a.b"), "DecodeError", "malformed", "Token must be three segments separated by two dots"
    ),
    "header_too_large": Row(
        lambda kit: kit.decode("xxx..", max_header_bytes=2),
        "DecodeError", "too_large", "Header segment is longer than max_header_bytes=2",
    ),
    "header_base64": Row(
        lambda kit: kit.decode("!.."), "DecodeError", "malformed", "Header segment is not canonical base64url"
    ),
    "payload_base64": Row(
        lambda kit: kit.decode(".!."), "DecodeError", "malformed", "Payload segment is not canonical base64url"
    ),
    "signature_base64": Row(
        lambda kit: kit.decode("..!"), "DecodeError", "malformed", "Signature segment is not canonical base64url"
    ),
    # issuer.route
    "issuer_unknown": Row(
        lambda kit: kit.issuers("i", {"iss": "j"}),
        "InvalidIssuerError", "unknown_issuer", "The token's issuer is none of the verifier's (iss)", "iss",
    ),
    # 2 header
    "header_utf8": Row(lambda kit: kit.decode(header(b"\xff")), "DecodeError", "malformed", "Header is not valid UTF-8"),
    "header_json": Row(lambda kit: kit.decode(header(b"{")), "DecodeError", "malformed", "Header is not valid JSON"),
    "header_not_object": Row(
        lambda kit: kit.decode(header(b"[]")), "DecodeError", "malformed", "Header is not a JSON object"
    ),
    "header_duplicate": Row(
        lambda kit: kit.decode(header(b'{"a":1,"a":1}')), "DecodeError", "malformed", "Header has a member name twice"
    ),
    "header_too_deep": Row(
        lambda kit: kit.decode(header(b'{"a":[]}'), max_depth=1),
        "DecodeError", "too_large", "Header is nested deeper than max_depth=1",
    ),
    "alg_missing": Row(lambda kit: kit.decode(header(b"{}")), "InvalidAlgorithmError", "malformed", "Header has no alg"),
    "alg_invalid": Row(
        lambda kit: kit.decode(header(b'{"alg":1}')),
        "InvalidAlgorithmError", "malformed", "Header member alg is not a string",
    ),
    "kid_invalid": Row(
        lambda kit: kit.decode(token(header={"kid": 1})), "InvalidTokenError", "malformed", "Header member kid is not a string"
    ),
    "typ_invalid": Row(
        lambda kit: kit.decode(token(header={"typ": 1})), "InvalidTokenError", "malformed", "Header member typ is not a string"
    ),
    "crit_invalid": Row(
        lambda kit: kit.decode(token(header={"crit": []})),
        "InvalidTokenError", "malformed", "Header member crit is not a non-empty array of names of header members",
    ),
    # 3 policy.admit
    "alg_unsupported": Row(
        lambda kit: kit.decode(token(header={"alg": "none"})),
        "InvalidAlgorithmError", "unsupported_alg", "The token's alg is not supported",
    ),
    "alg_not_allowed": Row(
        lambda kit: kit.decode(token(header={"alg": "HS512"})),
        "InvalidAlgorithmError", "alg_not_allowed", "The token's alg is not an allowed algorithm",
    ),
    "crit_unsupported": Row(
        lambda kit: kit.decode(token(header={"b64": True})),
        "InvalidTokenError", "crit_unsupported", "The token depends on a header extension that is not supported",
    ),
    "typ_mismatch": Row(
        lambda kit: kit.decode(token(), typ="JWT"), "InvalidTypeError", "wrong_type", "The token's typ is not the expected one"
    ),
    # 4 keys.select
    "keys_unavailable": Row(
        lambda kit: kit.issuers("i", {"iss": "i"}, keys=None, source=Source(kit.impl), algorithms=["ES256"]),
        "KeysUnavailableError", KEYS_UNAVAILABLE, "The keys of the token's issuer are not available",
    ),
    "key_unknown": Row(
        lambda kit: kit.decode(token(), keys=[]), "UnknownKeyError", "unknown_key", "No key fits the token's kid and alg"
    ),
    "key_ambiguous": Row(
        lambda kit: kit.decode(token(), keys=[kit.key("HS256")] * 5),
        "AmbiguousKeyError", "key_ambiguous", "More than one key fits the token's kid and alg",
    ),
    # 5 crypto.verify
    "bad_signature": Row(
        lambda kit: kit.decode(forge.tampered(token())),
        "InvalidSignatureError", "bad_signature", "Signature verification failed",
    ),
    # 6 claims.read
    "payload_utf8": Row(lambda kit: kit.decode(token(b"\xff")), "DecodeError", "malformed", "Payload is not valid UTF-8"),
    "payload_json": Row(lambda kit: kit.decode(token(b"")), "DecodeError", "malformed", "Payload is not valid JSON"),
    "payload_not_object": Row(
        lambda kit: kit.decode(token(b"1")), "DecodeError", "malformed", "Payload is not a JSON object"
    ),
    "payload_duplicate": Row(
        lambda kit: kit.decode(token(b'{"a":1,"a":1}')), "DecodeError", "malformed", "Payload has a member name twice"
    ),
    "payload_too_deep": Row(
        lambda kit: kit.decode(token(b'{"a":[[]]}'), max_depth=2),
        "DecodeError", "too_large", "Payload is nested deeper than max_depth=2",
    ),
    # 7 policy.check
    "claim_missing": Row(
        lambda kit: kit.claims({}, issuer="i"),
        "MissingRequiredClaimError", "missing_claim", 'Token is missing the "iss" claim', "iss",
    ),
    "iat_invalid": Row(
        lambda kit: kit.claims({"iat": "0"}), "InvalidIssuedAtError", "claim_invalid", "Claim iat is not a NumericDate", "iat"
    ),
    "iat_in_future": Row(
        lambda kit: kit.claims({"iat": NOW + 1}),
        "ImmatureSignatureError", "issued_in_future", "The token is issued in the future (iat)", "iat",
    ),
    "nbf_invalid": Row(
        lambda kit: kit.claims({"nbf": True}), "DecodeError", "claim_invalid", "Claim nbf is not a NumericDate", "nbf"
    ),
    "nbf_in_future": Row(
        lambda kit: kit.claims({"nbf": NOW + 1}),
        "ImmatureSignatureError", "not_yet_valid", "The token is not yet valid (nbf)", "nbf",
    ),
    "exp_invalid": Row(
        lambda kit: kit.claims({"exp": None}), "DecodeError", "claim_invalid", "Claim exp is not a NumericDate", "exp"
    ),
    "expired": Row(lambda kit: kit.claims({"exp": NOW}), "ExpiredSignatureError", "expired", "The token has expired (exp)", "exp"),
    "iss_invalid": Row(
        lambda kit: kit.claims({"iss": ["i"]}), "InvalidIssuerError", "claim_invalid", "Claim iss is not a string", "iss"
    ),
    "iss_mismatch": Row(
        lambda kit: kit.claims({"iss": "j"}, issuer="i"),
        "InvalidIssuerError", "unknown_issuer", "The token's issuer is not accepted (iss)", "iss",
    ),
    "aud_invalid": Row(
        lambda kit: kit.claims({"aud": 1}),
        "InvalidAudienceError", "claim_invalid", "Claim aud is neither a string nor an array of strings", "aud",
    ),
    "aud_unexpected": Row(
        lambda kit: kit.claims({"aud": "a"}),
        "InvalidAudienceError", "wrong_audience", "The token has an audience and none is expected (aud)", "aud",
    ),
    "aud_mismatch": Row(
        lambda kit: kit.claims({"aud": "b"}, audience="a"),
        "InvalidAudienceError", "wrong_audience", "The token is meant for another audience (aud)", "aud",
    ),
    "sub_invalid": Row(
        lambda kit: kit.claims({"sub": 1}), "InvalidSubjectError", "claim_invalid", "Claim sub is not a string", "sub"
    ),
    "sub_mismatch": Row(
        lambda kit: kit.claims({"sub": "t"}, subject="s"),
        "InvalidSubjectError", "wrong_subject", "The token's subject is not the expected one (sub)", "sub",
    ),
    "jti_invalid": Row(lambda kit: kit.claims({"jti": 1}), "InvalidJTIError", "claim_invalid", "Claim jti is not a string", "jti"),
    "too_old": Row(
        lambda kit: kit.claims({"iat": NOW - 2}, max_age=1),
        "TokenTooOldError", "too_old", "The token was issued too long ago (iat, max_age)", "iat",
    ),
    "lifetime_too_long": Row(
        lambda kit: kit.claims({"iat": NOW, "exp": NOW + 2}, max_lifetime=1),
        "TokenLifetimeError", "lifetime_too_long", "The token's lifetime is too long (exp - iat, max_lifetime)", "exp",
    ),
    "claims_type": Row(
        lambda kit: kit.verifier().decode(token({"exp": NOW + 1}), into=_needs_subject()),
        "ClaimsTypeError", "claim_invalid", "The claims do not fit the type asked for",
    ),
    "profile_mismatch": Row(
        lambda kit: kit.issuers("i", {"iss": "i", "events": {}, "jti": "1", "iat": 1}, profile="logout_token", typ="JWT"),
        "InvalidTypeError", "wrong_type", "The token is not of the kind that its profile asks for", "events",
    ),
    "check_failed": Row(
        lambda kit: kit.decode(token(), checks=[lambda proof: False]), "CheckFailedError", "claim_invalid", "A check refused the token"
    ),
    "revoked": Row(lambda kit: kit.refuse("revoked"), "RevokedTokenError", "revoked", "The token was revoked"),
    "replayed": Row(lambda kit: kit.refuse("replayed"), "ReplayedTokenError", "replayed", "The token was used before"),
    "binding_mismatch": Row(
        lambda kit: kit.refuse("binding_mismatch"),
        "BindingMismatchError", "binding_mismatch", "The token is bound to another client",
    ),
    "store_unavailable": Row(
        lambda kit: kit.refuse("store_unavailable"),
        "StoreUnavailableError", "store_unavailable", "A store that has to be asked is unavailable",
    ),
    # keys
    "key_malformed": Row(
        lambda kit: kit.impl.Key.from_pem("text"), "InvalidKeyError", KEYS_UNAVAILABLE, "The key cannot be read"
    ),
    "key_unsupported": Row(
        lambda kit: kit.impl.Key.from_jwk({"kty": "X"}), "InvalidKeyError", KEYS_UNAVAILABLE, "This kind of key is not supported"
    ),
    "key_invalid": Row(
        lambda kit: kit.impl.Key.from_jwk(EC | {"y": EC["x"]}),
        "InvalidKeyError", KEYS_UNAVAILABLE, "The key's numbers are not a valid key",
    ),
    "key_algorithm": Row(
        lambda kit: kit.impl.Key.from_jwk(EC, algorithm="ES384"),
        "InvalidKeyError", KEYS_UNAVAILABLE, "The key does not fit the algorithm",
    ),
    "key_weak": Row(
        lambda kit: kit.impl.Key.from_secret("short", algorithm="HS256"),
        "InvalidKeyError", KEYS_UNAVAILABLE, "The key is too short for its algorithm (allow_weak=True admits it)",
    ),
    "key_too_large": Row(
        lambda kit: kit.impl.Key.from_der(forge.rsa_spki((1 << 9000) + 1, 3)),
        "InvalidKeyError", KEYS_UNAVAILABLE, "The key is larger than any key that is accepted",
    ),
    "key_private": Row(
        lambda kit: kit.verifier("ES256", keys=kit.signing_key("ES256")),
        "InvalidKeyError", KEYS_UNAVAILABLE, "A private key was given where a public key belongs (use its public part)",
    ),
    "key_public": Row(
        lambda kit: kit.impl.sign_compact(kit.key("ES256"), "ES256", b"", b""),
        "InvalidKeyError", KEYS_UNAVAILABLE, "A public key was given where a private key belongs",
    ),
    "key_encrypted": Row(
        lambda kit: kit.impl.Key.from_pem(forge.material("ES256").pem(password=b"x")),
        "InvalidKeyError", KEYS_UNAVAILABLE, "The key is encrypted and needs its password",
    ),
    "key_password": Row(
        lambda kit: kit.impl.Key.from_pem(forge.material("ES256").pem(password=b"x"), password="y"),
        "InvalidKeyError", KEYS_UNAVAILABLE, "The password does not open the key",
    ),
    "secret_empty": Row(
        lambda kit: kit.impl.Key.from_secret("", algorithm="HS256"),
        "InvalidKeyError", KEYS_UNAVAILABLE, "An HMAC secret must not be empty",
    ),
    "secret_is_key": Row(
        lambda kit: kit.impl.Key.from_secret(forge.material("ES256").pem(), algorithm="HS256"),
        "InvalidKeyError", KEYS_UNAVAILABLE, "A key, certificate or JWK cannot be used as the text of an HMAC secret",
    ),
    "external_signature": Row(
        lambda kit: kit.impl.sign_compact_with(lambda text: b"", "ES256", b"", b""),
        "InvalidKeyError", KEYS_UNAVAILABLE, "The external signer did not return a signature of the algorithm's form",
    ),
    "jwk_invalid": Row(
        lambda kit: kit.impl.Key.from_jwk({}), "PyJWKError", KEYS_UNAVAILABLE, "The JWK lacks a member or has one of the wrong type"
    ),
    "jwks_invalid": Row(
        lambda kit: kit.impl.KeySet.from_jwks({}), "PyJWKSetError", KEYS_UNAVAILABLE, "The document is not a JWK Set"
    ),
    "jwks_empty": Row(
        lambda kit: kit.impl.KeySet.from_jwks({"keys": []}), "PyJWKSetError", KEYS_UNAVAILABLE, "The JWK Set holds no usable key"
    ),
}  # fmt: skip

ELSEWHERE = {"cryptography_missing"}
"""Codes that one half never has; each has a test of its own below."""

FETCHING = {code for code, spec in CODES.items() if spec.cls is exceptions.KeyFetchError}
"""Codes of the code that both halves share; each has a row in tests/jwks/test_errors.py."""


def _needs_subject() -> type:
    return dataclasses.make_dataclass("NeedsSubject", [("sub", str)])


@pytest.fixture
def kit(impl, key, signing_key, verifier) -> Kit:
    return Kit(impl, key, signing_key, verifier)


@pytest.mark.parametrize("code", ROWS)
def test_row(kit, code):
    row = ROWS[code]
    with pytest.raises(PyJWTError) as caught:
        row.provoke(kit)
    error = caught.value
    seen = (type(error).__name__, error.code, error.reason, error.claim, str(error))
    assert seen == (row.cls, code, row.reason, row.claim, row.message)


def test_every_code_has_a_row():
    assert set(ROWS) | ELSEWHERE | FETCHING == set(CODES)
    assert not set(ROWS) & ELSEWHERE


def test_cryptography_missing():
    """A program without the package: None in `sys.modules` is what Python itself has for "there is none"."""
    program = """
import json, sys
sys.modules["cryptography"] = None
from rapidjwt import Key
try:
    Key.generate("ES256")
except Exception as error:
    print(json.dumps([type(error).__name__, error.code, error.reason, error.claim, str(error)]))
"""
    environment = os.environ | {"RAPIDJWT_IMPL": "pure", "PYTHONPATH": str(Path(rapidjwt.__file__).parents[1])}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    message = "This needs the package cryptography: pip install 'rapidjwt[crypto]'"
    assert json.loads(run.stdout) == [
        "MissingCryptographyError",
        "cryptography_missing",
        "keys_unavailable",
        None,
        message,
    ]


# the table and the classes


def test_codes_are_lower_snake_and_reasons_are_of_the_list():
    for code, spec in CODES.items():
        assert code == code.lower() == code.strip("_")
        assert code.replace("_", "").isalnum()
        assert spec.reason in REASONS


def test_every_class_of_the_table_is_public():
    for spec in CODES.values():
        assert issubclass(spec.cls, PyJWTError)
        assert getattr(exceptions, spec.cls.__name__) is spec.cls
        assert spec.cls.__name__ in exceptions.__all__


def test_classes_that_pyjwt_has_too_have_its_names_and_parents():
    shared = [name for name in exceptions.__all__ if name.endswith("Error") and hasattr(jwt.exceptions, name)]
    assert len(shared) > 12
    for name in shared:
        theirs = {
            parent.__name__ for parent in getattr(jwt.exceptions, name).__mro__ if parent.__module__.startswith("jwt")
        }
        ours = {parent.__name__ for parent in getattr(exceptions, name).__mro__}
        assert theirs <= ours, name


def test_an_error_made_by_hand_has_a_code_and_reason():
    for name in exceptions.__all__:
        if name.endswith("Error"):
            error = getattr(exceptions, name)("aud")
            assert error.reason in REASONS
            assert error.code in {*CODES, "error"}, name


def test_messages_name_their_limits():
    for code, spec in CODES.items():
        if "{limit}" in spec.message:
            assert "7" in str(exceptions.build(code, limit=7))


@pytest.mark.parametrize("code", CODES)
def test_errors_can_be_pickled(code):
    error = exceptions.build(code, claim="sub", limit=1)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.code, again.reason, again.claim) == (
        type(error), str(error), error.code, error.reason, error.claim
    )  # fmt: skip


def test_no_message_repeats_the_token(verifier):
    secret = "attacker-supplied"
    strict = verifier(issuer="i", audience="a", subject="s", typ="JWT", require=())
    tokens = [token(header={name: secret}) for name in ("alg", "kid", "typ", "crit")]
    tokens += [
        token({"iss": "i", "aud": "a", name: secret}, header={"typ": "JWT"})
        for name in ("iss", "aud", "sub", "exp", "iat", "nbf")
    ]
    tokens += [secret, f"{secret}.{secret}.{secret}", token(secret.encode()), token(header=secret.encode())]
    for result in strict.verify_many(tokens):
        assert not result
        assert secret not in str(result.error) + repr(result.error) + repr(result)
