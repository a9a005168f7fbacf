"""Between PyJWT's way and the engine: which keys the engine may learn, and when it must keep out (docs/design/003-drop-in.md)."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from rapidjwt._impl import Key, Shortcut, TokenCache, algorithm_table
from rapidjwt.exceptions import PyJWTError
from rapidjwt.jwt.algorithms import Algorithm, get_default_algorithms, has_crypto
from rapidjwt.jwt.api_jwk import PyJWK

if TYPE_CHECKING:
    from rapidjwt.jwt.api_jws import PyJWS
    from rapidjwt.jwt.api_jwt import PyJWT

__all__ = ["clear", "remember", "sizes", "take"]

_ENGINE: Final = frozenset(row.name for row in algorithm_table())
_DEFAULT: Final = get_default_algorithms()

_taken: Final[list[Shortcut]] = []
"""Every shortcut of this process: that of `jwt.decode`."""


def take(jwt: PyJWT, jws: PyJWS, module: ModuleType) -> Callable[..., dict[str, Any]]:
    """The shortcut of `jwt.decode`, which learns from `jws`; a patch of any of it, or of `json` or `datetime` in `module`, closes it."""
    seams = [(vars(module), "datetime"), (vars(module), "json"), (vars(json), "loads"), (vars(jwt), "_jws")]
    algorithms = {cls for algorithm in _DEFAULT.values() for cls in type(algorithm).__mro__[:-1]}
    guards: list[type | dict[str, Any]] = [type(jwt), type(jws), PyJWK, *algorithms, vars(jwt), vars(jws)]
    shortcut = Shortcut(jwt.decode, seams, guards, PyJWK)
    jws._verified = functools.partial(_learn, shortcut)
    jws._plain_header = shortcut.header
    jws._algorithms_changed = lambda _: shortcut.disable()
    jwt._options_lent = shortcut.disable
    _taken.append(shortcut)
    return shortcut.decode


def clear() -> None:
    """Forget every key and plan. Keys leave the engine's memory cleared."""
    for shortcut in _taken:
        shortcut.clear()


def remember(cache: TokenCache | None) -> None:
    """Keep accepted tokens in a cache, or nowhere."""
    for shortcut in _taken:
        shortcut.remember(cache)


def sizes() -> tuple[int, int]:
    """How many keys and plans the engine remembers."""
    known = [shortcut.sizes() for shortcut in _taken]
    return sum(keys for keys, _ in known), sum(plans for _, plans in known)


def _learn(
    shortcut: Shortcut, name: str, algorithm: Algorithm, given: Any, prepared: Any, length_message: str | None
) -> None:
    """Hand the engine a key that just verified a signature, if the engine is to take it from here."""
    if length_message is not None or name not in _ENGINE or not _is_default(name, algorithm):
        return
    try:
        if type(given) is PyJWK:
            _learn_jwk(shortcut, name, given, prepared)
        elif type(given) in (str, bytes):
            shortcut.learn(given, name, lambda: _engine_key(name, _material(prepared)))
    except PyJWTError:
        # The engine is stricter about keys; then the Python part goes on.
        return


def _learn_jwk(shortcut: Shortcut, name: str, given: PyJWK, prepared: Any) -> None:
    known = given._shortcut
    now = (given.key, given.algorithm_name, given.Algorithm)
    if known is None or any(one is not other for one, other in zip(known[1:], now, strict=True)):
        material = _material(prepared)
        shortcut.learn_jwk(material, name, lambda: _engine_key(name, material))
        given._shortcut = (material, *now)
    else:
        shortcut.learn_jwk(known[0], name, lambda: _engine_key(name, known[0]))


def _is_default(name: str, algorithm: Algorithm) -> bool:
    """Is it the algorithm that the name stands for by default, and not one that somebody put in its place?"""
    default = _DEFAULT.get(name)
    return type(algorithm) is type(default) and vars(algorithm) == vars(default)


def _material(prepared: Any) -> bytes:
    """A secret as it is; a public key as SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). PyJWTError for a private key."""
    if isinstance(prepared, bytes):
        return prepared
    if not has_crypto or not hasattr(prepared, "public_bytes"):
        raise PyJWTError("only secrets and public keys are learned")
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    spki: bytes = prepared.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return spki


def _engine_key(name: str, material: bytes) -> Key:
    if name.startswith("HS"):
        return Key.from_secret(material, algorithm=name)
    return Key.from_der(material, algorithm=name)
