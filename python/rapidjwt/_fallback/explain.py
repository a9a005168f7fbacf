"""The steps of `verify` again, each by itself: every check with its result, for people. Trusts nothing, proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rapidjwt._fallback import claims, compact, crypto, header, issuer, policy
from rapidjwt._fallback.issuer import Issuers, Route, Trail
from rapidjwt._fallback.policy import CLAIM_CHECKS
from rapidjwt._fallback.verify import Verified, checked
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


def explain(text: bytes, issuers: Issuers, now: float) -> Explanation:
    """Do every check that can be done."""
    checks = _Checks()
    parts = checks.note("compact", lambda: compact.split(text, issuers.limits))
    chosen = _route(checks, parts, issuers)
    head, tried = _header(checks, parts, chosen, issuers, now)
    found = _claims(checks, parts, chosen, issuers, now)
    checks.note("checks", lambda: _own(issuers, parts, head, found, chosen, tried), possible=checks.all_good())
    return Explanation(checks.all_good(), tuple(checks.lines), _members(parts, issuers), found)


def _route(checks: _Checks, parts: Any, issuers: Issuers) -> Route | None:
    if issuers.names is None:
        return issuer.route(issuers, parts)
    return checks.note("issuer", lambda: issuer.route(issuers, parts), possible=parts is not None)


def _header(checks: _Checks, parts: Any, chosen: Any, issuers: Issuers, now: float) -> tuple[Any, Any]:
    head: Any = checks.note(
        "header", lambda: header.read(parts.header(), issuers.limits.max_depth), possible=parts is not None
    )
    known = head is not None
    told = None not in (head, chosen)
    row: Any = checks.note("algorithm", lambda: policy.admit_algorithm(chosen.party.policy, head), possible=told)
    checks.note("crit", lambda: policy.admit_extensions(head), possible=known)
    checks.note("typ", lambda: policy.admit_typ(chosen.party.policy, head), possible=told)
    selected: Any = checks.note(
        "key", lambda: issuer.select(chosen, head.kid, row, now, Trail()), possible=row is not None
    )
    candidates: Any
    candidates, tried = (None, ()) if selected is None else selected
    checks.note(
        "signature",
        lambda: crypto.verify(candidates, parts.signing_input, parts.signature()),
        possible=candidates is not None,
    )
    return head, tried


def _claims(checks: _Checks, parts: Any, chosen: Any, issuers: Issuers, now: float) -> dict[str, Any] | None:
    found: Any = checks.note(
        "claims",
        lambda: claims.read_unverified(parts.payload_unverified(), issuers.limits.max_depth),
        possible=parts is not None,
    )
    options = None if chosen is None else chosen.party.policy
    known = found is not None and options is not None
    for name, missing in () if options is None else policy.required(options, found or {}):
        checks.note(f"require {name}", _raising(missing), possible=known)
    for name, claim_check in CLAIM_CHECKS:
        checks.note(name, lambda claim_check=claim_check: claim_check(options, found, now), possible=known)  # type: ignore[misc]
    return found  # type: ignore[no-any-return]


def _raising(error: PyJWTError | None) -> Callable[[], None]:
    def look() -> None:
        if error is not None:
            raise error

    return look


def _own(issuers: Issuers, parts: Any, head: Any, found: Any, chosen: Any, tried: Any) -> None:
    """The caller's checks are for genuine tokens: they run when all else is good."""
    payload = parts.payload_unverified()
    checked(issuers, Verified(head.algorithm, head.kid, parts.header(), payload, found, chosen.party, tuple(tried)))


def _members(parts: Any, issuers: Issuers) -> dict[str, Any] | None:
    if parts is None:
        return None
    try:
        return header.members(parts.header(), issuers.limits.max_depth)
    except PyJWTError:
        return None
