"""Ed25519: S below L, 64 bytes, canonical keys of full order only (RFC 8032 section 5.1.7, RFC 8037)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from judge import code, verdict

import forge
from expect import refused

L = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
I = pow(2, (P - 1) // 4, P)  # noqa: E741 - the square root of -1, as RFC 8032 has it

# The eight points of small order, in their canonical encodings.
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
# y of p and above, with either sign; and x = 0 with the sign bit set (RFC 8032 section 5.1.3).
NON_CANONICAL = [(y | sign << 255).to_bytes(32, "little").hex() for y in range(P, 2**255) for sign in (0, 1)]
NON_CANONICAL += [(y | 1 << 255).to_bytes(32, "little").hex() for y in (1, P - 1)]


def on_curve(y: int) -> bool:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    return pow(square, (P - 1) // 2, P) in (0, 1)


NO_POINT = [y.to_bytes(32, "little").hex() for y in range(2, 60) if not on_curve(y)][:8]

Point = tuple[int, int]


def add(a: Point, b: Point) -> Point:
    product = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + product, -1, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P


def times(scalar: int, point: Point) -> Point:
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def packed(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def unpacked(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * I % P
    return (x if x & 1 == sign else P - x), y


def ways(impl: Any, public: bytes) -> list[Any]:
    line = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + public
    spki = forge.ed25519_spki(public)
    return [
        lambda: impl.Key.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": forge.b64(public)}),
        lambda: impl.Key.from_der(spki),
        lambda: impl.Key.from_pem(forge.pem("PUBLIC KEY", spki)),
        lambda: impl.Key.from_openssh(b"ssh-ed25519 " + forge.base64.b64encode(line)),
    ]


@pytest.mark.parametrize("public", SMALL_ORDER + NON_CANONICAL)
def test_keys_that_are_refused(impl: Any, public: str) -> None:
    """With a key of small order one signature fits many texts; of two encodings of a key one would escape a denylist."""
    for read in ways(impl, bytes.fromhex(public)):
        with refused("key_invalid"):
            read()


@pytest.mark.parametrize("public", NO_POINT)
def test_keys_that_are_no_point(impl: Any, verifier: Any, public: str) -> None:
    """Not noticed at load, and good for nothing."""
    r = unpacked(forge.unb64(forge.token(algorithm="EdDSA").rpartition(".")[2])[:32])
    text, _, good = forge.token(algorithm="EdDSA").rpartition(".")
    for read in ways(impl, bytes.fromhex(public)):
        judge = verifier("EdDSA", keys=read())
        for signature in (
            forge.unb64(good),
            bytes(64),
            packed(r) + bytes(32),
            bytes.fromhex(public) + bytes(32),
            b"\1" + bytes(63),
        ):
            assert verdict(judge, f"{text}.{forge.b64(signature)}") == "bad_signature"


def test_a_good_key_every_way(impl: Any) -> None:
    public = forge.material("EdDSA").public.public_bytes_raw()
    assert len({read().thumbprint() for read in ways(impl, public)}) == 1


@pytest.mark.parametrize("length", [0, 1, 31, 33, 57, 64])
def test_keys_of_another_length(impl: Any, length: int) -> None:
    public = (forge.material("EdDSA").public.public_bytes_raw() * 2)[:length]
    with refused("jwk_invalid"):
        impl.Key.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": forge.b64(public)})
    assert code(impl.Key.from_der, forge.ed25519_spki(public)) in ("key_malformed", "key_invalid")


@pytest.mark.parametrize("curve", ["Ed448", "X25519", "X448", "ed25519", "P-256", ""])
def test_other_curves(impl: Any, curve: str) -> None:
    with refused("key_unsupported"):
        impl.Key.from_jwk(forge.material("EdDSA").jwk() | {"crv": curve})


@pytest.mark.parametrize("last", [0x6E, 0x6F, 0x71])
def test_other_object_identifiers(impl: Any, last: int) -> None:
    spki = forge.spki(
        forge.der(0x30, bytes([6, 3, 0x2B, 0x65, last])), forge.material("EdDSA").public.public_bytes_raw()
    )
    with refused("key_unsupported"):
        impl.Key.from_der(spki)


def test_a_private_part_of_another_key(impl: Any) -> None:
    good = forge.material("EdDSA").jwk(private=True)
    assert impl.Key.from_jwk(good).is_private
    with refused("key_invalid"):
        impl.Key.from_jwk(good | {"x": forge.material("EdDSA", 1).jwk()["x"]})
    for length in (0, 31, 33, 64):
        with refused("jwk_invalid"):
            impl.Key.from_jwk(good | {"d": forge.b64(bytes(length))})


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
def test_signatures(verifier: Any, algorithm: str) -> None:
    text, _, signature = forge.token(algorithm=algorithm).rpartition(".")
    raw = forge.unb64(signature)
    r, s = raw[:32], int.from_bytes(raw[32:], "little")
    judge = verifier(algorithm)

    def with_s(other: int) -> bytes:
        return r + other.to_bytes(32, "little")

    assert verdict(judge, f"{text}.{forge.b64(with_s(s))}") is None
    wrong = [
        with_s(s + L),
        with_s(s + 2 * L),
        with_s(L - s),
        with_s(0),
        with_s(L),
        with_s(L + 1),
        with_s(2**256 - 1),
        with_s(s | 1 << 255),
    ]
    wrong += [
        b"",
        raw[:-1],
        raw[1:],
        raw + b"\0",
        b"\0" + raw,
        raw[:32],
        raw + raw,
        raw[32:] + raw[:32],
        bytes(64),
        b"\xff" * 64,
    ]
    wrong += [bytes.fromhex(point) + bytes(32) for point in SMALL_ORDER + NON_CANONICAL]
    wrong += [bytes.fromhex(point) + raw[32:] for point in SMALL_ORDER]
    for other in wrong:
        assert verdict(judge, f"{text}.{forge.b64(other)}") == "bad_signature", other.hex()


def test_a_torsion_point_in_r(verifier: Any) -> None:
    """Good for a verifier that multiplies by the cofactor, bad for one that does not: both halves must be of one kind."""
    seed = hashlib.sha512(forge.material("EdDSA").private.private_bytes_raw()).digest()
    secret = int.from_bytes(seed[:32], "little") & ((1 << 254) - 8) | 1 << 254
    base = unpacked((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    public = packed(times(secret, base))
    assert public == forge.material("EdDSA").public.public_bytes_raw()
    text = forge.token(algorithm="EdDSA").rpartition(".")[0]
    for point in [(0, 1), *(unpacked(bytes.fromhex(small)) for small in SMALL_ORDER[1:])]:
        nonce = 123456789
        r = packed(add(times(nonce, base), point))
        h = int.from_bytes(hashlib.sha512(r + public + text.encode()).digest(), "little")
        signature = r + ((nonce + h * secret) % L).to_bytes(32, "little")
        assert verdict(verifier("EdDSA"), f"{text}.{forge.b64(signature)}") == (
            None if point == (0, 1) else "bad_signature"
        )


def test_a_stranger(verifier: Any) -> None:
    assert verdict(verifier("EdDSA"), forge.token(algorithm="EdDSA", key=forge.material("EdDSA", 1))) == "bad_signature"
