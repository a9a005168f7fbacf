"""Keys: bytes, text and JWKs in, prepared keys out; and the choice of the key for a token."""

from __future__ import annotations

from rapidjwt._fallback.keys.key import Key
from rapidjwt._fallback.keys.set import KeySet, collect, select, tried

__all__ = ["Key", "KeySet", "collect", "select", "tried"]
