"""Warnings, attributed to the caller of the function that asks for them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from rapidjwt.jwt.exceptions import InvalidKeyError
from rapidjwt.jwt.warnings import InsecureKeyLengthWarning, RemovedInPyjwt3Warning

if TYPE_CHECKING:
    from rapidjwt.jwt.types import SigOptions

__all__ = ["further_arguments", "short_key"]


def short_key(sentence: str, options: SigOptions, stacklevel: int) -> None:
    """Refuse or warn. `stacklevel` as for `warnings.warn`, counted from here."""
    if options.get("enforce_minimum_key_length", False):
        raise InvalidKeyError(sentence)
    warnings.warn(sentence, InsecureKeyLengthWarning, stacklevel=stacklevel)


def further_arguments(function: str, kwargs: dict[str, Any]) -> None:
    """Warn whoever called the function that was called with them."""
    warnings.warn(
        f"passing additional kwargs to {function}() is deprecated and will be removed in pyjwt version 3. "
        f"Unsupported kwargs: {tuple(kwargs)}",
        RemovedInPyjwt3Warning,
        stacklevel=3,
    )
