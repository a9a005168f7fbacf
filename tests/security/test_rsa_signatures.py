"""RSA signatures: one padding, one DigestInfo, one length (RFC 8017 section 8, RFC 7518 section 3.5, CVE-2006-4339)."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from judge import verdict

import forge

# A key with e = 3, whose signatures can be forged by cube roots where a verifier looks at parts of the block only.
P = int(
    "e6671cbacfdd6db7df50b3e7a788c3f65372a4cbc2e4ac56e7d68a436d3bad00d63c92c9c98233d1a60db02dabac19c19c71ffafb9c2a98dc89f5a5a33000f68"
    "3c2e1caebaaa36b1d72d910751f48d20b3728eb8546b71b0bf754e018981ce9fe56cf863cadd61adbb954f09daef9896b746a6c3464e924ef6fe72c8fa84e293",
    16,
)
Q = int(
    "c8b110423f505f1e22186bebd90a2baad9051e5b5387494c197a417ae0115d184150780379aec79e2c166ecad49ed3ca63962dbf630cf638ae481b24a4c6f49f"
    "515c5237eec0fa4ddaea04b5f7887344e20a52ad9e601f2f49e39526ce014c4842776abe54d560b9519299d01e803cbf0c8d5decbb123d36bd88cb9fd4bc8173",
    16,
)
N = P * Q
SIZE = 256
OIDS = {
    "sha1": "06052b0e03021a",
    "sha256": "0609608648016503040201",
    "sha384": "0609608648016503040202",
    "sha512": "0609608648016503040203",
    "sha224": "0609608648016503040204",
    "sha512_256": "0609608648016503040206",
    "sha3_256": "0609608648016503040208",
    "md5": "06082a864886f70d0205",
}


def body(number: int = 0, algorithm: str = "RS256") -> str:
    return f"{forge.b64(forge.dump({'alg': algorithm}))}.{forge.b64(forge.dump(forge.CLAIMS | {'n': number}))}"


def glued(text: str, signature: int | bytes) -> str:
    return f"{text}.{forge.b64(signature.to_bytes(SIZE) if isinstance(signature, int) else signature)}"


def digest_info(name: str, digest: bytes, parameters: bytes = b"\5\0") -> bytes:
    return forge.der(0x30, forge.der(0x30, bytes.fromhex(OIDS[name]), parameters), forge.der(0x04, digest))


def cube_root(number: int) -> int:
    """Rounded up."""
    low, high = 0, 1 << (number.bit_length() // 3 + 2)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < number else (low, middle)
    return low


@pytest.fixture
def cubic(impl: Any, verifier: Any) -> Any:
    return verifier("RS256", keys=impl.Key.from_der(forge.rsa_spki(N, 3)))


@pytest.fixture
def lock(impl: Any, verifier: Any) -> Any:
    """A verifier of the key of `forge`, for RS256 and PS256."""
    return verifier("RS256", "PS256", "PS384", "RS512", keys=impl.Key.from_pem(forge.material("RS256").pem()))


def private_power(block: bytes) -> int:
    numbers = forge.material("RS256").private.private_numbers()
    return pow(int.from_bytes(block), numbers.d, numbers.public_numbers.n)


def test_the_e_3_key_itself_is_good(cubic: Any) -> None:
    d = pow(3, -1, (P - 1) * (Q - 1))
    private = rsa.RSAPrivateNumbers(
        P, Q, d, d % (P - 1), d % (Q - 1), pow(Q, -1, P), rsa.RSAPublicNumbers(3, N)
    ).private_key()
    assert verdict(cubic, forge.signed(body(), algorithm="RS256", key=forge.Material(private))) is None


def test_bleichenbacher_garbage_at_the_end(cubic: Any) -> None:
    info = digest_info("sha256", hashlib.sha256(body().encode()).digest())
    for filler in (0, 1, 8, 20):
        start = b"\0\1" + b"\xff" * filler + b"\0" + info
        forged = cube_root(int.from_bytes(start.ljust(SIZE, b"\0")))
        assert (forged**3).to_bytes(SIZE).startswith(start)
        assert verdict(cubic, glued(body(), forged)) == "bad_signature"


def test_bleichenbacher_garbage_in_the_middle(cubic: Any) -> None:
    """The end of the block is right, its padding is not `ff` all the way (BERserk, CVE-2014-1568)."""
    number = next(i for i in range(99) if hashlib.sha256(body(i).encode()).digest()[-1] % 2)
    end = b"\0" + digest_info("sha256", hashlib.sha256(body(number).encode()).digest())
    modulus = 1 << 8 * len(end)
    low = pow(int.from_bytes(end), pow(3, -1, modulus // 2), modulus)
    high = cube_root(int.from_bytes((b"\0\1" + b"\xff" * 20).ljust(SIZE, b"\0")))
    forged = high - high % modulus + low
    block = (forged**3).to_bytes(SIZE)
    assert block.startswith(b"\0\1\xff\xff\xff\xff\xff\xff\xff\xff")
    assert block.endswith(end)
    assert verdict(cubic, glued(body(number), forged)) == "bad_signature"


@pytest.mark.parametrize("number", [0, 1, 2, N - 1, N, N + 1, (1 << 2048) - 1, P, Q], ids=range(9))
def test_numbers_that_need_no_key(cubic: Any, number: int) -> None:
    assert verdict(cubic, glued(body(), number)) == "bad_signature"


def blocks(text: str) -> dict[str, bytes]:
    """Encoded messages that are not EMSA-PKCS1-v1_5 (RFC 8017 section 9.2), some of them nearly."""
    digest = hashlib.sha256(text.encode()).digest()
    info = digest_info("sha256", digest)

    def padded(end: bytes, start: bytes = b"\0\1", filler: bytes = b"\xff", middle: bytes = b"\0") -> bytes:
        return start + filler * (SIZE - len(start) - len(middle) - len(end)) + middle + end

    long_form = b"\x30\x81" + info[1:]
    return (
        {
            "no NULL": padded(digest_info("sha256", digest, b"")),
            "long NULL": padded(digest_info("sha256", digest, b"\5\x81\0")),
            "other parameters": padded(digest_info("sha256", digest, b"\4\x08garbage!")),
            "BER length": padded(long_form),
            "BER length twice": padded(b"\x30\x82\0" + info[1:]),
            "indefinite length": padded(b"\x30\x80" + info[2:] + b"\0\0"),
            "sequence with a tail": padded(forge.der(0x30, info[2:], b"\5\0")),
            "tail": padded(info + b"\0"),
            "long tail": padded(info + b"\0" * 64),
            "bare digest": padded(digest),
            "digest as octets": padded(forge.der(0x04, digest)),
            "constructed octets": padded(info.replace(b"\4\x20", b"\x24\x20")),
            "short digest": padded(digest_info("sha256", digest[:31])),
            "empty digest": padded(digest_info("sha256", b"")),
            "block type 0": padded(info, start=b"\0\0"),
            "block type 0, filled with zeros": padded(info, start=b"\0\0", filler=b"\0"),
            "block type 2": padded(info, start=b"\0\2"),
            "block type 1, filled with zeros": padded(info, filler=b"\0"),
            "block type 1, filled with others": padded(info, filler=b"\xfe"),
            "no separator": padded(info, middle=b""),
            "separator ff": padded(info, middle=b"\xff"),
            "short filler": (b"\0\1" + b"\xff" * 8 + b"\0" + info).rjust(SIZE, b"\0"),
            "short filler, garbage after": (b"\0\1" + b"\xff" * 8 + b"\0" + info).ljust(SIZE, b"\xaa"),
            "filler with a hole": padded(info)[:100] + b"\0" + padded(info)[101:],
            "other first byte": b"\1" + padded(info)[1:],
            "reversed": padded(info)[::-1],
        }
        | {
            f"DigestInfo of {name}": padded(digest_info(name, hashlib.new(name, text.encode()).digest()))
            for name in OIDS
            if name != "sha256"
        }
        | {
            f"{name} says it is SHA-256": padded(digest_info("sha256", hashlib.new(name, text.encode()).digest()))
            for name in OIDS
            if name != "sha256"
        }
        | {f"SHA-256 says it is {name}": padded(digest_info(name, digest)) for name in OIDS if name != "sha256"}
    )


@pytest.mark.parametrize("name", blocks(""))
def test_other_paddings_under_the_real_key(lock: Any, name: str) -> None:
    n = forge.material("RS256").private.private_numbers().public_numbers.n
    for number in range(2):
        text = body(number)
        block = blocks(text)[name]
        if int.from_bytes(block) < n:
            assert verdict(lock, glued(text, private_power(block))) == "bad_signature"


def test_the_table_of_blocks_is_sound(lock: Any) -> None:
    """With the right block the same path accepts: the refusals above are due to the blocks."""
    end = b"\0" + digest_info("sha256", hashlib.sha256(body().encode()).digest())
    assert verdict(lock, glued(body(), private_power(b"\0\1" + b"\xff" * (SIZE - 2 - len(end)) + end))) is None


def test_s_plus_n(lock: Any) -> None:
    n = forge.material("RS256").private.private_numbers().public_numbers.n
    for number in range(40):
        good = forge.signed(body(number), algorithm="RS256")
        s = int.from_bytes(forge.unb64(good.rpartition(".")[2]))
        assert verdict(lock, good) is None
        assert verdict(lock, glued(body(number), (s + n).to_bytes(SIZE + 1))) == "bad_signature"
        assert verdict(lock, glued(body(number), n - s)) == "bad_signature"
        if s + n < 1 << 2048:
            assert verdict(lock, glued(body(number), s + n)) == "bad_signature"
            return


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "RS512"])
def test_wrong_lengths(lock: Any, algorithm: str) -> None:
    good = forge.signed(body(algorithm=algorithm), algorithm=algorithm)
    text, _, signature = good.rpartition(".")
    raw = forge.unb64(signature)
    assert verdict(lock, good) is None
    for other in (
        b"",
        raw[:-1],
        raw[1:],
        b"\0" + raw,
        raw + b"\0",
        raw + raw,
        raw[:128],
        b"\0",
        raw.ljust(384, b"\0"),
        b"\1" * 65_536,
    ):
        assert verdict(lock, glued(text, other)) == "bad_signature"


def test_a_stripped_leading_zero(lock: Any) -> None:
    """RFC 8017 section 8.2.2 step 1: the length is checked before anything is computed."""
    for number in range(5000):
        good = forge.signed(body(number), algorithm="RS256")
        raw = forge.unb64(good.rpartition(".")[2])
        if raw[0] == 0:
            assert verdict(lock, good) is None
            assert verdict(lock, glued(body(number), raw.lstrip(b"\0"))) == "bad_signature"
            return
    pytest.fail("no signature with a leading zero in 5,000")


SHA1, SHA256, SHA384 = hashes.SHA1(), hashes.SHA256(), hashes.SHA384()

PSS = {
    "salt of nothing": (padding.PSS(padding.MGF1(SHA256), 0), SHA256),
    "salt of 20 bytes": (padding.PSS(padding.MGF1(SHA256), 20), SHA256),
    "salt of 31 bytes": (padding.PSS(padding.MGF1(SHA256), 31), SHA256),
    "salt of 33 bytes": (padding.PSS(padding.MGF1(SHA256), 33), SHA256),
    "longest salt": (padding.PSS(padding.MGF1(SHA256), padding.PSS.MAX_LENGTH), SHA256),
    "MGF1 with SHA-1": (padding.PSS(padding.MGF1(SHA1), 32), SHA256),
    "MGF1 with SHA-384": (padding.PSS(padding.MGF1(SHA384), 32), SHA256),
    "SHA-384": (padding.PSS(padding.MGF1(SHA384), 48), SHA384),
    "SHA-384 with a short salt": (padding.PSS(padding.MGF1(SHA384), 32), SHA384),
    "SHA-1 throughout": (padding.PSS(padding.MGF1(SHA1), 20), SHA1),
    "PKCS#1 v1.5": (padding.PKCS1v15(), SHA256),
}


@pytest.mark.parametrize("name", PSS)
def test_pss_of_other_parameters(lock: Any, name: str) -> None:
    text = body(algorithm="PS256").encode()
    signature = forge.material("PS256").private.sign(text, *PSS[name])
    assert verdict(lock, glued(text.decode(), signature)) == "bad_signature"


def test_pss_as_pkcs1_and_each_algorithm_as_another(lock: Any) -> None:
    names = ("RS256", "PS256", "PS384", "RS512")
    for said in names:
        for meant in names:
            token = forge.signed(body(algorithm=said), algorithm=meant)
            assert verdict(lock, token) == (None if said == meant else "bad_signature")


def test_pss_blocks(lock: Any) -> None:
    """EMSA-PSS with one thing wrong at a time (RFC 8017 section 9.1.2)."""
    text = body(algorithm="PS256")
    n = forge.material("PS256").private.private_numbers().public_numbers.n
    mhash = hashlib.sha256(text.encode()).digest()

    def block(
        prefix: bytes = bytes(8), trailer: bytes = b"\xbc", filler: bytes = b"\0", one: bytes = b"\1", top: int = 0
    ) -> bytes:
        salt = b"s" * 32
        digest = hashlib.sha256(prefix + mhash + salt).digest()
        data = filler * (SIZE - 32 - 32 - 2) + one + salt
        mask = b"".join(hashlib.sha256(digest + bytes([0, 0, 0, i])).digest() for i in range(math.ceil(len(data) / 32)))
        masked = bytearray(a ^ b for a, b in zip(data, mask, strict=False))
        masked[0] = masked[0] & 0x7F | top
        return bytes(masked) + digest + trailer

    assert verdict(lock, glued(text, private_power(block()))) is None
    wrong = [
        block(prefix=b"\1" + bytes(7)),
        block(prefix=b""),
        block(trailer=b"\xcc"),
        block(trailer=b"\0"),
        block(filler=b"\1"),
        block(one=b"\2"),
        block(one=b"\0"),
        block(top=0x80),
        block()[1:] + b"\xbc",
    ]
    for other in wrong:
        if int.from_bytes(other) < n:
            assert verdict(lock, glued(text, private_power(other))) == "bad_signature"


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_a_stranger_with_a_key_of_the_same_kind(verifier: Any, algorithm: str) -> None:
    assert (
        verdict(verifier(algorithm), forge.token(algorithm=algorithm, key=forge.material(algorithm, 1)))
        == "bad_signature"
    )
