"""`decode_unverified`: a token in, what it says of itself out. Nothing is verified, and nothing may be decided by it."""

from __future__ import annotations

from rapidjwt._fallback import input
from rapidjwt.unverified import UnverifiedToken

__all__ = ["decode_unverified"]


def decode_unverified(
    token: str | bytes, *, max_token_bytes: int = 262_144, max_header_bytes: int = 16_384, max_depth: int = 128
) -> UnverifiedToken:
    """Read a token WITHOUT verifying anything. Never base a decision on the result."""
    from rapidjwt._fallback import claims, compact, header, options

    limits = options.limits(max_token_bytes=max_token_bytes, max_header_bytes=max_header_bytes, max_depth=max_depth)
    parts = compact.split(input.text("token", token), limits)
    members = header.members(parts.header(), max_depth)
    return UnverifiedToken(members, claims.read_unverified(parts.payload_unverified(), max_depth))
