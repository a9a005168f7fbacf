"""Nothing is left behind: neither by tokens that no key has signed, nor by a million decodes (`make leaks`; fewer without it)."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from judge import code

import forge

MANY = 5_000
DECODES = int(os.environ.get("RAPIDJWT_DECODES", "20000"))
SLOWER = 20
"""The pure half takes a part of them only: its objects are Python's own."""
STATM = Path("/proc/self/statm")


def resident() -> int:
    """Bytes of this process that are in memory; 0 where the system does not tell."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if STATM.exists() else 0


def stranger(number: int) -> str:
    """A token with names, a kid and values that no other has."""
    header = {"alg": "HS256", "kid": f"k{number}", f"h{number}": 1}
    claims = {f"n{number}": f"v{number}", f"m{number}": {f"o{number}": []}}
    return f"{forge.b64(forge.dump(header))}.{forge.b64(forge.dump(claims))}.AAAA"


@pytest.mark.parametrize("door", ["decode_unverified", "explain", "verify_many", "decode"])
def test_tokens_of_strangers(impl: Any, verifier: Any, door: str) -> None:
    judge = verifier()

    ask = {
        "decode_unverified": impl.decode_unverified,
        "explain": judge.explain,
        "verify_many": lambda token: judge.verify_many([token]),
        "decode": lambda token: code(judge.decode, token),
    }[door]
    for number in range(1000):
        ask(stranger(-number))
    gc.collect()
    blocks, bytes_before = sys.getallocatedblocks(), resident()
    for number in range(MANY):
        ask(stranger(number))
    gc.collect()
    assert sys.getallocatedblocks() - blocks < MANY // 10
    assert resident() - bytes_before < 200 * MANY


@pytest.mark.timeout(0 if DECODES > 100_000 else 300)
@pytest.mark.parametrize(
    "way", ["decode", "verify", "claims", "get", "verify_many", "cached", "evicted", "expired", "forged"]
)
def test_decodes_leave_nothing(impl: Any, half: str, verifier: Any, way: str) -> None:
    """64 tokens in turn: a call that kept one object or 200 bytes would be seen after 20,000, one that kept 8 bytes after a million."""
    nested = {"aud": "my-api", "roles": ["a", {"b": [1.5, None]}], "n": 2**70, "name": "Zoë"}
    tokens = [forge.token({**forge.CLAIMS, **nested, "sub": f"user-{number}"}) for number in range(64)]
    expired = [forge.token({**forge.CLAIMS, **nested, "exp": 1, "sub": f"user-{number}"}) for number in range(64)]
    forged = [forge.tampered(token) for token in tokens]
    judge = verifier(audience="my-api")
    kept = verifier(audience="my-api", cache=impl.TokenCache())
    crowded = verifier(audience="my-api", cache=impl.TokenCache(max_bytes=30_000))
    ask, inputs = {
        "decode": (judge.decode, tokens),
        "verify": (judge.verify, tokens),
        "claims": (lambda token: judge.verify(token).claims, tokens),
        "get": (lambda token: judge.verify(token).get("roles"), tokens),
        "verify_many": (lambda token: [one.claims for one in judge.verify_many([token, forged[0]]) if one], tokens),
        "cached": (kept.decode, tokens),
        "evicted": (crowded.decode, tokens),
        "expired": (lambda token: code(judge.decode, token), expired),
        "forged": (lambda token: code(judge.decode, token), forged),
    }[way]

    def rounds(calls: int) -> None:
        for number in range(calls):
            ask(inputs[number % 64])
        gc.collect()

    rounds(2_000)
    blocks, bytes_before = sys.getallocatedblocks(), resident()
    rounds(DECODES if half == "native" else DECODES // SLOWER)
    assert sys.getallocatedblocks() - blocks < 500
    assert resident() - bytes_before < 4_000_000
