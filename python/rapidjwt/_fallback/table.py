"""What this half is made of: its algorithms, and the versions beneath it."""

from __future__ import annotations

import os
from typing import Any

from rapidjwt._fallback import alg, input
from rapidjwt.types import AlgorithmRow

__all__ = ["algorithm_table", "crypto_state", "describe"]


def algorithm_table() -> tuple[AlgorithmRow, ...]:
    """The algorithms, in table order."""
    return alg.TABLE


def crypto_state(*, test: bool = False) -> dict[str, Any]:
    """Which arithmetic verifies signatures: in this half always the library's, and nothing to be tested."""
    input.boolean("test", test)
    return {
        "choice": os.environ.get("RAPIDJWT_CRYPTO") or "auto",
        "paths": {row.name: ("library", "the pure half has no other path") for row in alg.TABLE},
        "tables": 0,
        "table_bytes": 0,
        "budget_bytes": 0,
        "checks": 0,
        "disagreements": 0,
    }


def describe() -> dict[str, str]:
    """Names and versions of what this half is made of, for `rapidjwt doctor`."""
    import platform

    found = {"implementation": "pure", "python": platform.python_version()}
    try:
        import cryptography
        from cryptography.hazmat.backends.openssl import backend
    except ModuleNotFoundError:
        return found | {"cryptography": "absent"}
    return found | {"cryptography": cryptography.__version__, "openssl": backend.openssl_version_text()}
