"""What a verifier says to its observer: one event for each token that it verified or refused, once the answer is certain. It changes
no answer: what an observer raises ends in `rapidjwt._observing`.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

from rapidjwt import _observing
from rapidjwt._fallback import token
from rapidjwt._fallback.issuer import Issuers, Trail
from rapidjwt._fallback.token import Rejection, VerifiedToken
from rapidjwt.exceptions import InvalidTokenError, PyJWTError
from rapidjwt.types import Observer

__all__ = ["watch", "watched"]

_T = TypeVar("_T")


def watch(observer: Observer, issuers: Issuers, answer: Callable[[Trail], tuple[VerifiedToken, _T]]) -> _T:
    """Tell of one token. `answer` verifies it: its proof, and what the caller gets."""
    started = perf_counter()
    trail = Trail()
    try:
        proof, given = answer(trail)
    except InvalidTokenError as error:
        refusal = error
    else:
        _verified(observer, issuers, trail, proof, perf_counter() - started)
        return given
    _refused(observer, issuers, trail, refusal, perf_counter() - started)
    raise refusal


def watched(
    observer: Observer,
    issuers: Issuers,
    trails: list[Trail],
    results: list[VerifiedToken | Rejection],
    started: float,
) -> None:
    """Tell of a batch that was begun at `started`."""
    seconds = (perf_counter() - started) / max(len(results), 1)
    for trail, result in zip(trails, results, strict=True):
        if isinstance(result, Rejection):
            _refused(observer, issuers, trail, result.error, seconds)
        else:
            _verified(observer, issuers, trail, result, seconds)


def _verified(observer: Observer, issuers: Issuers, trail: Trail, proof: VerifiedToken, seconds: float) -> None:
    # Another object than the caller's: neither meets what the other does to the claims.
    own = token.again(proof)
    _observing.verified(observer, _name(issuers, trail), proof.algorithm, seconds, trail.is_hit, own)


def _refused(observer: Observer, issuers: Issuers, trail: Trail, refusal: PyJWTError, seconds: float) -> None:
    _observing.refused(observer, _name(issuers, trail), trail.algorithm, seconds, trail.is_hit, refusal)


def _name(issuers: Issuers, trail: Trail) -> str | None:
    """The issuer as it is configured."""
    if issuers.names is not None:
        return None if trail.party is None else trail.party.issuer.iss
    names = issuers.parties[0].policy.issuers or ()
    return next(iter(names)) if len(names) == 1 else None
