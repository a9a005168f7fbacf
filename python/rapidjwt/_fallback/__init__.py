"""The pure half: what `rapidjwt._native` does, in Python. The contract is `_native.pyi`; the steps have the names they have in
`src/`. HMAC needs the standard library alone, everything else the package `cryptography`.
"""

from __future__ import annotations

from rapidjwt._fallback.admission import Admission
from rapidjwt._fallback.cache import TokenCache
from rapidjwt._fallback.issuer import IssuerPolicy
from rapidjwt._fallback.keys import Key, KeySet, KeySlot
from rapidjwt._fallback.shortcut import Shortcut
from rapidjwt._fallback.sign import sign_compact, sign_compact_with
from rapidjwt._fallback.table import algorithm_table, crypto_state, describe
from rapidjwt._fallback.token import Rejection, VerifiedToken
from rapidjwt._fallback.unverified import decode_unverified
from rapidjwt._fallback.verifier import Verifier

__all__ = [
    "Admission",
    "IssuerPolicy",
    "Key",
    "KeySet",
    "KeySlot",
    "Rejection",
    "Shortcut",
    "TokenCache",
    "VerifiedToken",
    "Verifier",
    "algorithm_table",
    "crypto_state",
    "decode_unverified",
    "describe",
    "sign_compact",
    "sign_compact_with",
]
