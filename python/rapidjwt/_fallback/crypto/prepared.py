"""What a family of keys offers to the rest: one class a family implements `Prepared`. The numbers were checked before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias

from rapidjwt.types import AlgorithmRow

__all__ = ["Kty", "Prepared", "Verify"]

Kty: TypeAlias = Literal["oct", "RSA", "EC", "OKP"]

Verify: TypeAlias = Callable[[bytes, bytes], bool]
"""Takes the signing input and the signature. Says yes or no, never raises."""


class Prepared(Protocol):
    """A key as its family's library wants it, made once."""

    @property
    def kty(self) -> Kty:
        """Key type (RFC 7517 section 4.1)."""
        ...

    @property
    def curve(self) -> str | None:
        """JWK curve name."""
        ...

    @property
    def bits(self) -> int:
        """Size in bits."""
        ...

    @property
    def is_private(self) -> bool:
        """Can it sign?"""
        ...

    def verifier(self, row: AlgorithmRow) -> Verify:
        """Prepare verification with one algorithm of the family."""
        ...

    def sign(self, row: AlgorithmRow, signing_input: bytes) -> bytes:
        """Make the signature that the JWS carries. Needs a private part."""
        ...

    def public(self) -> Prepared:
        """Without the private part. An HMAC secret has no other part."""
        ...

    def members(self, *, private: bool) -> dict[str, str]:
        """The JWK members, `kty` first (RFC 7518 section 6, RFC 8037 section 2)."""
        ...

    def der(self, *, private: bool) -> bytes:
        """SPKI, or PKCS#8 unencrypted."""
        ...
