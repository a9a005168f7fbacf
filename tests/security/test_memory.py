"""Strangers leave nothing behind: tokens that no key has signed cost no memory that lasts."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any

import forge
import pytest

MANY = 20_000
STATM = Path("/proc/self/statm")


def resident() -> int:
    """Bytes of this process that are in memory; 0 where the system does not tell."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if STATM.exists() else 0


def stranger(number: int) -> str:
    """A token with names, a kid and values that no other has."""
    header = forge.b64(b'{"alg":"HS256","kid":"k%d","h%d":1}' % (number, number))
    return f"{header}.{forge.b64(b'{"n%d":"v%d","m%d":{"o%d":[]}}' % ((number,) * 4))}.AAAA"


@pytest.mark.parametrize("door", ["decode_unverified", "explain", "verify_many", "decode"])
def test_tokens_of_strangers(impl: Any, verifier: Any, door: str) -> None:
    judge = verifier()

    def decode(token: str) -> None:
        with pytest.raises(Exception, match=""):
            judge.decode(token)

    ask = {
        "decode_unverified": impl.decode_unverified,
        "explain": judge.explain,
        "verify_many": lambda token: judge.verify_many([token]),
        "decode": decode,
    }[door]
    for number in range(2000):
        ask(stranger(-number))
    gc.collect()
    blocks, bytes_before = sys.getallocatedblocks(), resident()
    for number in range(MANY if door != "decode" else MANY // 10):
        ask(stranger(number))
    gc.collect()
    assert sys.getallocatedblocks() - blocks < MANY // 10
    assert resident() - bytes_before < 200 * MANY
