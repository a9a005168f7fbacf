"""Claims as real issuers write them, about 800 bytes of JSON each, drawn from a seeded generator."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Any

from issuers import Issuer

_FIRST = (
    "Ada",
    "Björn",
    "Chloé",
    "Dmitri",
    "Esra",
    "Femi",
    "Grace",
    "Hana",
    "Ivo",
    "Joana",
    "Kenji",
    "Lucía",
    "Mei",
    "Noor",
)
_LAST = (
    "Andersen",
    "Brandt",
    "Costa",
    "Dvořák",
    "Eriksen",
    "Fontaine",
    "García",
    "Haddad",
    "Ito",
    "Jansen",
    "Kowalska",
)
_TEAMS = (
    "billing",
    "catalogue",
    "delivery",
    "finance",
    "identity",
    "logistics",
    "platform",
    "returns",
    "search",
    "support",
)
_LEVELS = ("reader", "editor", "approver", "owner")
_ACTIONS = ("read", "write", "list", "delete", "export")


def claims_of(issuer: Issuer, rng: random.Random, now: int) -> dict[str, Any]:
    """The claims of a good token that is valid from some minutes ago until tomorrow."""
    issued = now - rng.randrange(60, 3_600)
    body = {
        "iss": issuer.issuer,
        "sub": _uuid(rng),
        "aud": rng.choice([issuer.audience, [issuer.audience, f"{issuer.issuer.rstrip('/')}/userinfo"]]),
        "iat": issued,
        "nbf": issued,
        "exp": now + rng.randrange(43_200, 86_400),
        "jti": _uuid(rng),
    }
    return body | _SHAPES[issuer.name](issuer, rng)


def _orders(issuer: Issuer, rng: random.Random) -> dict[str, Any]:
    return _person(rng) | {
        "client_id": f"svc-{rng.choice(_TEAMS)}-{rng.randrange(1, 40)}",
        "scope": _scope(rng, 13),
        "roles": _roles(rng, 5),
        "tenant": _uuid(rng),
        "session": {
            "id": _uuid(rng),
            "ip": f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}",
            "mfa": True,
        },
    }


def _workforce(issuer: Issuer, rng: random.Random) -> dict[str, Any]:
    return _person(rng) | {
        "typ": "Bearer",
        "azp": f"portal-{rng.choice(_TEAMS)}",
        "sid": _uuid(rng),
        "acr": "1",
        "realm_access": {"roles": ["offline_access", *_roles(rng, 2)]},
        "scope": "openid profile email",
        "email_verified": rng.random() < 0.9,
    }


def _shop(issuer: Issuer, rng: random.Random) -> dict[str, Any]:
    return _person(rng) | {
        "azp": f"{rng.getrandbits(128):032x}",
        "gty": "authorization_code",
        "scope": "openid profile email offline_access",
        "permissions": _scope(rng, 12).split(),
        f"{issuer.issuer}claims/roles": _roles(rng, 3),
        f"{issuer.issuer}claims/tier": rng.choice(["free", "plus", "business"]),
    }


def _devices(issuer: Issuer, rng: random.Random) -> dict[str, Any]:
    return _person(rng) | {
        "ver": 1,
        "cid": f"0oa{rng.getrandbits(80):020x}",
        "uid": f"00u{rng.getrandbits(80):020x}",
        "auth_time": rng.randrange(1_790_000_000, 1_791_000_000),
        "scp": _scope(rng, 7).split(),
        "groups": ["Everyone", *(f"{team}-{rng.choice(_LEVELS)}" for team in rng.sample(_TEAMS, 6))],
        "device": {
            "id": _uuid(rng),
            "battery": round(rng.random(), 3),
            "firmware": f"4.{rng.randrange(20)}.{rng.randrange(9)}",
        },
    }


_SHAPES: dict[str, Callable[[Issuer, random.Random], dict[str, Any]]] = {
    "orders": _orders,
    "workforce": _workforce,
    "shop": _shop,
    "devices": _devices,
}


def _person(rng: random.Random) -> dict[str, Any]:
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    return {
        "name": f"{first} {last}",
        "preferred_username": f"{first[0].lower()}{last.lower()}{rng.randrange(1000)}",
        "email": f"{first}.{last}{rng.randrange(1000)}@mail.example".lower(),
    }


def _roles(rng: random.Random, count: int) -> list[str]:
    return [f"{rng.choice(_TEAMS)}:{rng.choice(_LEVELS)}" for _ in range(count)]


def _scope(rng: random.Random, count: int) -> str:
    return " ".join(f"{rng.choice(_ACTIONS)}:{rng.choice(_TEAMS)}" for _ in range(count))


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
