"""The claims (RFC 7519 section 4): a payload and the proof of its signature in, the claims out. The first time that anybody reads
the payload.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rapidjwt._fallback import json
from rapidjwt.exceptions import build

if TYPE_CHECKING:
    from rapidjwt._fallback.crypto import SignatureVerified

__all__ = ["read", "read_unverified"]


def read(payload: bytes, proof: SignatureVerified, max_depth: int) -> dict[str, Any]:
    """Read the payload of a token whose signature is good."""
    return read_unverified(payload, max_depth)


def read_unverified(payload: bytes, max_depth: int) -> dict[str, Any]:
    """Read a payload, whoever wrote it."""
    try:
        return json.read_object(payload, max_depth)
    except json.Fault as fault:
        raise build(f"payload_{fault.kind}", limit=max_depth) from None
