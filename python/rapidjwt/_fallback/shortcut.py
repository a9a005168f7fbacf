"""`Shortcut`, which has no answer of its own in the pure half: the drop-in's own way is as short as any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

from rapidjwt._fallback.cache import TokenCache
from rapidjwt._fallback.frozen import Frozen, put
from rapidjwt._fallback.input import type_error
from rapidjwt._fallback.keys import Key

__all__ = ["Shortcut"]


@final
class Shortcut(Frozen):
    """See `_native.pyi`."""

    __slots__ = ("decode",)

    decode: Callable[..., dict[str, Any]]

    def __new__(
        cls,
        otherwise: Callable[..., dict[str, Any]],
        seams: Sequence[tuple[dict[str, Any], str]],
        guards: Sequence[type | dict[str, Any]],
        jwk_type: type,
    ) -> Shortcut:
        """Keep `otherwise`; a seam must name what is there."""
        for namespace, name in seams:
            namespace[name]
        for guard in guards:
            if not isinstance(guard, type | dict):
                raise type_error("guards", "classes and dicts", guard)
        self = object.__new__(cls)
        put(self, "decode", otherwise)
        return self

    def header(self, jwt: str | bytes) -> dict[str, Any] | None:
        """Nothing to say."""
        return None

    def learn(self, key: str | bytes, algorithm: str, prepare: Callable[[], Key]) -> None:
        """Nothing to remember."""

    def learn_jwk(self, key: bytes, algorithm: str, prepare: Callable[[], Key]) -> None:
        """Nothing to remember."""

    def remember(self, cache: TokenCache | None) -> None:
        """Nothing to keep."""
        if cache is not None and not isinstance(cache, TokenCache):
            raise type_error("cache", "a TokenCache or None", cache)

    def disable(self) -> None:
        """Nothing to switch off."""

    def clear(self) -> None:
        """Nothing to forget."""

    def sizes(self) -> tuple[int, int]:
        """No keys, no plans."""
        return 0, 0
