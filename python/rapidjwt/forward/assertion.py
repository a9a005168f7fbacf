"""The assertion: a short-lived token of our own, in which the backend reads who the client is and can check that we say so. A verified
token in, a compact JWS out; remembered for a part of its lifetime, since a signature costs more than all else here.
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, final

from rapidjwt.forward.identity import client_id_of, scope_of

if TYPE_CHECKING:
    from rapidjwt import Signer, VerifiedToken
    from rapidjwt.forward.settings import Assertion
    from rapidjwt.jwks import SigningKeyRing

__all__ = ["NO_ASSERTION", "TYP", "Asserter", "Signed"]

TYP: Final = "rapidjwt-assertion+jwt"
"""Type of the header (RFC 8725 section 3.11): no access token is taken for an assertion, and no assertion for one."""


class Signed(NamedTuple):
    """An assertion."""

    text: str
    expires_at: int


NO_ASSERTION: Final = Signed("", sys.maxsize)


@final
class Asserter:
    """Signs assertions. Thread-safe.

    Args:
        settings: None: there are no assertions, and every text is empty.
        ring: the keys.
        clock: seconds since the epoch.
    """

    __slots__ = ("_audience", "_clock", "_issuer", "_lifetime", "_memo", "_ring", "_signer", "_signs_with")

    def __init__(
        self, settings: Assertion | None, ring: SigningKeyRing | None, clock: Callable[[], float] = time.time
    ) -> None:
        self._clock: Final = clock
        self._ring: Final = ring
        self._signer: Signer | None = None
        self._signs_with: Any = None
        if settings is None:
            return
        self._issuer: Final = settings.issuer
        self._audience: Final = settings.audience if isinstance(settings.audience, str) else list(settings.audience)
        self._lifetime: Final = settings.lifetime
        self._memo: Final = _Memo(settings.memo_bytes)

    def of(self, token: VerifiedToken) -> Signed:
        """The assertion for a token.

        Claims: `iss`, `aud`, `iat`, `exp`, `jti`; of the token `sub`, `scope`, `client_id`, and `sub_id` of format `iss_sub`
        (RFC 9493 section 3.2.3), which says whose `sub` it is.
        """
        if self._ring is None:
            return NO_ASSERTION
        now = self._clock()
        payload = token.payload
        known = self._memo.get(payload, now)
        if known is not None:
            return known
        expires_at = int(now) + self._lifetime
        if token.expires_at is not None:
            # A token within its leeway has expired already; its assertion then lives for this request.
            expires_at = max(min(expires_at, token.expires_at), int(now) + 1)
        signed = Signed(self._sign(token, int(now), expires_at, now), expires_at)
        self._memo.put(payload, signed, now + (expires_at - now) / 2)
        return signed

    def _sign(self, token: VerifiedToken, iat: int, exp: int, now: float) -> str:
        claims: dict[str, Any] = {"iss": self._issuer, "aud": self._audience, "iat": iat, "exp": exp}
        claims["jti"] = secrets.token_urlsafe(16)
        about = {"sub": token.subject, "scope": scope_of(token), "client_id": client_id_of(token)}
        claims |= {name: value for name, value in about.items() if value is not None}
        if token.subject is not None and token.issuer is not None:
            claims["sub_id"] = {"format": "iss_sub", "iss": token.issuer, "sub": token.subject}
        return self._signing(now).sign(claims)

    def _signing(self, now: float) -> Signer:
        """The signer of the key whose turn it is."""
        assert self._ring is not None  # noqa: S101
        key = self._ring.signing_key(now)
        if self._signer is None or self._signs_with is not key:
            self._signer, self._signs_with = self._ring.signer(now, expires_in=None, typ=TYP), key
        return self._signer


class _Memo:
    """The last assertions by the payload they are about, bounded by bytes; the oldest goes first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[bytes, tuple[float, Signed, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, payload: bytes, now: float) -> Signed | None:
        entry = self._entries.get(payload)
        return None if entry is None or entry[0] <= now else entry[1]

    def put(self, payload: bytes, signed: Signed, until: float) -> None:
        size = len(payload) + len(signed.text) + _OVERHEAD
        if size > self._max_bytes:
            return
        with self._lock:
            old = self._entries.pop(payload, None)
            self._bytes += size - (0 if old is None else old[2])
            self._entries[payload] = until, signed, size
            while self._bytes > self._max_bytes:
                self._bytes -= self._entries.popitem(last=False)[1][2]

    @property
    def bytes(self) -> int:
        """Bytes held."""
        return self._bytes


_OVERHEAD: Final = 450
"""Bytes of an entry beside its texts: bytes, str, two tuples, numbers, a link and a place in two tables."""
