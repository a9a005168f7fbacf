"""Keys in DER: SPKI and certificates (RFC 5280), PKCS#1 (RFC 8017), PKCS#8 (RFC 5958) and SEC 1 (RFC 5915) in, the parts of a key out.
What is not of the form is `key_malformed`, another kind of key `key_unsupported`. Certificates are not validated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from rapidjwt._fallback.keys import pbes2, tlv
from rapidjwt._fallback.keys.material import ECParts, Ed25519Parts, Parts, RSAParts, RSAPrivate
from rapidjwt._fallback.keys.tlv import Element
from rapidjwt.exceptions import build

__all__ = ["Form", "read"]

_RSA: Final = bytes.fromhex("2a864886f70d010101")
_EC: Final = bytes.fromhex("2a8648ce3d0201")
_ED25519: Final = bytes.fromhex("2b6570")
_CURVES: Final = {
    bytes.fromhex("2a8648ce3d030107"): "P-256",
    bytes.fromhex("2b81040022"): "P-384",
    bytes.fromhex("2b81040023"): "P-521",
    bytes.fromhex("2b8104000a"): "secp256k1",
}

Form: TypeAlias = Literal["spki", "pkcs1_public", "pkcs1_private", "pkcs8", "encrypted", "sec1", "certificate"]
"""The structures that hold a key."""


def read(data: bytes, password: bytes | None, wanted: Form | None = None) -> Parts:
    """Read a key of the form `wanted`, or of any form."""
    found = tlv.sequence(data)
    form = _form(found)
    if form is None or wanted is not None and form != wanted:
        raise build("key_malformed")
    if form == "encrypted":
        return read(pbes2.decrypt(found, password), None, "pkcs8")
    return _READERS[form](found)


def _form(found: list[Element]) -> Form | None:
    """The seven structures differ in the tags of their first members."""
    tags = tlv.shape(found)
    if tags == (tlv.SEQUENCE, tlv.BIT_STRING):
        return "spki"
    if tags == (tlv.SEQUENCE, tlv.SEQUENCE, tlv.BIT_STRING):
        return "certificate"
    if tags == (tlv.SEQUENCE, tlv.OCTET_STRING):
        return "encrypted"
    if tags == (tlv.INTEGER, tlv.INTEGER):
        return "pkcs1_public"
    if tags[:3] == (tlv.INTEGER, tlv.INTEGER, tlv.INTEGER):
        return "pkcs1_private"
    if tags[:3] == (tlv.INTEGER, tlv.SEQUENCE, tlv.OCTET_STRING):
        return "pkcs8"
    return "sec1" if tags[:2] == (tlv.INTEGER, tlv.OCTET_STRING) else None


def _spki(found: list[Element]) -> Parts:
    """SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7)."""
    oid, parameters = tlv.identifier(found[0].content)
    key = tlv.bits(found[1].content)
    if oid == _RSA:
        _check_rsa_parameters(parameters)
        return _pkcs1_public(tlv.sequence(key))
    if oid == _EC:
        return ECParts(_curve(parameters), key)
    _check_ed25519(oid, parameters)
    return Ed25519Parts(_of_32_octets(key))


def _pkcs8(found: list[Element]) -> Parts:
    """OneAsymmetricKey (RFC 5958 section 2), of which PKCS#8 is version 0."""
    if any(element.tag & 0xC0 != 0x80 for element in found[3:]):
        raise build("key_malformed")
    public = [tlv.bits(element.content) for element in found[3:] if element.tag == tlv.PRIMITIVE_1]
    if tlv.unsigned(found[0].content) != len(public):
        raise build("key_malformed")
    oid, parameters = tlv.identifier(found[1].content)
    key = found[2].content
    if oid == _RSA:
        _check_rsa_parameters(parameters)
        return _pkcs1_private(tlv.sequence(key))
    if oid == _EC:
        curve = _curve(parameters)
        return _sec1(tlv.sequence(key), curve)
    _check_ed25519(oid, parameters)
    seed = _of_32_octets(tlv.only(key, tlv.OCTET_STRING))
    return Ed25519Parts(_of_32_octets(public[0]) if public else None, seed)


def _pkcs1_public(found: list[Element]) -> Parts:
    """RSAPublicKey (RFC 8017 appendix A.1.1)."""
    if tlv.shape(found) != (tlv.INTEGER, tlv.INTEGER):
        raise build("key_malformed")
    n, e = (tlv.unsigned(element.content) for element in found)
    return RSAParts(n, e)


def _pkcs1_private(found: list[Element]) -> Parts:
    """RSAPrivateKey (RFC 8017 appendix A.1.2)."""
    if tlv.shape(found) not in ((tlv.INTEGER,) * 9, (*(tlv.INTEGER,) * 9, tlv.SEQUENCE)):
        raise build("key_malformed")
    version, n, e, d, p, q, dp, dq, qi = (tlv.unsigned(element.content) for element in found[:9])
    if version != len(found) - 9:
        raise build("key_malformed")
    if version == 1:
        # More than two primes.
        raise build("key_unsupported")
    return RSAParts(n, e, RSAPrivate(d, p, q, dp, dq, qi))


def _sec1(found: list[Element], outer: str | None = None) -> Parts:
    """ECPrivateKey (RFC 5915 section 3); inside PKCS#8 the curve is named outside and may be named again."""
    tags = tlv.shape(found)
    if tags[:2] != (tlv.INTEGER, tlv.OCTET_STRING) or tlv.unsigned(found[0].content) != 1:
        raise build("key_malformed")
    if tags[2:] not in ((), (tlv.CONTEXT_0,), (tlv.CONTEXT_1,), (tlv.CONTEXT_0, tlv.CONTEXT_1)):
        raise build("key_malformed")
    point = tlv.bits(tlv.only(found[-1].content, tlv.BIT_STRING)) if tlv.CONTEXT_1 in tags else None
    inner = _inner_curve(found[2].content) if tlv.CONTEXT_0 in tags else None
    curve = outer or inner
    if curve is None or inner not in (None, curve):
        raise build("key_malformed")
    return ECParts(curve, point, int.from_bytes(found[1].content, "big"))


def _certificate(found: list[Element]) -> Parts:
    """The public key of a certificate (RFC 5280 section 4.1)."""
    # Its calendar costs as much to import as all other formats together.
    from rapidjwt._fallback.keys import certificate

    info = certificate.public_key_info(found)
    if _form(info) != "spki":
        raise build("key_malformed")
    return _spki(info)


_READERS: Final[dict[Form, Callable[[list[Element]], Parts]]] = {
    "spki": _spki,
    "pkcs1_public": _pkcs1_public,
    "pkcs1_private": _pkcs1_private,
    "pkcs8": _pkcs8,
    "sec1": _sec1,
    "certificate": _certificate,
}


def _curve(parameters: list[Element]) -> str:
    """The curve by its name (RFC 5480 section 2.1.1); curves spelt out, the attack of CVE-2020-0601, are not supported."""
    if len(parameters) != 1:
        raise build("key_malformed")
    curve = _CURVES.get(parameters[0].content) if parameters[0].tag == tlv.OID else None
    if curve is None:
        raise build("key_unsupported")
    return curve


def _inner_curve(content: bytes) -> str:
    parameters = tlv.elements(content)
    tags = tlv.shape(parameters)
    if tags != (tlv.SEQUENCE,) and (tags != (tlv.OID,) or not tlv.is_oid(parameters[0].content)):
        raise build("key_malformed")
    return _curve(parameters)


def _check_rsa_parameters(parameters: list[Element]) -> None:
    # RFC 3279 section 2.3.1 wants NULL; absent is seen and harmless.
    if parameters not in ([], [Element(tlv.NULL, b"")]):
        raise build("key_malformed")


def _check_ed25519(oid: bytes, parameters: list[Element]) -> None:
    """RFC 8410 section 3: no parameters. Every algorithm that is none of our three ends here."""
    if oid != _ED25519:
        raise build("key_unsupported")
    if parameters:
        raise build("key_malformed")


def _of_32_octets(key: bytes) -> bytes:
    if len(key) != 32:
        raise build("key_malformed")
    return key
