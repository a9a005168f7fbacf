"""JSON (RFC 8259), strictly: bytes in, an object as a dict out, or the `Fault` of the rule that was broken first. Never accepts
NaN, lone surrogates, a member name twice, or text that is not UTF-8. The rules: docs/design/001-verification.md.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, Literal, TypeAlias

__all__ = ["Fault", "FaultKind", "read_object"]

FaultKind: TypeAlias = Literal["utf8", "too_deep", "json", "not_object", "duplicate"]

_MAX_INTEGER_DIGITS: Final = 640
"""What every CPython converts, whatever its `int_max_str_digits` is set to."""

# Brackets inside strings do not nest. A string that is never closed runs to the end of the text.
_STRINGS: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NOT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")

_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
# In valid JSON a backslash stands in strings only. Pairs and all other escapes are stepped over; group 1 is a lone half.
_ESCAPES: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


class Fault(Exception):
    """Why a text was refused; `kind` is the last part of the error code."""

    def __init__(self, kind: FaultKind) -> None:
        super().__init__(kind)
        self.kind = kind


class _Repeated(Exception):
    """A member name stands twice; whether anything worse is wrong with the text is not known yet."""


def read_object(data: bytes, max_depth: int) -> dict[str, Any]:
    """Read a text that must be one object."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Fault("utf8") from None
    if data.count(b"{") + data.count(b"[") > max_depth and _depth(data) > max_depth:
        raise Fault("too_deep")
    value, repeated = _parse(text)
    if _SURROGATE.search(data) and any(escape[1] for escape in _ESCAPES.finditer(data)):
        raise Fault("json")
    if type(value) is not dict:
        raise Fault("not_object")
    if repeated:
        raise Fault("duplicate")
    return value


def _parse(text: str) -> tuple[Any, bool]:
    try:
        try:
            return _DECODER.decode(text), False
        except _Repeated:
            # A syntax error further on, or a text that is no object, counts before the repeated name.
            return _LAST_WINS.decode(text), True
    except RecursionError:
        # The caller's own stack was nearly full.
        raise Fault("too_deep") from None
    except ValueError:
        raise Fault("json") from None


def _depth(data: bytes) -> int:
    depth = deepest = 0
    for bracket in _STRINGS.sub(b"", data).translate(None, _NOT_BRACKETS):
        if bracket in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(members)
    if len(made) != len(members):
        raise _Repeated
    return made


def _integer(text: str) -> int:
    if len(text) > _MAX_INTEGER_DIGITS and len(text.lstrip("-")) > _MAX_INTEGER_DIGITS:
        raise ValueError("too many digits")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("overflows binary64")
    return value


def _constant(text: str) -> float:
    raise ValueError("RFC 8259 knows no NaN and no Infinity")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
_LAST_WINS: Final = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant)
