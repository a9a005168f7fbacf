"""Keys in every form in which somebody hands them to PyJWT, right and wrong ones."""

from __future__ import annotations

import datetime
import functools
import json
import math
import random
import warnings
from collections.abc import Callable
from typing import Any

import jwt.algorithms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from drop_in_sides import Side

import forge


class Made:
    """An argument that each side makes for itself, anew for each call unless `make` keeps it."""

    __slots__ = ("make", "text")

    def __init__(self, text: str, make: Callable[[Side], Any]) -> None:
        self.text = text
        self.make = make

    def __repr__(self) -> str:
        return self.text


class Text(str):
    """A str, and not quite."""

    __slots__ = ()


class Octets(bytes):
    """Bytes, and not quite."""

    __slots__ = ()


class Kind:
    """One key: what signs, by which algorithms, and the forms in which it is handed over."""

    def __init__(self, name: str, private: Any, algorithms: tuple[str, ...]) -> None:
        self.name = name
        self.private = private
        self.algorithms = algorithms

    def __repr__(self) -> str:
        return self.name

    @property
    def secret(self) -> bool:
        return isinstance(self.private, bytes)

    def sign(self, algorithm: str, message: bytes) -> bytes:
        """A good signature; any bytes where this key has none by this algorithm."""
        if self.secret != algorithm.startswith("HS") or (not self.secret and algorithm not in self.algorithms):
            return b"\1" * 64
        return forge.signature("ES512" if algorithm == "ES521" else algorithm, message, forge.Material(self.private))

    @functools.cached_property
    def public(self) -> Any:
        return None if self.secret else self.private.public_key()

    @functools.cached_property
    def jwks(self) -> dict[str, dict[str, Any]]:
        """As JWK, public and private; neither where there is no such JWK."""
        if self.secret:
            return {"public": jwt.algorithms.HMACAlgorithm.to_jwk(self.private, as_dict=True)}
        maker = {
            "RSA": jwt.algorithms.RSAAlgorithm,
            "EC": jwt.algorithms.ECAlgorithm,
            "Ed": jwt.algorithms.OKPAlgorithm,
        }
        for start, algorithm in maker.items():
            if self.name.startswith(start) and self.algorithms:
                return {
                    "public": algorithm.to_jwk(self.public, as_dict=True),
                    "private": algorithm.to_jwk(self.private, as_dict=True),
                }
        return {}

    @functools.cached_property
    def verifying(self) -> list[Any]:
        """The forms that verify."""
        if self.secret:
            return _secret_forms(self.private) + _pyjwks(self.jwks["public"], self.algorithms)
        forms = [self.public, *_texts(_pem(self.public)), *_texts(_pem(self.public))]
        if openssh := _tried(lambda: self.public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)):
            forms += _texts(openssh)
        if self.jwks:
            forms += _pyjwks(self.jwks["public"], self.algorithms)
        return forms

    @functools.cached_property
    def signing(self) -> list[Any]:
        """The forms that sign. Some verify as well: that is PyJWT's affair."""
        if self.secret:
            return self.verifying
        forms = [self.private, *_texts(_private(self.private, PrivateFormat.PKCS8))]
        if traditional := _tried(lambda: _private(self.private, PrivateFormat.TraditionalOpenSSL)):
            forms += _texts(traditional)
        if self.jwks:
            forms += _pyjwks(self.jwks["private"], self.algorithms[::3])  # private RSA keys take long to make
        return forms

    @functools.cached_property
    def odd(self) -> list[Any]:
        """Forms that PyJWT mostly refuses, each in its own way."""
        if self.secret:
            forms: list[Any] = [bytearray(self.private), Made("memoryview(key)", lambda _: memoryview(self.private))]
        else:
            pem = _pem(self.public)
            private = _private(self.private, PrivateFormat.PKCS8)
            forms = [
                _tried(lambda: self.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
                _tried(lambda: self.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
                _tried(lambda: self.public.public_bytes(Encoding.PEM, PublicFormat.PKCS1)),
                _tried(lambda: self.public.public_bytes(Encoding.DER, PublicFormat.PKCS1)),
                _tried(lambda: _private(self.private, PrivateFormat.OpenSSH)),
                _tried(lambda: _private(self.private, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))),
                _tried(lambda: _private(self.private, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"x"))),
                _tried(lambda: self.certificate.public_bytes(Encoding.PEM)),
                _tried(lambda: self.certificate.public_bytes(Encoding.DER)),
                _tried(lambda: self.certificate),
                _tried(lambda: self.public.public_bytes_raw()),
                *_disguised(pem),
                *_disguised(private),
                pem + private,
                private + pem,
                bytearray(pem),
                Made("memoryview(pem)", lambda _: memoryview(pem)),
            ]
        for jwk in self.jwks.values():
            text = json.dumps(jwk)
            forms += [text, text.encode(), jwk, json.dumps({"keys": [jwk]}), text.encode("utf-16"), "\ufeff" + text]
            forms.append(
                Made(
                    f"PyJWKSet([{jwk}])",
                    lambda side, jwk=jwk: side.keep(str(jwk), lambda: side.jwt.PyJWKSet([jwk]), always=True),
                )
            )
        return [form for form in forms if form is not None]

    @functools.cached_property
    def certificate(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
        day = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.public)
        builder = builder.serial_number(1).not_valid_before(day).not_valid_after(day + datetime.timedelta(days=9999))
        return builder.sign(self.private, None if self.name.startswith("Ed") else hashes.SHA256())


def _tried(make: Callable[[], Any]) -> Any:
    """None where `cryptography` has no such form of this key."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # DSA is out of fashion
        try:
            return make()
        except Exception:
            return None


def _pem(public: Any) -> bytes:
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _private(
    private: Any, form: PrivateFormat, locked: serialization.KeySerializationEncryption | None = None
) -> bytes:
    return private.private_bytes(Encoding.PEM, form, locked or NoEncryption())


def _texts(text: bytes) -> list[Any]:
    return [text, text.decode()]


def _secret_forms(secret: bytes) -> list[Any]:
    forms: list[Any] = [secret, secret, Octets(secret)]
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return forms
    return [*forms, text, text, Text(text)]


def _pyjwks(jwk: dict[str, Any], algorithms: tuple[str, ...]) -> list[Made]:
    """PyJWK objects, kept and new ones, bound to an algorithm in each of the three ways."""
    forms = []
    for algorithm in algorithms:
        inside = jwk | {"alg": algorithm, "kid": "a"}
        forms += [pyjwk(inside), pyjwk(jwk, algorithm)]
    return [*forms, pyjwk(jwk)]


def pyjwk(jwk: dict[str, Any], *algorithm: str) -> Made:
    """A PyJWK, bound to this algorithm if one is named."""
    text = f"PyJWK({', '.join(map(repr, (jwk, *algorithm)))})"
    if "p" in jwk or algorithm:  # A private RSA key takes long to make.
        return Made(text, lambda side: side.keep(text, lambda: side.jwt.PyJWK(dict(jwk), *algorithm), always=True))
    return Made(text, lambda side: side.jwt.PyJWK(dict(jwk), *algorithm))


def _disguised(pem: bytes) -> list[Any]:
    """The same text armour, not quite."""
    return [
        b" " + pem, b"\n\n" + pem, b"\xef\xbb\xbf" + pem, "\ufeff" + pem.decode(), b"subject=x\n" + pem, pem + b"junk", pem.replace(b"\n", b"\r\n"),
        pem.replace(b"\n", b""), pem.replace(b"\n", b" "), pem.rstrip(), pem[:-30], pem[30:], pem[:60] + pem[61:], pem.replace(b"-----", b"---- "),
        pem.replace(b"-----", b"----"), pem.lower(), pem.replace(b"PUBLIC", b"RSA PUBLIC"), pem.replace(b"PUBLIC", b"PRIVATE"), pem.replace(b"PRIVATE", b"PUBLIC"),
        pem.replace(b"KEY", b"CERTIFICATE"), pem.replace(b"-----\n", b"-----\nProc-Type: 4\n\n", 1), pem + pem, pem.decode().encode("utf-16"), pem + b"\xff",
        pem.decode() + "\udc00", pem.decode() + "é", Octets(pem), Text(pem.decode()),
    ]  # fmt: skip


_SMALL = math.prod(
    number for number in range(3, 2000, 2) if all(number % one for one in range(3, 45, 2) if one < number)
)


def _prime(dice: random.Random, bits: int) -> int:
    while True:
        number = dice.getrandbits(bits) | 3 << bits - 2 | 1
        if (
            math.gcd(number, _SMALL) == 1
            and number % 65537 != 1
            and all(pow(base, number - 1, number) == 1 for base in (2, 3, 5))
        ):
            return number


def rsa_of(bits: int) -> rsa.RSAPrivateKey:
    """An RSA key, the same in each run. Not a secret."""
    dice = random.Random(bits)
    p, q = _prime(dice, bits // 2), _prime(dice, bits - bits // 2)
    d = pow(65537, -1, (p - 1) * (q - 1))
    return rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(65537, p * q)
    ).private_key()


def _dsa() -> dsa.DSAPrivateKey:
    """A DSA key, the same in each run."""
    dice = random.Random(0)
    q = _prime(dice, 160)
    while True:
        p = (dice.getrandbits(863) | 1 << 862) * 2 * q + 1
        if math.gcd(p, _SMALL) == 1 and pow(2, p - 1, p) == 1 and p.bit_length() == 1024:
            break
    g = pow(2, (p - 1) // q, p)
    numbers = dsa.DSAPublicNumbers(pow(g, 5, p), dsa.DSAParameterNumbers(p, q, g))
    return dsa.DSAPrivateNumbers(5, numbers).private_key()


HMAC = ("HS256", "HS384", "HS512")
RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")

SECRETS: dict[str, bytes] = {
    "text": b"correct horse battery staple, correct horse battery staple, twice",
    "binary": bytes(range(64)),
    "other": bytes(range(100, 164)),
    "32": b"k" * 32,
    "48": b"k" * 48,
    "weak": b"secret",
    "one": b"\0",
    "not UTF-8": b"\xff" * 64,
    "umlauts": "äöü€".encode() * 10,
    "lines": b"a\nb\r\n" * 20,
    "spaces": b" " * 64,
    "long": b"x" * 1000,
    "block": b"x" * 129,
    "JSON": b'{"a": [1, 2, {"b": "kt"}], "c": "' + b"x" * 64 + b'"}',
    "number": b"1" * 5000,
    "empty": b"",
    "kty": b'{"kty": "oct", "k": "' + b"A" * 64 + b'"}',
    "kty within": b'[1, {"a": {"kty": null}}]' + b" " * 64,
    "kty escaped": b'{"\\u006bty": 1}' + b" " * 64,
    "kty UTF-16": '{"kty": 1}'.ljust(64).encode("utf-16"),
    "kty as value": b'{"a": "kty"}' + b" " * 64,
    "deep": b'[{"kty":' * 6_000,
    "deep, not a JWK": b"[" * 20_000,
    "deep object": b'{"a":' * 20_000,
    "ssh": b"ssh-rsa " + b"A" * 64,
    "nearly ssh": b"ssh-x " + b"A" * 64,
    "PEM": b"-----BEGIN PUBLIC KEY-----\n" + b"A" * 64 + b"\n-----END PUBLIC KEY-----\n",
    "only BEGIN": b"-----BEGIN PUBLIC KEY-----\n" + b"A" * 64,
    "END before BEGIN": b"-----END PUBLIC KEY-----\n" + b"A" * 64 + b"\n-----BEGIN PUBLIC KEY-----\n",
    "two labels": b"-----BEGIN PUBLIC KEY-----\n" + b"A" * 64 + b"\n-----END PRIVATE KEY-----\n",
    "SSH2": b"---- BEGIN SSH2 PUBLIC KEY ----\n" + b"A" * 64 + b"\n---- END SSH2 PUBLIC KEY ----",
    "BEGIN without an end": b"-----BEGIN X-----" + b"A" * 64 + b"-----END X-----",
}  # fmt: skip


def _ec(curve: ec.EllipticCurve, number: int = 0xC0FFEE) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number, curve)


_MAKERS: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "RSA 2048": (lambda: forge.material("RS256", 0).private, RSA),
    "RSA 2048 other": (lambda: forge.material("RS256", 1).private, RSA),
    "RSA 1024": (lambda: rsa_of(1024), RSA[:5]),
    "RSA 2040": (lambda: rsa_of(2040), RSA),
    "EC P-256": (lambda: _ec(ec.SECP256R1()), ("ES256",)),
    "EC P-256 other": (lambda: _ec(ec.SECP256R1(), 7), ("ES256",)),
    "EC P-384": (lambda: _ec(ec.SECP384R1()), ("ES384",)),
    "EC P-521": (lambda: _ec(ec.SECP521R1()), ("ES512", "ES521")),
    "EC secp256k1": (lambda: _ec(ec.SECP256K1()), ("ES256K",)),
    "Ed25519": (lambda: ed25519.Ed25519PrivateKey.from_private_bytes(b"\1" * 32), ("EdDSA",)),
    "Ed25519 other": (lambda: ed25519.Ed25519PrivateKey.from_private_bytes(b"\2" * 32), ("EdDSA",)),
    "Ed448": (lambda: ed448.Ed448PrivateKey.from_private_bytes(b"\3" * 57), ("EdDSA",)),
    "EC P-224": (lambda: _ec(ec.SECP224R1()), ()),
    "EC brainpool": (lambda: _ec(ec.BrainpoolP256R1()), ()),
    "X25519": (lambda: x25519.X25519PrivateKey.from_private_bytes(b"\4" * 32), ()),
    "DSA": (_dsa, ()),
}


@functools.cache
def kind(name: str) -> Kind:
    """The key of this name."""
    if name in SECRETS:
        return Kind(name, SECRETS[name], HMAC)
    make, algorithms = _MAKERS[name]
    return Kind(name, make(), algorithms)


GOOD_SECRETS = list(SECRETS)[:15]
ODD_SECRETS = list(SECRETS)[15:]
PAIRS = [name for name, (_, algorithms) in _MAKERS.items() if algorithms]
ODD_PAIRS = [name for name, (_, algorithms) in _MAKERS.items() if not algorithms]

NO_KEYS: list[Any] = [
    "", b"", None, 5, 1.5, True, [], {}, (), ["secret"], {"kty": "oct"}, object, "\udc00", "x", b"x", "none", "ssh-ed25519 AAAA", "ssh-rsa AAAA",
    "ssh-", "ecdsa-sha2-nistp256 AAAA", b"ecdsa-sha2-", "-----BEGIN PUBLIC KEY-----", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    forge.pem("PUBLIC KEY", forge.spki(forge.der(0x30, bytes.fromhex("06032b6577")), b"\1" * 32)),
    forge.pem("PUBLIC KEY", forge.spki(forge.der(0x30, bytes.fromhex("06072a8648ce3d0201"), forge.der(0x30, b"\2\1\1")), b"\4" * 65)),
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", b"\xff-----BEGIN PUBLIC KEY-----",
]  # fmt: skip
"""What is no key for anybody, or only for an algorithm that takes any text."""
