"""The spine: a token in, its claims out, or the first reason to refuse it. Each step takes what the step before made."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from rapidjwt._fallback import cache, check, claims, clock, compact, crypto, header, keys, policy, token
from rapidjwt._fallback.cache import TokenCache
from rapidjwt._fallback.policy import Policy
from rapidjwt._fallback.token import VerifiedToken
from rapidjwt.exceptions import InvalidTokenError
from rapidjwt.types import AlgorithmRow

__all__ = ["Verified", "prove", "verify"]

Remembers: TypeAlias = tuple[TokenCache, int]
"""A cache, and the number of the verifier whose entries are meant."""


class Verified(NamedTuple):
    """A token that passed every step."""

    row: AlgorithmRow
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
    return Verified(row, head.kid, header_bytes, payload, found)


def prove(
    text: bytes, key_set: keys.KeySet, options: Policy, now: float | None, remembers: Remembers | None
) -> VerifiedToken:
    """Verify a token at the time `now`, which None leaves to the clock, and ask the caller's own checks about it."""
    if now is None:
        now = clock.now(options.clock)
    if remembers is None:
        proof = token.accepted(verify(text, key_set, options, now))
    else:
        proof = token.accepted(_remembered(text, key_set, options, now, remembers))
    if options.checks:
        check.run(options.checks, proof)
    return proof


def _remembered(text: bytes, key_set: keys.KeySet, options: Policy, now: float, remembers: Remembers) -> Verified:
    """A token that is in the cache, or is verified and then is."""
    store, number = remembers
    entry = cache.find(store, number, text)
    if entry is not None:
        try:
            if cache.ask_again(store, entry, key_set, options, now):
                return entry.verified
        except InvalidTokenError:
            cache.forget(store, number, text)
            raise
        cache.forget(store, number, text)
    verified = verify(text, key_set, options, now)
    cache.keep(store, number, text, key_set, verified)
    return verified
