"""HMAC secrets: lengths, and texts that are really other keys (RFC 8725 section 3.2; CVE-2017-11424, CVE-2022-29217)."""

import codecs
import json

import pytest

import forge
from expect import refused

PEM = forge.material("RS256").pem()
JWK = json.dumps(forge.material("ES256").jwk())
LENGTHS = {"HS256": 32, "HS384": 48, "HS512": 64}


@pytest.mark.parametrize(("algorithm", "length"), LENGTHS.items())
def test_length(impl, algorithm, length):
    key = impl.Key.from_secret(b"x" * length, algorithm=algorithm)
    assert (key.bits, key.algorithms) == (8 * length, (algorithm,))
    with refused("key_weak"):
        impl.Key.from_secret(b"x" * (length - 1), algorithm=algorithm)
    assert impl.Key.from_secret(b"x", algorithm=algorithm, allow_weak=True).bits == 8


@pytest.mark.parametrize("length", [32, 63, 64, 65, 127, 128, 129, 1000])
@pytest.mark.parametrize("algorithm", LENGTHS)
def test_secrets_of_many_lengths_verify(impl, verifier, algorithm, length):
    material = forge.Material(bytes(byte % 251 for byte in range(length)))
    key = impl.Key.from_secret(material.secret, algorithm=algorithm, allow_weak=True)
    assert verifier(algorithm, keys=key).decode(forge.token(algorithm=algorithm, key=material))


def test_a_str_is_taken_as_utf_8(impl):
    text = "\u00e9\u20ac\U0001f511" * 8
    key = impl.Key.from_secret(text, algorithm="HS256")
    assert key.to_jwk(private=True)["k"] == forge.b64(text.encode())


@pytest.mark.parametrize("secret", [b"", ""])
def test_empty(impl, secret):
    for weak in (False, True):
        with refused("secret_empty"):
            impl.Key.from_secret(secret, algorithm="HS256", allow_weak=weak)


@pytest.mark.parametrize("algorithm", forge.PUBLIC_KEY_ALGORITHMS)
def test_only_hmac_algorithms(impl, algorithm):
    with refused("key_algorithm"):
        impl.Key.from_secret(b"x" * 64, algorithm=algorithm)


KEYS = {
    "PEM": PEM,
    "PEM after a space": b" " + PEM,
    "PEM after text": b"secret\n" * 100 + PEM,
    "PEM after a mark": codecs.BOM_UTF8 + PEM,
    "PEM header alone": b"x" * 40 + b"-----BEGIN ",
    "private PEM": forge.material("RS256").pem(private=True),
    "SSH2": b"---- BEGIN SSH2 PUBLIC KEY ----" + b"x" * 40,
    "OpenSSH RSA": forge.material("RS256").openssh(),
    "OpenSSH Ed25519": forge.material("EdDSA").openssh(),
    "OpenSSH ECDSA": forge.material("ES256").openssh(),
    "OpenSSH after options": b'restrict,command="x" ' + forge.material("EdDSA").openssh(),
    "OpenSSH after a tab": forge.material("RS256").openssh().replace(b" ", b"\t"),
    "OpenSSH certificate": b"ssh-rsa-cert-v01@openssh.com " + b"x" * 40,
    "OpenSSH in UTF-16": forge.material("EdDSA").openssh().decode().encode("utf-16"),
    "PEM in UTF-16": PEM.decode().encode("utf-16-le"),
    "PEM in UTF-32": PEM.decode().encode("utf-32"),
    "PEM with NUL": b"\0".join(PEM[at : at + 5] for at in range(0, len(PEM), 5)),
    "JWK after two marks": codecs.BOM_UTF8 + codecs.BOM_UTF8 + JWK.encode(),
    "ssh-dss": b"ssh-dss AAAAB3NzaC1kc3MAAACBA" + b"x" * 40,
    "SPKI": forge.material("RS256").der(),
    "SPKI of Ed25519": forge.material("EdDSA").der(),
    "PKCS#1": forge.material("RS256").der(form="traditional"),
    "PKCS#8": forge.material("ES256").der(private=True),
    "SEC1": forge.material("ES256").der(private=True, form="traditional"),
    "encrypted PKCS#8": forge.material("ES256").der(password=b"secret"),
    "long lengths": b"\x30\x83\x00\x00\x2c\x30\x06" + b"\0\0\0\0\0\0" + b"\x04\x22" + b"x" * 34,
    "JWK": JWK.encode(),
    "JWK in space": f" \t\r\n{JWK}\n\f\v".encode(),
    "JWK Set": json.dumps({"keys": [forge.material("ES256").jwk()]}).encode(),
    "JWK array": f"[{JWK}]".encode(),
    "JWK after a mark": codecs.BOM_UTF8 + JWK.encode(),
    "JWK in UTF-16": JWK.encode("utf-16"),
    "JWK in UTF-16 without mark": JWK.encode("utf-16-be"),
    "JWK in UTF-32": JWK.encode("utf-32-le"),
    "JWK with an escaped name": JWK.replace("kty", "\\u006bty").encode(),
    "JWK-like": b'{"x":"kty"}' + b" " * 40,
}


@pytest.mark.parametrize("name", KEYS)
def test_the_text_of_another_key(impl, name):
    for weak in (False, True):
        with refused("secret_is_key"):
            impl.Key.from_secret(KEYS[name], algorithm="HS256", allow_weak=weak)


def test_the_text_of_another_key_as_str(impl):
    with refused("secret_is_key"):
        impl.Key.from_secret(PEM.decode(), algorithm="HS256")


ORDINARY = {
    "dashes": b"-----BEGIN" + b"x" * 40,
    "JSON without kty": json.dumps({"secret": "x" * 40}).encode(),
    "unfinished JSON": b'{"kty":"oct","k":"' + b"x" * 40,
    "kty alone": b"kty" + b"x" * 40,
    "base64 of a key": forge.b64(forge.material("RS256").der()).encode(),
    "short sequence": b"\x30\x29\x02\x27" + b"\1" * 39,
    "sequence and more": forge.material("EdDSA").der() + b"x",
    "sequence too short": forge.material("EdDSA").der()[:-1] + b"",
    "sequence of text": b"\x30\x2a\x0c\x28" + b"x" * 40,
    "NUL": bytes(64),
    "digits": b"0" * 64,
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_secrets(impl, name):
    assert impl.Key.from_secret(ORDINARY[name], algorithm="HS256", allow_weak=True).kty == "oct"


def test_type_comes_before_value(impl):
    with pytest.raises(ValueError, match=r"^algorithm is unknown"):
        impl.Key.from_secret(b"", algorithm="HS1")
