"""All that the drop-in remembers of keys: told of, and emptied, in one place."""

from __future__ import annotations

from rapidjwt._impl import TokenCache
from rapidjwt.jwt import _hmac_lane, _prepared, _shortcut

__all__ = ["cache_clear", "cache_info", "cache_private_keys", "cache_tokens"]


def cache_clear() -> None:
    """Forget every key and secret, and every token that `cache_tokens` keeps."""
    _prepared.cache_clear()
    _hmac_lane.clear()
    _shortcut.clear()


def cache_private_keys(keep: bool) -> None:
    """Remember parsed private keys between calls of `encode`, or no longer; off by default.

    Reading a private RSA key of 2048 bits takes `cryptography` some 45 ms, which is sixty times the signature; an EC key
    doubles it. Remembered keys stay in memory until `cache_clear()`, in parsed form and as the text that was given.
    """
    _prepared.cache_private_keys(keep)


def cache_tokens(cache: TokenCache | None) -> None:
    """Keep the tokens that `decode` accepted, so that the same bearer token is not verified anew at each request; None: no longer.

    Off by default: bearer tokens and their claims stay in memory, within the cache's bytes. At each hit everything but the
    signature is asked again, with the arguments of that call and the time of it; each caller gets a dict of its own. Only calls
    that the engine answers (docs/migrate-from-pyjwt.md) use it; the pure half keeps nothing.

    Raises:
        TypeError: `cache` is neither a `rapidjwt.TokenCache` nor None.
    """
    _shortcut.remember(cache)


def cache_info() -> dict[str, int]:
    """How much is remembered: `keys` that were parsed, `most` of them, `secrets` that signed; `engine_keys` and `engine_plans`,
    which ordinary calls of `decode` are answered with.
    """
    engine_keys, engine_plans = _shortcut.sizes()
    return {
        **_prepared.cache_info(),
        "secrets": _hmac_lane.size(),
        "engine_keys": engine_keys,
        "engine_plans": engine_plans,
    }
