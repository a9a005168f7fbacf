"""Tokens for the gateways' tests: they run on the real clock, since servers do."""

from __future__ import annotations

import time
from typing import Any

import forge

ISSUER = "https://issuer.example"
# Its keys cannot be fetched.
LOST_ISSUER = "https://lost.example"
AUDIENCE = "api"


def token(**claims: Any) -> str:
    """A token of user-1 with the scope `read`, but for these claims."""
    now = int(time.time())
    told = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "user-1",
        "scope": "read",
        "client_id": "app",
        "iat": now,
        "exp": now + 600,
    }
    told |= claims
    return forge.token(told, algorithm="ES256", header={"kid": "k1"})


def bearer(**claims: Any) -> tuple[str, str]:
    """The header with such a token."""
    return "Authorization", f"Bearer {token(**claims)}"


def expired() -> str:
    return token(exp=int(time.time()) - 3600)


def wrong_audience() -> str:
    return token(aud="another")


def tampered() -> str:
    return forge.tampered(token())


def of_another_issuer() -> str:
    return token(iss="https://another.example")


def of_a_lost_issuer() -> str:
    return token(iss=LOST_ISSUER)


def unsigned() -> str:
    payload = token().split(".")[1]
    return f"{forge.b64(forge.dump({'alg': 'none'}))}.{payload}."
