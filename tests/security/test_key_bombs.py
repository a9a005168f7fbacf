"""Keys that cost: derivations of any length, texts of any size and depth. All end at once (threat "key DoS", CVE-2023-51774)."""

from __future__ import annotations

from typing import Any

import pytest
from judge import code

import forge
from expect import refused
from forge import der, der_integer

pytestmark = pytest.mark.usefixtures("soon")

PBES2 = bytes.fromhex("06092a864886f70d01050d")
PBKDF2 = bytes.fromhex("06092a864886f70d01050c")
SCRYPT = bytes.fromhex("06092b06010401da47040b")
AES_256_CBC = bytes.fromhex("060960864801650304012a")
HMAC_SHA256 = bytes.fromhex("06082a864886f70d0209")
SALT = der(0x04, b"saltsalt")


def locked(
    derivation: bytes, cipher: bytes = der(0x30, AES_256_CBC, der(0x04, bytes(16))), data: bytes = bytes(64)
) -> bytes:
    return der(0x30, der(0x30, PBES2, der(0x30, derivation, cipher)), der(0x04, data))


def pbkdf2(iterations: bytes, salt: bytes = SALT, prf: bytes = der(0x30, HMAC_SHA256, b"\5\0")) -> bytes:
    return der(0x30, PBKDF2, der(0x30, salt, iterations, prf))


def scrypt(n: int, r: int, p: int, salt: bytes = SALT) -> bytes:
    return der(0x30, SCRYPT, der(0x30, salt, der_integer(n), der_integer(r), der_integer(p)))


BOMBS = {
    "pbkdf2, 2**31": pbkdf2(der_integer(2**31)),
    "pbkdf2, 2**31 - 1": pbkdf2(der_integer(2**31 - 1)),
    "pbkdf2, 2**32 - 1": pbkdf2(der_integer(2**32 - 1)),
    "pbkdf2, 2**64": pbkdf2(der_integer(2**64)),
    "pbkdf2, 2**4000": pbkdf2(der_integer(2**4000)),
    "pbkdf2, just too many": pbkdf2(der_integer(10_000_001)),
    "pbkdf2, none": pbkdf2(der_integer(0)),
    "pbkdf2, negative": pbkdf2(der(0x02, b"\xff")),
    "pbkdf2, no number": pbkdf2(der(0x02)),
    "scrypt, n": scrypt(2**30, 8, 1),
    "scrypt, n of 2**62": scrypt(2**62, 1, 1),
    "scrypt, r": scrypt(2, 2**30, 1),
    "scrypt, p": scrypt(2, 1, 2**31),
    "scrypt, p and r": scrypt(2**14, 8, 2**20),
    "scrypt, all": scrypt(2**40, 2**40, 2**40),
    "scrypt, n no power of two": scrypt(1000, 8, 1),
    "scrypt, n of 1": scrypt(1, 8, 1),
    "scrypt, n of 0": scrypt(0, 8, 1),
    "scrypt, r of 0": scrypt(16, 0, 1),
    "scrypt, p of 0": scrypt(16, 8, 0),
    "scrypt, a product that wraps": scrypt(2**32, 2**32, 1),
    "scrypt, another that wraps": scrypt(2, 2**31, 2**32),
}


@pytest.mark.parametrize("name", BOMBS)
def test_derivations_that_would_never_end(impl: Any, name: str) -> None:
    bomb = locked(BOMBS[name])
    for read, text in ((impl.Key.from_der, bomb), (impl.Key.from_pem, forge.pem("ENCRYPTED PRIVATE KEY", bomb))):
        assert code(read, text, password=b"password") in ("key_unsupported", "key_malformed")
        assert code(read, text) in ("key_encrypted", "key_malformed")


def test_bombs_in_files(impl: Any, tmp_path: Any) -> None:
    for name, derivation in BOMBS.items():
        path = tmp_path / "key"
        path.write_bytes(locked(derivation))
        assert code(impl.Key.from_file, path, password=b"password") in ("key_unsupported", "key_malformed"), name


def test_passwords_of_any_kind(impl: Any) -> None:
    good = locked(pbkdf2(der_integer(1)))
    for password in ("", b"", "x", "\0", b"\xff" * 3000, "é" * 3000, "\ud800"):
        for form in (
            good,
            locked(pbkdf2(der_integer(1)), data=b""),
            locked(pbkdf2(der_integer(1)), data=b"x"),
            locked(pbkdf2(der_integer(1)), data=bytes(16)),
        ):
            assert code(impl.Key.from_der, form, password=password) in (
                "key_password",
                "key_malformed",
                "key_unsupported",
            )


DEEP = 100_000


@pytest.mark.parametrize("bits", [8, 16, 24])
def test_der_that_lies_about_its_length(impl: Any, bits: int) -> None:
    for count in range(1, 9):
        for value in (b"\xff" * count, b"\x7f" + b"\xff" * (count - 1), b"\0" * count):
            for inner in (
                b"\x30" + bytes([0x80 | count]) + value,
                b"\x30" + bytes([0x80 | count]) + value + bytes(bits),
            ):
                assert code(impl.Key.from_der, inner) == "key_malformed"
                assert code(impl.Key.from_der, der(0x30, inner, inner)) == "key_malformed"


def nested(tag: int, depth: int) -> bytes:
    """`depth` elements, one inside the other, made from the inside out."""
    parts: list[bytes] = []
    size = 0
    for _ in range(depth):
        octets = size.to_bytes(max(1, (size.bit_length() + 7) // 8)) if size >= 0x80 else b""
        head = bytes([tag, 0x80 | len(octets)]) + octets if octets else bytes([tag, size])
        parts.append(head)
        size += len(head)
    return b"".join(reversed(parts))


@pytest.mark.parametrize("tag", [0x30, 0x31, 0xA0, 0x24])
def test_deep_der(impl: Any, tag: int) -> None:
    text = nested(tag, DEEP)
    assert len(text) > DEEP
    assert code(impl.Key.from_der, text) in ("key_malformed", "key_unsupported")
    assert code(impl.Key.from_der, der(0x30, text, b"\3\1\0")) in ("key_malformed", "key_unsupported")
    assert code(impl.Key.from_secret, text, algorithm="HS256") in (None, "secret_is_key")


def test_der_of_many_elements(impl: Any) -> None:
    for element in (b"\5\0", b"\2\1\1", b"\x30\0", b"\x30\3\2\1\1"):
        text = der(0x30, element * (100_000 // len(element)))
        assert code(impl.Key.from_der, text) in ("key_malformed", "key_unsupported", "key_invalid", "key_weak")
        code(impl.Key.from_secret, text, algorithm="HS256")


PEMS = {
    "many unknown blocks": b"-----BEGIN X-----\n" * 58_000,
    "many blocks of one kind": b"-----BEGIN PUBLIC KEY-----\n" * 38_000,
    "many beginnings": b"-----BEGIN " * 95_000,
    "many half beginnings": b"-----BEGIN\n" * 95_000,
    "dashes": b"-" * 1_048_576,
    "spaces": b" " * 1_048_576,
    "line ends": b"\n" * 1_048_576,
    "headers": b"-----BEGIN PUBLIC KEY-----\n" + b"A: b\n" * 200_000 + b"-----END PUBLIC KEY-----\n",
    "a long body": b"-----BEGIN PUBLIC KEY-----\n" + b"A" * 1_000_000 + b"\n-----END PUBLIC KEY-----\n",
    "a body of line ends": b"-----BEGIN PUBLIC KEY-----\n" + b"\n" * 1_000_000 + b"\n-----END PUBLIC KEY-----\n",
    "no end": b"-----BEGIN PUBLIC KEY-----\n" + b"A" * 1_000_000,
    "many ends": b"-----BEGIN PUBLIC KEY-----\n" + b"-----END PRIVATE KEY-----\n" * 38_000,
    "a long label": b"-----BEGIN " + b"X" * 1_000_000 + b"-----\n",
    "parameters before": b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" * 12_000,
}


@pytest.mark.parametrize("name", PEMS)
def test_large_pems(impl: Any, name: str) -> None:
    assert code(impl.Key.from_pem, PEMS[name]) in ("key_malformed", "key_unsupported")
    assert code(impl.Key.from_openssh, PEMS[name]) in ("key_malformed", "key_unsupported")
    code(impl.Key.from_secret, PEMS[name], algorithm="HS256")


def test_a_key_after_much_text(impl: Any) -> None:
    good = forge.material("ES256").pem()
    for before in (
        b"-----BEGIN X-----\n" * 20_000,
        b"text\n" * 20_000,
        PEMS["parameters before"][:400_000].rsplit(b"-----BEGIN", 1)[0],
    ):
        assert impl.Key.from_pem(before + good).curve == "P-256"


def test_more_than_a_mebibyte(impl: Any, tmp_path: Any) -> None:
    big = b"x" * (1 << 20) + b"x"
    path = tmp_path / "big"
    path.write_bytes(big)
    for ask in (
        lambda: impl.Key.from_pem(big),
        lambda: impl.Key.from_der(big),
        lambda: impl.Key.from_openssh(big),
        lambda: impl.Key.from_jwk(big),
        lambda: impl.Key.from_jwk(big.decode()),
        lambda: impl.Key.from_file(path),
        lambda: impl.Key.from_file(path, algorithm="HS256"),
        lambda: impl.KeySet.from_jwks(big),
        lambda: impl.KeySet.from_file(path),
    ):
        with refused("key_too_large"):
            ask()


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"kty":', '[{"x":'])
def test_deep_jwks(impl: Any, opening: str) -> None:
    text = opening * DEEP
    with refused("jwk_invalid"):
        impl.Key.from_jwk(text)
    with refused("jwk_invalid"):
        impl.Key.from_jwk('{"kty":"oct","k":' + text)
    with refused("jwks_invalid"):
        impl.KeySet.from_jwks('{"keys":[' + text)


def test_jwks_of_long_members(impl: Any) -> None:
    long = "A" * 900_000
    for members, codes in [
        ({"kty": "RSA", "n": long, "e": "AQAB"}, ("jwk_invalid",)),
        ({"kty": "RSA", "n": "_" + long[1:], "e": "AQAB"}, ("key_too_large", "key_invalid")),
        ({"kty": "RSA", "n": forge.material("RS256").jwk()["n"], "e": "_" + long[1:]}, ("key_invalid",)),
        ({"kty": "EC", "crv": "P-256", "x": long, "y": long[:10]}, ("jwk_invalid",)),
        ({"kty": "OKP", "crv": "Ed25519", "x": long}, ("jwk_invalid",)),
        ({"kty": long}, ("key_unsupported",)),
        ({"kty": "EC", "crv": long, "x": "AA", "y": "AA"}, ("key_unsupported", "jwk_invalid")),
    ]:
        assert code(impl.Key.from_jwk, members) in codes


def test_openssh_lines(impl: Any) -> None:
    def line(kind: bytes, *fields: bytes) -> bytes:
        data = b"".join(len(field).to_bytes(4) + field for field in (kind, *fields))
        return kind + b" " + forge.base64.b64encode(data)

    n = forge.material("RS256").public.public_numbers().n
    number = b"\0" + n.to_bytes(256)
    assert impl.Key.from_openssh(line(b"ssh-rsa", b"\1\0\1", number)).bits == 2048
    for text in [
        b"", b" ", b"ssh-rsa", b"ssh-rsa ", b"ssh-rsa =", b"ssh-rsa AAAA", b"ssh-rsa " + b"A" * 900_000, b"ssh-rsa " + b"/" * 900_000,
        line(b"ssh-rsa"), line(b"ssh-rsa", b""), line(b"ssh-rsa", b"", b""), line(b"ssh-rsa", b"\1\0\1"), line(b"ssh-rsa", b"\1\0\1", b""),
        line(b"ssh-rsa", b"\1\0\1", number[1:]), line(b"ssh-rsa", b"\0\1\0\1", number), line(b"ssh-rsa", b"\1\0\1", b"\0" + number),
        line(b"ssh-rsa", b"\1\0\1", number, b""), line(b"ssh-rsa", b"\1\0\1", number, b"x"), line(b"ssh-rsa", b"\1\0\1", number)[:-4],
        line(b"ssh-ed25519", b"x" * 31), line(b"ssh-ed25519", b"x" * 33), line(b"ssh-ed25519", b"x" * 32, b""), line(b"ssh-ed25519", bytes(32)),
        line(b"ecdsa-sha2-nistp256", b"nistp256", b""), line(b"ecdsa-sha2-nistp256", b"nistp256", b"\0"), line(b"ecdsa-sha2-nistp256", b"nistp384", b"\4" + bytes(64)),
        line(b"ecdsa-sha2-nistp256", b"nistp256", b"\4" + bytes(64)), line(b"ecdsa-sha2-nistp256", b"nistp256", b"\4" + bytes(96)),
        line(b"ssh-dss", b"x"), line(b"sk-ssh-ed25519@openssh.com", bytes(32), b"ssh:"), b"ssh-rsa " + line(b"ssh-ed25519", b"x" * 32).split()[1],
        b"command=\"ls\" " + line(b"ssh-rsa", b"\1\0\1", number), line(b"ssh-rsa", b"\1\0\1", number) + b"\n" + line(b"ssh-rsa", b"\1\0\1", number),
        b"ssh-rsa " + b"\xff\xff\xff\xff".hex().encode(), b"ssh-rsa " + forge.base64.b64encode(b"\xff" * 4 + b"ssh-rsa"),
    ]:  # fmt: skip
        assert code(impl.Key.from_openssh, text) in ("key_malformed", "key_unsupported", "key_invalid", "key_weak"), (
            text[:80]
        )
