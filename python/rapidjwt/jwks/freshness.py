"""Response headers in, seconds for which the answer is fresh out (RFC 9111 section 4.2). Reads headers that anybody may have written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["lifetime", "retry_after"]

_SECONDS: Final = re.compile(r"[0-9]{1,10}")
_DIRECTIVE: Final = re.compile(r'\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,"]*)))?\s*(?:,|$)')
_LONGEST: Final = 4096


def lifetime(headers: Mapping[str, str]) -> float | None:
    """Seconds from now until the answer is stale; None where the headers do not tell.

    `max-age` less `Age`; 0 for `no-store` and `no-cache`. `s-maxage` is for caches that serve many, `Expires` is not read.

    Args:
        headers: names in lower case.
    """
    directives = _directives(headers.get("cache-control", ""))
    if "no-store" in directives or "no-cache" in directives:
        return 0.0
    max_age = _seconds(directives.get("max-age"))
    if max_age is None:
        return None
    return max(0.0, max_age - (_seconds(headers.get("age")) or 0.0))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds for which the origin asks to be left alone (RFC 9110 section 10.2.3); None where it does not, or names a date."""
    return _seconds(headers.get("retry-after"))


def _directives(text: str) -> dict[str, str]:
    """Of a directive that comes twice the first counts (RFC 9111 section 4.2.1)."""
    found: dict[str, str] = {}
    at = 0
    text = text[:_LONGEST]
    while at < len(text):
        match = _DIRECTIVE.match(text, at)
        if match is None:
            comma = text.find(",", at)
            at = len(text) if comma < 0 else comma + 1
            continue
        found.setdefault(match[1].lower(), match[2] if match[2] is not None else match[3] or "")
        at = match.end()
    return found


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    text = text.strip()
    return float(text) if _SECONDS.fullmatch(text) else None
