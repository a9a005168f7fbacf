"""The two warnings of PyJWT."""

from __future__ import annotations

__all__ = ["InsecureKeyLengthWarning", "RemovedInPyjwt3Warning"]


class RemovedInPyjwt3Warning(DeprecationWarning):
    """The call uses something that version 3 of PyJWT will not have."""


class InsecureKeyLengthWarning(UserWarning):
    """The key is shorter than its algorithm asks for (RFC 7518 sections 3.2 and 3.3)."""
