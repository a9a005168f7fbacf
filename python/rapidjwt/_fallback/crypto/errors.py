"""What `cryptography` raises about a key, turned into our errors. And the one place that knows that it may be absent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rapidjwt.exceptions import PyJWTError, build

__all__ = ["needing_cryptography", "refusing"]


@contextmanager
def refusing(code: str) -> Iterator[None]:
    """Turn whatever a look at key bytes raises into the error `code`; `key_unsupported` where the library says so."""
    try:
        yield
    except (PyJWTError, MemoryError):
        raise
    except Exception as error:
        unsupported = type(error).__name__ == "UnsupportedAlgorithm"
        raise build("key_unsupported" if unsupported else code) from None
    except BaseException as error:
        # A panic in the library's own Rust code is a BaseException, so that nobody mistakes it for an ordinary error.
        if type(error).__name__ != "PanicException":
            raise
        raise build(code) from None


@contextmanager
def needing_cryptography() -> Iterator[None]:
    """Import a family module inside this: without the package its import ends in `cryptography_missing`.

    Only the absence of exactly that package counts; a broken one must be heard of.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "cryptography":
            raise
        raise build("cryptography_missing") from None
