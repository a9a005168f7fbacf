"""A key keeps its identity through every form, within a half and from one to the other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outcome import Halves

import forge

ASYMMETRIC = ["RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA"]

FORMS: dict[str, Any] = {
    "pem": (lambda key, private: key.to_pem(private=private), "from_pem"),
    "der": (lambda key, private: key.to_der(private=private), "from_der"),
    "jwk": (lambda key, private: key.to_jwk(private=private), "from_jwk"),
    "jwk text": (lambda key, private: forge.dump(key.to_jwk(private=private)), "from_jwk"),
}


def identity(key: Any) -> tuple[Any, ...]:
    return key.thumbprint(), key.kty, key.curve, key.bits


PATH = ["pem", "jwk", "der", "jwk text", "pem", "der", "jwk", "pem", "jwk text", "der", "pem"]
"""Each form after each other one, or nearly."""


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("first", [0, 1])
def test_through_every_form(both: Halves, algorithm: str, private: bool, first: int) -> None:
    """PEM -> Key -> JWK -> Key -> DER -> Key ..., from one half to the other and back."""
    key = both[first].Key.from_pem(forge.material(algorithm).pem(private=private))
    expected = identity(key)
    for step, form in enumerate(PATH):
        half = both[(first + step // 2) % 2]
        write, read = FORMS[form]
        key = getattr(half.Key, read)(write(key, private))
        assert identity(key) == expected
        assert key.is_private is private


@settings(max_examples=20)
@given(algorithm=st.sampled_from([*ASYMMETRIC[1:], "HS256", "HS512", "Ed25519"]), maker=st.integers(0, 1))
def test_generated_keys(both: Halves, algorithm: str, maker: int) -> None:
    """What one half makes and signs, the other reads and verifies."""
    mine, other = both[maker], both[1 - maker]
    key = mine.Key.generate(algorithm, kid="k")
    copy = other.Key.from_jwk(key.to_jwk(private=True))
    assert identity(key) == identity(copy)
    payload = forge.dump(forge.CLAIMS)
    for signer, half in ((key, other), (copy, mine)):
        token = (mine if half is other else other).sign_compact(
            signer, algorithm, forge.dump({"alg": algorithm, "kid": "k"}), payload
        )
        held = copy if half is other else key
        keys = held if held.kty == "oct" else held.public()
        verifier = half.Verifier(keys, algorithms=[algorithm], issuer=None, audience=None, clock=lambda: forge.NOW)
        assert verifier.decode(token) == forge.CLAIMS


@settings(max_examples=20)
@given(scalar=st.integers(1, 2**200), curve=st.sampled_from(list(forge.CURVES)))
def test_small_and_odd_scalars(both: Halves, scalar: int, curve: str) -> None:
    """Coordinates and scalars with leading zeros keep their length."""
    material = forge.Material(forge.ec.derive_private_key(scalar, forge.CURVES[curve]))
    made = [half.Key.from_jwk(material.jwk(private=True)) for half in both]
    for key in made:
        assert key.to_jwk(private=True)["d"] == material.jwk(private=True)["d"]
        for half in both:
            assert identity(half.Key.from_der(key.to_der(private=True))) == identity(key)
            assert identity(half.Key.from_pem(key.to_pem())) == identity(key)
    assert identity(made[0]) == identity(made[1])


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_what_others_read(both: Halves, algorithm: str) -> None:
    """`cryptography` reads what both write, and finds the same numbers."""
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

    material = forge.material(algorithm)
    for half in both:
        key = half.Key.from_pem(material.pem(private=True))
        assert load_der_public_key(key.to_der()) == material.public
        theirs = load_der_private_key(key.to_der(private=True), None)
        assert forge.Material(theirs).der(private=True) == material.der(private=True)


def test_thumbprints_by_the_book(impl: Any) -> None:
    """RFC 7638 section 3, computed here by hand."""
    import hashlib

    for algorithm in (*ASYMMETRIC, "HS256"):
        jwk = forge.material(algorithm).jwk()
        text = forge.dump(dict(sorted(jwk.items())))
        key = impl.Key.from_jwk(forge.material(algorithm).jwk(alg=algorithm, kid="a", use="sig"))
        for name in ("SHA-256", "SHA-384", "SHA-512"):
            digest = hashlib.new(name.replace("-", "").lower(), text).digest()
            assert key.thumbprint(hash=name) == forge.b64(digest)
