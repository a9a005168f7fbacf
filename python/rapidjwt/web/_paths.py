"""Decides whether a path says one thing only. Servers differ in what they make of dot segments, doubled or encoded slashes and the
like, so that a rule could be asked about one resource and the application serve another; such paths are refused before any rule is
looked at (RFC 3986 section 6.2.2, CWE-22).
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes

__all__ = ["is_plain", "plain_path"]

_HARMLESS: Final = re.compile(r"(?:/[A-Za-z0-9_~!$&'()*+,=:@-][A-Za-z0-9_~!$&'()*+,=:@.-]*)*/?").fullmatch
"""Segments that do not begin with a dot, and nothing encoded: most paths."""
_BROKEN_ENCODING: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ENCODED_AGAIN: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_REFUSED: Final = re.compile(r"[\x00-\x1f\x7f\\;?#]|//|/\.{1,2}(?:/|\Z)")


def plain_path(path: str | None, raw_path: str | None) -> str | None:
    """The path that rules are asked about, or None where it, or what was sent, could be read in two ways.

    Args:
        path: decoded, as the application goes by it; None: what `raw_path` decodes to.
        raw_path: as sent, percent-encoded, without the query; None where that is not known.
    """
    if raw_path is not None:
        sent = _decoded(raw_path)
        if sent is None or path is None or sent == path:
            return sent
    return path if path is not None and is_plain(path) else None


def _decoded(path: str) -> str | None:
    if path and _HARMLESS(path):
        return path
    if not path.isascii() or _BROKEN_ENCODING.search(path):
        return None
    if "%2f" in (lower := path.lower()) or "%5c" in lower:
        return None
    try:
        plain = unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return plain if is_plain(plain) else None


def is_plain(path: str) -> bool:
    """Can the decoded path be read in one way only?"""
    if not path.startswith("/") or _REFUSED.search(path) or _ENCODED_AGAIN.search(path):
        return False
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
