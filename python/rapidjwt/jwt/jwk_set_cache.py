"""The one key set that a client has fetched, until it is too old."""

from __future__ import annotations

import time
from typing import Any

from rapidjwt.jwt.api_jwk import PyJWKSet, PyJWTSetWithTimestamp
from rapidjwt.jwt.exceptions import PyJWKSetError

__all__ = ["JWKSetCache"]


class JWKSetCache:
    """Keeps a set for `lifespan` seconds; for ever when that is -1 or less."""

    def __init__(self, lifespan: float) -> None:
        self.jwk_set_with_timestamp: PyJWTSetWithTimestamp | None = None
        self.lifespan = lifespan

    def put(self, jwk_set: PyJWKSet | dict[str, Any] | None) -> None:
        """Keep a set, which may still have to be read; None forgets the one that is kept.

        Raises:
            PyJWKSetError: it is no JWK Set, or has no usable key.
        """
        if isinstance(jwk_set, dict):
            jwk_set = PyJWKSet.from_dict(jwk_set)
        if jwk_set is not None and not isinstance(jwk_set, PyJWKSet):
            raise PyJWKSetError("Invalid JWK Set value")
        self.jwk_set_with_timestamp = None if jwk_set is None else PyJWTSetWithTimestamp(jwk_set)

    def get(self) -> PyJWKSet | None:
        """The set that is kept; None when there is none or it is too old."""
        kept = self.jwk_set_with_timestamp
        return None if kept is None or self.is_expired() else kept.get_jwk_set()

    def is_expired(self) -> bool:
        """Whether there is a set and it is too old."""
        kept = self.jwk_set_with_timestamp
        if kept is None or self.lifespan <= -1:
            return False
        return time.monotonic() > kept.get_timestamp() + self.lifespan
