"""The JWK thumbprint (RFC 7638 section 3, RFC 8037 section 2): the members that make a key, sorted, hashed."""

from __future__ import annotations

import json

from rapidjwt._fallback import base64url, input
from rapidjwt._fallback.alg import HASHES
from rapidjwt._fallback.crypto import Prepared

__all__ = ["thumbprint"]


def thumbprint(prepared: Prepared, hash_name: object) -> str:
    """The thumbprint, in base64url. That of a secret covers the secret itself."""
    import hashlib

    name = input.needed_string("hash", hash_name)
    if name not in HASHES:
        raise input.value_error("hash", "must be SHA-256, SHA-384 or SHA-512")
    text = json.dumps(prepared.members(private=False), sort_keys=True, separators=(",", ":"))
    return base64url.encode(hashlib.new(HASHES[name], text.encode("ascii")).digest())
