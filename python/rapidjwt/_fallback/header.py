"""The JOSE header (RFC 7515 section 4): decoded bytes in, what the verifier acts on out. Keys and addresses that a header carries
(`jwk`, `jku`, `x5u`, `x5c`) are never looked at.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from rapidjwt._fallback import alg, json
from rapidjwt.exceptions import build
from rapidjwt.types import AlgorithmRow

__all__ = ["Header", "members", "read"]

_DEFINED: Final = frozenset(["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"])
"""Names that RFC 7515 section 4.1 defines: `crit` must not name them."""


class Header(NamedTuple):
    """A header of good form."""

    algorithm: AlgorithmRow | None
    """None when the table has no such name."""
    kid: str | None
    """Key ID, opaque."""
    typ: str | None
    """Media type of the token, as written."""
    extended: bool
    """`crit` or `b64` is present: the token depends on an extension."""


def read(data: bytes, max_depth: int) -> Header:
    """Read a decoded header."""
    found = members(data, max_depth)
    if "alg" not in found:
        raise build("alg_missing")
    name = found["alg"]
    if type(name) is not str:
        raise build("alg_invalid")
    kid = _optional(found, "kid", "kid_invalid")
    typ = _optional(found, "typ", "typ_invalid")
    if "crit" in found and not _crit_is_well_formed(found):
        raise build("crit_invalid")
    return Header(alg.from_name(name), kid, typ, "crit" in found or "b64" in found)


def members(data: bytes, max_depth: int) -> dict[str, Any]:
    """All that a header says, whatever it means."""
    try:
        return json.read_object(data, max_depth)
    except json.Fault as fault:
        raise build(f"header_{fault.kind}", limit=max_depth) from None


def _optional(found: dict[str, Any], name: str, code: str) -> str | None:
    if name not in found:
        return None
    value = found[name]
    if type(value) is not str:
        raise build(code)
    return value


def _crit_is_well_formed(found: dict[str, Any]) -> bool:
    """RFC 7515 section 4.1.11."""
    names = found["crit"]
    if type(names) is not list or not names:
        return False
    return all(type(name) is str and name not in _DEFINED and name in found for name in names)
