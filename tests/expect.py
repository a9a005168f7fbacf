"""What a test expects to be raised: class, code, reason, claim and sentence, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rapidjwt.exceptions import build


def traits(error: BaseException) -> tuple[Any, ...]:
    """Everything that both halves must agree on in an error."""
    own = tuple(getattr(error, name, None) for name in ("code", "reason", "claim"))
    return (type(error), *own, str(error))


@contextmanager
def refused(code: str, *, claim: str | None = None, limit: int | None = None) -> Iterator[pytest.ExceptionInfo[Any]]:
    """The body must raise exactly the error of this row of `CODES`."""
    expected = build(code, claim=claim, limit=limit)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - compared whole below
        yield caught
    assert traits(caught.value) == traits(expected)
