"""All that the drop-in remembers of keys: told of, and emptied, in one place."""

from __future__ import annotations

from rapidjwt.jwt import _hmac_lane, _prepared, _shortcut

__all__ = ["cache_clear", "cache_info"]


def cache_clear() -> None:
    """Forget every key and secret."""
    _prepared.cache_clear()
    _hmac_lane.clear()
    _shortcut.clear()


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
