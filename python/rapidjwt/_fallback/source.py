"""What a verifier says to the sources of its issuers' keys: that a key is missing, and that it is time."""

from __future__ import annotations

from rapidjwt._fallback.issuer import Trail
from rapidjwt.exceptions import InvalidTokenError, build

__all__ = ["find", "mark", "tell"]


def find(trail: Trail) -> bool:
    """Ask for what the token missed. True: the keys changed, so that a second attempt may do better."""
    if trail.party is None or trail.party.source is None or trail.missed is None:
        return False
    try:
        answer: object = trail.party.source.find(*trail.missed)
    except Exception as error:
        raise build("keys_unavailable") from error
    return answer is True


def tell(trail: Trail) -> None:
    """Say that it is time. A good token is not refused for what goes wrong there."""
    if trail.is_due and trail.party is not None and trail.party.source is not None:
        try:
            trail.party.source.due()
        except Exception:
            return


def mark(refusal: InvalidTokenError, trail: Trail) -> None:
    """Say which source could help, and with what kid, for a caller that asks it himself."""
    if trail.party is not None and trail.party.source is not None and trail.missed is not None:
        refusal._missed = (trail.party.source, *trail.missed)  # type: ignore[attr-defined]
