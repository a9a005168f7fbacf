"""HMAC: secrets as long as the hash, the whole code compared (RFC 7518 section 3.2)."""

from __future__ import annotations

from typing import Any

import pytest
from judge import verdict

import forge
from expect import refused

LENGTH = {"HS256": 32, "HS384": 48, "HS512": 64}

each = pytest.mark.parametrize("algorithm", LENGTH)


@each
@pytest.mark.parametrize("allow_weak", [False, True])
def test_an_empty_secret(impl: Any, algorithm: str, allow_weak: bool) -> None:
    for secret in (b"", ""):
        with refused("secret_empty"):
            impl.Key.from_secret(secret, algorithm=algorithm, allow_weak=allow_weak)
    with refused("secret_empty"):
        impl.Key.from_jwk({"kty": "oct", "k": ""}, algorithm=algorithm, allow_weak=allow_weak)


@each
def test_short_secrets(impl: Any, verifier: Any, algorithm: str) -> None:
    for length in (1, 16, LENGTH[algorithm] - 1):
        secret = b"s" * length
        with refused("key_weak"):
            impl.Key.from_secret(secret, algorithm=algorithm)
        with refused("key_weak"):
            impl.Key.from_jwk({"kty": "oct", "k": forge.b64(secret), "alg": algorithm})
        weak = impl.Key.from_secret(secret, algorithm=algorithm, allow_weak=True)
        good = forge.token(algorithm=algorithm, key=forge.Material(secret))
        assert verdict(verifier(algorithm, keys=weak), good) is None
    assert impl.Key.from_secret(b"s" * LENGTH[algorithm], algorithm=algorithm).bits == 8 * LENGTH[algorithm]


def test_a_jwk_without_alg_is_good_for_what_it_is_long_enough_for(impl: Any) -> None:
    for length, names in ((64, ("HS256", "HS384", "HS512")), (63, ("HS256", "HS384")), (47, ("HS256",))):
        assert impl.Key.from_jwk({"kty": "oct", "k": forge.b64(b"s" * length)}).algorithms == names
    with refused("key_weak"):
        impl.Key.from_jwk({"kty": "oct", "k": forge.b64(b"s" * 31)})
    assert impl.Key.from_jwk({"kty": "oct", "k": forge.b64(b"s")}, allow_weak=True).algorithms == (
        "HS256",
        "HS384",
        "HS512",
    )


@each
def test_codes_of_another_length(verifier: Any, algorithm: str) -> None:
    text, _, signature = forge.token(algorithm=algorithm).rpartition(".")
    raw = forge.unb64(signature)
    for other in (
        b"",
        raw[:1],
        raw[:16],
        raw[:-1],
        raw[1:],
        raw + b"\0",
        b"\0" + raw,
        raw + raw,
        bytes(len(raw)),
        raw[::-1],
        raw * 2000,
    ):
        assert verdict(verifier(algorithm), f"{text}.{forge.b64(other)}") == "bad_signature"


def test_codes_of_another_hash(impl: Any, verifier: Any) -> None:
    material = forge.material("HS512")
    keys = impl.Key.from_jwk(material.jwk())
    for said in LENGTH:
        for meant in LENGTH:
            text = f"{forge.b64(forge.dump({'alg': said}))}.{forge.b64(forge.dump(forge.CLAIMS))}"
            token = forge.signed(text, algorithm=meant, key=material)
            assert verdict(verifier(*LENGTH, keys=keys), token) == (None if said == meant else "bad_signature")


def test_secrets_that_hmac_itself_takes_for_equal(impl: Any) -> None:
    """RFC 2104 pads with zeros and hashes long keys: such a secret is another key, but the same code. Nothing to refuse; both agree."""
    for secret in (b"s" * 64, b"s" * 64 + b"\0", b"s" * 65, b"\0" * 64):
        token = impl.sign_compact(impl.Key.from_secret(secret, algorithm="HS256"), "HS256", b'{"alg":"HS256"}', b"{}")
        assert token == forge.token({}, key=forge.Material(secret))
