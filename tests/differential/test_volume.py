"""Any bytes in, only our errors out, in volume: a seeded generator makes what Hypothesis searches for (test_properties.py), a hundred
times as fast. RAPIDJWT_VOLUME is the number of examples a test, RAPIDJWT_SEED another beginning.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from test_properties import everything, only_ours

import forge
from rapidjwt.exceptions import InvalidTokenError

pytestmark = pytest.mark.property

VOLUME = int(os.environ.get("RAPIDJWT_VOLUME", "2000"))
SEED = int(os.environ.get("RAPIDJWT_SEED", "0"))
NAMES = ("HS256", "RS256", "ES256", "EdDSA")

GENUINE = [forge.token(algorithm=name).encode() for name in forge.ALGORITHMS]
KEYS = [
    *(forge.material(name).der() for name in NAMES[1:]),
    *(forge.material(name).pem(private=private) for name in NAMES[1:] for private in (False, True)),
    *(forge.dump(forge.material(name).jwk(private=True)) for name in NAMES),
    forge.dump({"keys": [forge.material(name).jwk() for name in NAMES[1:]]}),
]
VALUES = (
    b"null", b"true", b"0", b"-0", b"1e999", b"NaN", b"-1", b"9" * 40, b'""', b'"a"', b'"\\ud800"', b'"\\u0000"', b"[]", b"{}",
    b'["a"]', b"[" * 200, b'{"a":' * 200, b"\xff", b"1.5", b'"1"', b" 1 ", b"[1,]", b'{"a":1,"a":2}', b'"' + b"x" * 3_000 + b'"',
)  # fmt: skip
MEMBERS = (
    b"alg",
    b"kid",
    b"typ",
    b"crit",
    b"b64",
    b"exp",
    b"nbf",
    b"iat",
    b"iss",
    b"aud",
    b"sub",
    b"jti",
    b"x",
    b"",
    b"\\u0061lg",
)


def damaged(pick: random.Random, text: bytes) -> bytes:
    """The same with one to four accidents."""
    body = bytearray(text)
    for _ in range(pick.randint(1, 4)):
        at = pick.randrange(len(body) + 1)
        match pick.randrange(6):
            case 0 if at < len(body):
                body[at] ^= 1 << pick.randrange(8)
            case 1:
                body[at:at] = pick.randbytes(pick.randint(1, 4))
            case 2:
                del body[at : at + pick.randint(1, 8)]
            case 3:
                body[at:at] = pick.choice((b".", b"=", b" ", b"\n", b"\x00", b"-", b"_", b"\xc3\xa9", b'"'))
            case 4:
                body[at:] = body[: pick.randrange(len(body) + 1)]
            case _:
                body[at : at + 1] = b""
    return bytes(body)


def members(pick: random.Random) -> bytes:
    """JSON, or nearly."""
    chosen = [b'"%s":%s' % (pick.choice(MEMBERS), pick.choice(VALUES)) for _ in range(pick.randrange(5))]
    text = b"{" + b",".join(chosen) + b"}"
    return damaged(pick, text) if pick.random() < 0.3 else text


def token(pick: random.Random) -> str | bytes:
    """One of five kinds of token."""
    match pick.randrange(5):
        case 0:
            return pick.randbytes(pick.randrange(200))
        case 1:
            return damaged(pick, pick.choice(GENUINE))
        case 2:
            return forge.token(members(pick))
        case 3:
            return forge.token(header=members(pick))
        case _:
            parts = [forge.b64(pick.choice((members(pick), pick.randbytes(pick.randrange(40))))) for _ in range(3)]
            text = ".".join(parts)
            return text if pick.random() < 0.5 else text.replace("A", chr(pick.randrange(0x110000)), 1)


@pytest.fixture
def picks() -> Iterator[random.Random]:
    """A generator for each example: a failing one is repeated by its number, RAPIDJWT_SEED."""
    return (random.Random(number) for number in range(SEED, SEED + VOLUME))


def test_tokens(half: str, impl: Any, picks: Iterator[random.Random]) -> None:
    keys = everything(half, impl).keys
    verifier = impl.Verifier(
        keys,
        algorithms=forge.ALGORITHMS,
        issuer=None,
        audience=None,
        require=[],
        clock=lambda: forge.NOW,
        allow_padding=True,
    )
    accepted = 0
    for pick in picks:
        text = token(pick)
        claims = only_ours(verifier.decode, text, kind=InvalidTokenError)
        (result,) = verifier.verify_many([text])
        assert result.ok is (claims is not None), text
        if result:
            accepted += 1
            assert result.claims == claims == json.loads(result.payload), text
        only_ours(impl.decode_unverified, text, kind=InvalidTokenError)
    assert VOLUME < 1000 or accepted, "tokens that are accepted are among them"


def test_keys(impl: Any, picks: Iterator[random.Random]) -> None:
    for pick in picks:
        text = pick.randbytes(pick.randrange(200)) if pick.random() < 0.2 else damaged(pick, pick.choice(KEYS))
        for read in (impl.Key.from_pem, impl.Key.from_der, impl.Key.from_jwk, impl.KeySet.from_jwks):
            only_ours(read, text)
        only_ours(impl.Key.from_secret, text, algorithm="HS256")
