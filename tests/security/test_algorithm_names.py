"""`alg` is compared exactly, with the caller's list, and `none` does not exist (RFC 8725 sections 3.1 and 3.2, CVE-2015-9235)."""

from __future__ import annotations

from typing import Any

import pytest
from judge import verdict

import forge
from expect import refused

NONE = [
    "none",
    "None",
    "NONE",
    "nOnE",
    " none",
    "none ",
    "\tnone",
    "none\n",
    "none\0",
    "\0none",
    "non\u0435",
    "\uff4eone",
    "ＮＯＮＥ",
]
NEARLY = [
    "",
    "hs256",
    "Hs256",
    "HS256 ",
    " HS256",
    "HS256\0",
    "HS256\0none",
    "HS-256",
    "HS2",
    "HS256,RS256",
    "HS1",
    "HMAC",
    "ＨＳ256",
    "HS\u0032\u0035\uff16",
]
OTHERS = [
    "A128KW",
    "dir",
    "RSA1_5",
    "ECDH-ES",
    "PBES2-HS256+A128KW",
    "RS1",
    "ES256KR",
    "Ed448",
    "ES521",
    "EDDSA",
    "ed25519",
    "SHA256",
]


@pytest.mark.parametrize("name", NONE + NEARLY + OTHERS)
def test_names_that_are_none_of_the_table(verifier: Any, name: str) -> None:
    good = forge.token(header={"alg": name})
    body = good.rpartition(".")[0]
    for token in (good, f"{body}.", f"{body}.AAAA"):
        assert verdict(verifier(), token) == "alg_unsupported"


@pytest.mark.parametrize("name", NONE)
def test_none_cannot_be_allowed(impl: Any, key: Any, name: str) -> None:
    with pytest.raises(ValueError, match="algorithms"):
        impl.Verifier(key("HS256"), algorithms=["HS256", name], issuer=None, audience=None)
    with pytest.raises(ValueError, match="algorithm"):
        impl.Key.from_secret(b"s" * 64, algorithm=name)
    with pytest.raises(ValueError, match="algorithm"):
        impl.sign_compact(key("HS256"), name, b"{}", b"{}")
    with pytest.raises(ValueError, match="algorithm"):
        impl.sign_compact_with(lambda _: b"", name, b"{}", b"{}")


@pytest.mark.parametrize(
    "value", ["null", "true", "0", "1.5", "[]", '["HS256"]', '["none"]', "{}", '{"HS256":1}', '{"alg":"HS256"}']
)
def test_alg_of_another_type(verifier: Any, value: str) -> None:
    assert verdict(verifier(), forge.token(header=b'{"alg":%s}' % value.encode())) == "alg_invalid"


@pytest.mark.parametrize(
    "header", [b"{}", b'{"ALG":"HS256"}', b'{"alg ":"HS256"}', b'{"alg\\u0000":"HS256"}', b'{"x":{"alg":"HS256"}}']
)
def test_alg_missing(verifier: Any, header: bytes) -> None:
    assert verdict(verifier(), forge.token(header=header)) == "alg_missing"


@pytest.mark.parametrize(
    "algorithms", [[], (), None, "HS256", "none", b"HS256", 1, {"HS256": 1}, [None], [b"HS256"], ["HS256", None]]
)
def test_an_allow_list_that_is_none(impl: Any, key: Any, algorithms: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        impl.Verifier(key("HS256"), algorithms=algorithms, issuer=None, audience=None)


def test_the_allow_list_cannot_be_left_out(impl: Any, key: Any) -> None:
    with pytest.raises(TypeError):
        impl.Verifier(key("HS256"), issuer=None, audience=None)


@pytest.mark.parametrize("algorithm", forge.ALGORITHMS)
@pytest.mark.parametrize("allowed", ["HS256", "RS256", "ES256", "EdDSA"])
def test_an_algorithm_that_is_not_on_the_list(verifier: Any, algorithm: str, allowed: str) -> None:
    if algorithm != allowed:
        assert verdict(verifier(allowed), forge.token(algorithm=algorithm)) == "alg_not_allowed"


@pytest.mark.parametrize(
    "spelling", [b'{"alg":"HS\\u0032\\u00356"}', b'{"\\u0061\\u006cg":"HS256"}', b' {\n"alg"\t:\r"HS256" } ']
)
def test_escapes_do_not_change_a_name(verifier: Any, spelling: bytes) -> None:
    assert verdict(verifier(), forge.token(header=spelling)) is None


def test_eddsa_and_ed25519_are_two_names(verifier: Any, key: Any) -> None:
    for listed, other in (("EdDSA", "Ed25519"), ("Ed25519", "EdDSA")):
        assert verdict(verifier(listed), forge.token(algorithm=other)) == "alg_not_allowed"
        bound = verifier("EdDSA", "Ed25519", keys=key(listed, kid="k"))
        assert verdict(bound, forge.token(algorithm=other, header={"kid": "k"})) is None


@pytest.mark.parametrize("algorithm", ["RS384", "PS256", "PS512"])
def test_a_key_bound_to_another_algorithm(verifier: Any, key: Any, algorithm: str) -> None:
    """CVE-2026-48523: the caller's list does not widen what the key itself is bound to."""
    bound = verifier("RS256", algorithm, keys=[key("RS256")])
    assert verdict(bound, forge.token(algorithm=algorithm)) == "key_unknown"
    assert verdict(bound, forge.token(algorithm="RS256")) is None


def test_a_jwk_bound_to_another_algorithm(impl: Any, verifier: Any) -> None:
    for bound, asked in (("HS256", "HS512"), ("PS256", "RS256"), ("RS512", "PS512")):
        material = forge.material("HS512" if bound == "HS256" else bound)
        keys = impl.Key.from_jwk(material.jwk(alg=bound))
        assert keys.algorithms == (bound,)
        assert verdict(verifier(bound, asked, keys=keys), forge.token(algorithm=asked, key=material)) == "key_unknown"


@pytest.mark.parametrize("algorithm", ["HS512", "RS256", "PS256", "EdDSA", "ES384", "ES256K", "nonsense", "none", ""])
def test_a_jwk_whose_alg_is_not_of_its_family(impl: Any, algorithm: str) -> None:
    kinds = {"RS": "ES256", "PS": "HS256", "HS": "RS256"}
    material = forge.material(kinds.get(algorithm[:2], "HS256"))
    with refused("key_algorithm"):
        impl.Key.from_jwk(material.jwk(alg=algorithm))
