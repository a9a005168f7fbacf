"""From claims and header members to the JSON that is signed."""

from __future__ import annotations

import json
from typing import Any

from rapidjwt.jwt.exceptions import InvalidTokenError

__all__ = ["json_bytes", "new_header"]

# What `json.dumps` makes anew for each call whose arguments are not its defaults.
_write = json.JSONEncoder(separators=(",", ":")).encode
_write_sorted = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


def json_bytes(value: Any, json_encoder: type[json.JSONEncoder] | None, sort_keys: bool = False) -> bytes:
    """The shortest JSON, in ASCII. TypeError or ValueError for what JSON cannot hold."""
    if json_encoder is None:
        return (_write_sorted if sort_keys else _write)(value).encode()
    return json.dumps(value, separators=(",", ":"), cls=json_encoder, sort_keys=sort_keys).encode()


def new_header(typ: str, alg: str, headers: dict[str, Any] | None, detached: bool) -> dict[str, Any]:
    """The header's members; `b64` is among them when the payload is detached and only then (RFC 7797 section 3).

    Raises:
        InvalidTokenError: `crit` must be extended and is no list.
    """
    header: dict[str, Any] = {"typ": typ, "alg": alg, **(headers or {})}
    if not header["typ"]:
        del header["typ"]
    if not detached and header.get("b64") is not False:
        header.pop("b64", None)
        return header
    header["b64"] = False
    critical = header.get("crit", [])
    if not isinstance(critical, list):
        raise InvalidTokenError("Invalid 'crit' header: must be a list")
    if "b64" not in critical:
        header["crit"] = [*critical, "b64"]
    return header
