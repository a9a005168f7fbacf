"""Profiles of JWTs: what a kind of token must look like beside its signature, so that one kind is never taken for another (RFC 8725
section 3.12). And the part of an ID token's validation that needs to know the request.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rapidjwt._impl import algorithm_table
from rapidjwt.exceptions import PyJWTError, build

if TYPE_CHECKING:
    from rapidjwt._native import VerifiedToken
    from rapidjwt.types import CheckCallable

__all__ = ["apply", "check_id_token"]

_LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_ABSENT: Final = object()


class _Profile(NamedTuple):
    typ: tuple[str, ...]
    untyped: bool
    """May a token say nothing of its type?"""
    require: tuple[str, ...]
    check: CheckCallable | None = None


def check_id_token(
    token: VerifiedToken,
    *,
    client_id: str,
    nonce: str | None = None,
    access_token: str | None = None,
    code: str | None = None,
) -> None:
    """Check an ID token against the request that it answers (OpenID Connect Core section 3.1.3.7, 3.2.2.9 and 3.3.2.11).

    Args:
        token: what a verifier with an `Issuer(profile="id_token")` accepted.
        client_id: one's own; `azp` must be it, and must be there when the token has several audiences.
        nonce: what was sent in the request. None: nothing was, and the token's is not looked at.
        access_token: what came with the ID token; `at_hash` must be there and fit.
        code: the authorization code that came with it; `c_hash` must be there and fit.

    Raises:
        InvalidTokenError: `aud_mismatch`, `claim_missing`, `binding_mismatch`; `claim` names the one at fault.
    """
    if client_id not in token.audience:
        raise build("aud_mismatch")
    azp = token.get("azp", _ABSENT)
    if azp is not _ABSENT or len(token.audience) > 1:
        _compare("azp", azp, client_id)
    if nonce is not None:
        _compare("nonce", token.get("nonce", _ABSENT), nonce)
    if access_token is not None:
        _compare("at_hash", token.get("at_hash", _ABSENT), _half_hash(token.algorithm, access_token))
    if code is not None:
        _compare("c_hash", token.get("c_hash", _ABSENT), _half_hash(token.algorithm, code))


def apply(profile: object, options: dict[str, Any]) -> None:
    """Put what a profile demands into the options of an issuer."""
    known = _PROFILES.get(profile) if isinstance(profile, str) else None
    if known is None:
        raise ValueError(f"profile must be one of {', '.join(_PROFILES)}")
    if options["audience"] is None:
        raise ValueError("audience must be given with a profile")
    if options["typ"] is None:
        options["typ"], options["untyped"] = known.typ, known.untyped
    if isinstance(options["require"], (list, tuple)):
        options["require"] = [*known.require, *options["require"]]
    if known.check is not None and isinstance(options["checks"], (list, tuple)):
        options["checks"] = [known.check, *options["checks"]]


def _check_logout_token(token: VerifiedToken) -> None:
    """OpenID Connect Back-Channel Logout section 2.6."""
    events = token.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(_LOGOUT_EVENT), dict):
        raise _at(build("profile_mismatch"), "events")
    if token.get("nonce", _ABSENT) is not _ABSENT:
        raise _at(build("profile_mismatch"), "nonce")
    sid = token.get("sid", _ABSENT)
    if sid is _ABSENT and token.subject is None:
        raise build("claim_missing", claim="sub")
    if sid is not _ABSENT and not isinstance(sid, str):
        raise _at(build("profile_mismatch"), "sid")


def _compare(claim: str, found: object, wanted: str) -> None:
    if found is _ABSENT:
        raise build("claim_missing", claim=claim)
    if not isinstance(found, str) or not compare_digest(_bytes(found), _bytes(wanted)):
        raise _at(build("binding_mismatch"), claim)


def _at(error: PyJWTError, claim: str) -> PyJWTError:
    error.claim = claim
    return error


def _bytes(text: str) -> bytes:
    """Of what came with a request too, which may have a lone surrogate: it then fits nothing."""
    return text.encode("utf-8", "surrogatepass")


def _half_hash(algorithm: str, text: str) -> str:
    """The left half of the hash that the token's `alg` uses, in base64url."""
    from base64 import urlsafe_b64encode
    from hashlib import new

    name = next(row.hash for row in algorithm_table() if row.name == algorithm)
    digest = new(name.replace("SHA-", "sha"), _bytes(text)).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


_PROFILES: Final[dict[str, _Profile]] = {
    "at+jwt": _Profile(("at+jwt",), False, ("iss", "exp", "aud", "sub", "client_id", "iat", "jti")),
    # An ID token says `JWT` or nothing; those who set themselves apart are the others.
    "id_token": _Profile(("JWT",), True, ("iss", "sub", "aud", "exp", "iat")),
    "logout_token": _Profile(
        ("logout+jwt",), False, ("iss", "aud", "iat", "exp", "jti", "events"), _check_logout_token
    ),
}
