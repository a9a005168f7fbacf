"""rapidjwt verifies JSON Web Tokens at gateway volume: few keys, very many tokens.

The hot names are bound straight from the half in use (`IMPL`), with no Python frame between them and the engine.
"""

from __future__ import annotations

from rapidjwt._impl import IMPL, Key, KeySet, Rejection, VerifiedToken, Verifier, decode_unverified
from rapidjwt.exceptions import InvalidKeyError, InvalidTokenError, PyJWTError
from rapidjwt.signer import Signer
from rapidjwt.types import Check, Explanation, SkippedKey, UnverifiedToken

__all__ = [
    "IMPL",
    "Check",
    "Explanation",
    "InvalidKeyError",
    "InvalidTokenError",
    "Key",
    "KeySet",
    "PyJWTError",
    "Rejection",
    "Signer",
    "SkippedKey",
    "UnverifiedToken",
    "VerifiedToken",
    "Verifier",
    "__version__",
    "decode_unverified",
]

__version__ = "0.1.0"
