"""Keys as DER, and the numbers in them: sizes, exponents, points."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import forge
from expect import refused

P25519 = 2**255 - 19
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
"""All eight points of small order on edwards25519, the two with x = 0 under the sign bit 0."""

MODULUS = (1 << 2047) + (1 << 1000) + 1


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA"])
def test_every_form(impl, algorithm):
    material = forge.material(algorithm)
    forms = [material.der(), material.der(private=True)]
    if algorithm != "EdDSA":
        forms.append(material.der(private=True, form="traditional"))
    if algorithm == "RS256":
        forms.append(material.der(form="traditional"))
    assert len({impl.Key.from_der(der).thumbprint() for der in forms}) == 1


@pytest.mark.parametrize(
    "der",
    [b"", b"\x30", b"\x30\x00", b"\x30\x80\x00\x00", b"\x02\x01\x01", b"text", b"\x30\x84\xff\xff\xff\xff", b"\0" * 64],
)
def test_no_der(impl, der):
    with refused("key_malformed"):
        impl.Key.from_der(der)


def test_pem_is_not_der(impl):
    with refused("key_malformed"):
        impl.Key.from_der(forge.material("ES256").pem())


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_every_truncation_is_refused(impl, algorithm):
    der = forge.material(algorithm).der()
    for length in range(len(der)):
        with refused("key_malformed"):
            impl.Key.from_der(der[:length])


# RSA


@pytest.mark.parametrize(
    ("bits", "code"),
    [
        (1023, "key_weak"),
        (1024, "key_weak"),
        (2040, "key_weak"),
        (2047, "key_weak"),
        (8193, "key_too_large"),
        (16384, "key_too_large"),
    ],
)
def test_rsa_sizes_that_are_refused(impl, bits, code):
    with refused(code):
        impl.Key.from_der(forge.rsa_spki((1 << bits - 1) + 1, 65537))


@pytest.mark.parametrize("bits", [2048, 2049, 3072, 4095, 4096, 8192])
def test_rsa_sizes_that_are_accepted(impl, bits):
    assert impl.Key.from_der(forge.rsa_spki((1 << bits - 1) + 1, 65537)).bits == bits


@pytest.mark.parametrize(
    "e", [0, 1, 2, 4, 65536, 2**33, 2**33 + 1, 2**64 + 1, 2**2000 + 1], ids=lambda e: f"{e.bit_length()} bits"
)
def test_rsa_exponents_that_are_refused(impl, e):
    with refused("key_invalid"):
        impl.Key.from_der(forge.rsa_spki(MODULUS, e))


@pytest.mark.parametrize("e", [3, 5, 17, 65537, 2**32 + 1, 2**33 - 1])
def test_rsa_exponents_that_are_accepted(impl, e):
    assert impl.Key.from_der(forge.rsa_spki(MODULUS, e)).to_jwk()["e"] == forge.b64_number(e)


def test_rsa_even_modulus(impl):
    with refused("key_invalid"):
        impl.Key.from_der(forge.rsa_spki(MODULUS - 1, 65537))


@pytest.mark.parametrize("bits", [1024, 1536, 2047])
def test_allow_weak_admits_small_public_rsa_keys(impl, bits):
    key = impl.Key.from_der(forge.rsa_spki((1 << bits - 1) + 1, 65537), allow_weak=True)
    assert (key.bits, key.algorithms) == (bits, ("RS256", "RS512"))


def test_allow_weak_has_an_end(impl):
    with refused("key_weak"):
        impl.Key.from_der(forge.rsa_spki((1 << 1022) + 1, 65537), allow_weak=True)


@pytest.mark.parametrize("algorithm", ["RS384", "PS256", "PS384", "PS512"])
def test_allow_weak_is_for_two_algorithms(impl, algorithm):
    with refused("key_weak"):
        impl.Key.from_der(forge.rsa_spki((1 << 1023) + 1, 65537), algorithm=algorithm, allow_weak=True)


def test_a_small_private_key_stays_weak(impl):
    small = forge.Material(rsa.generate_private_key(65537, 1024))
    for weak in (False, True):
        with refused("key_weak"):
            impl.Key.from_der(small.der(private=True), allow_weak=weak)


@pytest.mark.parametrize("algorithm", ["RS256", "RS512"])
def test_a_small_key_verifies_where_allowed(impl, verifier, algorithm):
    small = forge.Material(rsa.generate_private_key(65537, 1024))
    key = impl.Key.from_der(small.der(), algorithm=algorithm, allow_weak=True)
    token = forge.token(algorithm=algorithm, key=small)
    assert verifier(algorithm, keys=key).decode(token) == forge.CLAIMS
    with refused("bad_signature"):
        verifier(algorithm, keys=key).decode(forge.tampered(token))


def test_rsassa_pss_keys_are_unsupported(impl):
    identifier = forge.der(0x30, bytes.fromhex("06092a864886f70d01010a"))
    numbers = forge.material("RS256").der(form="traditional")
    with refused("key_unsupported"):
        impl.Key.from_der(forge.spki(identifier, numbers))


def test_an_inconsistent_private_key(impl):
    numbers = forge.material("RS256").private.private_numbers()
    public = numbers.public_numbers

    def pkcs1(**changes):
        names = {
            "d": numbers.d,
            "p": numbers.p,
            "q": numbers.q,
            "dp": numbers.dmp1,
            "dq": numbers.dmq1,
            "qi": numbers.iqmp,
        }
        values = [0, public.n, public.e, *(names | changes).values()]
        return forge.der(0x30, *map(forge.der_integer, values))

    assert impl.Key.from_der(pkcs1()).is_private
    other = forge.material("RS256", 1).private.private_numbers()
    for wrong in (
        {"p": other.p},
        {"q": other.q},
        {"d": numbers.d + 2},
        {"dp": numbers.dmp1 + 2},
        {"dq": numbers.dmq1 + 2},
        {"qi": numbers.iqmp + 1},
    ):
        with refused("key_invalid"):
            impl.Key.from_der(pkcs1(**wrong))


# EC


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "ES256K"])
def test_compressed_points(impl, algorithm):
    material = forge.material(algorithm)
    encodings, points = serialization.Encoding.X962, serialization.PublicFormat
    curve = material.jwk()["crv"]
    for form in (points.CompressedPoint, points.UncompressedPoint):
        der = forge.ec_spki(curve, material.public.public_bytes(encodings, form))
        assert impl.Key.from_der(der).to_der() == material.der()


@pytest.mark.parametrize("curve", forge.CURVES)
def test_points_that_are_none(impl, curve):
    length = (forge.CURVES[curve].key_size + 7) // 8
    for point in (
        b"\x04" + b"\0" * (2 * length),
        b"\x04" + b"\1" * (2 * length),
        b"\x04" + b"\xff" * (2 * length),
        b"\x04" + b"\0" * (2 * length - 1),
        b"\x02" + b"\xff" * length,
        b"\0",
        b"",
        b"\x05" + b"\1" * length,
    ):
        with refused("key_invalid"):
            impl.Key.from_der(forge.ec_spki(curve, point))


def test_a_point_of_another_curve(impl):
    point = forge.material("ES256").public.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    with refused("key_invalid"):
        impl.Key.from_der(forge.ec_spki("secp256k1", point))


def test_explicit_parameters_are_unsupported(impl):
    """P-256 by its numbers; the form behind CVE-2020-0601."""
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    field = forge.der(0x30, bytes.fromhex("06072a8648ce3d0101"), forge.der_integer(prime))
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    curve = forge.der(0x30, forge.der(0x04, (prime - 3).to_bytes(32)), forge.der(0x04, b.to_bytes(32)))
    generator = bytes.fromhex(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    parameters = forge.der(
        0x30,
        forge.der_integer(1),
        field,
        curve,
        forge.der(0x04, generator),
        forge.der_integer(order),
        forge.der_integer(1),
    )
    identifier = forge.der(0x30, bytes.fromhex("06072a8648ce3d0201"), parameters)
    with refused("key_unsupported"):
        impl.Key.from_der(forge.spki(identifier, generator))


def test_ec_private_number_out_of_range(impl):
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    curve = forge.der(0xA0, bytes.fromhex("06082a8648ce3d030107"))
    for d in (0, order, order + 1, 2**256 - 1):
        with refused("key_invalid"):
            impl.Key.from_der(forge.der(0x30, forge.der_integer(1), forge.der(0x04, d.to_bytes(32)), curve))


def test_ec_private_and_public_part_must_fit(impl):
    one, two = forge.material("ES256"), forge.material("ES256", 1)
    point = two.public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    curve = forge.der(0xA0, bytes.fromhex("06082a8648ce3d030107"))
    d = one.private.private_numbers().private_value.to_bytes(32)
    with refused("key_invalid"):
        impl.Key.from_der(
            forge.der(
                0x30, forge.der_integer(1), forge.der(0x04, d), curve, forge.der(0xA1, forge.der(0x03, b"\0", point))
            )
        )


# Ed25519


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_points_of_small_order(impl, point):
    raw = bytes.fromhex(point)
    with refused("key_invalid"):
        impl.Key.from_der(forge.ed25519_spki(raw))
    with refused("key_invalid"):
        impl.Key.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": forge.b64(raw)})


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize(
    "y", [P25519, P25519 + 1, P25519 + 2, P25519 + 3, P25519 + 18, 2**255 - 1], ids=lambda y: str(y - P25519)
)
def test_encodings_that_are_not_canonical(impl, y, sign):
    raw = (y | sign << 255).to_bytes(32, "little")
    with refused("key_invalid"):
        impl.Key.from_der(forge.ed25519_spki(raw))
    with refused("key_invalid"):
        impl.Key.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": forge.b64(raw)})


def test_small_order_points_under_the_other_sign(impl):
    for y in (1, P25519 - 1):
        with refused("key_invalid"):
            impl.Key.from_der(forge.ed25519_spki((y | 1 << 255).to_bytes(32, "little")))


@pytest.mark.parametrize("y", [2, 7, 8])
def test_an_ed25519_point_that_is_none_verifies_nothing(impl, verifier, y):
    """That y belongs to no point is not noticed at load."""
    key = impl.Key.from_der(forge.ed25519_spki(y.to_bytes(32, "little")))
    text = forge.token(algorithm="EdDSA").rpartition(".")[0]
    for signature in (forge.b64(bytes(64)), forge.token(algorithm="EdDSA").rpartition(".")[2]):
        with refused("bad_signature"):
            verifier("EdDSA", keys=key).decode(f"{text}.{signature}")


@pytest.mark.parametrize("length", [0, 1, 31, 33, 64])
def test_ed25519_of_a_wrong_length(impl, length):
    with refused("key_malformed"):
        impl.Key.from_der(forge.ed25519_spki(b"\x58" * length))
