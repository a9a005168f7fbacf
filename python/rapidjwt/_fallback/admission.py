"""`Admission`, which has no answer of its own in the pure half: the guard's own way is as short as any."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

from rapidjwt._fallback.frozen import Frozen, put
from rapidjwt._fallback.input import type_error
from rapidjwt._fallback.verifier import Verifier

__all__ = ["Admission"]


@final
class Admission(Frozen):
    """See `_native.pyi`."""

    __slots__ = ("_rules",)

    _rules: int

    def __new__(cls, verifier: Verifier, rules: Iterable[Any]) -> Admission:
        """Keep nothing of them."""
        if not isinstance(verifier, Verifier):
            raise type_error("verifier", "a Verifier", verifier)
        self = object.__new__(cls)
        put(self, "_rules", len(list(rules)))
        return self

    def decide(
        self, method: str, path: str | None, raw_path: str | bytes | None, headers: Iterable[tuple[bytes, bytes]]
    ) -> None:
        """No answer."""

    def __repr__(self) -> str:
        return f"<Admission rules={self._rules}>"
