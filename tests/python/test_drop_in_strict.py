"""`PyJWT(strict=True)`: PyJWT's call with the decisions of `Verifier`, and `encode` without weak keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import rapidjwt
from rapidjwt import jwt

SECRET = "a-secret-of-thirty-two-bytes-or-more"
CLAIMS = {"sub": "user-1", "exp": int(time.time()) + 3600}


@pytest.fixture
def strict():
    return jwt.PyJWT(strict=True)


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(payload, header='{"alg":"HS256"}', secret=SECRET):
    signing_input = f"{b64(header.encode())}.{b64(payload if isinstance(payload, bytes) else payload.encode())}"
    return f"{signing_input}.{b64(hmac.digest(secret.encode(), signing_input.encode(), hashlib.sha256))}"


def test_a_good_token(strict):
    token = jwt.encode(CLAIMS, SECRET, headers={"kid": "a"})
    assert strict.decode(token, SECRET, ["HS256"]) == CLAIMS
    assert strict.decode_complete(token, SECRET, ["HS256"]) == jwt.decode_complete(token, SECRET, ["HS256"])


LAX = {
    "duplicate": '{"exp":9999999999,"exp":9999999999}',
    "NaN": '{"exp":9999999999,"a":NaN}',
    "UTF-16": '{"exp":9999999999}'.encode("utf-16"),
    "exp as text": '{"exp":"9999999999"}',
    "nbf true": '{"exp":9999999999,"nbf":true}',
    "no exp": "{}",
}


@pytest.mark.parametrize("case", LAX)
def test_what_pyjwt_lets_through(strict, case):
    token = forged(LAX[case])
    jwt.decode(token, SECRET, ["HS256"])
    with pytest.raises(rapidjwt.InvalidTokenError) as refused:
        strict.decode(token, SECRET, ["HS256"])
    assert refused.value.code in rapidjwt.exceptions.CODES


def test_only_that_instance_is_strict(strict):
    assert strict.decode(token := jwt.encode(CLAIMS, SECRET), SECRET, ["HS256"]) == CLAIMS
    assert jwt.decode(forged("{}"), SECRET, ["HS256"]) == {}
    assert jwt.PyJWT().decode(token, SECRET, ["HS256"]) == CLAIMS


def test_a_weak_key(strict):
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = jwt.encode(CLAIMS, "short")
    for call in (lambda: strict.decode(token, "short", ["HS256"]), lambda: strict.encode(CLAIMS, "short")):
        with pytest.raises(jwt.InvalidKeyError):
            call()


KEYS = [
    ("RS256", rsa.generate_private_key(65537, 2048)),
    ("PS256", rsa.generate_private_key(65537, 2048)),
    ("ES256", ec.generate_private_key(ec.SECP256R1())),
    ("EdDSA", ed25519.Ed25519PrivateKey.generate()),
]


@pytest.mark.parametrize(("alg", "key"), KEYS, ids=[alg for alg, _ in KEYS])
def test_every_form_of_a_public_key(strict, alg, key):
    token = strict.encode(CLAIMS, key, alg)
    public = key.public_key()
    algorithm = jwt.get_algorithm_by_name(alg)
    forms = [
        public,
        key,
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        jwt.PyJWK({**algorithm.to_jwk(public, as_dict=True), "alg": alg}),
        rapidjwt.Key.from_pem(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
    ]
    for form in forms:
        assert strict.decode(token, form, [alg]) == CLAIMS
    assert strict.decode(token, forms[6]) == CLAIMS
    assert strict.decode(token, jwt.PyJWKSet([forms[6]._jwk_data]), [alg]) == CLAIMS


def test_arguments_reach_the_verifier(strict):
    token = jwt.encode({**CLAIMS, "iss": "me", "aud": ["a", "b"], "nbf": time.time() + 5}, SECRET)
    good = {"issuer": {"me"}, "audience": iter(["b"]), "subject": "user-1", "leeway": timedelta(seconds=30)}
    assert strict.decode(token, SECRET, ["HS256"], **good)["iss"] == "me"
    for name, value, error in [
        ("issuer", "you", jwt.InvalidIssuerError),
        ("audience", ["c"], jwt.InvalidAudienceError),
        ("audience", None, jwt.InvalidAudienceError),
        ("subject", "user-2", jwt.exceptions.InvalidSubjectError),
        ("leeway", 0, jwt.ImmatureSignatureError),
        ("options", {"require": ["jti"]}, jwt.MissingRequiredClaimError),
        ("options", {"strict_aud": True}, jwt.InvalidAudienceError),
    ]:
        with pytest.raises(error):
            strict.decode(token, SECRET, ["HS256"], **{**good, "audience": "b", name: value})


@pytest.mark.parametrize("name", [name for name in jwt.PyJWT().options if name.startswith("verify_")])
def test_no_check_can_be_switched_off(strict, name):
    with pytest.raises(ValueError, match=r"must not switch off verify_"):
        strict.decode(jwt.encode(CLAIMS, SECRET), SECRET, ["HS256"], options={name: False})


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"algorithms": None}, (TypeError, ValueError)),
        ({"algorithms": []}, ValueError),
        ({"algorithms": "HS256"}, TypeError),
        ({"algorithms": ["none"]}, ValueError),
        ({"algorithms": ["HS256"], "leeway": float("nan")}, ValueError),
        ({"algorithms": ["HS256"], "detached_payload": b""}, ValueError),
        ({"algorithms": ["HS256"], "key": object()}, TypeError),
    ],
)
def test_arguments_that_make_no_sense(strict, arguments, error):
    with pytest.raises(error):
        strict.decode(jwt.encode(CLAIMS, SECRET), **{"key": SECRET, **arguments})


def test_a_verifier_is_made_once_for_its_arguments(strict):
    token = jwt.encode(CLAIMS, SECRET)
    for _ in range(3):
        strict.decode(token, SECRET, ["HS256"])
    assert len(strict._strict._made) == 1
    for number in range(100):
        strict.decode(token, SECRET, ["HS256"], leeway=number)
    assert len(strict._strict._made) == 64


def test_a_key_object_is_not_taken_for_another_one(strict):
    """An address may be used again for another object; the earlier verifier must not answer for that one."""
    for _ in range(20):
        key = ec.generate_private_key(ec.SECP256R1())
        assert strict.decode(jwt.encode(CLAIMS, key, "ES256"), key.public_key(), ["ES256"]) == CLAIMS


def test_a_token_of_a_json_object_is_what_the_payload_says(strict):
    assert json.loads(json.dumps(strict.decode(jwt.encode(CLAIMS, SECRET), SECRET, ["HS256"]))) == CLAIMS
