"""The spine: a token in, its claims out, or the first reason to refuse it. Each step takes what the step before made."""

from __future__ import annotations

from typing import Any, NamedTuple

from rapidjwt._fallback import claims, compact, crypto, header, keys, policy
from rapidjwt._fallback.policy import Policy

__all__ = ["Verified", "verify"]


class Verified(NamedTuple):
    """A token that passed every step."""

    algorithm: str
    """The algorithm that verified it."""
    kid: str | None
    """The key ID that it named."""
    header: bytes
    """The decoded header."""
    payload: bytes
    """The decoded payload."""
    claims: dict[str, Any]
    """What the payload says."""


def verify(token: bytes, key_set: keys.KeySet, options: Policy, now: float) -> Verified:
    """Verify a token at the time `now`, in seconds since the epoch."""
    max_depth = options.limits.max_depth
    parts = compact.split(token, options.limits)
    header_bytes = parts.header()
    head = header.read(header_bytes, max_depth)
    row = policy.admit(options, head)
    candidates = keys.select(key_set, head.kid, row)
    proof = crypto.verify(candidates, parts.signing_input, parts.signature())
    payload = parts.payload(proof)
    found = claims.read(payload, proof, max_depth)
    policy.check(options, found, now)
    return Verified(row.name, head.kid, header_bytes, payload, found)
