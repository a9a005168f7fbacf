"""What can be asked of PyJWT, and one call of it."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import functools
import json
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

from drop_in_keys import Made
from drop_in_sides import Side

ALGORITHMS = (
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    "ES256", "ES384", "ES512", "ES521", "ES256K", "EdDSA",
)  # fmt: skip


class Call:
    """One call: what is asked, and with what. Both sides make their own arguments of it."""

    __slots__ = ("args", "kwargs", "op", "signer")

    def __init__(self, op: str, *args: Any, signer: Any = None, **kwargs: Any) -> None:
        self.op = op
        self.args = args
        self.kwargs = kwargs
        self.signer = signer
        """Algorithm and Kind, where each signature differs from the last."""

    def __repr__(self) -> str:
        words = [repr(one) for one in self.args] + [f"{name}={value!r}" for name, value in self.kwargs.items()]
        return f"{self.op}({', '.join(words)})"

    def arguments(self, side: Side) -> tuple[list[Any], dict[str, Any]]:
        """New objects for this side."""
        return [built(side, one) for one in self.args], {
            name: built(side, value) for name, value in self.kwargs.items()
        }

    def ask(self, side: Side, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The call itself."""
        return OPS[self.op](side, *args, **kwargs)


def built(side: Side, value: Any) -> Any:
    """The value as this side gets it: nothing that can be changed is handed over twice."""
    kind_of = type(value)
    if kind_of is Made:
        return value.make(side)
    if kind_of is dict:
        return {name: built(side, one) for name, one in value.items()}
    if kind_of is list:
        return [built(side, one) for one in value]
    if kind_of is tuple:
        return tuple([built(side, one) for one in value])
    if kind_of in (set, bytearray):
        return kind_of(value)
    return value


# ---- what can be asked


def _of_jwt(name: str) -> Callable[..., Any]:
    return lambda side, *args, **kwargs: getattr(side.jwt, name)(*args, **kwargs)


def _of_object(name: str) -> Callable[..., Any]:
    return lambda _, self, *args, **kwargs: getattr(self, name)(*args, **kwargs)


def _of_utils(name: str) -> Callable[..., Any]:
    return lambda side, *args, **kwargs: getattr(side.utils, name)(*args, **kwargs)


@contextlib.contextmanager
def _replaced(where: Any, name: str, instead: Any) -> Iterator[None]:
    before = getattr(where, name)
    setattr(where, name, instead)
    try:
        yield
    finally:
        setattr(where, name, before)


class _NextYear(datetime.datetime):
    """The clock of somebody who travels in time."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(time.time() + 31_536_000, tz)


def _decode_elsewhere(side: Side, where: str, *args: Any, **kwargs: Any) -> Any:
    """`decode` while something of what it uses is replaced by something else, as tests do."""
    places = {
        "json.loads": lambda: _replaced(json, "loads", functools.partial(json.loads, parse_float=decimal.Decimal)),
        "api_jwt.json": lambda: _replaced(
            side.jwt.api_jwt,
            "json",
            types.SimpleNamespace(loads=lambda text: json.loads(text) | {"loaded": 1}, dumps=json.dumps),
        ),
        "api_jwt.datetime": lambda: _replaced(side.jwt.api_jwt, "datetime", _NextYear),
    }
    with places[where]():
        return side.jwt.decode(*args, **kwargs)


def _sorted_algorithms(_: Side, self: Any) -> list[str]:
    return sorted(self.get_algorithms())


def _set_option(side: Side, name: str, value: Any) -> None:
    side.jwt.api_jwt._jwt_global_obj.options[name] = value


METHODS = (
    "decode", "decode_complete", "encode", "get_unverified_header", "prepare_key", "sign", "verify", "to_jwk", "from_jwk", "check_key_length",
    "compute_hash_digest", "check_crypto_key_type", "register_algorithm", "unregister_algorithm", "get_algorithm_by_name", "__getitem__", "__iter__",
)  # fmt: skip
FUNCTIONS = (
    "decode", "decode_complete", "encode", "get_unverified_header", "PyJWK", "PyJWKSet", "PyJWT", "PyJWS", "register_algorithm", "unregister_algorithm",
    "get_algorithm_by_name", "MissingRequiredClaimError",
)  # fmt: skip
UTILS = (
    "base64url_decode", "base64url_encode", "force_bytes", "to_base64url_uint", "from_base64url_uint", "number_to_bytes", "bytes_to_number",
    "bytes_from_int", "der_to_raw_signature", "raw_to_der_signature", "is_pem_format", "is_ssh_key",
)  # fmt: skip

OPS: dict[str, Callable[..., Any]] = {
    **{name: _of_jwt(name) for name in FUNCTIONS},
    **{f".{name}": _of_object(name) for name in METHODS},
    **{f"utils.{name}": _of_utils(name) for name in UTILS},
    "PyJWK.from_dict": lambda side, *args, **kwargs: side.jwt.PyJWK.from_dict(*args, **kwargs),
    "PyJWK.from_json": lambda side, *args, **kwargs: side.jwt.PyJWK.from_json(*args, **kwargs),
    "PyJWKSet.from_dict": lambda side, *args, **kwargs: side.jwt.PyJWKSet.from_dict(*args, **kwargs),
    "PyJWKSet.from_json": lambda side, *args, **kwargs: side.jwt.PyJWKSet.from_json(*args, **kwargs),
    ".get_algorithms": _sorted_algorithms,
    "set an option of the global object": _set_option,
    "decode elsewhere": _decode_elsewhere,
}

REPEATED = {"decode", "decode elsewhere", "decode_complete", "encode", ".decode", ".decode_complete", ".encode"}
"""What is asked more than once, because an answer or a key may be remembered."""
