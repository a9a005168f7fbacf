"""New keys from the operating system's randomness."""

from __future__ import annotations

from typing import Final

from rapidjwt._fallback import alg, input
from rapidjwt._fallback.crypto import generate as make
from rapidjwt._fallback.keys.binding import Bound, bound
from rapidjwt.types import AlgorithmRow

__all__ = ["generate"]

_RSA_BITS: Final = (2048, 3072, 4096, 8192)
_MAX_SECRET_BITS: Final = 8 << 20


def generate(algorithm: object, kid: object, bits: object) -> Bound:
    """Make a private key or a secret for one algorithm."""
    row, own_kid = input.needed_algorithm(algorithm), input.optional_string("kid", kid)
    rows = [other for other in alg.TABLE if other == row or other.family == row.family == "EdDSA"]
    return bound(make(row, _size(row, bits)), rows, row)._replace(kid=own_kid)


def _size(row: AlgorithmRow, bits: object) -> int:
    if bits is None:
        return row.min_key_bits
    if isinstance(bits, bool) or not isinstance(bits, int):
        raise input.type_error("bits", "an integer or None", bits)
    if not _fits(row, bits):
        raise input.value_error("bits", "do not fit the algorithm")
    return bits


def _fits(row: AlgorithmRow, bits: int) -> bool:
    if row.kty == "oct":
        return bits % 8 == 0 and row.min_key_bits <= bits <= _MAX_SECRET_BITS
    # The size of every other key is fixed by its curve.
    return row.kty == "RSA" and bits in _RSA_BITS
