"""Key sets: JWK Sets in and out, and what is left out of them."""

import json

import pytest

import forge
from expect import refused
from rapidjwt.types import SkippedKey

ES256 = forge.material("ES256").jwk(kid="ec")
RS256 = forge.material("RS256").jwk(kid="rsa", alg="RS256", use="sig")
OCT = forge.material("HS256").jwk(kid="secret", alg="HS256")


@pytest.mark.parametrize("form", [dict, json.dumps, forge.dump])
def test_read(impl, form):
    keys = impl.KeySet.from_jwks(form({"keys": [ES256, RS256, OCT], "own": 1}))
    assert [key.kid for key in keys] == ["ec", "rsa", "secret"]
    assert len(keys) == 3
    assert keys.skipped == ()


def test_private_members_are_kept(impl):
    (key,) = impl.KeySet.from_jwks({"keys": [forge.material("ES256").jwk(private=True)]})
    assert key.is_private


def test_keys_may_be_a_tuple(impl):
    assert len(impl.KeySet.from_jwks({"keys": (ES256,)})) == 1


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"keys": None},
        {"keys": {}},
        {"keys": "[]"},
        {"Keys": [ES256]},
        ES256,
        "",
        "[]",
        "null",
        "{",
        b"\xff",
        '{"keys":[],"keys":[]}',
        '{"keys":[NaN]}',
        "\ud800",
    ]
    + ['{"keys":[{"kty":"oct","kty":"oct"}]}', '{"keys":' + "[" * 128 + "]" * 128 + "}"],
    ids=lambda document: repr(document)[:24],
)
def test_no_jwk_set(impl, document):
    with refused("jwks_invalid"):
        impl.KeySet.from_jwks(document)


@pytest.mark.parametrize("members", [[], [None], [{"kty": "OKP", "crv": "X25519", "x": ""}], [1, "a", []]], ids=repr)
def test_no_usable_key(impl, members):
    with refused("jwks_empty"):
        impl.KeySet.from_jwks({"keys": members})


def test_what_cannot_be_used_is_skipped_and_reported(impl):
    members = [
        None,
        "kty",
        [],
        {},
        {"kty": 1},
        {"kty": "XYZ"},
        {"kty": "OKP", "crv": "X25519", "x": forge.b64(bytes(32))},
        ES256 | {"y": ES256["x"]},
        ES256 | {"alg": "none"},
        {"kty": "oct"},
        {"kty": "oct", "k": ""},
        {"kty": "oct", "k": forge.b64(b"short")},
        {"kty": "oct", "k": forge.b64(forge.material("RS256").pem())},
        {"kty": "RSA", "n": forge.b64_number((1 << 1023) + 1), "e": "AQAB"},
        {"kty": "RSA", "n": forge.b64_number((1 << 8999) + 1), "e": "AQAB"},
        ES256,
        {"kty": "EC"},
    ]
    keys = impl.KeySet.from_jwks({"keys": members})
    assert [key.kid for key in keys] == ["ec"]
    codes = (
        ["jwk_invalid"] * 5
        + ["key_unsupported"] * 2
        + ["key_invalid", "key_algorithm", "jwk_invalid", "secret_empty", "key_weak"]
    )
    codes += ["secret_is_key", "key_weak", "key_too_large"]
    assert keys.skipped == (*(SkippedKey(*row) for row in enumerate(codes)), SkippedKey(16, "jwk_invalid"))
    assert all(type(skipped) is SkippedKey for skipped in keys.skipped)


def test_a_member_with_a_lone_surrogate_does_not_take_the_set_down(impl):
    keys = impl.KeySet.from_jwks({"keys": [ES256, ES256 | {"own": "\ud800"}, ES256 | {"kid": "\ud800"}]})
    assert [key.kid for key in keys] == ["ec", "ec"]
    assert keys.skipped == ((2, "jwk_invalid"),)


def test_allow_weak(impl):
    weak = {"kty": "RSA", "n": forge.b64_number((1 << 1023) + 1), "e": "AQAB"}
    keys = impl.KeySet.from_jwks({"keys": [weak, {"kty": "oct", "k": "eA"}]}, allow_weak=True)
    assert [key.bits for key in keys] == [1024, 8]


def test_many_members(impl):
    assert len(impl.KeySet.from_jwks({"keys": [OCT] + [None] * 9_999}).skipped) == 9_999
    with refused("key_too_large"):
        impl.KeySet.from_jwks({"keys": [OCT] * 10_001})
    with refused("key_too_large"):
        impl.KeySet.from_jwks({"keys": [None] * 10_001})


def test_text_above_1_mib(impl):
    text = json.dumps({"keys": [ES256]})
    assert len(impl.KeySet.from_jwks(text.ljust(2**20))) == 1
    with refused("key_too_large"):
        impl.KeySet.from_jwks(text.ljust(2**20 + 1))


def test_file(impl, tmp_path):
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [ES256]}))
    for name in (path, str(path)):
        assert [key.kid for key in impl.KeySet.from_file(name)] == ["ec"]
    path.write_text("[]")
    with refused("jwks_invalid"):
        impl.KeySet.from_file(path)
    path.write_bytes(b" " * (2**20 + 1))
    with refused("key_too_large"):
        impl.KeySet.from_file(path)
    with pytest.raises(FileNotFoundError):
        impl.KeySet.from_file(tmp_path / "none")


def test_collected_keys(impl, key):
    one, two = key("HS256", kid="a"), key("ES256", kid="b")
    keys = impl.KeySet(each for each in (one, two))
    assert [each.kid for each in keys] == ["a", "b"]
    assert len(keys) == 2
    assert keys.skipped == ()
    assert [each.kid for each in impl.KeySet(keys)] == ["a", "b"]
    assert len(impl.KeySet([])) == 0


def test_a_set_can_be_gone_through_again(impl, key):
    keys = impl.KeySet([key("HS256"), key("ES256")])
    assert [each.kty for each in keys] == [each.kty for each in keys] == ["oct", "EC"]


def test_get(impl, key):
    keys = impl.KeySet([key("ES256"), key("HS256", kid="a"), key("HS384", kid="a")])
    assert keys.get("a").algorithm == "HS256"
    assert keys.get("b") is None
    assert keys.get("") is None
    assert keys.get("\ud800") is None


def test_to_jwks(impl):
    private = forge.material("ES256").jwk(private=True, kid="ec")
    keys = impl.KeySet.from_jwks({"keys": [private, OCT]})
    bound = {"alg": "ES256"}
    assert keys.to_jwks() == {"keys": [ES256 | bound]}
    assert keys.to_jwks(private=True) == {"keys": [private | bound, OCT]}


def test_to_jwks_private_wants_private_keys(impl):
    with refused("key_public"):
        impl.KeySet.from_jwks({"keys": [ES256, OCT]}).to_jwks(private=True)


def test_written_and_read_again(impl):
    keys = impl.KeySet.from_jwks({"keys": [ES256, RS256]})
    assert impl.KeySet.from_jwks(json.dumps(keys.to_jwks())).to_jwks() == keys.to_jwks()


def test_repr_tells_the_number_of_keys_only(impl):
    assert repr(impl.KeySet.from_jwks({"keys": [OCT, None]})) == "<KeySet of 1 key>"
