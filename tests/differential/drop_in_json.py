"""JSON of any kind, and bytes that were damaged."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from strategies import NAMES, RAW, SCALARS, quoted


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
