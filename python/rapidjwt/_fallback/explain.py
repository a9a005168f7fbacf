"""The steps of `verify` again, each by itself: every check with its result, for people. Trusts nothing, proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rapidjwt._fallback import check, claims, compact, crypto, header, keys, policy, token
from rapidjwt._fallback.policy import CLAIM_CHECKS, Policy
from rapidjwt._fallback.verify import Verified
from rapidjwt.exceptions import PyJWTError
from rapidjwt.types import Check, Explanation

__all__ = ["explain"]

_T = TypeVar("_T")


class _Checks:
    """The lines so far."""

    def __init__(self) -> None:
        self.lines: list[Check] = []

    def note(self, name: str, look: Callable[[], _T], *, possible: bool = True) -> _T | None:
        """Write the result of a check down and hand on what it yielded."""
        if not possible:
            self.lines.append(Check(name, None, None, None))
            return None
        try:
            value = look()
        except PyJWTError as error:
            self.lines.append(Check(name, False, error.code, str(error)))
            return None
        self.lines.append(Check(name, True, None, None))
        return value

    def all_good(self) -> bool:
        return all(line.ok for line in self.lines)


def explain(text: bytes, key_set: keys.KeySet, options: Policy, now: float) -> Explanation:
    """Do every check that can be done."""
    checks = _Checks()
    parts = checks.note("compact", lambda: compact.split(text, options.limits))
    head = _header(checks, parts, key_set, options)
    found = _claims(checks, parts, options, now)
    checks.note("checks", lambda: _own(options, parts, head, found), possible=checks.all_good())
    return Explanation(checks.all_good(), tuple(checks.lines), _members(parts, options), found)


def _header(checks: _Checks, parts: Any, key_set: keys.KeySet, options: Policy) -> Any:
    head: Any = checks.note(
        "header", lambda: header.read(parts.header(), options.limits.max_depth), possible=parts is not None
    )
    known = head is not None
    row: Any = checks.note("algorithm", lambda: policy.admit_algorithm(options, head), possible=known)
    checks.note("crit", lambda: policy.admit_extensions(head), possible=known)
    checks.note("typ", lambda: policy.admit_typ(options, head), possible=known)
    candidates: Any = checks.note("key", lambda: keys.select(key_set, head.kid, row), possible=row is not None)
    checks.note(
        "signature",
        lambda: crypto.verify(candidates, parts.signing_input, parts.signature()),
        possible=candidates is not None,
    )
    return head


def _claims(checks: _Checks, parts: Any, options: Policy, now: float) -> dict[str, Any] | None:
    found: Any = checks.note(
        "claims",
        lambda: claims.read_unverified(parts.payload_unverified(), options.limits.max_depth),
        possible=parts is not None,
    )
    known = found is not None
    for name, missing in policy.required(options, found or {}):
        checks.note(f"require {name}", _raising(missing), possible=known)
    for name, claim_check in CLAIM_CHECKS:
        checks.note(name, lambda claim_check=claim_check: claim_check(options, found, now), possible=known)  # type: ignore[misc]
    return found  # type: ignore[no-any-return]


def _raising(error: PyJWTError | None) -> Callable[[], None]:
    def look() -> None:
        if error is not None:
            raise error

    return look


def _own(options: Policy, parts: Any, head: Any, found: Any) -> None:
    """The caller's checks are for genuine tokens: they run when all else is good."""
    verified = Verified(head.algorithm.name, head.kid, parts.header(), parts.payload_unverified(), found)
    check.run(options.checks, token.accepted(verified))


def _members(parts: Any, options: Policy) -> dict[str, Any] | None:
    if parts is None:
        return None
    try:
        return header.members(parts.header(), options.limits.max_depth)
    except PyJWTError:
        return None
