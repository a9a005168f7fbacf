"""The short way for tokens that differ in their claims only: HMAC, no headers of their own, a secret that was used before.

Learned after the long way has signed with that secret, refused nothing and warned of nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rapidjwt._impl import Key, sign_compact
from rapidjwt.exceptions import PyJWTError
from rapidjwt.jwt._hmac import HMACAlgorithm

if TYPE_CHECKING:
    from rapidjwt.jwt._algorithm import Algorithm

__all__ = ["clear", "learn", "sign", "size"]

MOST: Final = 64
_HASHES: Final = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


class _Lane(NamedTuple):
    name: str
    hash_alg: object
    sign: Callable[[bytes], str]


_lanes: Final[dict[tuple[object, ...], _Lane]] = {}
_lock = Lock()


def sign(
    algorithms: Mapping[str, Algorithm], payload: bytes, key: object, algorithm: object, typ: object, sort: bool
) -> str | None:
    """The token; None when the long way has to be gone."""
    if type(payload) is not bytes or not (type(key) is str or type(key) is bytes):
        return None
    lane = _lanes.get((key, algorithm, typ, sort))
    if lane is None or not _is_genuine(algorithms.get(lane.name), lane.hash_alg):
        return None
    return lane.sign(payload)


def learn(name: str, header: bytes, alg_obj: Algorithm, key: Any, algorithm: object, typ: object, sort: bool) -> None:
    """Remember a secret that signed.

    Args:
        name: the `alg`.
        header: the header's JSON.
        algorithm: what the caller gave for it.
    """
    if not (type(key) is str or type(key) is bytes) or not _is_genuine(alg_obj, _HASHES.get(name)):
        return
    try:
        engine_key = Key.from_secret(key, algorithm=name)
    except PyJWTError:
        return
    lane = _Lane(name, _HASHES[name], partial(sign_compact, engine_key, name, header))
    with _lock:
        if len(_lanes) >= MOST:
            del _lanes[next(iter(_lanes))]
        _lanes[key, algorithm, typ, sort] = lane


def clear() -> None:
    """Forget every secret."""
    with _lock:
        _lanes.clear()


def size() -> int:
    """How many secrets are known."""
    return len(_lanes)


def _is_genuine(alg_obj: object, hash_alg: object) -> bool:
    """Whether it is PyJWT's own algorithm, and nothing that was registered in its place."""
    return type(alg_obj) is HMACAlgorithm and alg_obj.hash_alg is hash_alg
