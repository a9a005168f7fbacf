"""Bytes: base64url, whole numbers, ECDSA signatures, and the two looks that tell key text from a secret."""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurve
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
else:
    with suppress(ModuleNotFoundError):
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

__all__ = [
    "base64url_decode",
    "base64url_encode",
    "bytes_from_int",
    "bytes_to_number",
    "der_to_raw_signature",
    "force_bytes",
    "from_base64url_uint",
    "is_pem_format",
    "is_ssh_key",
    "number_to_bytes",
    "raw_to_der_signature",
    "to_base64url_uint",
]


def force_bytes(value: bytes | str) -> bytes:
    """A `str` as UTF-8, bytes as they are. TypeError for anything else."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8")
    raise TypeError("Expected a string or bytes value")


# ---- base64url (RFC 7515 section 2)


def base64url_decode(input: bytes | str) -> bytes:
    """Decode leniently: padding may be absent, strange characters are passed over. ValueError when the length is impossible."""
    text = force_bytes(input)
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def base64url_encode(input: bytes) -> bytes:
    """Encode without padding."""
    return base64.urlsafe_b64encode(input).rstrip(b"=")


# ---- whole numbers, big-endian (RFC 7518 section 2, Base64urlUInt)


def bytes_from_int(val: int, *, bit_length: int | None = None) -> bytes:
    """`val` in the bytes that `bit_length` bits fill; None: in as few as it needs. OverflowError when it does not fit."""
    bits = val.bit_length() if bit_length is None else bit_length
    return val.to_bytes(-(-bits // 8), "big")


def to_base64url_uint(val: int, *, bit_length: int | None = None) -> bytes:
    """`val` as Base64urlUInt. ValueError when it is negative."""
    if val < 0:
        raise ValueError("Must be a positive integer")
    return base64url_encode(bytes_from_int(val, bit_length=bit_length) or b"\0")


def from_base64url_uint(val: bytes | str) -> int:
    """The number that a Base64urlUInt says."""
    return int.from_bytes(base64url_decode(val), "big")


def number_to_bytes(num: int, num_bytes: int) -> bytes:
    """`num` in at least `num_bytes` bytes. ValueError when it is negative."""
    return binascii.unhexlify(format(num, f"0{2 * num_bytes}x"))


def bytes_to_number(string: bytes) -> int:
    """The number that the bytes say. ValueError when there are none."""
    return int(binascii.hexlify(string), 16)


# ---- ECDSA signatures: DER (RFC 3279) and the two numbers side by side (RFC 7518 section 3.4)


def _coordinate_bytes(curve: EllipticCurve) -> int:
    return -(-curve.key_size // 8)


def der_to_raw_signature(der_sig: bytes, curve: EllipticCurve) -> bytes:
    """From DER to r and s, each as long as the curve's field."""
    size = _coordinate_bytes(curve)
    return b"".join(number_to_bytes(number, size) for number in decode_dss_signature(der_sig))


def raw_to_der_signature(raw_sig: bytes, curve: EllipticCurve) -> bytes:
    """From r and s to DER. ValueError when the length is not the curve's."""
    size = _coordinate_bytes(curve)
    if len(raw_sig) != 2 * size:
        raise ValueError("Invalid signature")
    return encode_dss_signature(bytes_to_number(raw_sig[:size]), bytes_to_number(raw_sig[size:]))


# ---- what is not a secret

_LABELS = (
    *(kind + b"PRIVATE KEY" for kind in (b"", b"ENCRYPTED ", b"OPENSSH ", b"DSA ", b"RSA ", b"EC ")),
    *(kind + b"PUBLIC KEY" for kind in (b"", b"RSA ", b"SSH2 ")),
    *(kind + b"CERTIFICATE" for kind in (b"", b"TRUSTED ")),
    *(kind + b"CERTIFICATE REQUEST" for kind in (b"", b"NEW ")),
    b"SSH2 ENCRYPTED PRIVATE KEY",
    b"DH PARAMETERS",
    b"X509 CRL",
)
# Readers of PEM take a space for the fifth dash. Two markers may share dashes, so a marker is looked at without being consumed.
_MARKER = re.compile(rb"(?=----[- ](?:(BEGIN)|END) (%b)[- ]----)" % b"|".join(_LABELS))
_DASHES = len("-----")


def is_pem_format(key: bytes) -> bool:
    """Whether there is PEM text anywhere: a BEGIN line and, behind it, an END line of the same label (RFC 7468 section 2)."""
    begun: dict[bytes, int] = {}
    for marker in _MARKER.finditer(key):
        begin, label = marker.groups()
        if begin:
            begun[label] = marker.end(2) + _DASHES
        elif begun.get(label, len(key)) < marker.start():
            return True
    return False


_SSH = (b"ssh-ed25519", b"ssh-rsa", b"ssh-dss", *(b"ecdsa-sha2-nistp%d" % bits for bits in (256, 384, 521)))


def is_ssh_key(key: bytes) -> bool:
    """Whether it begins as an OpenSSH public key line does (RFC 4253 section 6.6)."""
    return key.startswith(_SSH)
