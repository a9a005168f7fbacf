"""`Signer`: a key and what all its tokens have in common, prepared once; then claims in, a compact JWS out. Refuses to sign what a
`Verifier` would refuse for its types.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeGuard, final

from rapidjwt._impl import Key, algorithm_table, sign_compact, sign_compact_with
from rapidjwt.exceptions import build
from rapidjwt.types import Clock

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Signer"]

_DATES: Final = ("exp", "nbf", "iat")
_STRINGS: Final = ("iss", "sub", "jti")
_FIXED: Final = ("alg", "crit", "b64")
"""`alg` is the signer's own; no header extension is supported (RFC 7515 section 4.1.11)."""


@final
class Signer:
    """Signs tokens with one key and one algorithm.

    Args:
        key: a private key or secret, or a callable (KMS, HSM) that gets the signing input and returns the raw signature.
        expires_in: seconds from now to `exp`; None says aloud that tokens do not expire.
        algorithm: the `alg`. Needed for a callable, and for a key that fits several.
        kid: key ID of the header; None: the key's.
        issuer: `iss`.
        audience: `aud`, one or several.
        typ: `typ` of the header; None: none.
        jti: True adds a random `jti` of 128 bits; a callable makes it.
        headers: further header members.
        clock: returns the time in seconds since the epoch. None: the system's.

    Raises:
        InvalidKeyError: codes `key_public`, `key_algorithm`.
        ValueError: an argument has the right type and a value that makes no sense.
        TypeError: an argument has the wrong type.
    """

    __slots__ = ("_algorithm", "_audience", "_clock", "_expires_in", "_header", "_issuer", "_jti", "_sign")

    def __init__(
        self,
        key: Key | Callable[[bytes], bytes],
        *,
        expires_in: float | None,
        algorithm: str | None = None,
        kid: str | None = None,
        issuer: str | None = None,
        audience: str | Sequence[str] | None = None,
        typ: str | None = "JWT",
        jti: bool | Callable[[], str] = False,
        headers: Mapping[str, Any] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._sign, self._algorithm = _signature(key, algorithm)
        self._expires_in = _lifetime(expires_in)
        own_kid = _optional_string("kid", kid)
        if own_kid is None and isinstance(key, Key):
            own_kid = key.kid
        self._issuer = _optional_string("issuer", issuer)
        self._audience = _optional_audience(audience)
        own = {"alg": self._algorithm, "typ": _optional_string("typ", typ), "kid": own_kid}
        self._jti = _jti_maker(jti)
        self._header = _header({name: value for name, value in own.items() if value is not None}, headers)
        if clock is not None and not callable(clock):
            raise _type_error("clock", "callable or None", clock)
        self._clock = clock

    def sign(self, claims: Mapping[str, Any], *, headers: Mapping[str, Any] | None = None) -> str:
        """Sign claims, with `iat` and what the signer adds; a claim that is given wins over the signer's.

        Args:
            claims: a JWT Claims Set (RFC 7519 section 4). `exp`, `nbf` and `iat` may be aware datetimes.
            headers: further header members, for this token.

        Raises:
            TypeError: a claim has a type that no verifier would accept, or that JSON does not have.
            ValueError: a value that JSON cannot hold: NaN, a lone surrogate; a naive datetime.
        """
        if not isinstance(claims, Mapping):
            raise _type_error("claims", "a mapping", claims)
        payload = {**claims, **{name: _numeric_date(name, claims[name]) for name in _DATES if name in claims}}
        for name, value in self._added(payload).items():
            payload.setdefault(name, value)
        _check_claims(payload)
        return self._sign(self._algorithm, _json("headers", _header(self._header, headers)), _json("claims", payload))

    def _added(self, given: Mapping[str, Any]) -> dict[str, Any]:
        now = math.floor(_now(self._clock))
        added: dict[str, Any] = {"iat": now}
        if self._expires_in is not None:
            exp = now + self._expires_in
            added["exp"] = int(exp) if exp == math.floor(exp) else exp
        if self._issuer is not None:
            added["iss"] = self._issuer
        if self._audience is not None:
            added["aud"] = self._audience
        if self._jti is not None and "jti" not in given:
            added["jti"] = self._jti()
        return added

    def __repr__(self) -> str:
        kid = f" kid={self._header['kid']!r}" if "kid" in self._header else ""
        return f"<Signer alg={self._algorithm}{kid}>"


def _signature(
    key: Key | Callable[[bytes], bytes], algorithm: object
) -> tuple[Callable[[str, bytes, bytes], str], str]:
    """How to sign, and with which algorithm."""
    name = _optional_string("algorithm", algorithm)
    row = next((row for row in algorithm_table() if row.name == name), None)
    if name is not None and row is None:
        raise ValueError(f"algorithm is unknown: {name!r}")
    if isinstance(key, Key):
        return _key_signature(key, name)
    if not callable(key):
        raise _type_error("key", "a Key or a callable", key)
    if row is None:
        raise ValueError("algorithm must be given for an external signer")
    if row.kty == "oct":
        raise ValueError("algorithm must not be HS* for an external signer")
    external = key
    return lambda alg, header, payload: sign_compact_with(external, alg, header, payload), row.name


def _key_signature(key: Key, name: str | None) -> tuple[Callable[[str, bytes, bytes], str], str]:
    if not key.is_private:
        raise build("key_public")
    name = key.algorithm if name is None else name
    if name is None:
        raise ValueError(f"algorithm must be given: the key fits {', '.join(key.algorithms)}")
    if name not in key.algorithms:
        raise build("key_algorithm")
    return lambda alg, header, payload: sign_compact(key, alg, header, payload), name


def _type_error(name: str, what: str, value: object) -> TypeError:
    return TypeError(f"{name} must be {what}, not {type(value).__name__}")


def _lifetime(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _type_error("expires_in", "a number of seconds or None", value)
    if not 0 < value < 1 << 62:
        raise ValueError("expires_in must be finite and greater than 0")
    return value


def _optional_string(name: str, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _type_error(name, "a string or None", value)


def _optional_audience(value: object) -> str | list[str] | None:
    what = "a string, a list or tuple of strings, or None"
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise _type_error("audience", what, value)
    for one in value:
        if not isinstance(one, str):
            raise _type_error("audience", what, one)
    if not value:
        raise ValueError("audience must not be empty")
    return list(value)


def _jti_maker(value: object) -> Callable[[], Any] | None:
    if value is True:
        return lambda: os.urandom(16).hex()
    if value is False:
        return None
    if not callable(value):
        raise _type_error("jti", "a bool or callable", value)
    return value


def _header(own: dict[str, Any], further: Mapping[str, Any] | None) -> dict[str, Any]:
    if further is None:
        return own
    if not isinstance(further, Mapping):
        raise _type_error("headers", "a mapping or None", further)
    for name in _FIXED:
        if name in further:
            raise ValueError(f"headers must not have {name}")
    for name in ("typ", "kid"):
        if name in further and not isinstance(further[name], str):
            raise _type_error(f"header member {name}", "a string", further[name])
    return {**own, **further}


def _numeric_date(name: str, value: object) -> object:
    """A datetime as NumericDate (RFC 7519 section 2); anything else as it is."""
    if not _is_datetime(value):
        return value
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError(f"claim {name} must not be a datetime without a time zone")
    return math.floor(value.timestamp())


def _is_datetime(value: object) -> TypeGuard[datetime]:
    # Who has a datetime has imported the module; nobody else pays for it.
    module = sys.modules.get("datetime")
    return module is not None and isinstance(value, module.datetime)


def _check_claims(payload: dict[str, Any]) -> None:
    for name in _DATES:
        value = payload.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _type_error(f"claim {name}", "a number or a datetime", value)
    for name in _STRINGS:
        if not isinstance(payload.get(name, ""), str):
            raise _type_error(f"claim {name}", "a string", payload[name])
    aud = payload.get("aud", "")
    if not isinstance(aud, str) and not (isinstance(aud, (list, tuple)) and all(isinstance(one, str) for one in aud)):
        raise _type_error("claim aud", "a string or a list of strings", aud)


def _json(name: str, value: dict[str, Any]) -> bytes:
    import json

    _check_names(name, value)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8")


def _check_names(name: str, value: object) -> None:
    """The json module writes 1 and "1" as the same name: a member name twice, which a verifier refuses."""
    if isinstance(value, dict):
        for member, inner in value.items():
            if not isinstance(member, str):
                raise _type_error(f"names in {name}", "strings", member)
            _check_names(name, inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check_names(name, inner)


def _now(clock: Clock | None) -> float:
    if clock is None:
        return time.time()
    answer: object = clock()
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        raise TypeError(f"clock must return a number, not {type(answer).__name__}")
    if not -math.inf < answer < math.inf:
        raise ValueError("clock must return a finite number")
    return answer
