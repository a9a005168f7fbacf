"""Calls with JWKs: good ones, changed ones and anything."""

from __future__ import annotations

import collections
import json
from random import Random
from typing import Any

from drop_in_arguments import allowed, rarely
from drop_in_json import damaged
from drop_in_keys import Kind, Made
from drop_in_ops import ALGORITHMS, Call, built
from drop_in_tokens import signed
from drop_in_world import World

ODD_MEMBERS: list[Any] = [
    None, 5, "", "A", "AA", "AAAA", "!!!!", "AA==", "é", "\ud800", [], {}, True, b"AAAA", "AQAB", "AQ", "Aw", "A" * 43, "_" * 43, "A" * 64, "A" * 86, "A" * 88,
    "RSA", "EC", "oct", "OKP", "P-256", "P-384", "P-521", "secp256k1", "Ed25519", "Ed448", "X25519", "HS256", "RS256", "ES256", "EdDSA", "PS512", "none", "x", "sig",
    "enc", ["sign"], "_" * 1000, "AQ" + "A" * 400, "AQ" + "A" * 40,
]  # fmt: skip
MEMBERS = (
    "kty",
    "crv",
    "x",
    "y",
    "d",
    "k",
    "n",
    "e",
    "p",
    "q",
    "dp",
    "dq",
    "qi",
    "oth",
    "alg",
    "use",
    "kid",
    "key_ops",
    "z",
)


def jwk(r: Random, owner: Kind) -> Any:
    """A JWK of this key: as it is, changed a little, or no JWK at all."""
    forms = list(owner.jwks.values())
    found: dict[str, Any] = dict(forms[-1] if r.random() < (0.02 if "RSA" in owner.name else 0.5) else forms[0])
    chance = r.random()
    if chance < 0.3:
        return found | r.choice(
            ({}, {"kid": "a"}, {"alg": owner.algorithms[0]}, {"kid": "b", "use": "sig", "alg": owner.algorithms[-1]})
        )
    if chance < 0.34:
        return r.choice(
            (
                None,
                [],
                {},
                "x",
                5,
                Made("OrderedDict", lambda _: collections.OrderedDict(found)),
                {"kty": {}},
                {"kty": []},
                [found],
            )
        )
    if chance < 0.4:
        for name in ("p", "q", "dp", "dq", "qi"):
            found.pop(name, None)
    for _ in range(r.choice((1, 1, 1, 2, 3))):
        name = r.choice(list(found)) if found and r.random() < 0.6 else r.choice(MEMBERS)
        how = r.randrange(8)
        if how == 0:
            found.pop(name, None)
        elif how < 3 or not isinstance(found.get(name), str):
            found[name] = r.choice(ODD_MEMBERS)
        elif how == 3:
            found[name] = damaged(r, found[name].encode("utf-8", "surrogatepass")).decode("latin-1")
        elif how == 4:
            found[name] = found[name] + r.choice(("=", "==", "A", "AA", "AAA", " ", "\n"))
        elif how == 5:
            found[name] = r.choice(("A", "AA", "AAA", "AAAA")) + found[name]
        elif how == 6:
            found[name] = (
                found[name].swapcase() if r.random() < 0.3 else found[name][: r.randrange(len(found[name]) + 1)]
            )
        else:
            found = dict(forms[0]) | {name: r.choice(ODD_MEMBERS)}
    return found


def jwk_text(r: Random, data: Any) -> Any:
    """The JWK as JSON, of whatever type."""
    if isinstance(data, Made):
        return data
    try:
        text = json.dumps(data)
    except TypeError:
        return data
    chance = r.random()
    if chance < 0.6:
        return text
    if chance < 0.7:
        return text.encode()
    if chance < 0.8:
        return damaged(r, text.encode()).decode("latin-1")
    return r.choice(
        (
            text[:-1] + ',"kty":"oct"}',
            text[:-1] + ',"kid":NaN}',
            "\ufeff" + text,
            text.encode("utf-16"),
            f"[{text}]",
            "",
            "null",
            "[" * 100_000,
            None,
            5,
            text[:-1],
            "1" * 5000,
            bytearray(text.encode()),
        )
    )


def ask_jwk(world: World, r: Random) -> Call:
    """PyJWK and PyJWKSet of good keys, changed ones and anything."""
    owner = r.choice([one for one in world.kinds if one.jwks])
    data = jwk(r, owner)
    algorithm = rarely(r, None, lambda: r.choice((*ALGORITHMS, "none", "", "x", 5, [], None)), chance=0.4)
    args = [] if algorithm is None and r.random() < 0.7 else [algorithm]
    op = r.choice(
        (
            "PyJWK",
            "PyJWK.from_dict",
            "PyJWK.from_json",
            "PyJWKSet",
            "PyJWKSet.from_dict",
            "PyJWKSet.from_json",
            ".__getitem__",
            "decode",
        )
    )
    if op in ("PyJWK", "PyJWK.from_dict"):
        return Call(op, data, *args)
    if op == "PyJWK.from_json":
        return Call(op, jwk_text(r, data), *args)
    if op == "decode":
        algorithm = r.choice(owner.algorithms)
        token = signed(r, owner, algorithm)
        key = Made(f"PyJWK({data!r}, *{args!r})", lambda side: side.jwt.PyJWK(built(side, data), *args))
        return Call(op, token, key, audience="a", algorithms=rarely(r, None, lambda: allowed(r, algorithm), chance=0.5))
    several: Any = [jwk(r, r.choice([one for one in world.kinds if one.jwks])) for _ in range(r.randrange(4))]
    several = rarely(
        r, [*several, data], None, {}, "x", [None], [5, []], (data,), {"keys": data}, [data, data], chance=0.2
    )
    whole: Any = {"keys": several}
    if op == "PyJWKSet":
        return Call(op, several)
    if op == ".__getitem__":
        return Call(
            op,
            Made(f"PyJWKSet({several!r})", lambda side: side.jwt.PyJWKSet(built(side, several))),
            r.choice(("a", "b", None, 5, "", [])),
        )
    whole = rarely(r, whole, {}, {"key": several}, [], None, [whole], chance=0.1)
    return Call(op, whole if op == "PyJWKSet.from_dict" else jwk_text(r, whole))
