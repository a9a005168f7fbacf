"""Many tokens at once: texts in, a result for each out, in order. One thread: the GIL is held anyway."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import islice

from rapidjwt._fallback import input
from rapidjwt._fallback.token import Rejection, VerifiedToken

__all__ = ["stream"]


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
