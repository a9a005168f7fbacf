"""Calls of the algorithm objects and of their registers, with algorithms of one's own."""

from __future__ import annotations

import hashlib
from random import Random
from typing import Any

from drop_in_arguments import SWITCHES, rarely
from drop_in_json import damaged
from drop_in_jwks import jwk, jwk_text
from drop_in_keys import Made
from drop_in_ops import ALGORITHMS, Call
from drop_in_sides import Side
from drop_in_world import World

import forge


def algorithm_of(r: Random, name: str) -> Made:
    """The algorithm object, by one of the three ways to it."""
    ways = {
        f"get_default_algorithms()[{name!r}]": lambda side: side.keep(
            "defaults", side.algorithms.get_default_algorithms
        )[name],
        f"PyJWS().get_algorithm_by_name({name!r})": lambda side: side.keep(
            "PyJWS()", side.jwt.PyJWS
        ).get_algorithm_by_name(name),
        "RSAPSSAlgorithm(SHA256)": lambda side: side.algorithms.RSAPSSAlgorithm(forge.hashes.SHA256),
        "ECAlgorithm(SHA256)": lambda side: side.algorithms.ECAlgorithm(side.algorithms.ECAlgorithm.SHA256),
        "HMACAlgorithm(sha1)": lambda side: side.algorithms.HMACAlgorithm(hashlib.sha1),
        "OKPAlgorithm()": lambda side: side.algorithms.OKPAlgorithm(),
    }
    texts = list(ways)
    text = r.choice(texts[:2]) if r.random() < 0.95 else r.choice(texts)
    return Made(text, ways[text])


def _custom(name: str) -> Made:
    """An algorithm made of this side's base class."""

    def make(side: Side) -> Any:
        base = side.algorithms.Algorithm
        mac = side.algorithms.HMACAlgorithm

        def reversed_sign(self: Any, message: bytes, key: bytes) -> bytes:
            return mac.sign(self, message, key)[::-1]

        def fail(self: Any, *_: Any) -> Any:
            raise LookupError("an algorithm that fails")

        members: dict[str, Any] = {
            "prepare_key": lambda self, key: key,
            "sign": lambda self, message, key: b"yes",
            "verify": lambda self, message, key, signature: True,
            "to_jwk": staticmethod(lambda key, as_dict=False: {}),
            "from_jwk": staticmethod(lambda jwk: jwk),
        }
        if name == "reversed":
            return type("Reversed", (mac,), {"sign": reversed_sign})(mac.SHA256)
        if name == "yes":
            return type("Yes", (base,), members)()
        if name == "failing":
            return type("Fails", (base,), members | {"verify": fail})()
        if name == "lax":
            return type(
                "Lax", (mac,), {"prepare_key": lambda self, key: b"k" * 64, "check_key_length": lambda self, key: None}
            )(mac.SHA512)
        if name == "no bool":
            return type(
                "NoBool",
                (base,),
                members | {"verify": lambda self, *_: [], "check_key_length": lambda self, key: "a word of warning"},
            )()
        return object()

    return Made(f"algorithm {name!r}", lambda side: side.keep(("algorithm", name), lambda: make(side)))


CUSTOM = [_custom(name) for name in ("reversed", "yes", "failing", "lax", "no bool", "none at all")]


def ask_algorithm(world: World, r: Random) -> Call:
    """The methods of the algorithm objects."""
    owner = r.choice(world.kinds)
    name = r.choice(owner.algorithms or ALGORITHMS) if r.random() < 0.85 else r.choice((*ALGORITHMS, "none"))
    what = algorithm_of(r, name)
    op = r.choice(
        (
            "prepare_key",
            "prepare_key",
            "sign",
            "verify",
            "verify",
            "to_jwk",
            "from_jwk",
            "check_key_length",
            "compute_hash_digest",
            "check_crypto_key_type",
        )
    )
    if op == "prepare_key":
        return Call(".prepare_key", what, world.key(r, owner, odd=r.random() < 0.5))
    message: Any = rarely(r, b"message", b"", "message", None, bytearray(b"x"), chance=0.3)
    prepared = owner.private if r.random() < 0.5 else (owner.public or owner.private)
    prepared = rarely(r, prepared, lambda: world.key(r, owner, odd=True))
    if op == "sign":
        return Call(".sign", what, message, prepared, signer=(name, owner))
    if op == "verify":
        signature: Any = owner.sign(name, message if isinstance(message, bytes) else b"message")
        if r.random() < 0.3:
            signature = damaged(r, signature)
        elif r.random() < 0.2:
            signature = r.choice(
                (
                    b"",
                    b"\0" * len(signature),
                    b"\xff" * len(signature),
                    "text",
                    None,
                    bytearray(signature),
                    b"\0" * 64,
                )
            )
        return Call(".verify", what, message, prepared, signature)
    if op == "to_jwk":
        return Call(".to_jwk", what, prepared, *r.choice(((), (True,), (False,), (1,))))
    if op == "from_jwk":
        data: Any = jwk(r, owner) if owner.jwks else {"kty": "EC"}
        return Call(".from_jwk", what, data if r.random() < 0.5 else jwk_text(r, data))
    if op == "compute_hash_digest":
        return Call(".compute_hash_digest", what, message)
    if op == "check_key_length":
        return Call(".check_key_length", what, prepared)
    return Call(".check_crypto_key_type", what, prepared)


def ask_registry(world: World, r: Random) -> Call:
    """Algorithms put into the global objects, or taken from them; and their options."""
    if r.random() < 0.2:
        return Call("set an option of the global object", r.choice(SWITCHES), r.choice((True, False)))
    name = r.choice(("custom", "reversed", "yes", "HS256", "RS256", "ES256", "HS512", "none", "EdDSA", "x", 5))
    op = r.choice(("register_algorithm", "unregister_algorithm", "get_algorithm_by_name"))
    if op == "register_algorithm":
        return Call(op, name, r.choice(CUSTOM))
    return Call(op, name)
