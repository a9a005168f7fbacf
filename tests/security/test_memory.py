"""Strangers leave nothing behind: tokens that no key has signed cost no memory that lasts."""

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
