"""ECDSA signatures are `r || s` of fixed length with both in 1..n-1 (RFC 7518 section 3.4, CVE-2022-21449)."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from judge import verdict

import forge

ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    "ES512": (1 << 521) - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
    "ES256K": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
}
LENGTHS = {"ES256": 32, "ES384": 48, "ES512": 66, "ES256K": 32}

each_curve = pytest.mark.parametrize("algorithm", ORDERS)


def parts(algorithm: str) -> tuple[str, int, int]:
    """The signing input of a good token, its r and its s."""
    body, _, signature = forge.token(algorithm=algorithm).rpartition(".")
    raw = forge.unb64(signature)
    return body, int.from_bytes(raw[: len(raw) // 2]), int.from_bytes(raw[len(raw) // 2 :])


def glued(algorithm: str, body: str, r: int, s: int) -> str:
    length = LENGTHS[algorithm]
    return f"{body}.{forge.b64(r.to_bytes(length) + s.to_bytes(length))}"


@each_curve
def test_r_and_s_out_of_range(verifier: Any, algorithm: str) -> None:
    body, r, s = parts(algorithm)
    n = ORDERS[algorithm]
    top = (1 << (8 * LENGTHS[algorithm])) - 1
    judge = verifier(algorithm)
    assert verdict(judge, glued(algorithm, body, r, s)) is None
    pairs = [
        (0, 0),
        (0, 1),
        (1, 0),
        (0, s),
        (r, 0),
        (n, n),
        (n, s),
        (r, n),
        (n, 0),
        (0, n),
        (n, 1),
        (1, n),
        (top, top),
        (r, top),
    ]
    pairs += [(1, 1), (n - 1, n - 1), (n - 1, 1), (s, r), (r, r), (n - r, s), (r ^ 1, s), (r, s ^ 1)]
    pairs += [pair for pair in [(r + n, s), (r, s + n), (r + n, s + n)] if max(pair) <= top]
    for pair in pairs:
        assert verdict(judge, glued(algorithm, body, *pair)) == "bad_signature", pair


@each_curve
def test_high_s_is_accepted(verifier: Any, algorithm: str) -> None:
    """RFC 7518 has no rule of low s: refusing high ones would refuse every second token of most signers."""
    body, r, s = parts(algorithm)
    assert verdict(verifier(algorithm), glued(algorithm, body, r, ORDERS[algorithm] - s)) is None


@each_curve
def test_signatures_of_another_form(verifier: Any, algorithm: str) -> None:
    body, r, s = parts(algorithm)
    length = LENGTHS[algorithm]
    raw = r.to_bytes(length) + s.to_bytes(length)
    wrong = [
        b"",
        raw[:-1],
        raw[1:],
        raw + b"\0",
        b"\0" + raw,
        b"\0" + raw[:length] + b"\0" + raw[length:],
        raw[:length],
        raw + raw,
        raw[:length] + b"\0" * length,
        r.to_bytes(length, "little") + s.to_bytes(length, "little"),
        encode_dss_signature(r, s),
        encode_dss_signature(r, s).ljust(2 * length, b"\0"),
        encode_dss_signature(r, s)[-2 * length :],
        encode_dss_signature(0, 0),
        bytes(2 * length),
        b"\xff" * (2 * length),
        b"\0" * 100_000,
    ]
    judge = verifier(algorithm)
    for signature in wrong:
        assert verdict(judge, f"{body}.{forge.b64(signature)}") == "bad_signature", signature[:80]


@each_curve
def test_the_signature_of_another_curve(verifier: Any, key: Any, algorithm: str) -> None:
    """The header names one curve, the signature is another key's."""
    for other in ORDERS:
        if other == algorithm:
            continue
        body = f"{forge.b64(forge.dump({'alg': algorithm}))}.{forge.b64(forge.dump(forge.CLAIMS))}"
        assert verdict(verifier(algorithm), forge.signed(body, algorithm=other)) == "bad_signature"
        assert (
            verdict(verifier(algorithm, other, keys=key(other)), forge.signed(body, algorithm=other)) == "key_unknown"
        )


@each_curve
def test_a_stranger_with_a_key_of_the_same_kind(verifier: Any, algorithm: str) -> None:
    assert (
        verdict(verifier(algorithm), forge.token(algorithm=algorithm, key=forge.material(algorithm, 1)))
        == "bad_signature"
    )


@each_curve
def test_a_signature_belongs_to_one_text(verifier: Any, algorithm: str) -> None:
    """The same header and claims, written otherwise, are another text."""
    body, _, signature = forge.token(algorithm=algorithm).rpartition(".")
    spaced = f"{body.partition('.')[0]}.{forge.b64(forge.dump(forge.CLAIMS).replace(b',', b', '))}"
    for text in (spaced, body.swapcase(), body.partition(".")[2] + "." + body.partition(".")[0]):
        assert verdict(verifier(algorithm), f"{text}.{signature}") is not None
    assert verdict(verifier(algorithm), f"{spaced}.{signature}") == "bad_signature"
