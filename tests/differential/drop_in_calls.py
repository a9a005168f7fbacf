"""Calls of PyJWT's public functions: usual ones, odd ones and hostile ones, drawn from anything that behaves like `random.Random`.

The two generators share it: the fast one hands over a seeded `random.Random`, Hypothesis one that it can shrink.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from drop_in_algorithms import ask_algorithm, ask_registry
from drop_in_decoding import ask_decode, ask_detached, ask_header, ask_jws
from drop_in_encoding import ask_encode
from drop_in_json import damaged
from drop_in_jwks import ask_jwk
from drop_in_keys import NO_KEYS, kind
from drop_in_objects import ask_maker
from drop_in_ops import UTILS, Call
from drop_in_world import World

import forge


def ask_utility(world: World, r: Random) -> Call:
    name = r.choice(UTILS)
    if name in ("is_pem_format", "is_ssh_key", "force_bytes"):
        found: Any = r.choice(r.choice((r.choice(world.kinds).odd, NO_KEYS, r.choice(world.kinds).verifying)))
    elif name in ("to_base64url_uint", "bytes_from_int"):
        found = r.choice((0, 1, 255, 256, -1, 2**64, r.getrandbits(200), "1", None, 1.5, True))
    elif name == "number_to_bytes":
        return Call("utils.number_to_bytes", r.choice((0, 1, 2**64, 2**256 - 1, -1)), r.choice((1, 8, 32, 0)))
    elif name in ("der_to_raw_signature", "raw_to_der_signature"):
        owner = kind(r.choice(("EC P-256", "EC P-384", "EC P-521")))
        raw = owner.sign(owner.algorithms[0], b"x") if r.random() < 0.6 else b"\1" * r.choice((64, 63, 96, 132, 0))
        if name == "der_to_raw_signature" and r.random() < 0.8:
            raw = owner.private.sign(b"x", forge.ec.ECDSA(forge.hashes.SHA256()))
        return Call(f"utils.{name}", raw if r.random() < 0.8 else damaged(r, raw), owner.private.curve)
    else:
        found = r.choice(
            (
                b"",
                b"AAAA",
                "AAAA",
                "A",
                b"AA==",
                "é",
                "a b",
                b"\xff",
                None,
                5,
                "_-",
                "+/",
                b"====",
                "AA=A",
                bytearray(b"AAAA"),
                damaged(r, b"c29tZSB0ZXh0"),
            )
        )
    if name in ("to_base64url_uint", "bytes_from_int") and r.random() < 0.4:
        return Call(f"utils.{name}", found, bit_length=r.choice((None, 8, 256, 521, 0)))
    return Call(f"utils.{name}", found)


MIX: list[tuple[float, Callable[[World, Random], Call]]] = [
    (0.56, ask_decode),
    (0.59, ask_detached),
    (0.64, ask_jws),
    (0.68, ask_header),
    (0.82, ask_encode),
    (0.90, ask_jwk),
    (0.97, ask_algorithm),
    (0.985, ask_utility),
    (1.0, ask_maker),
]


def next_call(world: World, r: Random) -> Call:
    """One call, of whatever kind."""
    chance = r.random()
    if world.registering and chance < 0.15:
        return ask_registry(world, r)
    for limit, ask in MIX:
        if chance < limit:
            return ask(world, r)
    return ask_decode(world, r)
