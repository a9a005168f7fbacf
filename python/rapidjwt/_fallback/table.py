"""What this half is made of: its algorithms, and the versions beneath it."""

from __future__ import annotations

from rapidjwt._fallback import alg
from rapidjwt.types import AlgorithmRow

__all__ = ["algorithm_table", "describe"]


def algorithm_table() -> tuple[AlgorithmRow, ...]:
    """The algorithms, in table order."""
    return alg.TABLE


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
