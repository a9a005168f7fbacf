"""The tokens that are timed, and those that must be refused. Signed by PyJWT, so that the input is nobody's own."""

from __future__ import annotations

import itertools
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
    refused = {what: tuple(sign(keys, size, one | changes) for one in claims[:8]) for what, changes in spoilt.items()}
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


SIZES: dict[str, Callable[[random.Random, int], Claims]] = {"small": _small, "gateway": _gateway}


def sign(keys: Keys, size: str, claims: Claims) -> str:
    """A token as the cells of this size have it."""
    headers = {"kid": KID, "typ": "at+jwt"} if size == "gateway" else None
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
