"""`VerifiedToken` and `Rejection`: what verifying a token comes to. The engine alone makes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, NoReturn, final

from rapidjwt._fallback.frozen import Frozen, put
from rapidjwt.exceptions import PyJWTError
from rapidjwt.types import Claims

if TYPE_CHECKING:
    from rapidjwt._fallback.verify import Verified

__all__ = ["Rejection", "VerifiedToken"]

_ANY_DEPTH = 512
"""Deep enough for what a verifier let through: its own limit was applied then."""


@final
class VerifiedToken(Frozen):
    """Proof that a token passed every check of a `Verifier`. Truthy, immutable; made by the engine only; not picklable."""

    __slots__ = ("_claims", "_times", "_verified")

    _verified: Verified
    _times: dict[str, Any]
    _claims: Claims
    """What `claims` hands out, from the first time on. Nobody sees the engine's own dict."""

    @property
    def ok(self) -> Literal[True]:
        """Always True; see `Rejection.ok`."""
        return True

    @property
    def claims(self) -> Claims:
        """The claims, built on first use; the same dict each time."""
        if not hasattr(self, "_claims"):
            put(self, "_claims", self.to_dict())
        return self._claims

    @property
    def header(self) -> dict[str, Any]:
        """The JOSE header, a fresh dict each time."""
        from rapidjwt._fallback import header

        return header.members(self._verified.header, _ANY_DEPTH)

    @property
    def payload(self) -> bytes:
        """The decoded payload, as it was signed."""
        return self._verified.payload

    @property
    def algorithm(self) -> str:
        """The `alg` that verified."""
        return self._verified.row.name

    @property
    def kid(self) -> str | None:
        """The token's `kid`."""
        return self._verified.kid

    @property
    def issuer(self) -> str | None:
        """`iss`."""
        return self._text("iss")

    @property
    def subject(self) -> str | None:
        """`sub`."""
        return self._text("sub")

    @property
    def audience(self) -> tuple[str, ...]:
        """`aud` as a tuple, empty when absent."""
        aud = self._verified.claims.get("aud", ())
        return (aud,) if isinstance(aud, str) else tuple(aud)

    @property
    def jwt_id(self) -> str | None:
        """`jti`."""
        return self._text("jti")

    @property
    def scope(self) -> str | None:
        """`scope` (RFC 8693 section 4.2) when it is a string, else None."""
        return self._text("scope")

    @property
    def expires_at(self) -> int | None:
        """`exp` in whole seconds since the epoch, rounded down."""
        return self._time("exp")

    @property
    def issued_at(self) -> int | None:
        """`iat` in whole seconds since the epoch, rounded down."""
        return self._time("iat")

    @property
    def not_before(self) -> int | None:
        """`nbf` in whole seconds since the epoch, rounded down."""
        return self._time("nbf")

    def get(self, name: str, default: Any = None) -> Any:
        """One claim, or `default`."""
        if not isinstance(name, str):
            raise TypeError(f"name must be a string, not {type(name).__name__}")
        value = self._verified.claims.get(name, default)
        # A container belongs to the caller; the engine's own stays as it was signed.
        return self.to_dict()[name] if isinstance(value, list | dict) and value is not default else value

    def to_dict(self) -> Claims:
        """The claims as a fresh dict that the caller owns and may pickle."""
        from rapidjwt._fallback import claims

        return claims.read_unverified(self.payload, _ANY_DEPTH)

    def _text(self, name: str) -> str | None:
        value = self._verified.claims.get(name)
        return value if isinstance(value, str) else None

    def _time(self, name: str) -> int | None:
        value = self._times[name]
        return None if value is None else math.floor(float(value))

    def __bool__(self) -> Literal[True]:
        return True

    def __reduce__(self) -> NoReturn:
        raise TypeError("a VerifiedToken is a proof and cannot be pickled; pickle its to_dict()")

    def __repr__(self) -> str:
        return f"<VerifiedToken alg={self.algorithm}>"


@final
class Rejection(Frozen):
    """A refused token in the results of `Verifier.verify_many`. Falsy."""

    __slots__ = ("_error",)

    _error: PyJWTError

    @property
    def ok(self) -> Literal[False]:
        """Always False."""
        return False

    @property
    def code(self) -> str:
        """Fine-grained error code, see `rapidjwt.exceptions.CODES`."""
        return self._error.code

    @property
    def reason(self) -> str:
        """Coarse reason, one of `rapidjwt.exceptions.REASONS`."""
        return self._error.reason

    @property
    def error(self) -> PyJWTError:
        """The exception that `Verifier.verify` would have raised."""
        return self._error

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return f"<Rejection code={self.code}>"


def accepted(verified: Verified) -> VerifiedToken:
    """Make the proof of what the spine let through."""
    token = object.__new__(VerifiedToken)
    put(token, "_verified", verified)
    # The claims may be changed by their reader; the times stay those that were checked.
    put(token, "_times", {name: verified.claims.get(name) for name in ("exp", "iat", "nbf")})
    return token


def again(token: VerifiedToken) -> VerifiedToken:
    """The same proof as another object, with claims of its own."""
    other = object.__new__(VerifiedToken)
    put(other, "_verified", token._verified)
    put(other, "_times", token._times)
    return other


def engine_claims(token: VerifiedToken) -> Claims:
    """The engine's own dict, for the one caller of a proof that nobody else has."""
    return token._verified.claims


def rejected(error: PyJWTError) -> Rejection:
    """Make the result of a refusal. Its traceback would keep the token alive."""
    rejection = object.__new__(Rejection)
    put(rejection, "_error", error.with_traceback(None))
    return rejection
