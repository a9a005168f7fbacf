"""Arguments as the engine wants them: bytes of tokens and keys, names, numbers. A wrong type is a TypeError, a value that makes
no sense a ValueError; nothing here looks into a token or a key.
"""

from __future__ import annotations

import math
from typing import Any

from rapidjwt._fallback import alg
from rapidjwt.types import AlgorithmRow

__all__ = [
    "algorithm",
    "boolean",
    "items",
    "needed_algorithm",
    "needed_string",
    "number",
    "optional_string",
    "positive",
    "strings",
    "text",
    "type_error",
    "value_error",
]


def type_error(name: str, what: str, value: object) -> TypeError:
    """`{name} must be {what}, not {type}`."""
    return TypeError(f"{name} must be {what}, not {type(value).__name__}")


def value_error(name: str, problem: str) -> ValueError:
    """`{name} {problem}`."""
    return ValueError(f"{name} {problem}")


def text(name: str, value: object, what: str = "str or bytes") -> bytes:
    """The bytes of a str or bytes object.

    A lone surrogate has no UTF-8 form; its three bytes then fail where any other strange character does.
    """
    # The methods of the types themselves, here and below: a subclass may say otherwise than its characters.
    if isinstance(value, str):
        return str.encode(value, "utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return bytes.__getitem__(value, slice(None))
    raise type_error(name, what, value)


def positive(name: str, value: object) -> int:
    """An int argument from 1 on."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise type_error(name, "an int", value)
    if value < 1:
        raise value_error(name, "must be at least 1")
    return int(value)


def algorithm(value: object) -> AlgorithmRow | None:
    """An optional `algorithm` argument."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise type_error("algorithm", "a string or None", value)
    return _known(str.__str__(value))


def needed_algorithm(value: object) -> AlgorithmRow:
    """The `algorithm` argument of functions that need one."""
    if not isinstance(value, str):
        raise type_error("algorithm", "a string", value)
    return _known(str.__str__(value))


def _known(name: str) -> AlgorithmRow:
    row = alg.from_name(name)
    if row is None:
        raise ValueError(f"algorithm is unknown: {name!r}")
    return row


def optional_string(name: str, value: object) -> str | None:
    """An optional str argument."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise type_error(name, "a string or None", value)
    return _unicode(name, value)


def needed_string(name: str, value: object) -> str:
    """A str argument."""
    if not isinstance(value, str):
        raise type_error(name, "a string", value)
    return _unicode(name, value)


def _unicode(name: str, value: str) -> str:
    try:
        str.encode(value, "utf-8")
    except UnicodeEncodeError:
        raise value_error(name, "must not have lone surrogates") from None
    return str.__str__(value)


def boolean(name: str, value: object) -> bool:
    """A bool argument; other truthy things are a mistake."""
    if isinstance(value, bool):
        return value
    raise type_error(name, "a bool", value)


def items(name: str, what: str, value: object) -> list[Any]:
    """The items of a list, tuple, set or frozenset."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    raise type_error(name, what, value)


def strings(name: str, what: str, value: object) -> list[str]:
    """A list or tuple of strings."""
    return [_string(name, what, item) for item in items(name, what, value)]


def _string(name: str, what: str, value: object) -> str:
    if not isinstance(value, str):
        raise type_error(name, what, value)
    return _unicode(name, value)


def number(value: object) -> float | None:
    """An int or float as binary64, infinite where it does not fit; None for anything else, and for a bool."""
    if isinstance(value, float):
        return float.__float__(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        return int.__float__(value)
    except OverflowError:
        return math.inf
