"""Key sets: a bad member never fails the others, names that are there twice are not guessed, a withdrawn key is gone at once (RFC 8725
section 3.8, threat "unknown-kid storm").
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from judge import verdict

import forge
from expect import refused

GOOD = forge.material("ES256").jwk(kid="good")

BAD: dict[str, tuple[Any, str]] = {
    "none": (None, "jwk_invalid"),
    "string": ("key", "jwk_invalid"),
    "number": (7, "jwk_invalid"),
    "array": ([GOOD], "jwk_invalid"),
    "empty": ({}, "jwk_invalid"),
    "alg none": (GOOD | {"alg": "none"}, "key_algorithm"),
    "alg list": (GOOD | {"alg": ["ES256"]}, "jwk_invalid"),
    "alg null": (GOOD | {"alg": None}, "jwk_invalid"),
    "alg of another family": (GOOD | {"alg": "HS256"}, "key_algorithm"),
    "alg of encryption": (GOOD | {"alg": "ECDH-ES"}, "key_algorithm"),
    "kty null": (GOOD | {"kty": None}, "jwk_invalid"),
    "kty dict": (GOOD | {"kty": {}}, "jwk_invalid"),
    "kty unknown": (GOOD | {"kty": "AKP"}, "key_unsupported"),
    "kty in lower case": (GOOD | {"kty": "ec"}, "key_unsupported"),
    "crv unknown": (GOOD | {"crv": "P-192"}, "key_unsupported"),
    "crv missing": ({"kty": "EC", "x": GOOD["x"], "y": GOOD["y"]}, "jwk_invalid"),
    "oct without k": ({"kty": "oct"}, "jwk_invalid"),
    "oct, k empty": ({"kty": "oct", "k": ""}, "secret_empty"),
    "oct, k short": ({"kty": "oct", "k": "AAAA"}, "key_weak"),
    "oct, k a key": ({"kty": "oct", "k": forge.b64(forge.material("RS256").pem())}, "secret_is_key"),
    "x null": (GOOD | {"x": None}, "jwk_invalid"),
    "x a number": (GOOD | {"x": 5}, "jwk_invalid"),
    "x padded": (GOOD | {"x": GOOD["x"] + "="}, "jwk_invalid"),
    "x in the standard alphabet": (GOOD | {"x": "+" + GOOD["x"][1:]}, "jwk_invalid"),
    "x not base64": (GOOD | {"x": "!" * 43}, "jwk_invalid"),
    "x not ASCII": (GOOD | {"x": "é" * 43}, "jwk_invalid"),
    "x and y swapped": (GOOD | {"x": GOOD["y"], "y": GOOD["x"]}, "key_invalid"),
    "kid a number": (GOOD | {"kid": 5}, "jwk_invalid"),
    "kid null": (GOOD | {"kid": None}, "jwk_invalid"),
    "kid with half a surrogate": (GOOD | {"kid": "\ud800"}, "jwk_invalid"),
    "use a list": (GOOD | {"use": ["sig"]}, "jwk_invalid"),
    "key_ops a string": (GOOD | {"key_ops": "verify"}, "jwk_invalid"),
    "key_ops with a number": (GOOD | {"key_ops": ["verify", 1]}, "jwk_invalid"),
    "rsa even": ({"kty": "RSA", "n": forge.b64_number(1 << 2047), "e": "AQAB"}, "key_invalid"),
    "rsa short": ({"kty": "RSA", "n": forge.b64_number((1 << 511) + 1), "e": "AQAB"}, "key_weak"),
    "rsa long": ({"kty": "RSA", "n": forge.b64_number((1 << 9000) + 1), "e": "AQAB"}, "key_too_large"),
    "rsa, e of 1": ({"kty": "RSA", "n": forge.b64_number((1 << 2047) + 1), "e": "AQ"}, "key_invalid"),
    "rsa, leading zero": ({"kty": "RSA", "n": "AA" + forge.material("RS256").jwk()["n"], "e": "AQAB"}, "jwk_invalid"),
    "okp small order": ({"kty": "OKP", "crv": "Ed25519", "x": forge.b64(bytes(32))}, "key_invalid"),
    "okp ed448": ({"kty": "OKP", "crv": "Ed448", "x": forge.b64(bytes(57))}, "key_unsupported"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_one_bad_member(impl: Any, verifier: Any, name: str) -> None:
    """Alone it is `jwks_empty`; beside a good one it is skipped, said so, and the good one works."""
    bad, code = BAD[name]
    token = forge.token(algorithm="ES256", header={"kid": "good"})
    for members, index in (([bad, GOOD], 0), ([GOOD, bad], 1)):
        for document in ({"keys": members}, json.dumps({"keys": members}), json.dumps({"keys": members}).encode()):
            if "surrogate" in name and not isinstance(document, dict):
                continue
            keys = impl.KeySet.from_jwks(document)
            assert [tuple(skipped) for skipped in keys.skipped] == [(index, code)]
            assert len(keys) == 1
            assert verdict(verifier("ES256", keys=keys), token) is None
    with refused("jwks_empty"):
        impl.KeySet.from_jwks({"keys": [bad, bad]})


@pytest.mark.parametrize(
    "value", ["\ud800", {"a": {"b": "\udfff"}}, {"\ud800": 1}, 10**5000, float("nan"), b"bytes", object()], ids=range(7)
)
def test_members_that_nobody_reads(impl: Any, value: Any) -> None:
    """`json.loads` gives lone surrogates and huge numbers; one such value must not take the set down."""
    keys = impl.KeySet.from_jwks({"keys": [GOOD, GOOD | {"kid": "b", "x5c": value}], "extra": value})
    assert (len(keys), keys.skipped) == (2, ())


@pytest.mark.usefixtures("soon")
def test_members_that_contain_themselves(impl: Any) -> None:
    knot: list[Any] = []
    knot.append(knot)
    tree: list[Any] = []
    for _ in range(60):
        tree = [tree, tree]
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    for value in (knot, tree, deep, {"a": knot}):
        assert len(impl.KeySet.from_jwks({"keys": [GOOD, GOOD | {"kid": "b", "x": value}], "extra": value})) == 1
        assert impl.Key.from_jwk(GOOD | {"extra": value}).kid == "good"


DOCUMENTS = [
    b"", b"null", b"[]", b'"keys"', b"1", b"{}", b'{"keys":null}', b'{"keys":{}}', b'{"keys":"x"}', b'{"keys":1}', b'{"Keys":[]}', b"<html>",
    b'{"keys":[]', b'{"keys":[]}x', b'{"keys":[],"keys":[]}', b'{"keys":[{"kty":"EC","kty":"oct"}]}', b"\xff", b"\xef\xbb\xbf{}", b'{"keys":[NaN]}',
    b"[" * 100_000, b'{"keys":' + b"[" * 100_000, b'{"keys":[' + b"9" * 10_000 + b"]}", b'{"keys":["\\ud800"]}',
]  # fmt: skip


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("document", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_documents_that_are_no_set(impl: Any, document: bytes) -> None:
    with refused("jwks_invalid"):
        impl.KeySet.from_jwks(document)
    with refused("jwks_invalid"):
        impl.KeySet.from_jwks(document.decode("latin-1") if document[:1] == b"\xff" else document.decode())


def test_an_empty_set(impl: Any) -> None:
    for document in ({"keys": []}, '{"keys":[]}', b' {"keys" : [ ] } '):
        with refused("jwks_empty"):
            impl.KeySet.from_jwks(document)


@pytest.mark.usefixtures("soon")
def test_too_many_members(impl: Any) -> None:
    with refused("key_too_large"):
        impl.KeySet.from_jwks({"keys": [{}] * 10_001})
    with refused("key_too_large"):
        impl.KeySet.from_jwks('{"keys":[%s]}' % ",".join(["{}"] * 10_001))
    with refused("jwks_empty"):
        impl.KeySet.from_jwks({"keys": [{}] * 10_000})
    with refused("key_too_large"):
        impl.KeySet.from_jwks(b" " * (1 << 20) + b"{}")


def test_ten_thousand_keys(impl: Any, verifier: Any) -> None:
    secret = forge.b64(forge.material("HS256").secret)
    keys = impl.KeySet.from_jwks(
        {"keys": [{"kty": "oct", "k": secret, "alg": "HS256", "kid": f"{i}"} for i in range(10_000)]}
    )
    judge = verifier("HS256", keys=keys)
    assert verdict(judge, forge.token(header={"kid": "9999"})) is None
    assert verdict(judge, forge.token(header={"kid": "10000"})) == "key_unknown"
    assert verdict(judge, forge.token()) == "key_ambiguous"


def test_the_same_kid_twice(impl: Any, verifier: Any, key: Any) -> None:
    """Two issuers' keys of one name must not be tried in turn."""
    for numbers in ((0, 1), (1, 0), (0, 0)):
        judge = verifier("ES256", keys=[key("ES256", number, kid="a") for number in numbers])
        assert verdict(judge, forge.token(algorithm="ES256", header={"kid": "a"})) == "key_ambiguous"
        assert verdict(judge, forge.token(algorithm="ES256", header={"kid": "b"})) == "key_unknown"
        assert verdict(judge, forge.token(algorithm="ES256")) is None
    mixed = verifier("ES256", "EdDSA", keys=[key("ES256", kid="a"), key("EdDSA", kid="a")])
    for algorithm in ("ES256", "EdDSA"):
        assert verdict(mixed, forge.token(algorithm=algorithm, header={"kid": "a"})) is None


def test_at_most_four_are_tried(verifier: Any, key: Any) -> None:
    token = forge.token(algorithm="ES256", key=forge.material("ES256", 3))
    for count, code in ((3, "bad_signature"), (4, None), (5, "key_ambiguous"), (50, "key_ambiguous")):
        keys = [key("ES256", number, kid=f"{number}") for number in range(count)]
        assert verdict(verifier("ES256", keys=keys), token) == code


USES = [
    ({}, True),
    ({"use": "sig"}, True),
    ({"use": "enc"}, False),
    ({"use": ""}, False),
    ({"use": "SIG"}, False),
    ({"use": "sig "}, False),
    ({"key_ops": ["verify"]}, True),
    ({"key_ops": ["sign", "verify"]}, True),
    ({"key_ops": ["sign"]}, False),
    ({"key_ops": []}, False),
    ({"key_ops": ["Verify"]}, False),
    ({"key_ops": ["encrypt", "wrapKey"]}, False),
    ({"use": "enc", "key_ops": ["verify"]}, False),
    ({"use": "sig", "key_ops": ["decrypt"]}, False),
]


@pytest.mark.parametrize(("members", "good"), USES)
def test_keys_for_another_use(impl: Any, verifier: Any, members: dict[str, Any], good: bool) -> None:
    """An encryption key of the same set verifies nothing, named or not, alone or beside others."""
    lone = impl.Key.from_jwk(forge.material("ES256").jwk(**members))
    named = impl.Key.from_jwk(forge.material("ES256").jwk(kid="a", **members))
    other = impl.Key.from_jwk(forge.material("ES256", 1).jwk(kid="b"))
    expected = None if good else "key_unknown"
    assert verdict(verifier("ES256", keys=lone), forge.token(algorithm="ES256")) == expected
    assert (
        verdict(verifier("ES256", keys=[named, other]), forge.token(algorithm="ES256", header={"kid": "a"})) == expected
    )
    assert verdict(verifier("ES256", keys=[named, other]), forge.token(algorithm="ES256")) == (
        None if good else "bad_signature"
    )


def test_a_withdrawn_key_is_gone_at_once(impl: Any, verifier: Any, key: Any) -> None:
    old, new = (key("ES256", number, kid=f"{number}") for number in (0, 1))
    judge = verifier("ES256", keys=[old])
    by_old, by_new = (
        forge.token(algorithm="ES256", header={"kid": f"{number}"}, key=forge.material("ES256", number))
        for number in (0, 1)
    )
    for _ in range(3):
        assert (verdict(judge, by_old), verdict(judge, by_new)) == (None, "key_unknown")
        judge.replace_keys(impl.KeySet([new]))
        assert (verdict(judge, by_old), verdict(judge, by_new)) == ("key_unknown", None)
        judge.replace_keys([])
        assert (verdict(judge, by_old), verdict(judge, by_new)) == ("key_unknown", "key_unknown")
        judge.replace_keys(old)


def test_a_failed_replacement_changes_nothing(verifier: Any, key: Any, signing_key: Any) -> None:
    judge = verifier("ES256", keys=[key("ES256")])
    for bad, error in (
        (None, TypeError),
        (1, TypeError),
        (["x"], TypeError),
        ([key("ES256"), None], TypeError),
        (iter([1]), TypeError),
    ):
        with pytest.raises(error):
            judge.replace_keys(bad)
    with refused("key_private"):
        judge.replace_keys([signing_key("ES256", 1)])

    def broken() -> Any:
        yield key("ES256", 1)
        raise KeyError

    with pytest.raises(KeyError):
        judge.replace_keys(broken())
    assert verdict(judge, forge.token(algorithm="ES256")) is None


def test_a_set_does_not_change_with_what_it_was_made_from(impl: Any, verifier: Any, key: Any) -> None:
    members, given = [dict(GOOD)], [key("ES256", 0, kid="good")]
    sets = [impl.KeySet.from_jwks({"keys": members}), impl.KeySet(given)]
    members[0]["x"] = forge.material("ES256", 1).jwk()["x"]
    given[0] = key("ES256", 1, kid="good")
    for keys in sets:
        keys.to_jwks()["keys"].clear()
        assert verdict(verifier("ES256", keys=keys), forge.token(algorithm="ES256", header={"kid": "good"})) is None
