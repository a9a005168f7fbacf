"""The spine: a token in, its claims out, or the first reason to refuse it. Each step takes what the step before made."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from rapidjwt._fallback import cache, check, claims, clock, compact, crypto, header, issuer, policy, source, token
from rapidjwt._fallback.cache import TokenCache
from rapidjwt._fallback.issuer import Issuers, Party, Trail
from rapidjwt._fallback.keys import Key
from rapidjwt._fallback.token import VerifiedToken
from rapidjwt.exceptions import InvalidTokenError
from rapidjwt.types import AlgorithmRow

__all__ = ["Verified", "checked", "prove", "verify"]

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
    party: Party
    """Whose token it is."""
    tried: tuple[Key, ...]
    """The keys that it was tried with, of the set that was in force then."""


def verify(text: bytes, issuers: Issuers, now: float, trail: Trail) -> Verified:
    """Verify a token at the time `now`, in seconds since the epoch. What its source should hear is left on the `trail`."""
    max_depth = issuers.limits.max_depth
    parts = compact.split(text, issuers.limits)
    chosen = issuer.route(issuers, parts)
    trail.party = party = chosen.party
    header_bytes = parts.header()
    head = header.read(header_bytes, max_depth)
    row = policy.admit(party.policy, head)
    trail.algorithm = row.name
    candidates, tried = issuer.select(chosen, head.kid, row, now, trail)
    proof = crypto.verify(candidates, parts.signing_input, parts.signature())
    payload = parts.payload(proof)
    found = claims.read(payload, proof, max_depth)
    policy.check(party.policy, found, now)
    issuer.compare(chosen, found)
    return Verified(row, head.kid, header_bytes, payload, found, party, tuple(tried))


def prove(
    text: bytes, issuers: Issuers, remembers: Remembers | None, trail: Trail | None, *, seek: bool
) -> VerifiedToken:
    """Verify a token, and ask the caller's own checks about it. What became known on its way is left on the `trail`, if somebody gives one.

    With `seek` the source of its issuer's keys is asked for one that is missing; without, the refusal says so in `_missed`.
    """
    now = clock.now(issuers.clock)
    trail = Trail() if trail is None else trail
    try:
        verified = _verified(text, issuers, now, remembers, trail)
    except InvalidTokenError as error:
        refusal = error
    else:
        source.tell(trail)
        return checked(issuers, verified)
    source.tell(trail)
    if not seek:
        source.mark(refusal, trail)
    if not seek or not source.find(trail):
        raise refusal
    trail.clear()
    return checked(issuers, _verified(text, issuers, now, remembers, trail))


def checked(issuers: Issuers, verified: Verified) -> VerifiedToken:
    """The proof, after the issuer's checks and the caller's."""
    proof = token.accepted(verified)
    if verified.party.checks:
        check.run(verified.party.checks, proof)
    if issuers.checks:
        check.run(issuers.checks, proof)
    return proof


def _verified(text: bytes, issuers: Issuers, now: float, remembers: Remembers | None, trail: Trail) -> Verified:
    """A token that is in the cache, or is verified and then is."""
    if remembers is None:
        return verify(text, issuers, now, trail)
    store, number = remembers
    entry = cache.find(store, number, text)
    if entry is not None:
        try:
            if cache.ask_again(store, entry, issuers, now, trail):
                return entry.verified
        except InvalidTokenError:
            cache.forget(store, number, text)
            raise
        cache.forget(store, number, text)
    verified = verify(text, issuers, now, trail)
    cache.keep(store, number, text, verified)
    return verified
