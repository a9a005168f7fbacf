"""EC keys: named curves only, the point on the curve and not infinity, full-length numbers (RFC 7518 section 6.2, RFC 8725 section
3.4, CVE-2020-0601).
"""

from __future__ import annotations

from typing import Any

import pytest
from judge import of_the_table
from test_ecdsa_signatures import ORDERS

import forge
from expect import refused
from rapidjwt.exceptions import InvalidKeyError, PyJWTError

PRIMES = {
    "P-256": 2**256 - 2**224 + 2**192 + 2**96 - 1,
    "P-384": 2**384 - 2**128 - 2**96 + 2**32 - 1,
    "P-521": 2**521 - 1,
    "secp256k1": 2**256 - 2**32 - 977,
}
ALGORITHM = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512", "secp256k1": "ES256K"}

each_curve = pytest.mark.parametrize("curve", PRIMES)


def numbers(curve: str) -> tuple[int, int, int]:
    point = forge.material(ALGORITHM[curve]).public.public_numbers()
    return point.x, point.y, (PRIMES[curve].bit_length() + 7) // 8


def jwk(curve: str, x: int, y: int) -> dict[str, str]:
    length = numbers(curve)[2]
    return {"kty": "EC", "crv": curve, "x": forge.b64_number(x, length), "y": forge.b64_number(y, length)}


@each_curve
def test_points_that_are_not_on_the_curve(impl: Any, curve: str) -> None:
    x, y, length = numbers(curve)
    p = PRIMES[curve]
    assert impl.Key.from_jwk(jwk(curve, x, y)).curve == curve
    assert impl.Key.from_jwk(jwk(curve, x, p - y)).curve == curve
    wrong = [(x, y ^ 1), (x ^ 1, y), (y, x), (0, 0), (0, 1), (1, 1), (p - 1, p - 1), (x, 0), (0, y), (p, y), (x, p)]
    if p.bit_length() % 8:
        wrong += [(x + p, y), (x, y + p)]
    for bad in wrong:
        with refused("key_invalid"):
            impl.Key.from_jwk(jwk(curve, *bad))
        point = b"\4" + bad[0].to_bytes(length) + bad[1].to_bytes(length)
        with pytest.raises(InvalidKeyError) as caught:
            impl.Key.from_der(forge.ec_spki(curve, point))
        assert of_the_table(caught.value).code in ("key_invalid", "key_malformed")


@each_curve
def test_points_of_another_form(impl: Any, curve: str) -> None:
    x, y, length = numbers(curve)
    raw_x, raw_y = x.to_bytes(length), y.to_bytes(length)
    good = impl.Key.from_der(forge.ec_spki(curve, b"\4" + raw_x + raw_y))
    packed = impl.Key.from_der(forge.ec_spki(curve, bytes([2 + y % 2]) + raw_x))
    assert good.thumbprint() == packed.thumbprint()
    for point in [
        b"",
        b"\0",
        b"\0" * (2 * length + 1),
        b"\4",
        b"\4" + raw_x,
        b"\4" + raw_x + raw_y + b"\0",
        b"\4" + raw_x + raw_y[:-1],
        b"\4\0" + raw_x + b"\0" + raw_y,
        b"\5" + raw_x + raw_y,
        bytes([2 + y % 2]) + raw_x + raw_y,
        bytes([2 + y % 2]) + b"\xff" * length,
        raw_x + raw_y,
    ]:
        with pytest.raises(InvalidKeyError) as caught:
            impl.Key.from_der(forge.ec_spki(curve, point))
        assert of_the_table(caught.value).code in ("key_invalid", "key_malformed", "key_unsupported"), point


def explicit_parameters(point: bytes, generator: bytes) -> bytes:
    """P-256 spelt out, with any generator (RFC 3279 section 2.3.5); with G = Q everybody knows the private key: 1."""
    p = PRIMES["P-256"]
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    field = forge.der(0x30, bytes.fromhex("06072a8648ce3d0101"), forge.der_integer(p))
    coefficients = forge.der(0x30, forge.der(0x04, (p - 3).to_bytes(32)), forge.der(0x04, b.to_bytes(32)))
    parameters = forge.der(
        0x30,
        forge.der_integer(1),
        field,
        coefficients,
        forge.der(0x04, generator),
        forge.der_integer(ORDERS["ES256"]),
        forge.der_integer(1),
    )
    return forge.spki(forge.der(0x30, bytes.fromhex("06072a8648ce3d0201"), parameters), point)


def test_explicit_parameters(impl: Any) -> None:
    x, y, _ = numbers("P-256")
    point = b"\4" + x.to_bytes(32) + y.to_bytes(32)
    standard = bytes.fromhex(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    for generator in (standard, point):
        der = explicit_parameters(point, generator)
        for read in (lambda: impl.Key.from_der(der), lambda: impl.Key.from_pem(forge.pem("PUBLIC KEY", der))):  # noqa: B023
            with refused("key_unsupported"):
                read()


@pytest.mark.parametrize(
    "curve", ["P-224", "P-192", "brainpoolP256r1", "secp256r1", "p-256", "P256", "P-256 ", "Ed25519", "X25519", ""]
)
def test_other_curve_names(impl: Any, curve: str) -> None:
    with refused("key_unsupported"):
        impl.Key.from_jwk(jwk("P-256", *numbers("P-256")[:2]) | {"crv": curve})


@pytest.mark.parametrize(
    "oid", ["06052b81040021", "06092b2403030208010107", "06082a8648ce3d030101", "06062b8104000a01", "0500"]
)
def test_other_curves_in_der(impl: Any, oid: str) -> None:
    x, y, _ = numbers("P-256")
    algorithm = forge.der(0x30, bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex(oid))
    with pytest.raises(InvalidKeyError) as caught:
        impl.Key.from_der(forge.spki(algorithm, b"\4" + x.to_bytes(32) + y.to_bytes(32)))
    assert of_the_table(caught.value).code in ("key_unsupported", "key_malformed")


@each_curve
def test_a_point_under_the_name_of_another_curve(impl: Any, curve: str) -> None:
    x, y, _ = numbers(curve)
    for other in PRIMES:
        if other == curve:
            continue
        with pytest.raises(PyJWTError) as caught:
            impl.Key.from_jwk(jwk(curve, x, y) | {"crv": other})
        assert of_the_table(caught.value).code in ("key_invalid", "jwk_invalid")


@each_curve
@pytest.mark.parametrize("member", ["x", "y", "d"])
def test_numbers_of_another_length(impl: Any, curve: str, member: str) -> None:
    good = forge.material(ALGORITHM[curve]).jwk(private=True)
    raw = forge.unb64(good[member])
    for text in (raw[1:], raw[:-1], b"\0" + raw, raw + b"\0", b"", raw.lstrip(b"\0")[1:], b"\0" * 10_000 + raw):
        with refused("jwk_invalid"):
            impl.Key.from_jwk(good | {member: forge.b64(text)})


@each_curve
def test_private_numbers_that_do_not_fit(impl: Any, curve: str) -> None:
    good = forge.material(ALGORITHM[curve]).jwk(private=True)
    n, length = ORDERS[ALGORITHM[curve]], numbers(curve)[2]
    assert impl.Key.from_jwk(good).is_private
    secret = int.from_bytes(forge.unb64(good["d"]))
    for d in (0, 1, n, n - secret, n - 1, secret ^ 1, (1 << 8 * length) - 1):
        with refused("key_invalid"):
            impl.Key.from_jwk(good | {"d": forge.b64_number(d, length)})
    stranger = forge.material(ALGORITHM[curve], 1).jwk()
    with refused("key_invalid"):
        impl.Key.from_jwk(good | {"x": stranger["x"], "y": stranger["y"]})
