"""What is handed over to `decode` besides a token and a key: what is usual, and what should never be."""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import types
from collections.abc import Iterator
from random import Random
from typing import Any

from drop_in_keys import Made, Text
from drop_in_ops import ALGORITHMS


def rarely(r: Random, usual: Any, *others: Any, chance: float = 0.1) -> Any:
    """The usual thing, now and then another; functions are called."""
    found = r.choice(others) if r.random() < chance else usual
    return found() if isinstance(found, types.FunctionType) else found


def once(text: str, items: list[Any]) -> Made:
    """A generator that can be gone through once."""
    return Made(f"(x for x in {items!r}) {text}".rstrip(), lambda _: (item for item in items))


class Always:
    """A container that holds everything."""

    def __contains__(self, item: object) -> bool:
        return True


class Faulty:
    """A container and iterable that fails in a way of its own."""

    def __contains__(self, item: object) -> bool:
        raise LookupError("no look-up today")

    def __iter__(self) -> Iterator[str]:
        raise LookupError("no walk today")


class Wrong(Faulty):
    """The same with the error that PyJWT looks for."""

    def __contains__(self, item: object) -> bool:
        raise TypeError("not of this type")


class Walk:
    """An iterable without a look-up."""

    def __iter__(self) -> Iterator[str]:
        return iter(("x", "a", "i", "HS256", "RS256", "ES256"))


class Equal(str):
    """Text that says it is any other."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


class Unequal(str):
    """Text that says it is no other."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True


class Options(dict):  # type: ignore[type-arg]
    """A dict that looks up in its own way."""

    def get(self, name: Any, default: Any = None) -> Any:
        return False if name == "verify_signature" else super().get(name, default)


AUDIENCES: list[Any] = [
    "a", "a", ["a"], ["x", "a"], ("a", "b"), {"a"}, frozenset({"a", "b"}), "b", "", "x", "ab", [], (), ["b"], b"a", [b"a"], [1], [None], 5, True, 1.5,
    {"a": 1}, [["a"]], "é", Text("a"), Equal("z"), Unequal("a"), [Equal("z")], [Text("a")], bytearray(b"a"),
    once("", ["a"]), once("", []), once("", ["x", "b"]), Made("iter('ab')", lambda _: iter("ab")), Made("range(2)", lambda _: range(2)),
    Made("{'a': 1}.keys()", lambda _: {"a": 1}.keys()), Made("Walk()", lambda _: Walk()), Made("Faulty()", lambda _: Faulty()),
    Made("Always()", lambda _: Always()), Made("deque(['a'])", lambda _: collections.deque(["a"])), object, "\ud800",
]  # fmt: skip
ISSUERS: list[Any] = [
    "i", "i", ["i"], ["x", "i"], ("i", "j"), {"i"}, frozenset({"i"}), {"i": 1}, "j", "", "x", "hi", [], b"i", [b"i"], 5, True, [["i"]], "é", Text("i"),
    Equal("z"), Unequal("i"), [Equal("z")], [Unequal("i")], once("", ["x", "i"]), once("", []), Made("Walk()", lambda _: Walk()),
    Made("Faulty()", lambda _: Faulty()), Made("Wrong()", lambda _: Wrong()), Made("Always()", lambda _: Always()),
    Made("{'i': 1}.keys()", lambda _: {"i": 1}.keys()), Made("range(3)", lambda _: range(3)), object, {"i": {"i": 1}}, "\ud800",
]  # fmt: skip
SUBJECTS: list[Any] = ["s", "s", "", "x", b"s", 5, ["s"], True, Text("s"), Equal("z"), Unequal("s"), "é", object]
LEEWAYS: list[Any] = [
    0, 10, 0.5, 60, 3600, -10, -0.5, datetime.timedelta(seconds=10), datetime.timedelta(days=-1), datetime.timedelta(microseconds=500_000), True, False,
    float("nan"), float("inf"), float("-inf"), 1e308, 10**400, "10", None, [], decimal.Decimal(10), fractions.Fraction(1, 2), 1j, b"1", {},
]  # fmt: skip


def allowed(r: Random, algorithm: str) -> Any:
    """What is handed over as `algorithms`."""
    others = r.sample(ALGORITHMS, r.choice((0, 0, 1, 2, 4)))
    names = [*others, algorithm]
    if r.random() < 0.5:
        return names if r.random() < 0.5 else [algorithm]
    return r.choice(
        (
            lambda: [algorithm, *others],
            lambda: tuple(names),
            lambda: set(names),
            lambda: frozenset(names),
            lambda: algorithm,
            lambda: " ".join(names),
            lambda: algorithm[:2],
            lambda: once("", names),
            lambda: once("", []),
            lambda: dict.fromkeys(names, 1),
            lambda: Made(f"dict.fromkeys({names}).keys()", lambda _: dict.fromkeys(names).keys()),
            lambda: Made(f"deque({names})", lambda _: collections.deque(names)),
            lambda: Made("Always()", lambda _: Always()),
            lambda: Made("Faulty()", lambda _: Faulty()),
            lambda: Made("Walk()", lambda _: Walk()),
            lambda: list(ALGORITHMS),
            lambda: [*ALGORITHMS, "none"],
            lambda: [Text(algorithm)],
            lambda: [Equal("z")],
            lambda: [Unequal(algorithm)],
            lambda: [algorithm, algorithm, 1, None],
            lambda: others,
            lambda: None,
            lambda: [*()],
            lambda: (),
            lambda: "",
            lambda: "none",
            lambda: ["none"],
            lambda: [algorithm.lower()],
            lambda: algorithm.encode(),
            lambda: [algorithm.encode()],
            lambda: [None],
            lambda: [[algorithm]],
            lambda: 5,
            lambda: True,
            lambda: 0,
            lambda: object,
        )
    )()


SWITCHES = (
    "verify_signature", "verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub", "verify_jti", "strict_aud",
    "enforce_minimum_key_length",
)  # fmt: skip
REQUIRES: list[Any] = [
    [], ["exp"], ["exp", "aud"], ("iat",), {"exp"}, "exp", "e", "", ["x"], ["sub", "iss"], None, 5, [None], [1], [["x"]], ["é"], [b"exp"], {"exp": 1}, True,
    [Text("exp")], once("", ["exp"]), once("", ["nope"]), [()], Made("Walk()", lambda _: Walk()), Made("Faulty()", lambda _: Faulty()), ["\ud800"],
]  # fmt: skip
ODD_OPTIONS: list[Any] = [
    5, "x", [], [("verify_exp", False)], (), True, False, 0, "", set(), Made("OrderedDict", lambda _: collections.OrderedDict(verify_exp=False)),
    Made("defaultdict", lambda _: collections.defaultdict(list, verify_exp=False)), Made("Options", lambda _: Options(verify_exp=False)),
    Made("MappingProxyType", lambda _: types.MappingProxyType({"verify_exp": False, "verify_aud": False})),
    Made("UserDict", lambda _: collections.UserDict(verify_aud=False)), Made("ChainMap", lambda _: collections.ChainMap({}, {"verify_aud": False})),
    {1: 2}, {None: 1, "verify_exp": False}, {b"verify_exp": False}, {Text("verify_exp"): False}, object,
]  # fmt: skip


def options(r: Random) -> Any:
    """What is handed over as `options`."""
    if r.random() < 0.05:
        return r.choice(ODD_OPTIONS)
    found: dict[str, Any] = {}
    for _ in range(r.choice((0, 1, 1, 1, 2, 2, 3, 6))):
        name = r.choice(SWITCHES[1:]) if r.random() < 0.85 else "verify_signature"
        found[name] = rarely(r, r.random() < 0.4, None, 0, 1, "", "no", [], [0], 0.0, float("nan"), object, chance=0.08)
    if r.random() < 0.3:
        found["require"] = r.choice(REQUIRES[:6]) if r.random() < 0.6 else r.choice(REQUIRES)
    if r.random() < 0.05:
        found[r.choice(("verify", "verify_at_hash", "leeway", "x", "require_exp"))] = r.choice((True, False, 1))
    return found
