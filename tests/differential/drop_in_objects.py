"""Objects that are made once and asked again: PyJWT, PyJWS and subclasses."""

from __future__ import annotations

import json
import zlib
from random import Random
from typing import Any

from drop_in_arguments import ODD_OPTIONS, allowed, once, options, rarely
from drop_in_keys import Made
from drop_in_ops import ALGORITHMS, Call, built
from drop_in_sides import Side
from drop_in_world import World


def instance(r: Random, world: World) -> Made:
    """An object of one of the two classes, or of a subclass with the documented hooks; kept, so that it is asked again."""
    found = options(r) if r.random() < 0.7 else None
    if isinstance(found, dict) and repr(found.get("require")).startswith("(x for"):
        del found["require"]  # It would be gone after the first round.
    chosen = rarely(
        r, None, ["HS256"], ["HS256", "RS256", "x"], [], ("ES256",), once("", ["HS256"]), "HS256", chance=0.3
    )
    what = r.choice(("PyJWT", "PyJWT", "PyJWS", "compressing", "typed", "mine"))
    number = r.randrange(3)
    name = (world.session, number, what, repr(found), repr(chosen))

    def make(side: Side) -> Any:
        if what == "PyJWS":
            return side.jwt.PyJWS(built(side, chosen), built(side, found))
        if what == "compressing":
            return _compressing(side)(built(side, found))
        if what == "typed":
            return side.keep("typed", lambda: type("Typed", (side.jwt.PyJWS,), {"header_typ": "at+jwt"}))()
        if what == "mine":
            return side.keep("mine", lambda: type("Mine", (side.jwt.PyJWT,), {}))(built(side, found))
        return side.jwt.PyJWT(built(side, found))

    return Made(f"{what}({chosen!r}, {found!r})", lambda side: side.keep(name, lambda: make(side)))


def _compressing(side: Side) -> type:
    def encode(self: Any, payload: Any, headers: Any = None, json_encoder: Any = None) -> bytes:
        return zlib.compress(json.dumps(payload, cls=json_encoder).encode())

    def decode(self: Any, decoded: Any) -> Any:
        decoded["payload"] = zlib.decompress(decoded["payload"])
        return super(made, self)._decode_payload(decoded)

    made: type = side.keep(
        "compressing",
        lambda: type("Compressing", (side.jwt.PyJWT,), {"_encode_payload": encode, "_decode_payload": decode}),
    )
    return made


def jws() -> Made:
    return Made("PyJWS()", lambda side: side.keep("PyJWS()", side.jwt.PyJWS))


def ask_maker(world: World, r: Random) -> Call:
    """Objects made, and asked what they know."""
    chance = r.random()
    if chance < 0.3:
        return Call("PyJWT", rarely(r, options(r), lambda: r.choice(ODD_OPTIONS), chance=0.2))
    if chance < 0.5:
        return Call("PyJWS", rarely(r, ["HS256"], lambda: allowed(r, "RS256"), chance=0.7), options(r))
    if chance < 0.6:
        return Call(".get_algorithms", Made("PyJWS(['HS256', 'x'])", lambda side: side.jwt.PyJWS(["HS256", "x"])))
    if chance < 0.8:
        return Call(
            r.choice(("get_algorithm_by_name",)), r.choice((*ALGORITHMS, "none", "x", "", None, 5, [], "Ed25519"))
        )
    return Call("MissingRequiredClaimError", r.choice(("x", None, 5, "é", [])))
