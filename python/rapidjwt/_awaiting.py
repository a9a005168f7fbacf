"""`Verifier.adecode` and `averify`: what the engine decides, with the one wait that it may need, for keys, done by the event loop.
Shared by both halves; decides nothing itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rapidjwt.exceptions import InvalidTokenError, build

if TYPE_CHECKING:
    from collections.abc import Callable

    from rapidjwt._fallback.token import VerifiedToken

__all__ = ["at_once", "decode", "may_wait", "verify"]


async def decode(verifier: Any, token: str | bytes, into: type[Any] | None) -> Any:
    """Verify a token and return its claims."""
    return await _attempt(verifier._decode, token, into)


async def verify(verifier: Any, token: str | bytes) -> VerifiedToken:
    """Verify a token and return the proof."""
    proof: VerifiedToken = await _attempt(verifier._verify, token)
    return proof


def at_once(verifier: Any) -> Callable[[str | bytes], Any]:
    """`verify` without the wait: where a refusal of it `may_wait`, `verify` is to be awaited in its place."""
    attempt: Callable[[str | bytes], Any] = verifier._verify
    return attempt


def may_wait(refusal: InvalidTokenError) -> bool:
    """Could a source have the key that was missing? The refusal counts for nothing then, and no observer has heard of it."""
    return "_missed" in vars(refusal)


async def _attempt(verify: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return verify(*arguments)
    except InvalidTokenError as error:
        refusal, (missed, tell) = error, _taken(error)
    if missed is None:
        raise refusal
    found = False
    try:
        found = await _find(*missed)
    except InvalidTokenError as error:
        refusal = error
    if found:
        try:
            return verify(*arguments)
        except InvalidTokenError as error:
            refusal, (_, tell) = error, _taken(error)
    if tell is not None:
        tell(refusal)
    raise refusal


def _taken(refusal: InvalidTokenError) -> tuple[Any, Any]:
    """What `_missed` and `_untold` said, which go: who logs or pickles a refusal must not meet the source, nor what a stranger wrote."""
    return vars(refusal).pop("_missed", None), vars(refusal).pop("_untold", None)


async def _find(source: Any, kid: str | None) -> bool:
    try:
        answer: object = await source.afind(kid)
    except Exception as error:
        raise build("keys_unavailable") from error
    return answer is True
