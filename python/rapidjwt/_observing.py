"""Hands what a verifier decided to its observer. Shared by both halves. What an observer raises is logged and goes no further: the
answer is certain by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidjwt.types import Verification

if TYPE_CHECKING:
    from typing import Any

    from rapidjwt.exceptions import PyJWTError
    from rapidjwt.types import Observer

__all__ = ["raised", "refused", "verified"]


def verified(
    observer: Observer,
    issuer: str | None,
    algorithm: str,
    seconds: float,
    cached: bool,
    token: Any,
) -> None:
    """Tell of a token that was accepted; the native half does so itself."""
    _tell(observer, Verification(True, issuer, algorithm, None, None, seconds, cached, token))


def refused(
    observer: Observer,
    issuer: str | None,
    algorithm: str | None,
    seconds: float,
    cached: bool,
    refusal: PyJWTError,
) -> None:
    """Tell of a token that was refused. Where the key may still be found, `_untold` of the refusal does that, once it was looked for."""

    def tell(last: PyJWTError) -> None:
        _tell(observer, Verification(False, issuer, algorithm, last.code, last.reason, seconds, cached, None))

    if "_missed" in vars(refusal):
        refusal._untold = tell  # type: ignore[attr-defined]
    else:
        tell(refusal)


def raised(error: Exception) -> None:
    """Log what an observer raised."""
    import logging

    logging.getLogger("rapidjwt").error("an observer raised", exc_info=error)


def _tell(observer: Observer, event: Verification) -> None:
    try:
        observer.on_verification(event)
    except Exception as error:
        raised(error)
