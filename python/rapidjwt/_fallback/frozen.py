"""The base of the public classes: immutable, final, not picklable, made by the engine only unless a class says otherwise."""

from __future__ import annotations

from typing import Any, Final, NoReturn

__all__ = ["Frozen", "put"]

put: Final = object.__setattr__
"""How the engine itself fills a new object."""


class Frozen:
    """An object that is never changed after it was made."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        if cls.__base__ is not Frozen:
            raise TypeError(f"type 'rapidjwt.{cls.__mro__[1].__name__}' is not an acceptable base type")
        # The public name, as the native half has it.
        cls.__module__ = "rapidjwt"

    def __new__(cls, *args: Any, **options: Any) -> Any:
        raise TypeError(f"cannot create 'rapidjwt.{cls.__name__}' instances")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"attribute {name!r} of 'rapidjwt.{type(self).__name__}' objects is not writable")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"attribute {name!r} of 'rapidjwt.{type(self).__name__}' objects is not writable")

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"cannot pickle 'rapidjwt.{type(self).__name__}' object")
