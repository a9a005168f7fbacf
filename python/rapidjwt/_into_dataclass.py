"""`into=` for dataclasses: annotations in, a function that builds the object from claims of exactly these types out. Resolved once a
type; nothing is coerced but an integer to a float, and no message repeats a claim's value.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias, Union, is_typeddict

__all__ = ["builder"]

Convert: TypeAlias = Callable[[Any], Any]
"""Takes a JSON value; returns what the field gets, or raises `Misfit`."""

Known: TypeAlias = dict[type, Convert]


class Misfit(ValueError):
    """A value is not of the type that the field has."""


def builder(cls: type) -> Convert:
    """A function from claims to an instance. TypeError for annotations that JSON has nothing for."""
    return _dataclass(cls, {})


def _dataclass(cls: type, known: Known) -> Convert:
    if cls in known:
        return known[cls]
    fields: dict[str, tuple[Convert, bool]] = {}

    def convert(value: Any) -> Any:
        if type(value) is not dict:
            raise Misfit(f"not an object for {cls.__name__}")
        return cls(**_arguments(cls, fields, value))

    # Before the fields are looked at: a class may hold itself.
    known[cls] = convert
    hints = _hints(cls)
    for field in dataclasses.fields(cls):
        if field.init:
            optional = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
            fields[field.name] = (_converter(hints[field.name], known), optional)
    return convert


def _hints(cls: type) -> dict[str, Any]:
    if len(cls.__dataclass_fields__) != len(dataclasses.fields(cls)):  # type: ignore[attr-defined]
        for name, field in cls.__dataclass_fields__.items():  # type: ignore[attr-defined]
            if field._field_type is dataclasses._FIELD_INITVAR:  # type: ignore[attr-defined]
                raise TypeError(f"into: {cls.__name__}.{name} is an InitVar, which is not supported")
    try:
        return typing.get_type_hints(cls)
    except NameError as error:
        raise TypeError(f"into: an annotation of {cls.__name__} cannot be resolved: {error}") from error


def _arguments(cls: type, fields: dict[str, tuple[Convert, bool]], claims: dict[str, Any]) -> dict[str, Any]:
    arguments = {}
    for name, (convert, optional) in fields.items():
        if name in claims:
            try:
                arguments[name] = convert(claims[name])
            except Misfit as error:
                raise Misfit(f"{cls.__name__}.{name}: {error}") from None
        elif not optional:
            raise Misfit(f"{cls.__name__}.{name}: missing")
    return arguments


def _converter(hint: Any, known: Known) -> Convert:
    if hint in (Any, object):
        return lambda value: value
    if hint is float:
        return _float
    simple = _SIMPLE.get(hint) if isinstance(hint, type) else None
    if simple is not None:
        return _exactly(hint, simple)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _dataclass(hint, known)
    if is_typeddict(hint):
        return _exactly(dict, "an object")
    if isinstance(hint, typing.NewType):
        return _converter(hint.__supertype__, known)
    origin = typing.get_origin(hint)
    compound = _COMPOUND.get(origin)
    if compound is None:
        raise TypeError(f"into: the annotation {hint!r} is not supported")
    return compound(typing.get_args(hint), known)


_SIMPLE: Final = {
    str: "a string",
    int: "an integer",
    bool: "a bool",
    types.NoneType: "null",
    list: "an array",
    dict: "an object",
}
"""JSON types that need no look inside. A bool is no integer."""


def _exactly(wanted: type, name: str) -> Convert:
    def convert(value: Any) -> Any:
        if type(value) is not wanted:
            raise Misfit(f"not {name}")
        return value

    return convert


def _float(value: Any) -> float:
    if type(value) not in (int, float):
        raise Misfit("not a number")
    try:
        return float(value)
    except OverflowError:
        raise Misfit("not a number that a float can hold") from None


def _items(make: Callable[[list[Any]], Any]) -> Callable[[tuple[Any, ...], Known], Convert]:
    def compound(arguments: tuple[Any, ...], known: Known) -> Convert:
        item = _converter(arguments[0], known)

        def convert(value: Any) -> Any:
            if type(value) is not list:
                raise Misfit("not an array")
            return make([item(one) for one in value])

        return convert

    return compound


def _tuple(arguments: tuple[Any, ...], known: Known) -> Convert:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return _items(tuple)(arguments, known)
    items = [_converter(argument, known) for argument in arguments]

    def convert(value: Any) -> Any:
        if type(value) is not list or len(value) != len(items):
            raise Misfit(f"not an array of {len(items)}")
        return tuple(item(one) for item, one in zip(items, value, strict=True))

    return convert


def _dict(arguments: tuple[Any, ...], known: Known) -> Convert:
    if arguments[0] is not str:
        raise TypeError("into: the names in a dict are strings")
    item = _converter(arguments[1], known)

    def convert(value: Any) -> Any:
        if type(value) is not dict:
            raise Misfit("not an object")
        return {name: item(one) for name, one in value.items()}

    return convert


def _union(arguments: tuple[Any, ...], known: Known) -> Convert:
    members = [_converter(argument, known) for argument in arguments if argument is not types.NoneType]
    optional = len(members) < len(arguments)

    def convert(value: Any) -> Any:
        if optional and value is None:
            return None
        if len(members) == 1:
            # Lets the error tell what is wrong inside.
            return members[0](value)
        for member in members:
            try:
                return member(value)
            except Misfit:
                continue
        raise Misfit("none of the types of the union")

    return convert


def _literal(arguments: tuple[Any, ...], known: Known) -> Convert:
    def convert(value: Any) -> Any:
        # 1 == True == 1.0, and they are three different claims.
        for argument in arguments:
            if type(argument) is type(value) and argument == value:
                return argument
        raise Misfit("none of the literals")

    return convert


_COMPOUND: Final[dict[Any, Callable[[tuple[Any, ...], Known], Convert]]] = {
    list: _items(list),
    set: _items(set),
    frozenset: _items(frozenset),
    tuple: _tuple,
    dict: _dict,
    Union: _union,
    types.UnionType: _union,
    Literal: _literal,
}
