"""Calls that read a token."""

from __future__ import annotations

from random import Random
from typing import Any

from drop_in_arguments import AUDIENCES, ISSUERS, LEEWAYS, SUBJECTS, allowed, options, rarely
from drop_in_objects import instance, jws
from drop_in_ops import ALGORITHMS, Call
from drop_in_tokens import DETACHED, as_token, claims_text, detached
from drop_in_world import World

import forge

ODDITIES = ("token", "key", "algorithms", "audience", "options", "issuer", "subject", "leeway", "other", "object")
USUAL_OPTIONS: list[Any] = [
    {}, {"verify_signature": True}, {"verify_aud": False}, {"require": ["exp"]}, {"require": ["exp"], "verify_aud": False}, {"verify_exp": False},
    {"verify_signature": False}, {"require": ("exp", "iat")}, {"enforce_minimum_key_length": True}, {"strict_aud": True}, None,
]  # fmt: skip


def _has_audience(token: str) -> bool:
    try:
        return b'"aud"' in forge.unb64(token.split(".")[1])
    except ValueError:
        return False


def ask_decode(world: World, r: Random) -> Call:
    """`decode`, `decode_complete`, of the module or of an object: as it should be, but for a thing or two."""
    token, owner, algorithm = world.made(r)
    odd = set(r.sample(ODDITIES, r.choice((0, 0, 0, 1, 1, 2, 4))))
    args: list[Any] = [as_token(r, token, odd="token" in odd)]
    op = r.choice(("decode", "decode", "decode", "decode_complete"))
    if "object" in odd:
        op = "." + op
        args.insert(0, instance(r, world))
    kwargs: dict[str, Any] = {"key": world.key(r, owner, odd="key" in odd, algorithm=algorithm)}
    if "algorithms" in odd:
        kwargs["algorithms"] = allowed(r, algorithm)
    else:
        kwargs["algorithms"] = [algorithm, *r.sample(ALGORITHMS, r.choice((0, 0, 0, 1, 3)))]
    kwargs["algorithms"] = world.shared(r, "algorithms", kwargs["algorithms"])
    kwargs["audience"] = r.choice(AUDIENCES) if "audience" in odd else r.choice(AUDIENCES[:7])
    if not _has_audience(token) and r.random() < 0.95:
        del kwargs["audience"]
    elif type(kwargs["audience"]) is list:
        kwargs["audience"] = world.shared(r, "audience", kwargs["audience"])
    if "options" in odd or r.random() < 0.1:
        kwargs["options"] = world.shared(r, "options", options(r))
    elif r.random() < 0.3:
        kwargs["options"] = world.shared(r, "options", r.choice(USUAL_OPTIONS))
    if "issuer" in odd:
        kwargs["issuer"] = r.choice(ISSUERS)
    elif r.random() < 0.15:
        kwargs["issuer"] = r.choice(ISSUERS[:8])
    if "subject" in odd or r.random() < 0.03:
        kwargs["subject"] = r.choice(SUBJECTS)
    if "leeway" in odd:
        kwargs["leeway"] = r.choice(LEEWAYS)
    elif r.random() < 0.1:
        kwargs["leeway"] = r.choice(LEEWAYS[:6])
    if "other" in odd:
        chance = r.random()
        if chance < 0.4:
            kwargs["verify"] = r.choice((None, True, False, 0, 1, "x", []))
        elif chance < 0.6:
            kwargs["detached_payload"] = r.choice((None, b"", DETACHED, "x", bytearray(b"x"), 5))
        elif chance < 0.8:
            kwargs[r.choice(("foo", "complete", "é", "jwt_", "require"))] = 1
        else:
            kwargs.pop(r.choice(list(kwargs)))
    if r.random() < 0.2:  # as positional arguments, in the order of each function
        order = ["key", "algorithms", "options", "verify", "detached_payload", "audience"]
        for name in order[: r.randrange(len(order) + 1)]:
            if name not in kwargs:
                break
            args.append(kwargs.pop(name))
    elif len(args) == 1 and r.random() < 0.1:
        kwargs["jwt"] = args.pop()
    if op == "decode" and r.random() < 0.02:
        return Call("decode elsewhere", r.choice(("json.loads", "api_jwt.json", "api_jwt.datetime")), *args, **kwargs)
    return Call(op, *args, **kwargs)


def ask_detached(world: World, r: Random) -> Call:
    """Payloads that are not in the token."""
    owner = r.choice(world.kinds)
    algorithm = r.choice(owner.algorithms or ("ES256",))
    payload = rarely(r, DETACHED, b"", b"a.b.c", b"\xff\0", b'{"a":1}', b"[1]", claims_text(r), chance=0.7)
    token = as_token(r, detached(r, owner, algorithm, payload), odd=r.random() < 0.1)
    given = rarely(r, payload, None, b"x", "text", bytearray(payload), 5, chance=0.2)
    options_ = rarely(r, None, {"verify_signature": False}, {"verify_aud": False}, {}, chance=0.4)
    key = world.key(r, owner, odd=r.random() < 0.1)
    named = {"algorithms": rarely(r, [algorithm], lambda: allowed(r, algorithm)), "options": options_}
    if r.random() < 0.5:
        op = r.choice(("decode", "decode_complete"))
        return Call(op, token, key, detached_payload=given, audience="a", **named)
    return Call(r.choice((".decode", ".decode_complete")), jws(), token, key, detached_payload=given, **named)


def ask_jws(world: World, r: Random) -> Call:
    token, owner, algorithm = world.made(r)
    what = jws() if r.random() < 0.6 else instance(r, world)
    kwargs: dict[str, Any] = {"algorithms": rarely(r, [algorithm], lambda: allowed(r, algorithm), chance=0.3)}
    if r.random() < 0.3:
        kwargs["options"] = options(r)
    if r.random() < 0.05:
        kwargs[r.choice(("audience", "foo"))] = "a"
    return Call(
        r.choice((".decode", ".decode_complete")),
        what,
        as_token(r, token, odd=r.random() < 0.1),
        world.key(r, owner, odd=r.random() < 0.2),
        **kwargs,
    )


def ask_header(world: World, r: Random) -> Call:
    token, _, _ = world.made(r)
    found = as_token(r, token, odd=r.random() < 0.4)
    if r.random() < 0.7:
        return Call("get_unverified_header", found)
    return Call(".get_unverified_header", jws(), found)
