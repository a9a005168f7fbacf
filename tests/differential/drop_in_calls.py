"""Calls of PyJWT's public functions: usual ones, odd ones and hostile ones, drawn from anything that behaves like `random.Random`.

The two generators share it: the fast one hands over a seeded `random.Random`, Hypothesis one that it can shrink.
"""

from __future__ import annotations

import collections
import contextlib
import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import json
import time
import types
import zlib
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from drop_in_keys import (
    GOOD_SECRETS,
    HMAC,
    NO_KEYS,
    ODD_PAIRS,
    ODD_SECRETS,
    PAIRS,
    Kind,
    Made,
    Octets,
    Text,
    kind,
    pyjwk,
)
from drop_in_sides import Side
from strategies import NAMES, RAW, SCALARS, quoted

import forge

ALGORITHMS = (
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    "ES256", "ES384", "ES512", "ES521", "ES256K", "EdDSA",
)  # fmt: skip


class Call:
    """One call: what is asked, and with what. Both sides make their own arguments of it."""

    __slots__ = ("args", "kwargs", "op", "signer")

    def __init__(self, op: str, *args: Any, signer: Any = None, **kwargs: Any) -> None:
        self.op = op
        self.args = args
        self.kwargs = kwargs
        self.signer = signer
        """Algorithm and Kind, where each signature differs from the last."""

    def __repr__(self) -> str:
        words = [repr(one) for one in self.args] + [f"{name}={value!r}" for name, value in self.kwargs.items()]
        return f"{self.op}({', '.join(words)})"

    def arguments(self, side: Side) -> tuple[list[Any], dict[str, Any]]:
        """New objects for this side."""
        return [built(side, one) for one in self.args], {
            name: built(side, value) for name, value in self.kwargs.items()
        }

    def ask(self, side: Side, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The call itself."""
        return OPS[self.op](side, *args, **kwargs)


def built(side: Side, value: Any) -> Any:
    """The value as this side gets it: nothing that can be changed is handed over twice."""
    kind_of = type(value)
    if kind_of is Made:
        return value.make(side)
    if kind_of is dict:
        return {name: built(side, one) for name, one in value.items()}
    if kind_of is list:
        return [built(side, one) for one in value]
    if kind_of is tuple:
        return tuple([built(side, one) for one in value])
    if kind_of in (set, bytearray):
        return kind_of(value)
    return value


# ---- what can be asked


def _of_jwt(name: str) -> Callable[..., Any]:
    return lambda side, *args, **kwargs: getattr(side.jwt, name)(*args, **kwargs)


def _of_object(name: str) -> Callable[..., Any]:
    return lambda _, self, *args, **kwargs: getattr(self, name)(*args, **kwargs)


def _of_utils(name: str) -> Callable[..., Any]:
    return lambda side, *args, **kwargs: getattr(side.utils, name)(*args, **kwargs)


@contextlib.contextmanager
def _replaced(where: Any, name: str, instead: Any) -> Iterator[None]:
    before = getattr(where, name)
    setattr(where, name, instead)
    try:
        yield
    finally:
        setattr(where, name, before)


class _NextYear(datetime.datetime):
    """The clock of somebody who travels in time."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(time.time() + 31_536_000, tz)


def _decode_elsewhere(side: Side, where: str, *args: Any, **kwargs: Any) -> Any:
    """`decode` while something of what it uses is replaced by something else, as tests do."""
    places = {
        "json.loads": lambda: _replaced(json, "loads", functools.partial(json.loads, parse_float=decimal.Decimal)),
        "api_jwt.json": lambda: _replaced(
            side.jwt.api_jwt,
            "json",
            types.SimpleNamespace(loads=lambda text: json.loads(text) | {"loaded": 1}, dumps=json.dumps),
        ),
        "api_jwt.datetime": lambda: _replaced(side.jwt.api_jwt, "datetime", _NextYear),
    }
    with places[where]():
        return side.jwt.decode(*args, **kwargs)


def _sorted_algorithms(_: Side, self: Any) -> list[str]:
    return sorted(self.get_algorithms())


def _set_option(side: Side, name: str, value: Any) -> None:
    side.jwt.api_jwt._jwt_global_obj.options[name] = value


METHODS = (
    "decode", "decode_complete", "encode", "get_unverified_header", "prepare_key", "sign", "verify", "to_jwk", "from_jwk", "check_key_length",
    "compute_hash_digest", "check_crypto_key_type", "register_algorithm", "unregister_algorithm", "get_algorithm_by_name", "__getitem__", "__iter__",
)  # fmt: skip
FUNCTIONS = (
    "decode", "decode_complete", "encode", "get_unverified_header", "PyJWK", "PyJWKSet", "PyJWT", "PyJWS", "register_algorithm", "unregister_algorithm",
    "get_algorithm_by_name", "MissingRequiredClaimError",
)  # fmt: skip
UTILS = (
    "base64url_decode", "base64url_encode", "force_bytes", "to_base64url_uint", "from_base64url_uint", "number_to_bytes", "bytes_to_number",
    "bytes_from_int", "der_to_raw_signature", "raw_to_der_signature", "is_pem_format", "is_ssh_key",
)  # fmt: skip

OPS: dict[str, Callable[..., Any]] = {
    **{name: _of_jwt(name) for name in FUNCTIONS},
    **{f".{name}": _of_object(name) for name in METHODS},
    **{f"utils.{name}": _of_utils(name) for name in UTILS},
    "PyJWK.from_dict": lambda side, *args, **kwargs: side.jwt.PyJWK.from_dict(*args, **kwargs),
    "PyJWK.from_json": lambda side, *args, **kwargs: side.jwt.PyJWK.from_json(*args, **kwargs),
    "PyJWKSet.from_dict": lambda side, *args, **kwargs: side.jwt.PyJWKSet.from_dict(*args, **kwargs),
    "PyJWKSet.from_json": lambda side, *args, **kwargs: side.jwt.PyJWKSet.from_json(*args, **kwargs),
    ".get_algorithms": _sorted_algorithms,
    "set an option of the global object": _set_option,
    "decode elsewhere": _decode_elsewhere,
}

REPEATED = {"decode", "decode elsewhere", "decode_complete", "encode", ".decode", ".decode_complete", ".encode"}
"""What is asked more than once, because an answer or a key may be remembered."""

# ---- small choices


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


# ---- JSON of any kind


def json_text(r: Random, depth: int = 0) -> str:
    """A JSON text, or nearly one."""
    chance = r.random()
    if chance < 0.45 or depth > 3:
        return r.choice(SCALARS)
    if chance < 0.6:
        return quoted(r.choice(NAMES), r.randrange(4))
    if chance < 0.7:
        return repr(
            r.choice((r.random(), r.getrandbits(70), -r.getrandbits(130), r.random() * 1e300, r.random() * 1e-300))
        )
    if chance < 0.8:
        return "[" + ",".join(json_text(r, depth + 1) for _ in range(r.randrange(4))) + "]"
    return json_object(r, depth)


def json_object(r: Random, depth: int = 0) -> str:
    members = [
        f"{quoted(r.choice(NAMES), r.randrange(4))}:{json_text(r, depth + 1)}" for _ in range(r.choice((1, 1, 2, 3, 6)))
    ]
    return r.choice(("{", "{ ", "{\n")) + r.choice((",", ", ")).join(members) + "}"


DEEP = (
    b"[" * 100_000, b'{"a":' * 100_000, b"[" * 500 + b"]" * 500, b'{"a":' * 500 + b"1" + b"}" * 500, b'{"x":' + b"[" * 700 + b"]" * 700 + b"}",
    b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", b'{"x":' + b"[" * 127 + b"]" * 127 + b"}", b'{"x":' + b"[" * 129 + b"]" * 129 + b"}",
)  # fmt: skip
LONG = (
    b'{"x":' + b"9" * 4300 + b"}", b'{"x":' + b"9" * 4301 + b"}", b'{"exp":' + b"9" * 4300 + b"}", b'{"exp":' + b"1" + b"0" * 308 + b"}",
    b'{"x":-' + b"9" * 641 + b"}", b'{"x":0.' + b"3" * 5000 + b"}", b'{"x":1e' + b"9" * 30 + b"}", b'{"x":"' + b"a" * 5_000 + b'"}',
    b'{"x":"' + b"a" * 300_000 + b'"}', b'{"' + b"a" * 5000 + b'":1}', b"{" + b",".join(b'"%d":%d' % (n, n) for n in range(500)) + b"}",
)  # fmt: skip


def json_bytes(r: Random, good: Callable[[], bytes]) -> bytes:
    """A text with something about it."""
    chance = r.random()
    if chance < 0.33:
        text = json_object(r).encode("utf-8", "surrogatepass")
        if r.random() < 0.7:  # Added to the good ones, so that what follows is reached.
            text = good().rstrip()[:-1] + b"," + text[1:]
        return text
    if chance < 0.47:
        encoding = r.choice(
            ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "latin-1")
        )
        return good().decode("utf-8", "replace").encode(encoding, "replace")
    if chance < 0.55:
        return json_text(r).encode("utf-8", "surrogatepass")
    if chance < 0.56:
        return r.choice(DEEP)
    if chance < 0.62:
        return r.choice(LONG)
    if chance < 0.74:
        text, more = good(), good()
        return text.rstrip()[:-1] + b"," + more[1:]  # each member twice, or others
    if chance < 0.82:
        return r.choice((b" ", b"\n\t", b"")) + good() + r.choice((b" ", b"\r\n", b"\0", b"x", b"\xa0", b"{}"))
    return damaged(r, good())


def damaged(r: Random, text: bytes) -> bytes:
    """The text with a few bytes put in, taken out or changed."""
    for _ in range(r.choice((1, 1, 1, 2, 4))):
        at = r.randrange(len(text) + 1)
        how = r.randrange(6)
        if how == 0:
            text = text[:at] + text[at + 1 :]
        elif how == 1:
            text = text[:at] + bytes([r.randrange(256)]) + text[at + 1 :]
        elif how == 2:
            text = text[:at] + r.choice(RAW) + text[at:]
        elif how == 3:
            text = text[:at] + text[at + r.randrange(8) :]
        elif how == 4 and at < len(text):
            text = text[:at] + bytes([text[at] ^ 1 << r.randrange(8)]) + text[at + 1 :]
        else:
            text = text[:at] + r.choice((b".", b"=", b" ", b"+", b"/", b"\n", b"A", b'"', b",", b"}")) + text[at:]
    return text


# ---- claims, headers, tokens

STEPS = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 9, 10, 11, 60, 3600)
ODD_TIMES: list[Any] = [
    None, True, False, "", "abc", "123", " 123 ", "1_000", "1e3", [], {}, [1], float("nan"), float("inf"), -float("inf"), 10**30, -(10**30), 1e300, 0, -0.0, -1,
    "١٢٣", "9" * 5000, 1.9999999, 2**63, "+5", "0x10", "99999999999", "99999999999.5", "\n99999999999",
]  # fmt: skip


def moment(r: Random, future: bool) -> Any:
    """A time claim that passes."""
    now = time.time()
    step = r.choice((60, 600, 3600, 10**6)) if future else -r.choice((0, 60, 600, 10**6))
    return r.choice((int(now) + step, int(now) + step, now + step, str(int(now) + step), float(int(now) + step)))


def odd_moment(r: Random) -> Any:
    """A time claim at the edge, or one that is no time."""
    if r.random() < 0.3:
        return r.choice(ODD_TIMES)
    found = time.time() + r.choice((-1, 1)) * r.choice(STEPS)
    return r.choice((found, int(found), int(found), str(int(found))))


ANYTHING: list[Any] = [
    None, 0, 1, 1.5, True, False, "", "x", "a", "i", "s", "é", [], {}, ["a"], ["a", "x"], ["x", "b"], ["x"], [None], ["a", 1], {"a": 1}, [[]], "\ud800", -0.0,
    1e16, 2**64, float("nan"), float("inf"), ["a"] * 20, "a\0b", [["a"]], {"a": {"b": [1, 2.5, None]}},
]  # fmt: skip


def claims(r: Random, *, odd: int = 0) -> dict[str, Any]:
    """Claims as they should be, but for a few."""
    found: dict[str, Any] = {}
    names = ["exp", "iat", "nbf", "iss", "aud", "sub", "jti", "x", "scope", "é"]
    if r.random() < 0.3:
        r.shuffle(names)
    strange = set(r.sample(names, odd))
    for name in names:
        if name not in strange and r.random() < (0.1 if name == "exp" else 0.4):
            continue
        if name in ("exp", "iat", "nbf"):
            found[name] = odd_moment(r) if name in strange else moment(r, name == "exp")
        elif name in strange or name in ("x", "scope", "é"):
            found[name] = r.choice(ANYTHING)
        elif name == "aud":
            found[name] = r.choice(("a", "a", ["a"], ["x", "a"]))
        else:
            found[name] = name[0] if name != "jti" else "1"
    return found


def claims_text(r: Random, *, odd: int = 0) -> bytes:
    found = claims(r, odd=odd)
    text = json.dumps(found, ensure_ascii=r.random() < 0.7, separators=r.choice(((",", ":"), (", ", ": "))))
    return text.encode("utf-8", "surrogatepass")


ODD_HEADERS: list[tuple[str, Any]] = [
    ("kid", "a"), ("kid", "b"), ("kid", ""), ("kid", None), ("kid", 1), ("kid", ["a"]), ("kid", {}), ("kid", True), ("kid", "é"), ("typ", "at+jwt"),
    ("typ", None), ("typ", 1), ("typ", ""), ("typ", []), ("crit", ["b64"]), ("crit", []), ("crit", None), ("crit", "b64"), ("crit", ["x"]), ("crit", [1]),
    ("crit", ["b64", "b64"]), ("crit", ["b64", "x"]), ("crit", {}), ("crit", [None]), ("crit", ["alg"]), ("crit", ["b64", 1]), ("crit", [["b64"]]), ("b64", True),
    ("b64", False), ("b64", None), ("b64", 0), ("b64", "false"), ("b64", []), ("x", 1), ("x", {"y": [1.5]}), ("jwk", {"kty": "oct", "k": "AAAA"}),
    ("jku", "https://attacker.example/"), ("alg", "none"), ("alg", None), ("alg", ""), ("alg", 1), ("alg", []), ("alg", ["HS256"]), ("alg", {}), ("alg", True),
    ("alg", False), ("alg", "hs256"), ("alg", "HS256 "), ("alg", "Ed25519"), ("alg", "é"), ("alg", "\ud800"), ("alg", "RS1"), ("alg", float("nan")), ("zip", "DEF"),
    ("exp", 1), ("", 1), ("é", "é"), ("alg", "HS"), ("alg", "S2"), ("alg", " "), ("alg", "custom"), ("alg", "reversed"), ("alg", "yes"),
]  # fmt: skip


def header_text(r: Random, algorithm: str, *, odd: bool = False) -> bytes:
    header: dict[str, Any] = {"typ": "JWT", "alg": algorithm} if r.random() < 0.6 else {"alg": algorithm, "typ": "JWT"}
    if r.random() < 0.2:
        del header["typ"]
    if r.random() < 0.3:
        header["kid"] = r.choice(("a", "b"))
    if odd:
        chance = r.random()
        if chance < 0.7:
            for _ in range(r.choice((1, 1, 2, 3))):
                name, value = r.choice(ODD_HEADERS)
                header[name] = value
        elif chance < 0.8:
            header |= {"b64": False, "crit": ["b64"]}
        elif chance < 0.95:
            header["alg"] = r.choice((*ALGORITHMS, "none"))
        else:
            del header["alg"]
    return json.dumps(header, separators=(",", ":")).encode("utf-8", "surrogatepass")


def spoilt(r: Random, token: str) -> str:
    """A token with something wrong in its text, mostly."""
    parts = token.split(".")
    at = r.randrange(len(parts))
    how = r.randrange(20)
    if how == 0:
        return ".".join(part + "=" * (-len(part) % 4) for part in parts)
    if how == 1:
        parts[at] += "=" * (-len(parts[at]) % 4)
    elif how == 2:
        parts[at] += "=" * r.randrange(1, 5)
    elif how == 3:
        parts[at] = r.choice(("", "A", "AA", "AAA", "!!!!", "e30", "bnVsbA", "W10", "====", "="))
    elif how == 4:
        del parts[at]
    elif how == 5:
        parts.insert(at, r.choice(("", "e30", "AAAA")))
    elif how == 6:
        parts[at] = parts[at].replace("-", "+").replace("_", "/")
    elif how == 7:
        r.shuffle(parts)
    elif how == 8 and parts[at]:  # other trailing bits
        parts[at] = parts[at][:-1] + r.choice("ABCDEFGHQgwxyz0123456789-_")
    elif how == 9 and parts[at]:
        middle = r.randrange(len(parts[at]))
        parts[at] = (
            parts[at][:middle] + r.choice((" ", "\n", "\0", "é", "\ud800", ".", "=", "/", "A")) + parts[at][middle:]
        )
    elif how == 10:
        return r.choice((" ", "\n", "\ufeff", "\t")) + token
    elif how == 11:
        return token + r.choice((" ", "\n", "\0", ".", "=", "A", "\ud800", "é"))
    elif how == 12:
        return ""
    elif how == 13:
        return token[: r.randrange(len(token) + 1)]
    elif how == 14:
        return token.swapcase() if r.random() < 0.3 else token.replace(".", r.choice(("..", ",", " . ")), 1)
    elif how == 15:
        return "Bearer " + token if r.random() < 0.5 else f'"{token}"'
    elif how == 16:
        return damaged(r, token.encode("utf-8", "surrogatepass")).decode("latin-1")
    elif how == 17 and len(parts) == 3:
        parts[2] = parts[2][: len(parts[2]) // 2]
    elif how == 18 and len(parts) == 3:
        parts[2] = parts[2] + parts[2]
    elif parts[at]:
        middle = r.randrange(len(parts[at]))
        parts[at] = parts[at][:middle] + r.choice("ABCDEFGHIJ-_09az") + parts[at][middle + 1 :]
    return ".".join(parts)


def signed(r: Random, owner: Kind, algorithm: str) -> str:
    """A token under a signature of this key, usual in most cases, else of whatever header and claims."""
    what = r.choice(
        (
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "claims",
            "claims",
            "header",
            "payload JSON",
            "payload JSON",
            "header JSON",
            "text",
        )
    )
    header = header_text(r, algorithm, odd=what == "header")
    payload = claims_text(r, odd=r.choice((1, 1, 2, 4)) if what == "claims" else 0)
    if what == "header JSON":
        header = json_bytes(r, lambda: header_text(r, algorithm))
    elif what == "payload JSON":
        payload = json_bytes(r, lambda: claims_text(r))
    text = f"{forge.b64(header)}.{forge.b64(payload)}"
    if what == "text":
        if r.random() < 0.5:  # padded before it was signed, as AWS ALB does
            text = ".".join(part + "=" * (-len(part) % 4) for part in text.split("."))
        else:
            text = f"{forge.b64(header)}."
    return f"{text}.{forge.b64(owner.sign(algorithm, text.encode()))}"


DETACHED = b"detached. payload"


def detached(r: Random, owner: Kind, algorithm: str, payload: bytes) -> str:
    """A token without its payload (RFC 7797)."""
    header: dict[str, Any] = {"alg": algorithm, "b64": False, "crit": ["b64"]}
    if r.random() < 0.2:
        name, value = r.choice(ODD_HEADERS)
        header[name] = value
    head = forge.b64(json.dumps(header).encode("utf-8", "surrogatepass"))
    return f"{head}..{forge.b64(owner.sign(algorithm, head.encode() + b'.' + payload))}"


def as_token(r: Random, text: str, *, odd: bool = False) -> Any:
    """The token in one of the types in which it is handed over."""
    if not odd:
        return text if r.random() < 0.7 else text.encode("utf-8", "surrogatepass")
    if r.random() < 0.6:
        return as_token(r, spoilt(r, text))
    return r.choice(
        (
            lambda: Text(text),
            lambda: Octets(text.encode("utf-8", "surrogatepass")),
            lambda: bytearray(text.encode("utf-8", "surrogatepass")),
            lambda: Made("memoryview(token)", lambda _: memoryview(text.encode("utf-8", "surrogatepass"))),
            lambda: None,
            lambda: 5,
            lambda: [text],
            lambda: {"token": text},
            lambda: spoilt(r, text),
            lambda: spoilt(r, text),
            lambda: spoilt(r, text).encode("utf-16", "surrogatepass"),
            lambda: spoilt(r, text),
        )
    )()


# ---- calls

COMPRESSED = "zlib"


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


class World:
    """What the calls of one session have in common: a few keys, their tokens, and objects that change between calls."""

    def __init__(self, r: Random, session: Any, *, registering: bool = False) -> None:
        self.session = session
        self.registering = registering
        names = [*r.sample(GOOD_SECRETS, 3), *r.sample(PAIRS, 3)]
        if r.random() < 0.5:
            names.append(r.choice(ODD_SECRETS))
        if r.random() < 0.1:
            names.append(r.choice(ODD_PAIRS))
        self.kinds = [kind(name) for name in names]
        self.kinds.append(Kind("of this session", r.getrandbits(512).to_bytes(64), HMAC))
        self.tokens: list[tuple[str, Kind, str]] = []
        self.changing: dict[str, Any] = {"options": {}, "algorithms": ["HS256"], "audience": ["a"]}

    def made(self, r: Random) -> tuple[str, Kind, str]:
        """A token, its key and algorithm; one that was there before, as often as not."""
        if self.tokens and r.random() < 0.4:
            return r.choice(self.tokens)
        owner = r.choice(self.kinds)
        algorithm = r.choice(owner.algorithms or ("ES256", "EdDSA", "RS256"))
        made = signed(r, owner, algorithm), owner, algorithm
        self.tokens.append(made)
        del self.tokens[:-12]
        return made

    def key(self, r: Random, owner: Kind, *, odd: bool = False, algorithm: str | None = None) -> Any:
        if not odd:
            form = r.choice(owner.verifying)
            bound = type(form) is Made and algorithm is not None and r.random() < 0.8
            return pyjwk(owner.jwks["public"], algorithm) if bound else form
        chance = r.random()
        if chance < 0.3:
            return r.choice(owner.signing)
        if chance < 0.5:
            return r.choice(owner.odd)
        if chance < 0.6 and owner.jwks:
            return self.changed_key(r, owner)
        if chance < 0.9:
            other = r.choice(self.kinds)
            return r.choice(r.choice((other.verifying, other.signing, other.odd)))
        return r.choice(NO_KEYS)

    def changed_key(self, r: Random, owner: Kind) -> Any:
        """A PyJWK that was changed after it was made: always the same object, with other contents."""
        jwk = owner.jwks["public"]
        other = r.choice([one for one in self.kinds if one.jwks])
        attribute = r.choice(("key", "algorithm_name", "Algorithm", "nothing", "nothing"))
        algorithm = r.choice((*other.algorithms, *owner.algorithms))

        def make(side: Side) -> Any:
            changed = side.keep(("changed", owner.name), lambda: side.jwt.PyJWK(dict(jwk), owner.algorithms[0]))
            changed.key = other.public or other.private if attribute == "key" else owner.public or owner.private
            changed.algorithm_name = algorithm if attribute == "algorithm_name" else owner.algorithms[0]
            wanted = algorithm if attribute == "Algorithm" else owner.algorithms[0]
            changed.Algorithm = side.keep("defaults", side.algorithms.get_default_algorithms)[wanted]
            return changed

        return Made(f"PyJWK({jwk}) with another {attribute} ({other}, {algorithm})", make)

    def shared(self, r: Random, name: str, value: Any) -> Any:
        """The same object in each call of the session, with other contents."""
        if r.random() > 0.15 or type(value) is not type(self.changing[name]):
            return value
        wanted = self.changing[name] = value
        store = (self.session, name)

        def make(side: Side) -> Any:
            kept = side.keep(store, type(wanted))
            kept.clear()
            (kept.update if isinstance(kept, dict) else kept.extend)(built(side, wanted))
            return kept

        return Made(f"changed({wanted!r})", make)

    # ---- one call

    def call(self, r: Random) -> Call:
        chance = r.random()
        if self.registering and chance < 0.15:
            return self.registry(r)
        for limit, make in MIX:
            if chance < limit:
                return make(self, r)
        return self.decode(r)

    def decode(self, r: Random) -> Call:
        """`decode`, `decode_complete`, of the module or of an object: as it should be, but for a thing or two."""
        token, owner, algorithm = self.made(r)
        odd = set(r.sample(ODDITIES, r.choice((0, 0, 0, 1, 1, 2, 4))))
        args: list[Any] = [as_token(r, token, odd="token" in odd)]
        op = r.choice(("decode", "decode", "decode", "decode_complete"))
        if "object" in odd:
            op = "." + op
            args.insert(0, instance(r, self))
        kwargs: dict[str, Any] = {"key": self.key(r, owner, odd="key" in odd, algorithm=algorithm)}
        if "algorithms" in odd:
            kwargs["algorithms"] = allowed(r, algorithm)
        else:
            kwargs["algorithms"] = [algorithm, *r.sample(ALGORITHMS, r.choice((0, 0, 0, 1, 3)))]
        kwargs["algorithms"] = self.shared(r, "algorithms", kwargs["algorithms"])
        kwargs["audience"] = r.choice(AUDIENCES) if "audience" in odd else r.choice(AUDIENCES[:7])
        if not _has_audience(token) and r.random() < 0.95:
            del kwargs["audience"]
        elif type(kwargs["audience"]) is list:
            kwargs["audience"] = self.shared(r, "audience", kwargs["audience"])
        if "options" in odd or r.random() < 0.1:
            kwargs["options"] = self.shared(r, "options", options(r))
        elif r.random() < 0.3:
            kwargs["options"] = self.shared(r, "options", r.choice(USUAL_OPTIONS))
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
            return Call(
                "decode elsewhere", r.choice(("json.loads", "api_jwt.json", "api_jwt.datetime")), *args, **kwargs
            )
        return Call(op, *args, **kwargs)

    def detached(self, r: Random) -> Call:
        """Payloads that are not in the token."""
        owner = r.choice(self.kinds)
        algorithm = r.choice(owner.algorithms or ("ES256",))
        payload = rarely(r, DETACHED, b"", b"a.b.c", b"\xff\0", b'{"a":1}', b"[1]", claims_text(r), chance=0.7)
        token = as_token(r, detached(r, owner, algorithm, payload), odd=r.random() < 0.1)
        given = rarely(r, payload, None, b"x", "text", bytearray(payload), 5, chance=0.2)
        options_ = rarely(r, None, {"verify_signature": False}, {"verify_aud": False}, {}, chance=0.4)
        key = self.key(r, owner, odd=r.random() < 0.1)
        named = {"algorithms": rarely(r, [algorithm], lambda: allowed(r, algorithm)), "options": options_}
        if r.random() < 0.5:
            op = r.choice(("decode", "decode_complete"))
            return Call(op, token, key, detached_payload=given, audience="a", **named)
        return Call(r.choice((".decode", ".decode_complete")), jws(), token, key, detached_payload=given, **named)

    def jws_decode(self, r: Random) -> Call:
        token, owner, algorithm = self.made(r)
        what = jws() if r.random() < 0.6 else instance(r, self)
        kwargs: dict[str, Any] = {"algorithms": rarely(r, [algorithm], lambda: allowed(r, algorithm), chance=0.3)}
        if r.random() < 0.3:
            kwargs["options"] = options(r)
        if r.random() < 0.05:
            kwargs[r.choice(("audience", "foo"))] = "a"
        return Call(
            r.choice((".decode", ".decode_complete")),
            what,
            as_token(r, token, odd=r.random() < 0.1),
            self.key(r, owner, odd=r.random() < 0.2),
            **kwargs,
        )

    def header(self, r: Random) -> Call:
        token, _, _ = self.made(r)
        found = as_token(r, token, odd=r.random() < 0.4)
        if r.random() < 0.7:
            return Call("get_unverified_header", found)
        return Call(".get_unverified_header", jws(), found)

    def encode(self, r: Random) -> Call:
        """`encode`, of the module, of an object, and of PyJWS."""
        owner = r.choice(self.kinds)
        algorithm = r.choice(owner.algorithms or ("ES256",))
        key = r.choice(owner.signing) if r.random() < 0.85 else self.key(r, owner, odd=True)
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
                return Call(".encode", instance(r, self), payload, key, signer=signer, **kwargs)
            if r.random() < 0.2 and "algorithm" in kwargs:
                return Call("encode", payload, key, kwargs.pop("algorithm"), signer=signer, **kwargs)
            return Call("encode", payload, key, signer=signer, **kwargs)
        if r.random() < 0.3:
            kwargs["is_payload_detached"] = r.choice((True, False, None, 1))
        octets = rarely(r, b"payload", b"", claims_text(r), b"\xff\0", "text", None, bytearray(b"x"), 5, chance=0.5)
        return Call(".encode", jws(), octets, key, signer=signer, **kwargs)

    def jwk(self, r: Random) -> Call:
        """PyJWK and PyJWKSet of good keys, changed ones and anything."""
        owner = r.choice([one for one in self.kinds if one.jwks])
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
            return Call(
                op, token, key, audience="a", algorithms=rarely(r, None, lambda: allowed(r, algorithm), chance=0.5)
            )
        several: Any = [jwk(r, r.choice([one for one in self.kinds if one.jwks])) for _ in range(r.randrange(4))]
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

    def algorithm(self, r: Random) -> Call:
        """The methods of the algorithm objects."""
        owner = r.choice(self.kinds)
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
            return Call(".prepare_key", what, self.key(r, owner, odd=r.random() < 0.5))
        message: Any = rarely(r, b"message", b"", "message", None, bytearray(b"x"), chance=0.3)
        prepared = owner.private if r.random() < 0.5 else (owner.public or owner.private)
        prepared = rarely(r, prepared, lambda: self.key(r, owner, odd=True))
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

    def utility(self, r: Random) -> Call:
        name = r.choice(UTILS)
        if name in ("is_pem_format", "is_ssh_key", "force_bytes"):
            found: Any = r.choice(r.choice((r.choice(self.kinds).odd, NO_KEYS, r.choice(self.kinds).verifying)))
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

    def registry(self, r: Random) -> Call:
        """Algorithms put into the global objects, or taken from them; and their options."""
        if r.random() < 0.2:
            return Call("set an option of the global object", r.choice(SWITCHES), r.choice((True, False)))
        name = r.choice(("custom", "reversed", "yes", "HS256", "RS256", "ES256", "HS512", "none", "EdDSA", "x", 5))
        op = r.choice(("register_algorithm", "unregister_algorithm", "get_algorithm_by_name"))
        if op == "register_algorithm":
            return Call(op, name, r.choice(CUSTOM))
        return Call(op, name)

    def maker(self, r: Random) -> Call:
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


MIX: list[tuple[float, Callable[[World, Random], Call]]] = [
    (0.56, World.decode),
    (0.59, World.detached),
    (0.64, World.jws_decode),
    (0.68, World.header),
    (0.82, World.encode),
    (0.90, World.jwk),
    (0.97, World.algorithm),
    (0.985, World.utility),
    (1.0, World.maker),
]


def jws() -> Made:
    return Made("PyJWS()", lambda side: side.keep("PyJWS()", side.jwt.PyJWS))


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


# ---- what is encoded


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


# ---- JWKs

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


# ---- algorithms of one's own


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
