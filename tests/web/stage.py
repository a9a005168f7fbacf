"""What every adapter is tried with: one guard, whose rules are those of a small shop, and the tokens of the people who come to it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

import forge
from forge import NOW
from rapidjwt.exceptions import (
    BindingMismatchError,
    ReplayedTokenError,
    RevokedTokenError,
    StoreUnavailableError,
)
from rapidjwt.web import Answers, Cookie, Guard, Rule, Sources
from sources import Source

LOGIN: Final = "https://login.example/"
STAFF: Final = "https://staff.example/"
DOWN: Final = "https://down.example/"
PAGE: Final = "https://app.example"
METADATA: Final = "https://api.example/.well-known/oauth-protected-resource"

CLAIMS: Final = {"iss": LOGIN, "aud": "my-api", "sub": "user-1", "exp": NOW + 600}
CHECKED: Final = {
    cls.reason: cls for cls in (RevokedTokenError, ReplayedTokenError, BindingMismatchError, StoreUnavailableError)
}


def token(*, key: int = 0, **claims: Any) -> str:
    """A genuine token; a claim given as None is left out."""
    whole = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    return forge.token(whole, key=forge.material("HS256", key))


GOOD: Final = token()
EXPIRED: Final = token(exp=NOW)
READER: Final = token(scope="profile orders:read", sub="reader")
WRITER: Final = token(scp=["orders:write"], sub="writer")
ADMIN: Final = token(realm_access={"roles": ["clerk", "admin"]}, sub="admin")
CLERK: Final = token(realm_access={"roles": ["clerk"]}, sub="clerk")
OFFICER: Final = token(key=1, iss=STAFF, sub="officer")
LOST: Final = forge.token(CLAIMS | {"iss": DOWN}, algorithm="ES256")

RULES: Final = (
    Rule("/health", access="public"),
    Rule(prefix="/public", access="public"),
    Rule("/maybe", access="optional"),
    Rule("/orders/{id}", methods=["GET"], scopes=["orders:read"]),
    Rule(prefix="/orders", scopes=["orders:write"]),
    Rule(prefix="/admin", roles={"/realm_access/roles": ["admin", "root"]}),
    Rule(prefix="/staff", issuers=[STAFF]),
    Rule(prefix="/me"),
)

COOKIE: Final = Cookie(origins=[PAGE])


def verifier(impl: SimpleNamespace) -> Any:
    """Two issuers with keys, one whose keys cannot be had; and a check that refuses those whose claim `fate` says why."""
    options: dict[str, Any] = {"algorithms": ["HS256"], "audience": "my-api"}
    keys = [impl.Key.from_secret(forge.material("HS256", number).secret, algorithm="HS256") for number in (0, 1)]
    return impl.Verifier(
        issuers=[
            impl.Issuer(LOGIN, keys=keys[0], **options),
            impl.Issuer(STAFF, keys=keys[1], **options),
            impl.Issuer(DOWN, source=Source(impl), algorithms=["ES256"], audience="my-api"),
        ],
        checks=[_fate],
        clock=lambda: NOW,
    )


def _fate(token: Any) -> None:
    if token.get("fate") is not None:
        raise CHECKED[token.get("fate")]


def guard(impl: SimpleNamespace, rules: Any = RULES, **options: Any) -> Guard:
    """The guard of all adapters, or one with other rules and options."""
    options.setdefault("sources", Sources(cookie=COOKIE))
    options.setdefault("preflight", True)
    options.setdefault("answers", Answers(realm="shop", resource_metadata=METADATA, retry_after=7))
    return Guard(verifier(impl), rules, **options)


def bearer(value: str) -> tuple[str, str]:
    """The header that carries a token."""
    return ("Authorization", f"Bearer {value}")
