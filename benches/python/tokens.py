"""The tokens that are timed, and those that must be refused. Signed by PyJWT, so that the input is nobody's own."""

from __future__ import annotations

import base64
import functools
import hmac
import itertools
import json
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALGORITHMS = ("HS256", "RS256", "ES256", "EdDSA")
ISSUER = "https://issuer.example/"
AUDIENCE = "my-api"
KID = "2026-01"
TOKENS = 64
_DAY = 86_400

Claims = dict[str, Any]


@dataclass(frozen=True)
class Keys:
    """The verifying key of one algorithm, and the one that signs."""

    algorithm: str
    signing: Any
    """The secret, or the private key as an object."""
    verifying: bytes
    """The secret, or the public key as PEM."""


@dataclass(frozen=True)
class Cell:
    """One cell of the tables: an algorithm and a kind of token."""

    keys: Keys
    size: str
    tokens: tuple[str, ...]
    claims: tuple[Claims, ...]
    refused: dict[str, tuple[str, ...]]
    """What is wrong with them, and the tokens."""

    @property
    def name(self) -> str:
        """The cell's name in --only and in the results, e.g. HS256-small."""
        return f"{self.keys.algorithm}-{self.size}"


def make_keys(algorithm: str) -> Keys:
    """Make the keys of one algorithm anew; nothing about them can have been prepared before the run."""
    if algorithm == "HS256":
        secret = random.SystemRandom().randbytes(32)
        return Keys(algorithm, secret, secret)
    private: Any
    match algorithm:
        case "RS256" | "PS256":
            private = rsa.generate_private_key(65_537, 2_048)
        case "ES256":
            private = ec.generate_private_key(ec.SECP256R1())
        case _:
            private = ed25519.Ed25519PrivateKey.generate()
    return Keys(algorithm, private, private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


@functools.cache
def kept_keys(algorithm: str) -> Keys:
    """The keys of this run."""
    return make_keys(algorithm)


@functools.cache
def kept_cell(algorithm: str, size: str) -> Cell:
    """The cell of this run: tokens are signed once, for all parts."""
    return make_cell(kept_keys(algorithm), size)


def make_cell(keys: Keys, size: str) -> Cell:
    """Make 64 good tokens, all different, and the ones that every library must refuse."""
    rng = random.Random(f"{keys.algorithm} {size}")
    now = int(time.time())
    claims = tuple(SIZES[size](rng, now) for _ in range(TOKENS))
    tokens = tuple(sign(keys, size, one) for one in claims)
    spoilt: dict[str, Claims] = {
        "expired": {"exp": now - 60, "nbf": now - 120, "iat": now - 120},
        "not yet valid": {"nbf": now + _DAY // 2},
        "wrong audience": {"aud": "another-api"},
        "wrong issuer": {"iss": "https://another.example/"},
    }
    refused = {
        what: tuple(sign(keys, size, one | changes) for one in claims[: TOKENS if what == "expired" else 8])
        for what, changes in spoilt.items()
    }
    refused["signature changed"] = tuple(_with_other_signature(token) for token in tokens)
    refused["claims changed"] = tuple(_with_payload_of(one, other) for one, other in itertools.pairwise(tokens))
    return Cell(keys, size, tokens, claims, refused)


def count_values(value: Any) -> int:
    """Count the scalars of a claims set."""
    if isinstance(value, dict):
        return sum(map(count_values, value.values()))
    if isinstance(value, list):
        return sum(map(count_values, value))
    return 1


def _small(rng: random.Random, now: int) -> Claims:
    return {
        "iss": ISSUER,
        "sub": f"user-{rng.randrange(10**6):06}",
        "aud": AUDIENCE,
        "exp": now + _DAY + rng.randrange(3_600),
        "nbf": now - 60,
        "iat": now - 60,
    }


def _gateway(rng: random.Random, now: int) -> Claims:
    issued = now - rng.randrange(60, 3_600)
    number = rng.randrange(10**6)
    name, family = rng.choice(("Alice", "Bruno", "Chidi", "Daria")), rng.choice(("Meyer", "Okafor", "Silva", "Tanaka"))
    return {
        "iss": ISSUER,
        "sub": _uuid(rng),
        "aud": [AUDIENCE, "account"],
        "exp": now + _DAY + rng.randrange(3_600),
        "nbf": issued,
        "iat": issued,
        "jti": _uuid(rng),
        "auth_time": issued - rng.randrange(3_600),
        "azp": "web-frontend",
        "sid": _uuid(rng),
        "acr": "1",
        "amr": ["pwd", "otp", "hwk"],
        "scope": "openid profile orders:read",
        "tenant": f"tenant-{rng.randrange(10**4):04}",
        "name": f"{name} {family}",
        "given_name": name,
        "family_name": family,
        "preferred_username": f"{name.lower()}.{number:06}",
        "email": f"{name.lower()}.{number:06}@a.example",
        "email_verified": True,
        "locale": rng.choice(("de", "en", "pt")),
        "groups": rng.sample(["/staff", "/staff/berlin", "/sales", "/sales/emea", "/support", "/beta"], 3),
        "realm_access": {"roles": ["offline_access", "user"]},
        "resource_access": {
            "orders": {"roles": ["read", "write", "refund"]},
            "account": {"roles": ["view-profile"]},
        },
        "org": {"id": rng.randrange(10**5), "plan": "enterprise", "region": "eu-central-1", "seats": 250},
        "limits": {"rate": 600, "burst": 1.5},
        "device": None,
        "ver": "1.0",
        "impersonated": False,
    }


def _large(rng: random.Random, now: int) -> Claims:
    """What an identity provider issues to somebody with many rights: 8 kB as a token."""
    actions = ("read", "write", "list", "delete", "approve", "export")
    entitled = {
        f"service-{number:02}": {"roles": rng.sample(actions, 3), "tenant": _uuid(rng), "limit": rng.randrange(10**4)}
        for number in range(36)
    }
    teams = [f"/company/division-{rng.randrange(10)}/team-{number:03}" for number in range(36)]
    return _gateway(rng, now) | {"resource_access": entitled, "groups": teams}


SIZES: dict[str, Callable[[random.Random, int], Claims]] = {"small": _small, "gateway": _gateway, "large": _large}


def sign(keys: Keys, size: str, claims: Claims, kid: str = KID) -> str:
    """A token as the cells of this size have it."""
    headers = None if size == "small" else {"kid": kid, "typ": "at+jwt"}
    return jwt.encode(claims, keys.signing, algorithm=keys.algorithm, headers=headers)


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _with_other_signature(token: str) -> str:
    """Change one character in the middle of the signature; the text stays canonical base64url."""
    head, signature = token.rsplit(".", 1)
    middle = len(signature) // 2
    other = "A" if signature[middle] != "A" else "B"
    return f"{head}.{signature[:middle]}{other}{signature[middle + 1 :]}"


def _with_payload_of(token: str, other: str) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{other.split('.')[1]}.{signature}"


def doubtful(keys: Keys) -> dict[str, str]:
    """Tokens of an HMAC key with a good signature that strict libraries refuse, by what is wrong with them."""
    now = int(time.time())
    claims = _small(random.Random("doubtful"), now)
    text = json.dumps(claims)
    header = '{"alg":"HS256","typ":"JWT"}'
    good = _signed(keys, header, text)
    return {
        "a crit that nobody knows": _signed(keys, '{"alg":"HS256","crit":["x"],"x":1}', text),
        "exp as digits in quotes": _signed(keys, header, json.dumps(claims | {"exp": str(claims["exp"])})),
        'exp "Infinity"': _signed(keys, header, json.dumps(claims | {"exp": "Infinity"})),
        "NaN among the claims": _signed(keys, header, text.replace("{", '{"n":NaN,', 1)),
        "a claim that stands twice": _signed(keys, header, text.replace("{", '{"sub":"admin",', 1)),
        "a line end after the signature": good + "\n",
        "padding after the signature": good + "=" * (-len(good.rpartition(".")[2]) % 4),
    }


def _signed(keys: Keys, header: str, payload: str) -> str:
    signed = f"{_base64url(header.encode())}.{_base64url(payload.encode())}"
    return f"{signed}.{_base64url(hmac.digest(keys.verifying, signed.encode(), 'sha256'))}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
