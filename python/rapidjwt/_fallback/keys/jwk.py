"""JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037 section 2): JSON text or a mapping in, a key's parts and what the JWK says of
itself out. Only the members that matter are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from rapidjwt._fallback import base64url, json
from rapidjwt._fallback.keys.material import ECParts, Ed25519Parts, Parts, RSAParts, RSAPrivate, SecretParts
from rapidjwt.exceptions import build

__all__ = ["JWK", "parse", "read"]

_MAX_DEPTH: Final = 128

_EC_OCTETS: Final = {"P-256": 32, "P-384": 48, "P-521": 66, "secp256k1": 32}
"""Length of x, y and d (RFC 7518 sections 6.2.1.2 and 6.2.2.1)."""

_CRT: Final = ("d", "p", "q", "dp", "dq", "qi")


class JWK(NamedTuple):
    """A JWK that can be used."""

    parts: Parts
    alg: str | None
    kid: str | None
    use: str | None
    key_ops: tuple[str, ...] | None
    issuer: str | None


def parse(text: bytes, code: str) -> dict[str, Any]:
    """Read the JSON text of a JWK or a JWK Set; `code` is the error when it is none."""
    try:
        return json.read_object(text, _MAX_DEPTH)
    except json.Fault:
        raise build(code) from None


def read(jwk: Mapping[str, Any]) -> JWK:
    """Read one JWK."""
    kty = _text(jwk, "kty")
    alg, kid, use = (_text(jwk, name) if name in jwk else None for name in ("alg", "kid", "use"))
    key_ops = _texts(jwk, "key_ops") if "key_ops" in jwk else None
    issuer = _text(jwk, "issuer") if "issuer" in jwk else None
    reader = _READERS.get(kty)
    if reader is None:
        raise build("key_unsupported")
    return JWK(reader(jwk), alg, kid, use, key_ops, issuer)


def _oct(jwk: Mapping[str, Any]) -> Parts:
    return SecretParts(_octets(jwk, "k"))


def _rsa(jwk: Mapping[str, Any]) -> Parts:
    n, e = _number(jwk, "n"), _number(jwk, "e")
    members: list[int] = []
    if "d" in jwk:
        if "oth" in jwk:
            raise build("key_unsupported")
        members = [_private_number(jwk, name) for name in _CRT]
    return RSAParts(n, e, RSAPrivate(*members) if members else None)


def _ec(jwk: Mapping[str, Any]) -> Parts:
    curve = _text(jwk, "crv")
    length = _EC_OCTETS.get(curve)
    if length is None:
        raise build("key_unsupported")
    point = b"\x04" + _octets(jwk, "x", length) + _octets(jwk, "y", length)
    d = int.from_bytes(_octets(jwk, "d", length), "big") if "d" in jwk else None
    return ECParts(curve, point, d)


def _okp(jwk: Mapping[str, Any]) -> Parts:
    if _text(jwk, "crv") != "Ed25519":
        raise build("key_unsupported")
    x = _octets(jwk, "x", 32)
    seed = _octets(jwk, "d", 32) if "d" in jwk else None
    return Ed25519Parts(x, seed)


_READERS: Final[dict[str, Callable[[Mapping[str, Any]], Parts]]] = {"oct": _oct, "RSA": _rsa, "EC": _ec, "OKP": _okp}


def _text(jwk: Mapping[str, Any], name: str) -> str:
    return _unicode(jwk.get(name))


def _texts(jwk: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = jwk.get(name)
    if not isinstance(values, (list, tuple)):
        raise build("jwk_invalid")
    return tuple(_unicode(value) for value in values)


def _unicode(value: object) -> str:
    if not isinstance(value, str):
        raise build("jwk_invalid")
    try:
        return str.encode(value, "utf-8").decode("utf-8")
    except UnicodeEncodeError:
        raise build("jwk_invalid") from None


def _octets(jwk: Mapping[str, Any], name: str, length: int | None = None) -> bytes:
    data = base64url.decode(_text(jwk, name).encode("utf-8"))
    if data is None or length not in (None, len(data)):
        raise build("jwk_invalid")
    return data


def _number(jwk: Mapping[str, Any], name: str) -> int:
    """RFC 7518 section 6.3.1: the minimum number of octets."""
    data = _octets(jwk, name)
    if not data or data[0] == 0:
        raise build("jwk_invalid")
    return int.from_bytes(data, "big")


def _private_number(jwk: Mapping[str, Any], name: str) -> int:
    """A private one may have leading zeros: libraries write them, and its length is nobody's business."""
    data = _octets(jwk, name)
    if not data:
        raise build("jwk_invalid")
    return int.from_bytes(data, "big")
