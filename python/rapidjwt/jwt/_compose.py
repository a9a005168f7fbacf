"""From claims and header members to the JSON that is signed."""

from __future__ import annotations

import json
import json.encoder
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

from rapidjwt.jwt.exceptions import InvalidTokenError

__all__ = ["json_bytes", "new_header", "plain_header"]

_CAREFUL: Final = tuple(json.JSONEncoder(separators=(",", ":"), sort_keys=sort) for sort in (False, True))
"""What `json.dumps` makes anew for each call whose arguments are not its defaults; with and without sorting."""


def _writer(careful: json.JSONEncoder) -> Callable[[Any, int], Iterable[str]]:
    """The same without looking for cycles, which costs as much as to write; a cycle ends at the limit for recursion."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is not None:
        # As `JSONEncoder.iterencode` makes it for every call.
        write: Callable[[Any, int], Iterable[str]] = make(
            None,
            lambda value: careful.default(value),  # noqa: PLW0108  # looked up when it is needed, as it may be patched
            json.encoder.encode_basestring_ascii,
            None,
            ":",
            ",",
            careful.sort_keys,
            False,
            True,
        )
        if "".join(write({"b": [1, 2.5], "a": None}, 0)) == careful.encode({"b": [1, 2.5], "a": None}):
            return write
    return lambda value, _: (careful.encode(value),)


_write, _write_sorted = map(_writer, _CAREFUL)


def json_bytes(value: Any, json_encoder: type[json.JSONEncoder] | None, sort_keys: bool = False) -> bytes:
    """The shortest JSON, in ASCII. TypeError or ValueError for what JSON cannot hold."""
    if json_encoder is not None:
        return json.dumps(value, separators=(",", ":"), cls=json_encoder, sort_keys=sort_keys).encode()
    try:
        return "".join((_write_sorted if sort_keys else _write)(value, 0)).encode()
    except RecursionError:
        # A cycle, which is a ValueError, or else really too deep.
        return _CAREFUL[bool(sort_keys)].encode(value).encode()


@lru_cache(maxsize=64)
def plain_header(typ: str, alg: str, sort_keys: bool) -> bytes:
    """The JSON of a header that has nothing but these."""
    return json_bytes(new_header(typ, alg, None, False), None, sort_keys)


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
