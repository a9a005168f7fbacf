"""The kinds of value that a configuration can have: what TOML gave in, the value out, or a ValueError that says what it should be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

__all__ = [
    "Kind",
    "choice",
    "discovery",
    "either",
    "flag",
    "number",
    "permissions",
    "role_table",
    "text",
    "texts",
    "whole",
]

Kind: TypeAlias = Callable[[object], Any]


def text(value: object) -> str:
    """a string"""
    if not isinstance(value, str) or not value:
        raise ValueError("must be a string that is not empty")
    return value


def flag(value: object) -> bool:
    """true or false"""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def texts(value: object) -> tuple[str, ...]:
    """an array of strings"""
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ValueError("must be an array of strings")
    return tuple(value)


def either(value: object) -> str | tuple[str, ...]:
    """a string or an array of them"""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list) and value and all(isinstance(one, str) and one for one in value):
        return tuple(value)
    raise ValueError("must be a string or an array of strings, not empty")


def discovery(value: object) -> bool | str:
    """true or a string"""
    if value is True or (isinstance(value, str) and value):
        return value
    raise ValueError('must be true, "oidc", "oauth" or the address of the metadata')


def role_table(value: object) -> dict[str, tuple[str, ...]]:
    """a table of arrays of strings"""
    if not isinstance(value, Mapping):
        raise ValueError('must be a table of claims and their values: roles = { groups = ["admin"] }')
    return {claim: texts(values) for claim, values in value.items()}


def permissions(value: object) -> int:
    """permissions, e.g. `0o600`"""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 0o777:
        raise ValueError("must be permissions, e.g. 0o660")
    return value


def number(least: float, most: float = math.inf) -> Kind:
    """A kind: a number within bounds."""

    def kind(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("must be a number")
        if not least <= value <= most or value == math.inf:
            raise ValueError(_bounds("a number", least, most))
        return value

    kind.__doc__ = _bounds("number", least, most, word="")
    return kind


def whole(least: int, most: float = math.inf) -> Kind:
    """A kind: a whole number within bounds."""

    def kind(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("must be a whole number")
        if not least <= value <= most:
            raise ValueError(_bounds("a whole number", least, most))
        return value

    kind.__doc__ = _bounds("whole number", least, most, word="")
    return kind


def choice(*names: str) -> Kind:
    """A kind: one of some words."""

    def kind(value: object) -> str:
        if not isinstance(value, str) or value not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return value

    kind.__doc__ = " \\| ".join(f"`{name}`" for name in names)
    return kind


def _bounds(what: str, least: float, most: float, word: str = "must be ") -> str:
    if most == math.inf:
        return f"{word}{what}, {least:,} or more"
    return f"{word}{what} from {least:,} to {most:,}"
