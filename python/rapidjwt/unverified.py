"""`UnverifiedToken`, what `decode_unverified` returns; its own type, so that no checker takes it for a verified token."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

__all__ = ["UnverifiedToken"]


class UnverifiedToken(tuple["dict[str, Any]", "dict[str, Any]"]):
    """What a token says of itself. Nothing in it was verified.

    A named tuple; written out, since the one of `typing` takes as long to import as the command line has for decoding.
    """

    __slots__ = ()
    __match_args__ = ("header", "claims")

    def __new__(cls, header: dict[str, Any], claims: dict[str, Any]) -> Self:
        """Both parts, as read."""
        return super().__new__(cls, (header, claims))

    @property
    def header(self) -> dict[str, Any]:
        """The header."""
        return self[0]

    @property
    def claims(self) -> dict[str, Any]:
        """The claims."""
        return self[1]

    def __getnewargs__(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.header, self.claims

    def __repr__(self) -> str:
        return f"UnverifiedToken(header={self.header!r}, claims={self.claims!r})"
