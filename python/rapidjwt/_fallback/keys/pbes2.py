"""Encrypted PKCS#8 (RFC 5958 section 3) with PBES2 (RFC 8018 section 6.2): its elements and a password in, PKCS#8 out. The cost of
the key derivation is bounded before it begins, since whoever wrote the file chose it.

Not left to `cryptography`: it has one exception for a wrong password, a broken text and an unsupported scheme.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from rapidjwt._fallback.crypto.errors import needing_cryptography
from rapidjwt._fallback.keys import tlv
from rapidjwt._fallback.keys.tlv import Element
from rapidjwt.exceptions import MissingCryptographyError, PyJWTError, build

__all__ = ["decrypt"]

_PBES2: Final = bytes.fromhex("2a864886f70d01050d")
_PBKDF2: Final = bytes.fromhex("2a864886f70d01050c")
_SCRYPT: Final = bytes.fromhex("2b06010401da47040b")

# RFC 8018 appendix B.1.2. HMAC-SHA-1, the default of old writers, is not among them.
_PRFS: Final = {
    bytes.fromhex("2a864886f70d0208"): "sha224",
    bytes.fromhex("2a864886f70d0209"): "sha256",
    bytes.fromhex("2a864886f70d020a"): "sha384",
    bytes.fromhex("2a864886f70d020b"): "sha512",
}
_AES_CBC: Final = {
    bytes.fromhex("608648016503040102"): 16,
    bytes.fromhex("608648016503040116"): 24,
    bytes.fromhex("60864801650304012a"): 32,
}
"""Key length in bytes."""

_MAX_SALT: Final = 32
_MAX_ITERATIONS: Final = 10_000_000
_MAX_SCRYPT_MEMORY: Final = 1 << 21
"""256 MiB, in blocks of 128 bytes."""
_MAX_SCRYPT_WORK: Final = 1 << 23
"""The time that 1 GiB takes to fill, whatever the memory."""

_Derive: TypeAlias = Callable[[bytes], bytes]


def decrypt(found: list[Element], password: bytes | None) -> bytes:
    """Open an EncryptedPrivateKeyInfo.

    In this order: not of the form, `key_malformed`; no password, `key_encrypted`; another scheme than PBKDF2 with SHA-2 or scrypt
    and AES-CBC, or too much work, `key_unsupported`; the wrong password, `key_password`.
    """
    oid, parameters = tlv.identifier(found[0].content)
    if password is None:
        raise build("key_encrypted")
    if oid != _PBES2:
        raise build("key_unsupported")
    try:
        derive, iv = _scheme(parameters)
    except MissingCryptographyError:
        raise
    except PyJWTError:
        raise build("key_unsupported") from None
    plain = _open(derive(password), iv, found[1].content)
    # Padding may come out right by chance, a SEQUENCE of just this length hardly.
    if plain is None or not tlv.is_sequence(plain):
        raise build("key_password")
    return plain


def _scheme(parameters: list[Element]) -> tuple[_Derive, bytes]:
    """PBES2-params: how to derive the key, and the initialisation vector."""
    derivation, encryption = _members(parameters, tlv.SEQUENCE, tlv.SEQUENCE)
    cipher, iv = tlv.identifier(encryption.content)
    if cipher not in _AES_CBC or tlv.shape(iv) != (tlv.OCTET_STRING,) or len(iv[0].content) != 16:
        raise build("key_unsupported")
    oid, parameters = tlv.identifier(derivation.content)
    if oid not in (_PBKDF2, _SCRYPT):
        raise build("key_unsupported")
    make = _pbkdf2 if oid == _PBKDF2 else _scrypt
    return make(parameters, _AES_CBC[cipher]), iv[0].content


def _pbkdf2(parameters: list[Element], length: int) -> _Derive:
    """PBKDF2-params (RFC 8018 appendix A.2)."""
    import hashlib

    salt, count, *rest = _members(parameters)
    rest = _without_length(rest, length)
    # Left out, the pseudo-random function is HMAC-SHA-1.
    oid, nothing = tlv.identifier(rest[0].content) if tlv.shape(rest) == (tlv.SEQUENCE,) else (b"", [])
    iterations = tlv.unsigned(count.content)
    if _salt(salt) is None or count.tag != tlv.INTEGER or not 1 <= iterations <= _MAX_ITERATIONS:
        raise build("key_unsupported")
    if oid not in _PRFS or nothing not in ([], [Element(tlv.NULL, b"")]):
        raise build("key_unsupported")
    return lambda password: hashlib.pbkdf2_hmac(_PRFS[oid], password, salt.content, iterations, length)


def _scrypt(parameters: list[Element], length: int) -> _Derive:
    """scrypt-params (RFC 7914 section 7)."""
    import hashlib

    salt, *rest = _members(parameters)
    costs = rest[:3] + _without_length(rest[3:], length)
    if _salt(salt) is None or tlv.shape(costs) != (tlv.INTEGER,) * 3:
        raise build("key_unsupported")
    n, r, p = (tlv.unsigned(cost.content) for cost in costs)
    if n < 2 or n & n - 1 or not r or not p or (n + p) * r > _MAX_SCRYPT_MEMORY or n * r * p > _MAX_SCRYPT_WORK:
        raise build("key_unsupported")
    most = 128 * (n + p + 2) * r + (1 << 20)
    return lambda password: hashlib.scrypt(password, salt=salt.content, n=n, r=r, p=p, maxmem=most, dklen=length)


def _members(parameters: list[Element], *tags: int) -> list[Element]:
    if tlv.shape(parameters) != (tlv.SEQUENCE,):
        raise build("key_unsupported")
    found = tlv.elements(parameters[0].content)
    if len(found) < 2 or tags and tlv.shape(found) != tags:
        raise build("key_unsupported")
    return found


def _salt(salt: Element) -> bytes | None:
    return salt.content if salt.tag == tlv.OCTET_STRING and len(salt.content) <= _MAX_SALT else None


def _without_length(rest: list[Element], length: int) -> list[Element]:
    """The optional `keyLength`, an INTEGER, must be what the cipher needs; then it says nothing new."""
    if tlv.shape(rest[:1]) != (tlv.INTEGER,):
        return rest
    if tlv.unsigned(rest[0].content) != length:
        raise build("key_unsupported")
    return rest[1:]


def _open(key: bytes, iv: bytes, ciphertext: bytes) -> bytes | None:
    with needing_cryptography():
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.padding import PKCS7
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    unpadder = PKCS7(128).unpadder()
    try:
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        return None
