"""What programs for PyJWT do, by its documentation, under the drop-in's types. Read by mypy twice, never run: as it stands, and with
PyJWT in the place of the drop-in, so that neither accepts what the other refuses.
"""

import json
import ssl
import uuid
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any, assert_type

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from rapidjwt import jwt
from rapidjwt.jwt import PyJWKClient, PyJWKSet
from rapidjwt.jwt.algorithms import Algorithm, HMACAlgorithm, RSAAlgorithm, get_default_algorithms
from rapidjwt.jwt.exceptions import InvalidJTIError, InvalidSubjectError, PyJWKClientError
from rapidjwt.jwt.types import Options


def symmetric(secret: str) -> dict[str, Any]:
    token = jwt.encode({"user": 1}, secret, algorithm="HS256")
    assert_type(token, str)
    claims = jwt.decode(token, secret, algorithms=["HS256", "HS512"])
    assert_type(claims, dict[str, Any])
    jwt.decode(token.encode(), secret.encode(), algorithms="HS256")
    return jwt.decode(token, secret, ["HS256"])


def asymmetric(private_pem: bytes, public_pem: str, password: bytes) -> None:
    token = jwt.encode(
        {"user": 1}, private_pem, algorithm="RS256", headers={"kid": "1", "typ": None}, sort_headers=False
    )
    jwt.decode(token, public_pem, algorithms=("RS256", "PS256", "ES256", "EdDSA"))
    private = load_pem_private_key(private_pem, password=password)
    if isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        jwt.decode(jwt.encode({}, private, algorithm="RS256"), private.public_key(), algorithms=["RS256"])
    public = load_pem_x509_certificate(public_pem.encode()).public_key()
    if isinstance(public, rsa.RSAPublicKey):
        jwt.decode(token, public, algorithms=["RS256"])


def unverified(token: str) -> None:
    assert_type(jwt.get_unverified_header(token), dict[str, Any])
    jwt.get_unverified_header(token.encode())
    assert_type(jwt.decode(token, options={"verify_signature": False}), dict[str, Any])


def claims(token: str, key: str) -> str:
    now = datetime.now(tz=UTC)
    payload = {"exp": now + timedelta(minutes=15), "nbf": now, "iat": 1, "jti": str(uuid.uuid4()), "aud": ["a", "b"]}
    jwt.encode(payload, key)
    jwt.encode(payload, key, None, {"kid": "1"}, json.JSONEncoder)
    jwt.decode(token, key, leeway=5, algorithms=["HS256"])
    jwt.decode(token, key, leeway=0.5, algorithms=["HS256"])
    jwt.decode(token, key, leeway=timedelta(seconds=5), algorithms=["HS256"], subject="me")
    jwt.decode(token, key, issuer="me", audience="you", algorithms=["HS256"])
    jwt.decode(token, key, issuer=["me", "us"], audience={"you", "them"}, algorithms=["HS256"])
    jwt.decode(token, key, issuer=frozenset({"me"}), audience=(one for one in ["you"]), algorithms=["HS256"])
    options: Options = {"require": ["exp", "sub"], "verify_aud": False, "strict_aud": True, "verify_iat": False}
    complete = jwt.decode_complete(token, key, algorithms=["HS256"], options=options)
    assert_type(complete, dict[str, Any])
    return str(complete["header"]["alg"])


def errors(token: str, key: str) -> str | None:
    try:
        jwt.decode(token, key, algorithms=["HS256"])
    except jwt.MissingRequiredClaimError as error:
        claim: str | None = error.claim  # here PyJWT says str
        return claim
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError, jwt.InvalidIssuedAtError):
        return "time"
    except (jwt.InvalidAudienceError, jwt.InvalidIssuerError, InvalidSubjectError, InvalidJTIError):
        return "claim"
    except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError, jwt.DecodeError) as error:
        refused: jwt.InvalidTokenError = error
        return str(refused)
    except jwt.InvalidKeyError:
        return "key"
    except jwt.PyJWTError:
        return "any"
    return None


def key_lengths(key: str) -> None:
    warnings.filterwarnings("ignore", category=jwt.InsecureKeyLengthWarning)
    strict = jwt.PyJWT(options={"enforce_minimum_key_length": True})
    assert_type(strict.encode({"a": 1}, key, algorithm="HS256"), str)
    assert_type(strict.decode("", key, algorithms=["HS256"]), dict[str, Any])


def key_sets(text: str, token: str) -> None:
    key = jwt.PyJWK.from_json(text)
    assert_type(key, jwt.PyJWK)
    assert_type(key.key_id, str | None)
    assert_type(key.key_type, str | None)
    assert_type(key.algorithm_name, str)
    jwt.decode(token, key)
    jwt.PyJWK({"kty": "oct", "k": "AAAA"}, algorithm="HS256")
    keys = PyJWKSet.from_json(text)
    assert_type(keys["kid"], jwt.PyJWK)
    assert_type(keys.keys, list[jwt.PyJWK])
    PyJWKSet.from_dict({"keys": []})


def client(token: str) -> dict[str, Any]:
    source = PyJWKClient(
        "https://issuer.example/jwks.json",
        cache_keys=True,
        max_cached_keys=8,
        lifespan=60,
        headers={"User-Agent": "me"},
        timeout=5,
        ssl_context=ssl.create_default_context(),
    )
    try:
        key = source.get_signing_key_from_jwt(token)
    except PyJWKClientError:
        return {}
    assert_type(key, jwt.PyJWK)
    assert_type(source.get_signing_key("kid"), jwt.PyJWK)
    assert_type(source.get_signing_keys(refresh=True), list[jwt.PyJWK])
    assert_type(source.get_jwk_set(), PyJWKSet)
    return jwt.decode(token, key, audience="me", options={"verify_exp": False}, algorithms=["RS256"])


def open_id(token: str, key: jwt.PyJWK, access_token: bytes) -> bytes:
    data = jwt.decode_complete(token, key=key, audience="client", algorithms=["RS256"])
    digest = jwt.get_algorithm_by_name(data["header"]["alg"]).compute_hash_digest(access_token)
    assert_type(digest, bytes)
    return digest[: len(digest) // 2]


def algorithms(private_pem: str, secret: bytes) -> None:
    assert_type(get_default_algorithms(), dict[str, Algorithm])
    assert_type(jwt.PyJWS().get_algorithm_by_name("HS256"), Algorithm)
    HMACAlgorithm(HMACAlgorithm.SHA256).prepare_key(secret)
    assert_type(HMACAlgorithm(HMACAlgorithm.SHA256).sign(b"", secret), bytes)
    assert_type(HMACAlgorithm(HMACAlgorithm.SHA256).verify(b"", secret, b""), bool)
    RSAAlgorithm(RSAAlgorithm.SHA256).prepare_key(private_pem)
    jwt.register_algorithm("mine", Own())
    jwt.unregister_algorithm("mine")
    jws = jwt.PyJWS(algorithms=["HS256"])
    assert_type(jws.encode(b"any bytes", secret, algorithm="HS256"), str)
    jws.decode("", secret, algorithms=["HS256"])
    assert_type(jws.get_algorithms(), list[str])


class Own(HMACAlgorithm):
    """An algorithm of one's own."""

    def __init__(self) -> None:
        super().__init__(HMACAlgorithm.SHA512)

    def sign(self, msg: bytes, key: bytes) -> bytes:
        return super().sign(msg, key)[:16]


class Packed(jwt.PyJWT):
    """A payload of one's own: the two hooks that are documented for it."""

    def _encode_payload(
        self,
        payload: dict[str, Any],
        headers: dict[str, Any] | None = None,
        json_encoder: type[json.JSONEncoder] | None = None,
    ) -> bytes:
        return super()._encode_payload(payload, headers=headers, json_encoder=json_encoder)

    def _decode_payload(self, decoded: dict[str, Any]) -> dict[str, Any]:
        return super()._decode_payload(decoded)


def mistakes(token: str) -> None:
    jwt.encode("text", "key")  # type: ignore[arg-type]
    jwt.encode({}, 5)  # type: ignore[arg-type]
    jwt.decode(5, "key", algorithms=["HS256"])  # type: ignore[arg-type]
    jwt.decode(token, "key", algorithms=["HS256"], leeway="5")  # type: ignore[arg-type]
    jwt.decode(token, "key", algorithms=["HS256"], audience=5)  # type: ignore[arg-type]
    jwt.decode(token, "key", algorithms=["HS256"], options={"verify_everything": True})  # type: ignore[arg-type]
