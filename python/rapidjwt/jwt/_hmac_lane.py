"""The short way to sign with a secret that has signed before: no looking at the secret again, and one call from JSON to token.

Learned after the long way has signed with that secret, refused nothing and warned of nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from rapidjwt._impl import IMPL, Key, sign_compact
from rapidjwt.exceptions import PyJWTError
from rapidjwt.jwt._hmac import HMACAlgorithm
from rapidjwt.jwt.utils import base64url_encode, force_bytes

if TYPE_CHECKING:
    from rapidjwt.jwt._algorithm import Algorithm

__all__ = ["clear", "find", "learn", "size"]

MOST: Final = 64
_HASHES: Final = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}

_Sign: TypeAlias = Callable[[bytes, bytes], str]
"""From the JSON of header and payload to the token."""


class _Lane(NamedTuple):
    hash_alg: object
    sign: _Sign


_lanes: Final[dict[tuple[str, str | bytes], _Lane]] = {}
_lock: Final = Lock()


def find(algorithms: Mapping[str, Algorithm], name: str, key: Any) -> _Sign | None:
    """How to sign with `alg` `name` and a secret as the caller gave it; None when the long way has to be gone."""
    if type(name) is str and (type(key) is str or type(key) is bytes):
        lane = _lanes.get((name, key))
        if lane is not None:
            hash_alg, sign = lane
            known = algorithms.get(name)
            if type(known) is HMACAlgorithm and known.hash_alg is hash_alg:
                return sign
    return None


def learn(name: str, alg_obj: Algorithm, key: Any) -> None:
    """Remember a secret that signed."""
    hash_alg = _HASHES.get(name)
    if not (type(key) is str or type(key) is bytes):
        return
    if type(alg_obj) is not HMACAlgorithm or alg_obj.hash_alg is not hash_alg:
        # Registered by somebody in the place of PyJWT's own.
        return
    try:
        lane = _Lane(hash_alg, _signer(name, key))
    except PyJWTError:
        # The engine is stricter about secrets; then the long way it stays.
        return
    with _lock:
        if len(_lanes) >= MOST:
            del _lanes[next(iter(_lanes))]
        _lanes[name, key] = lane


def _signer(name: str, key: str | bytes) -> _Sign:
    if IMPL == "native":
        return partial(sign_compact, Key.from_secret(key, algorithm=name), name)
    return partial(_sign, _HASHES[name], force_bytes(key))


def _sign(hash_alg: Any, secret: bytes, header: bytes, payload: bytes) -> str:
    signing_input = base64url_encode(header) + b"." + base64url_encode(payload)
    return (signing_input + b"." + base64url_encode(hmac.digest(secret, signing_input, hash_alg))).decode("ascii")


def clear() -> None:
    """Forget every secret."""
    with _lock:
        _lanes.clear()


def size() -> int:
    """How many secrets are known."""
    return len(_lanes)
