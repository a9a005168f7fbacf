"""Asks about one token in every way there is. All must agree: `decode`, `verify`, `verify_many` and `explain`."""

from __future__ import annotations

from typing import Any

from expect import traits
from rapidjwt.exceptions import CODES, PyJWTError


def of_the_table(error: PyJWTError) -> PyJWTError:
    """Is it built from its row of `CODES`?"""
    spec = CODES[error.code]
    assert type(error) is spec.cls
    assert error.reason == spec.reason
    assert spec.claim is None or error.claim == spec.claim
    return error


def verdict(verifier: Any, token: str | bytes) -> str | None:
    """The code of the refusal; None when the token is accepted."""
    refusal = claims = None
    try:
        claims = verifier.decode(token)
    except PyJWTError as error:
        refusal = of_the_table(error)
    code = refusal.code if refusal else None
    try:
        assert verifier.verify(token).claims == claims
    except PyJWTError as error:
        assert traits(error) == traits(refusal)
    else:
        assert refusal is None
    (result,) = verifier.verify_many([token])
    assert bool(result) is result.ok is (refusal is None)
    if refusal:
        assert (result.code, result.reason) == (refusal.code, refusal.reason)
        assert traits(result.error) == traits(refusal)
    explanation = verifier.explain(token)
    assert explanation.ok is (refusal is None)
    assert next((check.code for check in explanation.checks if check.ok is False), None) == code
    return code


def code(ask: Any, *arguments: Any, **options: Any) -> str | None:
    """The code of what one call raises; None when it returns."""
    try:
        ask(*arguments, **options)
    except PyJWTError as error:
        return of_the_table(error).code
    return None
