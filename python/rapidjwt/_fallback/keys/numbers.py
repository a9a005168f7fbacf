"""The numbers of keys: integers and bytes in, yes or no out."""

from __future__ import annotations

from typing import Final

from rapidjwt.exceptions import build

__all__ = ["SMALL_RSA", "is_good_ed25519", "is_small_rsa", "is_whole_rsa"]

SMALL_RSA: Final = ("RS256", "RS512")
"""What `allow_weak` admits for RSA keys of 1024 to 2047 bits: the two that the native half's library has."""

# RFC 8032 section 5.1: the field's prime, and d of the curve -x^2 + y^2 = 1 + d x^2 y^2.
_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P


def is_small_rsa(n: int, e: int) -> bool:
    """Is an RSA key small (1024 to 2047 bits)? First e and n must be what they can be, then the size is looked at."""
    if e % 2 == 0 or not 3 <= e < 1 << 33 or n % 2 == 0:
        raise build("key_invalid")
    bits = n.bit_length()
    if bits > 8192:
        raise build("key_too_large")
    if bits < 1024:
        raise build("key_weak")
    return bits < 2048


def is_whole_rsa(n: int, e: int, d: int, p: int, q: int, dp: int, dq: int, qi: int) -> bool:
    """Do the private numbers of an RSA key fit each other and the public ones (RFC 8017 section 3.2)?

    That p and q are prime is believed, as the native half believes it: to test them takes seconds for 8192 bits.
    """
    # No private number is above the modulus; so much is known before any arithmetic on numbers of any size.
    if not all(0 < number < n for number in (d, p, q, dp, dq, qi)) or 1 in (p, q) or p * q != n:
        return False
    return (
        (d % (p - 1), d % (q - 1)) == (dp, dq)
        and dp * e % (p - 1) == dq * e % (q - 1) == 1
        and qi < p
        and qi * q % p == 1
    )


def is_good_ed25519(x: bytes) -> bool:
    """Is an Ed25519 public key canonical (y < p, RFC 8032 section 5.1.3) and not of small order?

    y = 1 is the neutral point, y = -1 has order 2, y = 0 order 4. A point of order 8 doubles to one with y = 0; the doubled
    point's y is (y^2 + x^2) / (1 - d x^2 y^2), so x^2 = -y^2, which the curve's equation turns into d y^4 + 2 y^2 = 1.
    """
    # The top bit is the sign of the x coordinate: it makes no point of small order a good one.
    y = int.from_bytes(x, "little") & (1 << 255) - 1
    return y < _P and y not in (0, 1, _P - 1) and (_D * pow(y, 4, _P) + 2 * y * y - 1) % _P != 0
