"""A request for each reason for which one can be refused."""

from __future__ import annotations

from typing import Any

import stage

import forge
from rapidjwt.web import Guard, Rule
from sources import Source

NOW = forge.NOW
KNOWN = {"typ": "JWT", "kid": "k1"}

CLAIMS = stage.CLAIMS | {"iat": NOW - 60}


def token(**claims: Any) -> str:
    return forge.token({name: value for name, value in (CLAIMS | claims).items() if value is not None}, header=KNOWN)


def header(**members: Any) -> str:
    return forge.token(CLAIMS, header=KNOWN | members)


RULES = [Rule("/wide"), Rule("/narrow", scopes=["a"])]

PROVOKED = {
    "missing": "",
    "malformed": "x",
    "too_large": "x" * 300_000,
    "unsupported_alg": header(alg="HS999"),
    "alg_not_allowed": forge.token(CLAIMS, algorithm="HS384", header=KNOWN),
    "crit_unsupported": header(crit=["x"], x=1),
    "wrong_type": header(typ="other"),
    "unknown_issuer": token(iss="https://evil.example/"),
    "unknown_key": header(kid="k2"),
    "key_ambiguous": forge.token(CLAIMS | {"iss": "https://many.example/"}),
    "keys_unavailable": stage.LOST,
    "bad_signature": forge.tampered(token()),
    "expired": token(exp=NOW),
    "not_yet_valid": token(nbf=NOW + 1),
    "issued_in_future": token(iat=NOW + 1),
    "too_old": token(iat=NOW - 901),
    "lifetime_too_long": token(iat=NOW - 60, exp=NOW + 86_400),
    "wrong_audience": token(aud="other"),
    "wrong_subject": token(iss="https://one.example/", sub="other"),
    "missing_claim": token(exp=None),
    "claim_invalid": token(exp="soon"),
    "revoked": token(fate="revoked"),
    "replayed": token(fate="replayed"),
    "binding_mismatch": token(fate="binding_mismatch"),
    "store_unavailable": token(fate="store_unavailable"),
}
"""A token for each reason of the engine, or none."""


def guard(impl: Any, **options: Any) -> Guard:
    """A guard who can say everything."""
    secret = forge.material("HS256").secret
    keys = [impl.Key.from_secret(secret, algorithm="HS256", kid="k1")]
    same: dict[str, Any] = {"algorithms": ["HS256"], "audience": "my-api"}
    many = [impl.Key.from_secret(bytes([number]) * 32, algorithm="HS256", kid=f"k{number}") for number in range(9)]
    verifier = impl.Verifier(
        issuers=[
            impl.Issuer(stage.LOGIN, keys=keys, typ="JWT", max_age=900, max_lifetime=3600, require=["exp"], **same),
            impl.Issuer("https://many.example/", keys=many, **same),
            impl.Issuer("https://one.example/", keys=keys, subject="user-1", **same),
            impl.Issuer(stage.DOWN, source=Source(impl), algorithms=["ES256"], audience="my-api"),
        ],
        checks=[stage._fate],
        clock=lambda: NOW,
    )
    return Guard(verifier, RULES, **options)
