"""The examples that the RFCs print; where the values stand and where they are from: tests/vectors/README.md."""

import json
from pathlib import Path

import pytest

import forge
from expect import refused

FOLDER = Path(__file__).parent / "vectors"
RFC7515, RFC7517, RFC7520, RFC7638, RFC8037 = (
    json.loads((FOLDER / f"rfc{number}.json").read_text("utf-8")) for number in (7515, 7517, 7520, 7638, 8037)
)
JWS = {example["section"]: example for example in RFC7515["examples"]}
COOKBOOK = {example["section"]: example for example in RFC7520["examples"]}

JOE = {"iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": True}
"""The claims of RFC 7515 A.1 to A.3."""


def verifier_of(impl, example, **policy):
    """Accepts the example as it was in its time."""
    private = impl.Key.from_jwk(example["jwk"], algorithm=example["alg"])
    key = private.public() if private.kty != "oct" else private
    options = {"issuer": None, "audience": None, "clock": lambda: 1_300_819_379} | policy
    return impl.Verifier(key, algorithms=[example["alg"]], **options)


# RFC 7515


@pytest.mark.parametrize("section", ["A.1", "A.2", "A.3"])
def test_jws_with_claims(impl, section):
    example = JWS[section]
    proof = verifier_of(impl, example, issuer="joe").verify(example["token"])
    assert proof.claims == JOE
    assert proof.payload == b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
    assert proof.algorithm == example["alg"]


def test_jws_header_of_a1(impl):
    proof = verifier_of(impl, JWS["A.1"], typ="JWT").verify(JWS["A.1"]["token"])
    assert proof.header == {"typ": "JWT", "alg": "HS256"}


@pytest.mark.parametrize("section", ["A.1", "A.2", "A.3"])
def test_jws_has_expired_since(impl, section):
    example = JWS[section]
    with refused("expired"):
        verifier_of(impl, example, clock=None).decode(example["token"])


def test_jws_a4_payload_is_no_json(impl):
    """Its payload is the word Payload: that it is read at all shows that the signature is good."""
    example = JWS["A.4"]
    with refused("payload_json"):
        verifier_of(impl, example).decode(example["token"])


@pytest.mark.parametrize("section", ["A.1", "A.2", "A.3", "A.4"])
def test_jws_tampered(impl, section):
    example = JWS[section]
    with refused("bad_signature"):
        verifier_of(impl, example).decode(forge.tampered(example["token"]))


def test_jws_a5_without_signature_is_refused(impl, verifier):
    assert impl.decode_unverified(JWS["A.5"]["token"]) == ({"alg": "none"}, JOE)
    with refused("alg_unsupported"):
        verifier(*forge.ALGORITHMS).decode(JWS["A.5"]["token"])


@pytest.mark.parametrize("section", ["A.6", "A.7"])
def test_jws_json_serialisations_are_refused(verifier, section):
    with refused("segment_count"):
        verifier().decode(JWS[section]["token"])


def test_jws_e_unknown_critical_extension_is_refused(verifier):
    token = JWS["E"]["token"]
    with refused("alg_unsupported"):
        verifier().decode(token)
    header = json.loads(forge.unb64(token.split(".")[0])) | {"alg": "HS256"}
    with refused("crit_unsupported"):
        verifier().decode(forge.token(header=header))


# RFC 7520 section 4


@pytest.mark.parametrize("section", ["4.1", "4.2", "4.3", "4.4"])
def test_cookbook_signature_is_good_and_the_payload_a_sentence(impl, section):
    example = COOKBOOK[section]
    with refused("payload_json"):
        verifier_of(impl, example).decode(example["token"])
    with refused("bad_signature"):
        verifier_of(impl, example).decode(forge.tampered(example["token"]))


@pytest.mark.parametrize("section", ["4.1", "4.2", "4.3", "4.4"])
def test_cookbook_signature_under_another_kid(impl, section):
    example = COOKBOOK[section]
    key = impl.Key.from_jwk(example["jwk"], kid="another")
    key = key.public() if key.kty != "oct" else key
    check = impl.Verifier(key, algorithms=[example["alg"]], issuer=None, audience=None)
    with refused("key_unknown"):
        check.decode(example["token"])


@pytest.mark.parametrize("section", ["4.1", "4.4"])
def test_cookbook_signatures_that_can_be_made_again(impl, section):
    example = COOKBOOK[section]
    header, payload, _ = example["token"].split(".")
    key = impl.Key.from_jwk(example["jwk"], algorithm=example["alg"])
    assert forge.unb64(payload).decode() == example["payload"]
    assert impl.sign_compact(key, example["alg"], forge.unb64(header), forge.unb64(payload)) == example["token"]


def test_cookbook_keys(impl):
    for example in COOKBOOK.values():
        key = impl.Key.from_jwk(example["jwk"])
        assert key.to_jwk(private=True).items() >= example["jwk"].items()


# RFC 8037


def test_ed25519_private_key(impl):
    key = impl.Key.from_jwk(RFC8037["private"])
    assert key.to_jwk(private=True) == RFC8037["private"]
    assert key.public().to_jwk() == RFC8037["public"]


def test_ed25519_thumbprint(impl):
    assert impl.Key.from_jwk(RFC8037["private"]).thumbprint() == RFC8037["thumbprint"]
    assert impl.Key.from_jwk(RFC8037["public"]).thumbprint() == RFC8037["thumbprint"]


def test_ed25519_signing(impl):
    key = impl.Key.from_jwk(RFC8037["private"])
    token = impl.sign_compact(key, "EdDSA", b'{"alg":"EdDSA"}', RFC8037["payload"].encode())
    assert token.rpartition(".")[0] == RFC8037["signing_input"]
    assert token == RFC8037["token"]


def test_ed25519_validation(impl):
    example = {"jwk": RFC8037["public"], "alg": "EdDSA"}
    with refused("payload_json"):
        verifier_of(impl, example).decode(RFC8037["token"])
    with refused("bad_signature"):
        verifier_of(impl, example).decode(forge.tampered(RFC8037["token"]))


# RFC 7638


def test_thumbprint(impl):
    assert impl.Key.from_jwk(RFC7638["jwk"]).thumbprint() == RFC7638["thumbprint"]


# RFC 7517


@pytest.mark.parametrize("name", ["public", "private"])
def test_jwk_set(impl, name):
    keys = impl.KeySet.from_jwks(json.dumps(RFC7517[name]))
    assert keys.skipped == ()
    assert [(key.kid, key.use, key.algorithm) for key in keys] == [("1", "enc", "ES256"), ("2011-04-29", None, "RS256")]
    assert [key.is_private for key in keys] == [name == "private"] * 2
    for key, jwk in zip(keys, RFC7517[name]["keys"], strict=True):
        assert key.to_jwk(private=key.is_private).items() >= jwk.items()


def test_jwk_set_of_private_keys_as_public(impl):
    keys = impl.KeySet.from_jwks(RFC7517["private"])
    assert keys.to_jwks() == impl.KeySet.from_jwks(RFC7517["public"]).to_jwks()


def test_jwk_set_of_secrets(impl):
    """The first is a key for AES key wrap."""
    keys = impl.KeySet.from_jwks(RFC7517["symmetric"])
    assert keys.skipped == ((0, "key_algorithm"),)
    (secret,) = keys
    assert secret.kid == "HMAC key used in JWS spec Appendix A.1 example"
    assert secret.algorithms == ("HS256", "HS384", "HS512")
    check = impl.Verifier(secret, algorithms=["HS256"], issuer="joe", audience=None, clock=lambda: 0)
    with refused("bad_signature"):
        check.decode(forge.tampered(JWS["A.1"]["token"]))
    assert check.decode(JWS["A.1"]["token"]) == JOE


def test_jwk_with_a_certificate_chain(impl):
    jwk = RFC7517["x5c"]
    key = impl.Key.from_jwk(jwk)
    assert (key.kid, key.use, key.bits) == ("1b94c", "sig", 2048)
    (chain,) = jwk["x5c"]
    certificate = f"-----BEGIN CERTIFICATE-----\n{chain}\n-----END CERTIFICATE-----\n"
    assert impl.Key.from_pem(certificate).thumbprint() == key.thumbprint()
