"""Claims, headers and tokens: as they should be, but for a few."""

from __future__ import annotations

import json
import time
from random import Random
from typing import Any

from drop_in_json import damaged, json_bytes
from drop_in_keys import Kind, Made, Octets, Text
from drop_in_ops import ALGORITHMS

import forge

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
