"""The spine: a token in, its claims out, or the first reason to refuse it. Each step takes what the step before made."""

from __future__ import annotations

from typing import Any, NamedTuple

from rapidjwt._fallback import check, claims, clock, compact, crypto, header, keys, policy, token
from rapidjwt._fallback.policy import Policy
from rapidjwt._fallback.token import VerifiedToken

__all__ = ["Verified", "prove", "verify"]


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


def verify(text: bytes, key_set: keys.KeySet, options: Policy, now: float) -> Verified:
    """Verify a token at the time `now`, in seconds since the epoch."""
    max_depth = options.limits.max_depth
    parts = compact.split(text, options.limits)
    header_bytes = parts.header()
    head = header.read(header_bytes, max_depth)
    row = policy.admit(options, head)
    candidates = keys.select(key_set, head.kid, row)
    proof = crypto.verify(candidates, parts.signing_input, parts.signature())
    payload = parts.payload(proof)
    found = claims.read(payload, proof, max_depth)
    policy.check(options, found, now)
    return Verified(row.name, head.kid, header_bytes, payload, found)


def prove(text: bytes, key_set: keys.KeySet, options: Policy, now: float | None) -> VerifiedToken:
    """Verify a token at the time `now`, which None leaves to the clock, and ask the caller's own checks about it."""
    if now is None:
        now = clock.now(options.clock)
    proof = token.accepted(verify(text, key_set, options, now))
    if options.checks:
        check.run(options.checks, proof)
    return proof
