"""X.509 certificates (RFC 5280 section 4.1): the elements in, those of the public key out. The form of all fields is looked at; what
they say (names, dates, extensions, the signature) is not.
"""

from __future__ import annotations

import calendar
import re
from typing import Final

from rapidjwt._fallback.keys import tlv
from rapidjwt._fallback.keys.tlv import Element
from rapidjwt.exceptions import build

__all__ = ["public_key_info"]

_SET: Final = 0x31
_BOOLEAN: Final = 0x01
_UTC_TIME: Final = 0x17
_GENERALIZED_TIME: Final = 0x18
_TAIL: Final = (0x81, 0x82, 0xA3)
"""issuerUniqueID, subjectUniqueID and extensions: each may be left out."""

_LONGEST_SERIAL: Final = 21
_TIMES: Final = {
    _UTC_TIME: re.compile(rb"(\d\d)" + rb"(\d\d)" * 5 + b"Z"),
    _GENERALIZED_TIME: re.compile(rb"(\d{4})" + rb"(\d\d)" * 5 + b"Z"),
}


def public_key_info(found: list[Element]) -> list[Element]:
    """The elements of the subjectPublicKeyInfo; `key_malformed` when the certificate is none."""
    tlv.identifier(found[1].content)
    _check_bits(found[2].content)
    fields = tlv.elements(found[0].content)
    if fields and fields[0].tag == tlv.CONTEXT_0:
        _need(tlv.unsigned(tlv.only(fields.pop(0).content, tlv.INTEGER)) <= 2)
    _need(tlv.shape(fields[:6]) == (tlv.INTEGER, *[tlv.SEQUENCE] * 5))
    serial, signature, issuer, validity, subject, key = (field.content for field in fields[:6])
    _check_serial(serial)
    tlv.identifier(signature)
    _check_name(issuer)
    _check_validity(validity)
    _check_name(subject)
    _check_tail(fields[6:])
    return tlv.elements(key)


def _need(holds: bool) -> None:
    if not holds:
        raise build("key_malformed")


def _check_bits(content: bytes) -> None:
    _need(content[:1] <= b"\7" and content not in (b"", *(bytes([unused]) for unused in range(1, 8))))


def _check_serial(content: bytes) -> None:
    """Any integer in its shortest form; CAs have written negative ones."""
    _need(0 < len(content) <= _LONGEST_SERIAL)
    _need(len(content) == 1 or not (content[0] == 0 and content[1] < 0x80 or content[0] == 0xFF and content[1] >= 0x80))


def _check_name(content: bytes) -> None:
    """A sequence of sets of pairs: attribute type and value."""
    for names in tlv.elements(content):
        _need(names.tag == _SET)
        for pair in tlv.elements(names.content):
            _need(pair.tag == tlv.SEQUENCE)
            attribute = tlv.elements(pair.content)
            _need(len(attribute) == 2 and attribute[0].tag == tlv.OID and tlv.is_oid(attribute[0].content))


def _check_validity(content: bytes) -> None:
    times = tlv.elements(content)
    _need(len(times) == 2)
    for time in times:
        pattern = _TIMES.get(time.tag)
        match = pattern.fullmatch(time.content) if pattern is not None else None
        _need(match is not None and _is_time(*map(int, match.groups()), two_digits=time.tag == _UTC_TIME))


def _is_time(year: int, month: int, day: int, hour: int, minute: int, second: int, *, two_digits: bool) -> bool:
    if two_digits:
        # RFC 5280 section 4.1.2.5.1.
        year += 1900 if year >= 50 else 2000
    if year < 1970 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return False
    return hour < 24 and minute < 60 and second < 60


def _check_tail(fields: list[Element]) -> None:
    places = [_TAIL.index(field.tag) if field.tag in _TAIL else -1 for field in fields]
    _need(-1 not in places and places == sorted(set(places)))
    for field in fields:
        if field.tag == _TAIL[2]:
            for extension in tlv.sequence(field.content):
                _check_extension(extension)
        else:
            _check_bits(field.content)


def _check_extension(extension: Element) -> None:
    _need(extension.tag == tlv.SEQUENCE)
    members = tlv.elements(extension.content)
    _need(tlv.shape(members) in ((tlv.OID, tlv.OCTET_STRING), (tlv.OID, _BOOLEAN, tlv.OCTET_STRING)))
    _need(tlv.is_oid(members[0].content) and (len(members) == 2 or members[1].content in (b"\0", b"\xff")))
