"""JWKs of all kinds, in and out of JSON (RFC 7517 section 4)."""

from __future__ import annotations

import json

from rapidjwt.jwt.exceptions import InvalidKeyError
from rapidjwt.jwt.types import JWKDict

__all__ = ["read_jwk", "write_jwk"]


def read_jwk(jwk: str | JWKDict, kty: str, otherwise: str) -> JWKDict:
    """The members of a JWK of type `kty`. InvalidKeyError when it is none, with the sentence `otherwise` for another type."""
    members: object = jwk
    if isinstance(jwk, str):
        try:
            members = json.loads(jwk)
        except (ValueError, RecursionError):
            members = None
    if not isinstance(members, dict):
        raise InvalidKeyError("Key is not valid JSON")
    if members.get("kty") != kty:
        raise InvalidKeyError(otherwise)
    return members


def write_jwk(members: JWKDict, as_dict: bool) -> JWKDict | str:
    """The members as they are, or as JSON text."""
    return members if as_dict else json.dumps(members)
