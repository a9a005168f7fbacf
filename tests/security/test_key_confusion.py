"""A public key must never become an HMAC secret, nor one family's key another's (CVE-2015-9235, CVE-2017-11424, CVE-2022-29217,
CVE-2024-33663, CVE-2026-34950, GHSA-r6x4-923q-g947, GHSA-xgmm-8j9v-c9wx).
"""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from judge import verdict

import forge
from expect import refused
from rapidjwt.exceptions import PyJWTError

FAMILIES = ["RS256", "ES256", "ES512", "ES256K", "EdDSA"]


def certificate(algorithm: str, encoding: serialization.Encoding) -> bytes:
    private = forge.material(algorithm).private
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "issuer.example")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, private.public_key(), 1, start, start + datetime.timedelta(days=900))
    return builder.sign(private, None if algorithm == "EdDSA" else hashes.SHA256()).public_bytes(encoding)


def every_form(algorithm: str) -> dict[str, bytes]:
    """The texts in which a service may hold the key."""
    material = forge.material(algorithm)
    forms = {
        "spki pem": material.pem(),
        "spki der": material.der(),
        "certificate pem": certificate(algorithm, serialization.Encoding.PEM),
        "certificate der": certificate(algorithm, serialization.Encoding.DER),
        "private pem": material.pem(private=True),
        "private der": material.der(private=True),
        "encrypted pem": material.pem(password=b"password"),
        "jwk": json.dumps(material.jwk()).encode(),
        "private jwk": json.dumps(material.jwk(private=True)).encode(),
        "jwks": json.dumps({"keys": [material.jwk(kid="1")]}).encode(),
    }
    if algorithm != "ES256K":
        forms["openssh"] = material.openssh()
    if algorithm != "EdDSA":
        forms["traditional private pem"] = material.pem(private=True, form="traditional")
        forms["traditional private der"] = material.der(private=True, form="traditional")
    if algorithm == "RS256":
        forms["pkcs#1 pem"] = material.pem(form="traditional")
        forms["pkcs#1 der"] = material.der(form="traditional")
    return forms


FORMS = [(algorithm, form) for algorithm in FAMILIES for form in every_form(algorithm)]


@pytest.mark.parametrize(("algorithm", "form"), FORMS)
def test_no_key_is_a_secret(impl: Any, algorithm: str, form: str) -> None:
    text = every_form(algorithm)[form]
    for name in ("HS256", "HS384", "HS512"):
        with refused("secret_is_key"):
            impl.Key.from_secret(text, algorithm=name)
    with refused("secret_is_key"):
        impl.Key.from_secret(text, algorithm="HS256", allow_weak=True)
    with refused("secret_is_key"):
        impl.Key.from_jwk({"kty": "oct", "k": forge.b64(text), "alg": "HS256"})
    if "der" not in form:
        with refused("secret_is_key"):
            impl.Key.from_secret(text.decode(), algorithm="HS256")


@pytest.mark.parametrize("form", ["spki pem", "pkcs#1 pem", "certificate pem", "openssh", "jwk", "jwks"])
@pytest.mark.parametrize("before", [b" ", b"\n", b"\r\n\t ", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n", b"\0"], ids=repr)
@pytest.mark.parametrize("after", [b"", b"\n", b" \r\n", b"\0"], ids=repr)
def test_a_key_with_white_space_around(impl: Any, form: str, before: bytes, after: bytes) -> None:
    with refused("secret_is_key"):
        impl.Key.from_secret(before + every_form("RS256")[form] + after, algorithm="HS256")


@pytest.mark.parametrize(
    "form", ["spki pem", "pkcs#1 pem", "certificate pem", "private pem", "encrypted pem", "openssh"]
)
@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: b"# our key\n" + text,
        lambda text: b"Bag Attributes\n    localKeyID: 01\n" + text,
        lambda text: text + b"\n# the end",
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: text.replace(b"\n", b"\\n"),
        lambda text: text.replace(b"\n", b""),
        lambda text: b'"' + text + b'"',
        lambda text: b"x" * 100_000 + text,
        lambda text: text.replace(b"-----BEGIN ", b"---- BEGIN ").replace(b"-----END ", b"---- END "),
    ],
    ids=["comment", "bag", "tail", "crlf", "cr", "escaped", "one line", "quoted", "late", "ssh2"],
)
def test_a_pem_in_disguise(impl: Any, form: str, disguise: Any) -> None:
    with refused("secret_is_key"):
        impl.Key.from_secret(disguise(every_form("RS256")[form]), algorithm="HS256")


PUBLIC_JWK = forge.material("RS256").jwk()
ESCAPED = json.dumps(PUBLIC_JWK).replace('"kty"', '"\\u006bty"').encode()


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([PUBLIC_JWK]).encode(),
        json.dumps([[[[PUBLIC_JWK]]]]).encode(),
        json.dumps({"a": {"b": [{"c": PUBLIC_JWK}]}}).encode(),
        json.dumps({"keys": [PUBLIC_JWK] * 100}).encode(),
        json.dumps(PUBLIC_JWK, indent=4).encode(),
        b'{"x":' + b"9" * 5000 + b',"kty":"RSA"}',
        b"[" * 2000 + json.dumps(PUBLIC_JWK).encode() + b"]" * 2000,
        ESCAPED,
        ESCAPED.replace(b"\\u006bty", b"\\u006B\\u0074\\u0079"),
        b'{"k\\u0074y":"oct"}',
        b'{"kty":"oct","k":"AAAA"}',
        b'{"kty":null}',
    ],
    ids=range(12),
)
def test_a_jwk_in_disguise(impl: Any, text: bytes) -> None:
    with refused("secret_is_key"):
        impl.Key.from_secret(text, algorithm="HS256", allow_weak=True)


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("form", ["jwk", "jwks"])
def test_a_jwk_in_another_encoding(impl: Any, encoding: str, form: str) -> None:
    text = every_form("ES256")[form].decode()
    for disguised in (text, f" \n{text}\n", f"[{text}]", text.replace("kty", "\\u006bty")):
        with refused("secret_is_key"):
            impl.Key.from_secret(disguised.encode(encoding), algorithm="HS256")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_key_file_is_no_secret_either(impl: Any, tmp_path: Any, algorithm: str) -> None:
    for form, text in every_form(algorithm).items():
        path = tmp_path / form.replace(" ", "_").replace("#", "")
        path.write_bytes(text)
        with pytest.raises(PyJWTError) as caught:
            impl.Key.from_file(path, algorithm="HS256")
        assert caught.value.code in ("secret_is_key", "key_algorithm", "jwk_invalid")


def test_the_attack_itself(impl: Any, verifier: Any) -> None:
    """What the classic forgery does: the token says HS256 and is signed with the bytes of the RSA public key."""
    material = forge.material("RS256")
    for text in every_form("RS256").values():
        forged = forge.token(algorithm="HS256", key=forge.Material(text))
        assert verdict(verifier("RS256"), forged) == "alg_not_allowed"
        mixed = verifier("RS256", "HS256", keys=[impl.Key.from_pem(material.pem())])
        assert verdict(mixed, forged) == "key_unknown"
        assert verdict(verifier("RS256", "HS256"), forged) == "bad_signature"


@pytest.mark.parametrize("algorithm", forge.PUBLIC_KEY_ALGORITHMS)
def test_a_secret_for_a_public_key_algorithm(impl: Any, algorithm: str) -> None:
    with refused("key_algorithm"):
        impl.Key.from_secret(b"s" * 64, algorithm=algorithm)


def test_keys_bind_to_their_own_family(impl: Any) -> None:
    of = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP", "HS": "oct"}
    for have in ("RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA"):
        for want in forge.ALGORITHMS:
            fits = of[have[:2]] == of[want[:2]] and (of[have[:2]] != "EC" or have == want)
            if fits:
                assert want in impl.Key.from_pem(forge.material(have).pem(), algorithm=want).algorithms
                continue
            with refused("key_algorithm"):
                impl.Key.from_pem(forge.material(have).pem(), algorithm=want)
            with refused("key_algorithm"):
                impl.Key.from_jwk(forge.material(have).jwk(), algorithm=want)


def test_a_private_key_is_no_verification_key(impl: Any, signing_key: Any) -> None:
    """PyJWT raises AttributeError here; a service that verifies has no use for a private key."""
    for algorithm in ("RS256", "PS512", "ES256", "ES256K", "EdDSA"):
        private = signing_key(algorithm)
        for keys in (private, [private], impl.KeySet([private]), [private.public(), private]):
            with refused("key_private"):
                impl.Verifier(keys, algorithms=[algorithm], issuer=None, audience=None)
        verifier = impl.Verifier(
            private.public(), algorithms=[algorithm], issuer=None, audience=None, clock=lambda: forge.NOW
        )
        with refused("key_private"):
            verifier.replace_keys([private])
        assert verdict(verifier, forge.token(algorithm=algorithm)) is None


def test_ordinary_secrets_are_not_mistaken(impl: Any) -> None:
    """The other side of the heuristics: random bytes, prose, JSON that is no key, and things that only begin like DER."""
    for secret in [
        bytes(range(64)),
        b"correct horse battery staple, and then some more of it",
        b'{"password":"a long and winding road that leads somewhere"}',
        b"0\x82" + b"x" * 60,
        b"0" * 64,
        b"\x30\x2a" + b"\x05" * 42,
        b"kty=RSA but this is not JSON at all, only looks like it",
        b"ssh is a protocol; rsa is an algorithm; this is a secret",
    ]:
        assert impl.Key.from_secret(secret, algorithm="HS256").kty == "oct"
