"""Many tokens at once: texts in, a result for each out, in order. One thread: the GIL is held anyway."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import islice
from time import perf_counter

from rapidjwt._fallback import input, source, token
from rapidjwt._fallback import observer as watching
from rapidjwt._fallback.issuer import Issuers, Trail
from rapidjwt._fallback.token import Rejection, VerifiedToken
from rapidjwt._fallback.verify import Verified, checked, verify
from rapidjwt.exceptions import InvalidTokenError
from rapidjwt.types import Observer

__all__ = ["judge", "stream"]


def judge(
    texts: list[bytes], issuers: Issuers, now: float, observer: Observer | None
) -> list[VerifiedToken | Rejection]:
    """A result for each token. Sources are asked once for each key that any token missed."""
    started = perf_counter()
    verdicts = [_verdict(text, issuers, now) for text in texts]
    told: set[int] = set()
    asked: dict[tuple[int, str | None], bool | InvalidTokenError] = {}
    for place, (_, trail) in enumerate(verdicts):
        if trail.is_due and id(trail.party) not in told:
            told.add(id(trail.party))
            source.tell(trail)
        if trail.missed is None:
            continue
        name = (id(trail.party), *trail.missed)
        if name not in asked:
            asked[name] = _find(trail)
        answer = asked[name]
        if answer is True:
            verdicts[place] = _verdict(texts[place], issuers, now)
        elif answer is not False:
            verdicts[place] = (answer, trail)
    results = [_result(issuers, verdict) for verdict, _ in verdicts]
    if observer is not None:
        watching.watched(observer, issuers, [trail for _, trail in verdicts], results, started)
    return results


def _verdict(text: bytes, issuers: Issuers, now: float) -> tuple[Verified | InvalidTokenError, Trail]:
    trail = Trail()
    try:
        return verify(text, issuers, now, trail), trail
    except InvalidTokenError as error:
        return error, trail


def _find(trail: Trail) -> bool | InvalidTokenError:
    try:
        return source.find(trail)
    except InvalidTokenError as error:
        return error


def _result(issuers: Issuers, verdict: Verified | InvalidTokenError) -> VerifiedToken | Rejection:
    if isinstance(verdict, InvalidTokenError):
        return token.rejected(verdict)
    try:
        return checked(issuers, verdict)
    except InvalidTokenError as error:
        return token.rejected(error)


def stream(
    tokens: Iterator[str | bytes], batch: int, verify: Callable[[list[bytes]], list[VerifiedToken | Rejection]]
) -> Iterator[VerifiedToken | Rejection]:
    """Take `batch` tokens at a time. What ends the tokens is raised after the results of those before it."""
    failure = None
    while failure is None:
        texts: list[bytes] = []
        try:
            texts.extend(input.text("token", item) for item in islice(tokens, min(batch, sys.maxsize)))
        except BaseException as error:
            failure = error
        if not texts:
            break
        yield from verify(texts)
    if failure is not None:
        raise failure
