"""RSA keys: an odd modulus of 2048 to 8192 bits, an odd exponent of 3 to 2**33 - 1, and no cost beyond that (RFC 7518 section 3.3)."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from judge import code, verdict

import forge
from expect import refused

GOOD = forge.material("RS256").private.private_numbers().public_numbers.n


def jwk(n: int, e: int) -> dict[str, str]:
    return {"kty": "RSA", "n": forge.b64_number(n), "e": forge.b64_number(e)}


def modulus(bits: int) -> int:
    return (3 << (bits - 2)) | 0x1D_2B_43_65_87_A9 << 64 | 1


@pytest.mark.parametrize(
    "e",
    [1, 2, 4, 65536, 1 << 32, (1 << 33) + 1, (1 << 33), (1 << 64) + 1, (1 << 2000) + 1, GOOD - 2, GOOD, GOOD + 2],
    ids=range(12),
)
def test_exponents(impl: Any, e: int) -> None:
    with refused("key_invalid"):
        impl.Key.from_jwk(jwk(GOOD, e))
    assert code(impl.Key.from_der, forge.rsa_spki(GOOD, e)) == "key_invalid"
    assert code(impl.Key.from_pem, forge.pem("PUBLIC KEY", forge.rsa_spki(GOOD, e))) == "key_invalid"


@pytest.mark.parametrize("e", [3, 5, 17, 257, 65537, (1 << 32) + 1, (1 << 33) - 1])
def test_good_exponents(impl: Any, e: int) -> None:
    assert impl.Key.from_jwk(jwk(GOOD, e)).thumbprint() == impl.Key.from_der(forge.rsa_spki(GOOD, e)).thumbprint()


def test_exponent_and_modulus_of_nothing(impl: Any) -> None:
    for n, e in ((0, 3), (GOOD, 0), (0, 0), (1, 1), (1, 3), (3, 3), (2, 3)):
        assert code(impl.Key.from_der, forge.rsa_spki(n, e)) in ("key_invalid", "key_weak", "key_malformed")
    for text in ("", "AA", "AAAA"):
        for member in ("n", "e"):
            assert code(impl.Key.from_jwk, jwk(GOOD, 3) | {member: text}) in ("jwk_invalid", "key_invalid", "key_weak")


def test_negative_numbers(impl: Any) -> None:
    """A DER INTEGER whose leading zero was left out is negative."""
    n = GOOD | 1 << 2047
    for other_n, other_e in (
        (forge.der(0x02, n.to_bytes(256)), forge.der_integer(3)),
        (forge.der_integer(n), forge.der(0x02, b"\xff")),
    ):
        algorithm = forge.der(0x30, bytes.fromhex("06092a864886f70d010101"), b"\5\0")
        assert code(impl.Key.from_der, forge.spki(algorithm, forge.der(0x30, other_n, other_e))) in (
            "key_invalid",
            "key_malformed",
        )


@pytest.mark.parametrize("bits", [2048, 3072, 8192])
def test_even_moduli(impl: Any, bits: int) -> None:
    for n in (modulus(bits) - 1, 1 << (bits - 1)):
        with refused("key_invalid"):
            impl.Key.from_jwk(jwk(n, 65537))
        assert code(impl.Key.from_der, forge.rsa_spki(n, 65537)) == "key_invalid"


@pytest.mark.parametrize("bits", [64, 512, 1024, 2040, 2047])
def test_short_moduli(impl: Any, bits: int) -> None:
    with refused("key_weak"):
        impl.Key.from_jwk(jwk(modulus(bits), 65537))
    assert code(impl.Key.from_der, forge.rsa_spki(modulus(bits), 65537)) == "key_weak"


@pytest.mark.parametrize("bits", [2048, 2049, 2056, 3000, 4096, 8191, 8192])
def test_moduli_of_good_size(impl: Any, bits: int) -> None:
    key = impl.Key.from_jwk(jwk(modulus(bits), 65537))
    assert key.bits == bits
    assert key.thumbprint() == impl.Key.from_der(forge.rsa_spki(modulus(bits), 65537)).thumbprint()


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("bits", [8193, 8200, 16_384, 65_536, 1_000_000])
@pytest.mark.parametrize("allow_weak", [False, True])
def test_long_moduli(impl: Any, bits: int, allow_weak: bool) -> None:
    """With a modulus of 65,536 bits one signature would take minutes."""
    n = modulus(bits)
    for e in (3, 65537, n - 2):
        assert code(impl.Key.from_jwk, jwk(n, e), allow_weak=allow_weak) in ("key_too_large", "key_invalid")
        assert code(impl.Key.from_der, forge.rsa_spki(n, e), allow_weak=allow_weak) in ("key_too_large", "key_invalid")
    assert code(impl.Key.from_jwk, jwk(n, 65537), allow_weak=allow_weak) == "key_too_large"


def test_weak_keys_on_demand(impl: Any, verifier: Any) -> None:
    weak = rsa.generate_private_key(65537, 1024)
    material = forge.Material(weak)
    key = impl.Key.from_pem(material.pem(), allow_weak=True)
    assert key.algorithms == ("RS256", "RS512")
    assert verdict(verifier("RS256", keys=key), forge.token(algorithm="RS256", key=material)) is None
    assert (
        verdict(verifier("RS256", "PS256", "RS384", keys=key), forge.token(algorithm="PS256", key=material))
        == "key_unknown"
    )
    assert (
        verdict(verifier("RS256", "PS256", "RS384", keys=key), forge.token(algorithm="RS384", key=material))
        == "key_unknown"
    )
    assert code(impl.Key.from_pem, material.pem(private=True), allow_weak=True) == "key_weak"
    for bits in (512, 1023):
        assert code(impl.Key.from_jwk, jwk(modulus(bits), 65537), allow_weak=True) == "key_weak"


def test_the_pss_object_identifier(impl: Any) -> None:
    """A key restricted to PSS with parameters that nobody here looks at."""
    inner = forge.der(0x30, forge.der_integer(GOOD), forge.der_integer(65537))
    for parameters in (b"", b"\5\0", b"\x30\0"):
        algorithm = forge.der(0x30, bytes.fromhex("06092a864886f70d01010a"), parameters)
        assert code(impl.Key.from_der, forge.spki(algorithm, inner)) in ("key_unsupported", "key_malformed")
    assert (
        code(impl.Key.from_der, forge.spki(forge.der(0x30, bytes.fromhex("06092a864886f70d01010a")), inner))
        == "key_unsupported"
    )


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi"])
def test_private_members(impl: Any, member: str) -> None:
    """All of the CRT numbers or none; each of them must fit (RFC 7518 section 6.3.2)."""
    good = forge.material("RS256").jwk(private=True)
    assert impl.Key.from_jwk(good).is_private
    if member != "d":
        with refused("jwk_invalid"):
            impl.Key.from_jwk({name: value for name, value in good.items() if name != member})
    number = int.from_bytes(forge.unb64(good[member]))
    for other in (number + 2, number >> 1, 1, GOOD):
        assert code(impl.Key.from_jwk, good | {member: forge.b64_number(other)}) in ("key_invalid", "jwk_invalid")
    stranger = forge.material("RS256", 1).jwk(private=True)
    assert code(impl.Key.from_jwk, good | {member: stranger[member]}) == "key_invalid"
    assert code(impl.Key.from_jwk, good | {"n": stranger["n"]}) == "key_invalid"


def test_more_than_two_primes(impl: Any) -> None:
    good = forge.material("RS256").jwk(private=True)
    with refused("key_unsupported"):
        impl.Key.from_jwk(good | {"oth": [{"r": "Aw", "d": "Aw", "t": "Aw"}]})
