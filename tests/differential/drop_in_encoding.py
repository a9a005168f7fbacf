"""Calls that make a token, of payloads and headers that JSON has no name for, too."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import json
import types
from random import Random
from typing import Any

from drop_in_arguments import rarely
from drop_in_keys import Made, Text
from drop_in_objects import instance, jws
from drop_in_ops import ALGORITHMS, Call, built
from drop_in_sides import Side
from drop_in_tokens import ANYTHING, ODD_HEADERS, claims, claims_text
from drop_in_world import World


class Money(decimal.Decimal):
    """No JSON without help."""


class Colour(enum.IntEnum):
    RED = 1


class Helping(json.JSONEncoder):
    def default(self, o: Any) -> Any:
        return str(o)


class Plain(json.JSONEncoder):
    """Writes what is not ASCII as it is, whatever it is told."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**(kwargs | {"ensure_ascii": False, "sort_keys": True}))


class Fixed(json.JSONEncoder):
    def encode(self, o: Any) -> str:
        return '{"alg":"none"}'


class Failing(json.JSONEncoder):
    def default(self, o: Any) -> Any:
        raise LookupError("not today")


ENCODERS: list[Any] = [None, Helping, Helping, Plain, Fixed, Failing, json.JSONEncoder, 5, dict]
ODD_ALGORITHMS: list[Any] = [
    None,
    None,
    "none",
    "",
    "x",
    "hs256",
    5,
    [],
    *ALGORITHMS,
    "custom",
    "reversed",
    b"HS256",
    Text("HS256"),
    object,
    True,
]

LOCAL = datetime.timezone(datetime.timedelta(hours=2))
MOMENTS: list[Any] = [
    datetime.datetime(2031, 1, 1, 12, 0, 0, 999_999),  # noqa: DTZ001
    datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC), datetime.datetime(2031, 1, 1, 1, 2, 3, tzinfo=LOCAL), datetime.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=datetime.UTC), datetime.datetime(1, 1, 1, tzinfo=LOCAL),
    datetime.datetime(1960, 1, 1, tzinfo=datetime.UTC), datetime.date(2031, 1, 1), datetime.time(1), datetime.timedelta(1),
]  # fmt: skip


class Moment(datetime.datetime):
    """A subclass, as time libraries make them."""


MOMENTS.append(Moment(2031, 1, 1, tzinfo=datetime.UTC))


def _circle(_: Side) -> Any:
    found: dict[str, Any] = {}
    found["self"] = [found]
    return found


class Claims(dict):  # type: ignore[type-arg]
    """A dict that copies itself in its own way."""

    def copy(self) -> Any:
        return {**self, "copied": True}


class Silent(dict):  # type: ignore[type-arg]
    """A dict that has what it does not hold."""

    def get(self, name: Any, default: Any = None) -> Any:
        return datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC) if name == "nbf" else super().get(name, default)


VALUES: list[Any] = [
    *ANYTHING, decimal.Decimal("1.5"), Money(1), {1, 2}, b"bytes", Text("t"), Colour.RED, {1: "a"}, {None: 1, True: 2, 1.5: 3}, {("a",): 1}, {"b": 1, "a": 2},
    10**400, Made("10**5000", lambda _: 10**5000), [(1, 2)], object, range(3), 5e-324, 1e400, "\u2028", "</script>", "\x7f\x00\"\\", Made("circle", _circle), "\U0001f600",
]  # fmt: skip


def encodable(r: Random) -> Any:
    """What is given to `encode`."""
    chance = r.random()
    if chance < 0.03:
        return r.choice(
            (
                None,
                [],
                "x",
                b"x",
                5,
                [("a", 1)],
                Made("MappingProxyType", lambda _: types.MappingProxyType({})),
                Made("UserDict", lambda _: collections.UserDict(a=1)),
            )
        )
    found: dict[Any, Any] = dict(claims(r, odd=r.choice((0, 0, 0, 1, 3))))
    for name in ("exp", "iat", "nbf", "x", "sub", "iss", "aud"):
        if r.random() < 0.07:
            found[name] = r.choice(MOMENTS) if name in ("exp", "iat", "nbf") or r.random() < 0.1 else r.choice(VALUES)
    if r.random() < 0.03:
        found[r.choice((1, None, 1.5, True, ("a",), b"x", Text("exp")))] = 1
    if chance < 0.08:
        made = r.choice(
            (
                collections.OrderedDict,
                collections.Counter,
                Claims,
                Silent,
                lambda given: collections.defaultdict(list, given),
            )
        )
        return Made(f"{getattr(made, '__name__', 'made')}({found!r})", lambda side: made(built(side, found)))
    return found


def headers(r: Random) -> Any:
    if r.random() < 0.05:
        return r.choice(
            (
                [],
                5,
                "x",
                [("kid", "a")],
                Made("OrderedDict", lambda _: collections.OrderedDict(kid="a", b=1, a=2)),
                Made("UserDict", lambda _: collections.UserDict(kid="a")),
                (),
            )
        )
    found: dict[Any, Any] = dict(r.sample(ODD_HEADERS, r.choice((0, 1, 1, 2, 3))))
    if r.random() < 0.6:
        found.pop("alg", None)
    if r.random() < 0.15:
        found[r.choice(("z", "a", "m"))] = r.choice(VALUES)
    if r.random() < 0.03:
        found[r.choice((1, None, ("a",), b"x"))] = 1
    if r.random() < 0.05:
        found["alg"] = r.choice(ODD_ALGORITHMS)
    return found


def ask_encode(world: World, r: Random) -> Call:
    """`encode`, of the module, of an object, and of PyJWS."""
    owner = r.choice(world.kinds)
    algorithm = r.choice(owner.algorithms or ("ES256",))
    key = r.choice(owner.signing) if r.random() < 0.85 else world.key(r, owner, odd=True)
    kwargs: dict[str, Any] = {}
    if r.random() < 0.4:
        return Call("encode", claims(r), r.choice(owner.signing), algorithm, signer=(algorithm, owner))
    if r.random() < 0.9:
        kwargs["algorithm"] = rarely(r, algorithm, lambda: r.choice(ODD_ALGORITHMS))
    if r.random() < 0.4:
        kwargs["headers"] = headers(r)
    if r.random() < 0.2:
        kwargs["json_encoder"] = r.choice(ENCODERS)
    if r.random() < 0.2:
        kwargs["sort_headers"] = r.choice((True, False, None, 0, "x"))
    signer = algorithm, owner
    chance = r.random()
    if chance < 0.8:
        payload = encodable(r)
        if r.random() < 0.2:
            return Call(".encode", instance(r, world), payload, key, signer=signer, **kwargs)
        if r.random() < 0.2 and "algorithm" in kwargs:
            return Call("encode", payload, key, kwargs.pop("algorithm"), signer=signer, **kwargs)
        return Call("encode", payload, key, signer=signer, **kwargs)
    if r.random() < 0.3:
        kwargs["is_payload_detached"] = r.choice((True, False, None, 1))
    octets = rarely(r, b"payload", b"", claims_text(r), b"\xff\0", "text", None, bytearray(b"x"), 5, chance=0.5)
    return Call(".encode", jws(), octets, key, signer=signer, **kwargs)
