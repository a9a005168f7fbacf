"""The one switch between the native half and the pure one. RAPIDJWT_IMPL=native|pure forces a half; IMPL tells which it is.
RAPIDJWT_CRYPTO=library|portable|ifma|auto is for the native half, which reads it; here it is only looked at.
"""

from __future__ import annotations

import os

# Type checkers take this name for `typing.TYPE_CHECKING`; importing `typing` is what costs most in `import rapidjwt`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

__all__ = [
    "IMPL",
    "IMPL_WHY",
    "Admission",
    "IssuerPolicy",
    "Key",
    "KeySet",
    "KeySlot",
    "Rejection",
    "Shortcut",
    "TokenCache",
    "VerifiedToken",
    "Verifier",
    "algorithm_table",
    "crypto_state",
    "decode_unverified",
    "describe",
    "sign_compact",
    "sign_compact_with",
]

_NATIVE = "rapidjwt._native"


def _choose() -> tuple[Literal["native", "pure"], str]:
    wish = os.environ.get("RAPIDJWT_IMPL", "")
    if wish not in ("", "native", "pure"):
        raise ImportError(f"RAPIDJWT_IMPL must be native or pure, not {wish!r}")
    if wish == "pure":
        return "pure", "RAPIDJWT_IMPL=pure"
    try:
        import rapidjwt._native  # noqa: F401
    except ModuleNotFoundError as error:
        # Only the absence of exactly our module means "no native wheel here"; a broken binary must be heard of.
        if error.name != _NATIVE:
            raise
        if wish == "native":
            raise ImportError("RAPIDJWT_IMPL=native, but this installation has no native module") from error
        return "pure", "this installation has no native module"
    return "native", "RAPIDJWT_IMPL=native" if wish else "the native module is installed"


if os.environ.get("RAPIDJWT_CRYPTO", "") not in ("", "library", "portable", "ifma", "auto"):
    raise ImportError(f"RAPIDJWT_CRYPTO must be library, portable, ifma or auto, not {os.environ['RAPIDJWT_CRYPTO']!r}")

IMPL, IMPL_WHY = _choose()

if TYPE_CHECKING or IMPL == "native":
    from rapidjwt._native import (
        Admission,
        IssuerPolicy,
        Key,
        KeySet,
        KeySlot,
        Rejection,
        Shortcut,
        TokenCache,
        VerifiedToken,
        Verifier,
        algorithm_table,
        crypto_state,
        decode_unverified,
        describe,
        sign_compact,
        sign_compact_with,
    )
else:
    from rapidjwt._fallback import (
        Admission,
        IssuerPolicy,
        Key,
        KeySet,
        KeySlot,
        Rejection,
        Shortcut,
        TokenCache,
        VerifiedToken,
        Verifier,
        algorithm_table,
        crypto_state,
        decode_unverified,
        describe,
        sign_compact,
        sign_compact_with,
    )
