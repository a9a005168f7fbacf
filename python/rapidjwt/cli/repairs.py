"""The tolerant reader of `decode`: whatever surrounds a token on a clipboard is taken off, and each repair is told.

Only for looking at tokens. `verify` takes a token as it is.
"""

from __future__ import annotations

from collections.abc import Callable

from rapidjwt._impl import decode_unverified
from rapidjwt.cli.exits import NotAToken
from rapidjwt.exceptions import DecodeError
from rapidjwt.unverified import UnverifiedToken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_STAND_IN_HEADER: Final = "eyJhbGciOiJub25lIn0"
_INVISIBLE: Final = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_PARAMETER: Final = r"(?:^|[#?&;\s])(?:access_token|id_token|token|jwt)=([^&#;\s]+)"
_ROUNDS: Final = 4
"""Wrappings inside wrappings that are looked for: quotes around a header around quotes."""


class Reading:
    """What could be read; header or claims is None where that part was not there."""

    def __init__(self, header: dict[str, object] | None, claims: dict[str, object] | None, repairs: list[str]) -> None:
        self.header = header
        self.claims = claims
        self.repairs = repairs


def _without(prefix: str, text: str) -> str:
    return text[len(prefix) :].lstrip() if text[: len(prefix)].lower() == prefix else text


def _out_of_parameters(text: str) -> str:
    # Looked at first because hardly any token is in a URL and a pattern takes a millisecond to compile.
    if "token=" not in text and "jwt=" not in text:
        return text
    import re

    found = re.search(_PARAMETER, text)
    return found[1] if found else text


_STEPS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("took out invisible characters", lambda text: text.translate(_INVISIBLE)),
    ("took off white space", lambda text: text.strip()),
    ("took off a trailing comma or semicolon", lambda text: text.rstrip(",;")),
    ("took off quotes", lambda text: text.strip("\"'`")),
    ("took off the header name Authorization", lambda text: _without("authorization:", text)),
    ("took off the scheme Bearer", lambda text: _without("bearer ", text)),
    ("took the token out of a URL or form", _out_of_parameters),
)
_LAST_STEPS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("took out white space and line breaks", lambda text: "".join(text.split())),
    ("took off padding", lambda text: ".".join(part.rstrip("=") for part in text.split("."))),
    ("changed base64 to base64url", lambda text: text.replace("+", "-").replace("/", "_")),
)


def read(raw: bytes, *, max_token_bytes: int, max_header_bytes: int, max_depth: int) -> Reading:
    """Read a token or a part of one. NotAToken when nothing helps."""
    text, repairs = _unwrap(raw)
    if not text:
        raise NotAToken("the token is empty")
    if sum(word.count(b".") == 2 for word in raw.split()) > 1:
        raise NotAToken("there are several tokens, and decode takes one")

    def decode(token: str) -> UnverifiedToken:
        return decode_unverified(
            token, max_token_bytes=max_token_bytes, max_header_bytes=max_header_bytes, max_depth=max_depth
        )

    try:
        return _read_parts(text, repairs, decode)
    except DecodeError as error:
        encrypted = error.code == "segment_count" and text.count(".") == 4
        hint = "five parts make an encrypted token, a JWE; signed ones are read" if encrypted else None
        raise NotAToken(f"{error} [{error.code}]", hint) from None


def _unwrap(raw: bytes) -> tuple[str, list[str]]:
    repairs: list[str] = []
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", "replace")
        repairs.append("read UTF-16")
    else:
        text = raw.decode("utf-8", "replace")
    # One line end is how a token comes out of a file or a pipe, not damage.
    text = text.removesuffix("\n").removesuffix("\r")
    for _ in range(_ROUNDS):
        text = _apply(_STEPS, text, repairs)
    return _apply(_LAST_STEPS, text, repairs), repairs


def _apply(steps: tuple[tuple[str, Callable[[str], str]], ...], text: str, repairs: list[str]) -> str:
    for name, step in steps:
        repaired = step(text)
        if repaired != text and name not in repairs:
            repairs.append(name)
        text = repaired
    return text


def _read_parts(text: str, repairs: list[str], decode: Callable[[str], UnverifiedToken]) -> Reading:
    parts = text.split(".")
    if len(parts) == 1:
        return _read_half(text, repairs, decode)
    if len(parts) == 2:
        repairs.append("the signature is missing")
        parts.append("")
    try:
        token = decode(".".join(parts))
    except DecodeError as error:
        if error.code != "signature_base64":
            raise
        repairs.append("the signature is not base64url")
        token = decode(".".join([*parts[:2], ""]))
    return Reading(token.header, token.claims, repairs)


def _read_half(text: str, repairs: list[str], decode: Callable[[str], UnverifiedToken]) -> Reading:
    part = decode(f"{_STAND_IN_HEADER}.{text}.").claims
    if "alg" in part:
        return Reading(part, None, [*repairs, "this is a header alone"])
    return Reading(None, part, [*repairs, "these are claims alone"])
