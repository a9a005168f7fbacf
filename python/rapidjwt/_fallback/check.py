"""`checks=`: the caller's own callables, run after the engine's checks. Anything that is not a clear yes refuses the token."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from rapidjwt.exceptions import InvalidTokenError, build
from rapidjwt.types import CheckCallable

if TYPE_CHECKING:
    from rapidjwt import _native
    from rapidjwt._fallback.token import VerifiedToken

__all__ = ["run"]


def run(checks: Iterable[CheckCallable], token: VerifiedToken) -> None:
    """Ask each callable in order."""
    for check in checks:
        try:
            answer: object = check(cast("_native.VerifiedToken", token))
        except InvalidTokenError:
            raise
        except Exception as error:
            raise build("check_failed") from error
        if answer is not None and answer is not True:
            raise build("check_failed")
