"""Segments are canonical base64url: one text a token, and no other (RFC 7515 section 2, RFC 4648 section 3.5)."""

from __future__ import annotations

import string
from typing import Any

import pytest
from judge import verdict

import forge

ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
CODES = ("header_base64", "payload_base64", "signature_base64")


def with_segment(token: str, index: int, segment: str) -> str:
    parts = token.split(".")
    parts[index] = segment
    return ".".join(parts)


def resigned(token: str) -> str:
    return forge.signed(token.rpartition(".")[0])


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize(
    "junk",
    [
        "+",
        "/",
        "=",
        " ",
        "\n",
        "\r",
        "\t",
        "\0",
        "!",
        "%",
        ",",
        "\x7f",
        "\x80",
        "é",
        "\u2010",
        "Ａ",
        "\ud800",
        "~",
        "*",
        "'",
    ],
    ids=ascii,
)
def test_characters_of_other_alphabets(verifier: Any, index: int, junk: str) -> None:
    """At the start, in the middle, at the end; under a signature that covers them."""
    good = forge.token()
    segment = good.split(".")[index]
    for changed in (
        junk + segment,
        segment + junk,
        segment[:8] + junk + segment[9:],
        junk * 4,
        segment[:-1] + junk,
        junk,
    ):
        for strict in (verifier(), verifier(allow_padding=True)):
            token = with_segment(good, index, changed)
            if index < 2:
                token = forge.signed(token.rpartition(".")[0])
            if (
                junk == "="
                and changed.endswith("=")
                and strict is not None
                and len(changed) % 4 == 0
                and set(changed[:-2]) <= set(ALPHABET)
            ):
                continue  # may be correct padding: see below
            assert verdict(strict, token) == CODES[index], ascii(changed)


def every_last_character(segment: str) -> list[str]:
    return [segment[:-1] + letter for letter in ALPHABET if letter != segment[-1]]


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256", "ES512", "EdDSA"])
def test_unused_bits_of_the_signature(verifier: Any, algorithm: str) -> None:
    """Sixteen texts decode to the same signature in lax decoders; a list of revoked tokens would know one of them."""
    good = forge.token(algorithm=algorithm)
    signature = good.rpartition(".")[2]
    judge = verifier(algorithm)
    codes = {verdict(judge, with_segment(good, 2, other)) for other in every_last_character(signature)}
    assert codes <= {"signature_base64", "bad_signature"}
    if len(signature) % 4:
        assert "signature_base64" in codes


def test_unused_bits_of_header_and_payload(verifier: Any) -> None:
    """Also where the signature covers the other spelling."""
    for claims in ({"exp": forge.NOW + 9, "x": "y" * i} for i in range(3)):
        for name in ("", "a", "ab"):
            good = forge.token(claims, header={"x": name})
            for index in (0, 1):
                segment = good.split(".")[index]
                if len(segment) % 4:
                    unused = 4 if len(segment) % 4 == 2 else 2
                    last = ALPHABET[ALPHABET.index(segment[-1]) | 1 << (unused - 1)]
                    assert verdict(verifier(), resigned(with_segment(good, index, segment[:-1] + last))) == CODES[index]


def test_a_length_of_one_more_than_a_multiple_of_four(verifier: Any) -> None:
    good = forge.token()
    for index in range(3):
        segment = good.split(".")[index]
        for cut in (segment[: len(segment) // 4 * 4 - 3], segment[: len(segment) // 4 * 4] + "A", "A"):
            assert verdict(verifier(), with_segment(good, index, cut)) == CODES[index]


def test_padding(verifier: Any) -> None:
    strict, lax = verifier(), verifier(allow_padding=True)
    for size in range(6):
        good = forge.token({"exp": forge.NOW + 9, "x": "y" * size}, header={"x": "z" * size})
        assert verdict(lax, good) is None
        padded = [segment + "=" * (-len(segment) % 4) for segment in good.split(".")]
        for index in range(3):
            if "=" not in padded[index]:
                continue
            token = with_segment(good, index, padded[index])
            token = token if index == 2 else resigned(token)
            assert verdict(strict, token) == CODES[index]
            assert verdict(lax, token) is None
            for wrong in (
                padded[index] + "=",
                padded[index][:-1] + "=A",
                padded[index] + "====",
                "=" + padded[index],
                padded[index][:-1] if "==" in padded[index] else padded[index] + "==",
            ):
                assert verdict(lax, with_segment(good, index, wrong)) == CODES[index]
        # What is signed is the text as sent: with the padding taken off or put on the signature is another.
        for index in (0, 1):
            if "=" in padded[index]:
                assert verdict(lax, with_segment(good, index, padded[index])) == "bad_signature"


def test_unused_bits_are_checked_with_padding_too(verifier: Any) -> None:
    good = forge.token(algorithm="HS256")
    signature = good.rpartition(".")[2]
    assert len(signature) % 4 == 3
    last = ALPHABET[ALPHABET.index(signature[-1]) | 1]
    assert (
        verdict(verifier(allow_padding=True), with_segment(good, 2, signature[:-1] + last + "=")) == "signature_base64"
    )


def test_empty_segments(verifier: Any) -> None:
    good = forge.token()
    assert verdict(verifier(), "..") == "header_json"
    assert verdict(verifier(), with_segment(good, 0, "")) == "header_json"
    assert verdict(verifier(), with_segment(good, 1, "")) == "bad_signature"
    assert verdict(verifier(), with_segment(good, 2, "")) == "bad_signature"
    assert verdict(verifier(), resigned(with_segment(good, 1, ""))) == "payload_json"
