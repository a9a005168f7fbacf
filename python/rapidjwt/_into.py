"""`into=`: the claims of a genuine token in, an object of the caller's type out. Both halves call `check` before they look at the
token and `convert` after the last check. msgspec and pydantic are never imported for a type that is not theirs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, TypeAlias, is_typeddict

from rapidjwt.exceptions import build

__all__ = ["check", "convert"]

Build: TypeAlias = Callable[[dict[str, Any]], Any]
"""Makes the object; raises anything when the claims do not fit."""

_KNOWN: Final = 256
"""Types are few and live long; a program that makes them on the fly must not fill the memory."""

_builders: dict[type, Build] = {}


def check(into: object) -> None:
    """Refuse, with a TypeError, what is no type that can be built."""
    _builder(into)


def convert(claims: dict[str, Any], into: type) -> Any:
    """Build the object; `claims_type` when the claims do not fit it."""
    make = _builder(into)
    try:
        return make(claims)
    except Exception as error:
        raise build("claims_type") from error


def _builder(into: object) -> Build:
    known = _builders.get(into) if isinstance(into, type) else None
    if known is not None:
        return known
    make = _find(into)
    if make is None:
        name = into.__name__ if isinstance(into, type) else type(into).__name__
        raise TypeError(f"into must be a TypedDict, dataclass, msgspec.Struct or pydantic model, not {name}")
    if len(_builders) >= _KNOWN:
        _builders.clear()
    _builders[into] = make  # type: ignore[index]
    return make


def _find(into: object) -> Build | None:
    # typing_extensions has a TypedDict of its own, which typing does not know.
    if is_typeddict(into) or type(into).__name__ == "_TypedDictMeta":
        return _unchanged
    if not isinstance(into, type):
        return None
    if hasattr(into, "__struct_fields__"):
        return _msgspec(into)
    if hasattr(into, "__pydantic_core_schema__") or hasattr(into, "__pydantic_validator__"):
        return _pydantic(into)
    if hasattr(into, "__dataclass_fields__"):
        from rapidjwt._into_dataclass import builder

        return builder(into)
    return None


def _unchanged(claims: dict[str, Any]) -> dict[str, Any]:
    """A TypedDict is for the type checker only; it costs nothing and is not checked."""
    return claims


def _msgspec(into: type) -> Build | None:
    msgspec: Any = sys.modules.get("msgspec")
    if msgspec is None or not issubclass(into, msgspec.Struct):
        return None
    return lambda claims: msgspec.convert(claims, into)


def _pydantic(into: type) -> Build | None:
    pydantic: Any = sys.modules.get("pydantic")
    if pydantic is None:
        return None
    if issubclass(into, pydantic.BaseModel):
        model: Any = into
        return model.model_validate  # type: ignore[no-any-return]
    return pydantic.TypeAdapter(into).validate_python  # type: ignore[no-any-return]
