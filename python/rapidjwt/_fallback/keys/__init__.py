"""Keys: bytes, text and JWKs in, prepared keys out; and the choice of the key for a token."""

from __future__ import annotations

from rapidjwt._fallback.keys.key import Key
from rapidjwt._fallback.keys.set import KeySet, collect, select, tried
from rapidjwt._fallback.keys.slot import Held, KeySlot

__all__ = ["Held", "Key", "KeySet", "KeySlot", "collect", "select", "tried"]
