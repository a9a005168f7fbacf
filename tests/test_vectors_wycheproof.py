"""Wycheproof, through the Python layer: every key of every file in all its forms on both halves, every signature and MAC on the pure
half. The native half's primitives meet the same vectors in `cargo test`; a `Verifier` cannot be given them, since it looks at
`header.payload` only.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from rapidjwt.exceptions import PyJWTError

ECDSA = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512", "secp256k1": "ES256K"}
SHA2 = {"SHA-256": "256", "SHA-384": "384", "SHA-512": "512"}

FILES = (
    *(f"ecdsa_{curve}_sha{bits}_p1363" for curve, bits in zip(ECDSA, (256, 384, 512, 256), strict=True)),
    "ed25519",
    *(f"hmac_sha{bits}" for bits in (256, 384, 512)),
    *(f"rsa_signature_{size}_sha{bits}" for size in (2048, 3072) for bits in (256, 384, 512)),
    "rsa_signature_4096_sha256",
    "rsa_signature_4096_sha512",
    *(f"rsa_pss_{kind}" for kind in ("2048_sha256_mgf1_0", "2048_sha256_mgf1_32", "2048_sha256_mgf1sha1_20")),
    *(f"rsa_pss_{kind}" for kind in ("2048_sha384_mgf1_48", "3072_sha256_mgf1_32", "4096_sha256_mgf1_32")),
    *(f"rsa_pss_{kind}" for kind in ("4096_sha384_mgf1_48", "4096_sha512_mgf1_32", "4096_sha512_mgf1_64", "misc")),
)

DEVIATIONS = {
    "truncated MAC": "RFC 7518 section 3.2 has no truncated HMAC: a tag is as long as the hash",
    "PSS parameters": "RFC 7518 section 3.5 fixes the salt's length to the hash's, and MGF1's hash to the signature's",
    "salt of the hash's length": "the file wants salts of no bytes; this signature has a salt as JWA wants it",
    "DigestInfo without NULL": "RFC 8017 lets a verifier accept it (acceptable, not valid); both our libraries refuse",
    "no such algorithm": "JWA has no PSS with SHA-1 or SHA-224; there is no alg to ask for",
}
"""Where our answer is not the vector's, and why. A row that no vector needs fails the test."""


class Case(NamedTuple):
    """One test of a file."""

    name: str
    key: dict[str, Any]
    algorithm: str | None
    message: bytes
    signature: bytes
    good: bool
    deviation: str | None


def load(vectors, name: str) -> dict[str, Any]:
    return json.loads((vectors / "wycheproof" / f"{name}_test.json").read_text("utf-8"))


def algorithm_of(group: dict[str, Any]) -> str | None:
    kind = group["type"]
    if kind == "EcdsaP1363Verify":
        return ECDSA[group["publicKey"]["curve"]]
    if kind == "EddsaVerify":
        return "EdDSA"
    family = {"RsassaPkcs1Verify": "RS", "RsassaPssVerify": "PS"}[kind]
    return family + SHA2[group["sha"]] if group["sha"] in SHA2 else None


def cases(vectors, name: str) -> Iterator[Case]:
    document = load(vectors, name)
    for group in document["testGroups"]:
        for test in group["tests"]:
            label = f"{name} {test['tcId']} {test['comment']}"
            message = bytes.fromhex(test["msg"])
            if group["type"] == "MacTest":
                bits = document["algorithm"].removeprefix("HMACSHA")
                cut = "truncated MAC" if test["result"] == "valid" and group["tagSize"] < int(bits) else None
                tag, key = bytes.fromhex(test["tag"]), {"secret": bytes.fromhex(test["key"])}
                yield Case(label, key, f"HS{bits}", message, tag, test["result"] == "valid", cut)
            else:
                algorithm, signature = algorithm_of(group), bytes.fromhex(test["sig"])
                good = test["result"] != "invalid"
                yield Case(label, group, algorithm, message, signature, good, deviation(name, group, test))


def deviation(name: str, group: dict[str, Any], test: dict[str, Any]) -> str | None:
    if test["result"] == "acceptable":
        return "DigestInfo without NULL" if test["flags"] == ["MissingNull"] else None
    if group["type"] != "RsassaPssVerify":
        return None
    if group["sha"] not in SHA2:
        return "no such algorithm"
    if test["result"] == "valid":
        ours = (group["mgfSha"], 8 * group["sLen"]) == (group["sha"], int(SHA2[group["sha"]]))
        return None if ours else "PSS parameters"
    salted = name == "rsa_pss_2048_sha256_mgf1_0" and test["comment"] == "s_len changed to 32"
    return "salt of the hash's length" if salted else None


def accepts(case: Case) -> bool:
    """The pure half's own steps 4 and 5."""
    from rapidjwt._fallback import Key, KeySet, alg, crypto, keys

    if "secret" in case.key:
        key = Key.from_secret(case.key["secret"], algorithm=case.algorithm, allow_weak=True)
    else:
        key = Key.from_der(bytes.fromhex(case.key["publicKeyDer"]))
    candidates = keys.select(KeySet([key]), None, alg.from_name(case.algorithm))
    try:
        crypto.verify(candidates, case.message, case.signature)
    except PyJWTError as error:
        if error.code != "bad_signature":
            raise
        return False
    return True


@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("pure")
def test_signatures(vectors, name):
    met, deviating = 0, Counter()
    for case in cases(vectors, name):
        if case.algorithm is None:
            deviating[case.deviation] += 1
        elif case.deviation:
            assert accepts(case) is not case.good, f"{case.name}: no deviation any more"
            deviating[case.deviation] += 1
        else:
            assert accepts(case) is case.good, case.name
            met += 1
    assert met + deviating.total() == load(vectors, name)["numberOfTests"] > 0
    assert met > 0
    assert set(deviating) <= set(DEVIATIONS)


def test_every_deviation_is_needed(vectors):
    needed = {case.deviation for name in FILES for case in cases(vectors, name)}
    assert needed - {None} == set(DEVIATIONS)


def test_every_file_is_known(vectors):
    found = {path.name.removesuffix("_test.json") for path in (vectors / "wycheproof").glob("*_test.json")}
    assert found == {*FILES, "ed448"}


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("hmac")])
def test_keys_in_every_form(impl, vectors, name):
    """DER, PEM, JWK and bare PKCS#1, as far as the file has them, are the same key."""
    count = 0
    for group in load(vectors, name)["testGroups"]:
        keys = [impl.Key.from_der(bytes.fromhex(group["publicKeyDer"])), impl.Key.from_pem(group["publicKeyPem"])]
        keys += [impl.Key.from_jwk(group[form]) for form in ("publicKeyJwk", "keyJwk") if form in group]
        if "publicKeyAsn" in group:
            keys.append(impl.Key.from_der(bytes.fromhex(group["publicKeyAsn"])))
        assert len({key.thumbprint() for key in keys}) == 1
        assert algorithm_of(group) in (*keys[0].algorithms, None)
        assert keys[0].to_der().hex() == group["publicKeyDer"]
        count += len(keys)
    assert count > 1


def test_ed448_keys_are_not_supported(impl, vectors):
    groups = load(vectors, "ed448")["testGroups"]
    assert groups
    for group in groups:
        for read, form in ((impl.Key.from_pem, "publicKeyPem"), (impl.Key.from_jwk, "publicKeyJwk")):
            with pytest.raises(PyJWTError) as caught:
                read(group[form])
            assert caught.value.code == "key_unsupported"


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("hmac")])
def test_secrets_sign_what_the_vectors_say(impl, vectors, name):
    """Through the front door: the same secret signs and verifies a token of ours, whatever its length."""
    seen = 0
    algorithm = "HS" + name[-3:]
    for secret in {case.key["secret"] for case in cases(vectors, name)}:
        key = impl.Key.from_secret(secret, algorithm=algorithm, allow_weak=True)
        token = impl.sign_compact(key, algorithm, json.dumps({"alg": algorithm}).encode(), b"{}")
        assert impl.Verifier(key, algorithms=[algorithm], issuer=None, audience=None, require=()).decode(token) == {}
        seen += 1
    assert seen > 0
