"""The base of what a guard is made of: never changed after it was made, and never replaced by a class that decides otherwise, since the
engine decides from a copy (`rapidjwt._native.Admission`).
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

__all__ = ["Fixed", "put"]

put: Final = object.__setattr__
"""How a class fills its new object."""


class Fixed:
    """An object that stays as it was made. Its class has no subclasses."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        if cls.__base__ is not Fixed:
            raise TypeError(f"type {cls.__mro__[1].__name__!r} is not an acceptable base type")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"attribute {name!r} of {type(self).__name__!r} objects is not writable")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"attribute {name!r} of {type(self).__name__!r} objects is not writable")

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        """For `copy` and `pickle`."""
        for name, value in state[1].items():
            put(self, name, value)
