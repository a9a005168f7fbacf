"""What a refusal is in HTTP: one table from reasons to statuses, the `WWW-Authenticate` of RFC 6750 section 3, and a body for programs.
No answer repeats what a token or a request supplied.
"""

from __future__ import annotations

import json
from typing import Final, Literal, NamedTuple

from rapidjwt.exceptions import REASONS

__all__ = ["PROFILES", "ROUTING", "Answer", "Answers", "Profile"]

Profile = Literal["origin", "nginx", "traefik", "caddy", "envoy"]

ROUTING: Final = frozenset(("path_refused", "no_rule"))
"""Reasons that are not a token's: the path can be read in two ways; no rule fits the request."""

_STATUS: Final = {
    **dict.fromkeys(REASONS, 401),
    "insufficient_scope": 403,
    "csrf_failed": 403,
    "no_rule": 403,
    "multiple_tokens": 400,
    "path_refused": 400,
    "keys_unavailable": 503,
    "store_unavailable": 503,
}
"""Status of each reason. Keys that are not there are no fault of the token's: a 401 would log the user out."""

_UNDER_NGINX: Final = {**_STATUS, "multiple_tokens": 401, "path_refused": 401}
"""nginx's `auth_request` knows 401 and 403; all else becomes 500, which its configuration turns into the documented 503."""

PROFILES: Final[dict[str, dict[str, int]]] = {
    "origin": _STATUS,
    "nginx": _UNDER_NGINX,
    "traefik": _STATUS,
    "caddy": _STATUS,
    "envoy": _STATUS,
}
"""For who stands in front: `origin` answers the client itself."""

_TOLD: Final = {
    "missing": "The request has no access token",
    "malformed": "The access token is malformed",
    "too_large": "The access token is too large",
    "expired": "The access token expired",
    "not_yet_valid": "The access token is not valid yet",
    "revoked": "The access token was revoked",
    "wrong_audience": "The access token is for another audience",
    "insufficient_scope": "The access token does not allow this",
    "multiple_tokens": "The request has more than one access token",
    "csrf_failed": "The request may come from another site",
    "path_refused": "The path can be read in more than one way",
    "no_rule": "Nobody may do this",
    "keys_unavailable": "The keys are not available now",
    "store_unavailable": "A store is not available now",
}
"""For people. What is not here is `The access token is invalid`: how else it fails helps only those who make such tokens."""


class Answer(NamedTuple):
    """How a refusal is told."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Answers:
    """Every answer there can be, made once.

    Args:
        profile: who stands between us and the client.
        realm: of the challenge (RFC 9110 section 11.5).
        resource_metadata: address of the metadata of RFC 9728, told with each challenge.
        retry_after: seconds to wait after a 503.
    """

    __slots__ = ("_challenge", "_made", "_retry_after", "_status")

    def __init__(
        self,
        profile: Profile = "origin",
        *,
        realm: str | None = None,
        resource_metadata: str | None = None,
        retry_after: int = 5,
    ) -> None:
        if profile not in PROFILES:
            raise ValueError(f"profile must be one of {', '.join(PROFILES)}")
        self._status: Final = PROFILES[profile]
        parameters = {"realm": realm, "resource_metadata": resource_metadata}
        self._challenge: Final = [f'{name}="{_quoted(text)}"' for name, text in parameters.items() if text is not None]
        self._retry_after: Final = str(int(retry_after))
        self._made: Final[dict[tuple[str, str], Answer]] = {}

    def to(self, reason: str, scope: str = "") -> Answer:
        """The answer to a refusal.

        Args:
            reason: one of `REASONS` or of `ROUTING`.
            scope: what the rule asks for, told with `insufficient_scope`.
        """
        answer = self._made.get((reason, scope))
        if answer is None:
            answer = self._made[reason, scope] = self._make(reason, scope)
        return answer

    def _make(self, reason: str, scope: str) -> Answer:
        status = self._status[reason]
        told = _TOLD.get(reason, "The access token is invalid")
        error = _error(reason)
        body = json.dumps({"error": error or "unauthorized", "error_description": told, "reason": reason}).encode()
        headers = [("content-type", "application/json"), ("cache-control", "no-store")]
        if status == 503:
            headers.append(("retry-after", self._retry_after))
        elif status == 401 or error in ("invalid_request", "insufficient_scope"):
            parameters = list(self._challenge)
            if error is not None:
                parameters += (f'error="{error}"', f'error_description="{told}"')
            if scope:
                parameters.append(f'scope="{scope}"')
            headers.append(("www-authenticate", f"Bearer {', '.join(parameters)}".rstrip()))
        return Answer(status, tuple(headers), body)


def _error(reason: str) -> str | None:
    """The `error` of RFC 6750 section 3.1; None where no token was sent."""
    match reason:
        case "missing":
            return None
        case "insufficient_scope" | "csrf_failed":
            return reason
        case "multiple_tokens" | "path_refused":
            return "invalid_request"
        case "no_rule":
            return "forbidden"
        case "keys_unavailable" | "store_unavailable":
            return "temporarily_unavailable"
        case _:
            return "invalid_token"


def _quoted(text: str) -> str:
    """As the inside of a quoted-string (RFC 9110 section 5.6.4)."""
    if not isinstance(text, str):
        raise TypeError(f"realm and resource_metadata must be strings, not {type(text).__name__}")
    if not text.isascii() or not text.isprintable():
        raise ValueError("realm and resource_metadata must be printable ASCII")
    return text.replace("\\", "\\\\").replace('"', '\\"')
