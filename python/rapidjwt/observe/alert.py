"""`Alert`: something that a person, or a hook, should look at."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

__all__ = ["RULES", "Alert", "Rule"]

Rule: TypeAlias = Literal[
    "token_addresses", "token_agents", "failures_address", "failures_subject", "unknown_keys", "long_lived"
]
"""What was noticed."""

RULES: Final[tuple[Rule, ...]] = (
    "token_addresses",
    "token_agents",
    "failures_address",
    "failures_subject",
    "unknown_keys",
    "long_lived",
)
"""All rules, in the order of the guide."""


class Alert(NamedTuple):
    """What a detector noticed. Of tokens and subjects only keyed hashes; all texts are short."""

    rule: Rule
    at: float
    """Seconds since the epoch."""
    seen: int
    """How many were seen; of `long_lived` the lifetime in seconds."""
    window: float
    """Seconds within which they were."""
    issuer: str | None = None
    """The issuer, as configured, or that of a verified token."""
    client: str | None = None
    """The client's address."""
    subject: str | None = None
    """Keyed hash of the verified token's issuer and subject."""
    token: str | None = None
    """Keyed hash that is the `jti_hash` of audit events made with the same key, where the token has a `jti`."""
