"""DER taken apart into tags and contents (X.690 section 10): bytes in, elements out. Knows no structure; der.py does.

`cryptography` reads keys too, but reports a wrong number, an unknown curve and a broken text in the same words, and takes an
`id-RSASSA-PSS` key for an ordinary one. So the parts are told apart here, and only numbers are handed to it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from rapidjwt.exceptions import PyJWTError, build

__all__ = [
    "BIT_STRING",
    "CONTEXT_0",
    "CONTEXT_1",
    "INTEGER",
    "NULL",
    "OCTET_STRING",
    "OID",
    "PRIMITIVE_1",
    "SEQUENCE",
    "Element",
    "bits",
    "elements",
    "identifier",
    "is_oid",
    "is_sequence",
    "only",
    "sequence",
    "shape",
    "unsigned",
]

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
SEQUENCE: Final = 0x30
CONTEXT_0: Final = 0xA0
CONTEXT_1: Final = 0xA1
PRIMITIVE_1: Final = 0x81

# The universal types of today's ASN.1, each in its one form; and every application, context-specific and private tag.
_TAGS: Final = frozenset(
    [*b"\1\2\3\4\5\6\x09\x0a\x0c\x0d\x12\x13\x14\x15\x16\x17\x18\x1a\x1b\x1e\x30\x31", *range(0x40, 0x100)]
)

# X.690 section 8.19: the first two arcs in one octet, the others in base 128; as the native half's parser, of up to 39 bits.
_ARCS: Final = re.compile(rb"[\x00-\x77](?:[\x80-\xff]{0,4}[\x00-\x7f]|[\x80-\xff]{5}[\x00-\x0f])*", re.DOTALL)
_LONGEST_OID: Final = 39


class Element(NamedTuple):
    """One element, its content not looked at."""

    tag: int
    content: bytes


def elements(data: bytes, *, strict: bool = True) -> list[Element]:
    """All elements, which must fill `data`. Without `strict` any tag will do, and lengths need not be in shortest form."""
    found, at = [], 0
    while at < len(data):
        start, end = _span(data, at, strict)
        found.append(Element(data[at], data[start:end]))
        at = end
    return found


def _span(data: bytes, at: int, strict: bool) -> tuple[int, int]:
    """Where the content of the element at `at` begins and ends. Tags of one octet, definite lengths of up to four."""
    header = data[at : at + 2]
    if len(header) < 2 or header[0] & 0x1F == 0x1F or strict and header[0] not in _TAGS:
        raise build("key_malformed")
    start, length = at + 2, header[1]
    if length >= 0x80:
        count = length & 0x7F
        octets = data[start : start + count]
        length = int.from_bytes(octets, "big")
        if not 1 <= len(octets) == count <= 4 or strict and (length < 0x80 or octets[0] == 0):
            raise build("key_malformed")
        start += count
    if start + length > len(data):
        raise build("key_malformed")
    return start, start + length


def only(data: bytes, tag: int) -> bytes:
    """The content of the one element that `data` must be."""
    found = elements(data)
    if shape(found) != (tag,):
        raise build("key_malformed")
    return found[0].content


def sequence(data: bytes) -> list[Element]:
    """The elements of the one sequence that `data` must be."""
    return elements(only(data, SEQUENCE))


def is_sequence(data: bytes) -> bool:
    """Is it one sequence, whatever is in it?"""
    try:
        only(data, SEQUENCE)
    except PyJWTError:
        return False
    return True


def shape(found: list[Element]) -> tuple[int, ...]:
    """The tags, in order."""
    return tuple(element.tag for element in found)


def unsigned(content: bytes) -> int:
    """An INTEGER's value, which must not be negative, in its shortest form."""
    if not content or content[0] >= 0x80 or content[0] == 0 and len(content) > 1 and content[1] < 0x80:
        raise build("key_malformed")
    return int.from_bytes(content, "big")


def bits(content: bytes) -> bytes:
    """A BIT STRING of whole octets."""
    if not content or content[0] != 0:
        raise build("key_malformed")
    return content[1:]


def identifier(content: bytes) -> tuple[bytes, list[Element]]:
    """AlgorithmIdentifier (RFC 5280 section 4.1.1.2): the OID, and the parameters where there are any."""
    found = elements(content)
    if not 1 <= len(found) <= 2 or found[0].tag != OID or not is_oid(found[0].content):
        raise build("key_malformed")
    return found[0].content, found[1:]


def is_oid(content: bytes) -> bool:
    """Is it an object identifier of a form that exists?"""
    return len(content) <= _LONGEST_OID and _ARCS.fullmatch(content) is not None
