"""The way out: `sign_compact`, `sign_compact_with`, and `Signer` on top of them."""

import datetime as dt
import json
import math
import re

import jwt
import pytest

import forge
from expect import refused

HEADER, PAYLOAD = b'{"alg":"HS256"}', b"not even JSON \xff"
NOW = forge.NOW


@pytest.fixture
def signer(impl, signing_key):
    """`signer(key or algorithm, **options)`: a `Signer` at NOW."""

    def make(key="HS256", **options):
        key = signing_key(key) if isinstance(key, str) else key
        return impl.Signer(key, **{"expires_in": 600, "clock": lambda: NOW} | options)

    return make


def read(token):
    """Header and claims, by the standard library."""
    header, payload, _ = token.split(".")
    return json.loads(forge.unb64(header)), json.loads(forge.unb64(payload))


# sign_compact


@pytest.mark.parametrize("algorithm", forge.ALGORITHMS)
def test_sign_compact(impl, signing_key, algorithm):
    token = impl.sign_compact(signing_key(algorithm), algorithm, HEADER, PAYLOAD)
    assert type(token) is str
    header, payload, signature = token.split(".")
    assert (forge.unb64(header), forge.unb64(payload)) == (HEADER, PAYLOAD)
    assert "=" not in token
    if algorithm[:2] in ("HS", "RS", "Ed"):
        made = forge.signature(algorithm, f"{header}.{payload}".encode(), forge.material(algorithm))
        assert forge.unb64(signature) == made


@pytest.mark.parametrize("algorithm", forge.ALGORITHMS[:-1])
def test_pyjwt_accepts_what_is_signed(impl, signing_key, algorithm):
    """All but Ed25519, a name that PyJWT does not know."""
    header = forge.dump({"alg": algorithm, "typ": "JWT"})
    token = impl.sign_compact(signing_key(algorithm), algorithm, header, forge.dump({"sub": "user-1"}))
    material = forge.material(algorithm)
    key = material.secret if algorithm.startswith("HS") else material.pem()
    assert jwt.decode(token, key, algorithms=[algorithm]) == {"sub": "user-1"}


def test_empty_header_and_payload(impl, signing_key):
    assert impl.sign_compact(signing_key("HS256"), "HS256", b"", b"").startswith("..")


@pytest.mark.parametrize("algorithm", forge.PUBLIC_KEY_ALGORITHMS)
def test_a_public_key_does_not_sign(impl, key, algorithm):
    with refused("key_public"):
        impl.sign_compact(key(algorithm), algorithm, HEADER, PAYLOAD)


def test_a_key_signs_with_its_algorithm_only(impl, signing_key):
    for algorithm, other in (
        ("HS256", "HS384"),
        ("RS256", "PS256"),
        ("ES256", "ES384"),
        ("EdDSA", "ES256"),
        ("HS256", "RS256"),
    ):
        with refused("key_algorithm"):
            impl.sign_compact(signing_key(algorithm), other, HEADER, PAYLOAD)


def test_ed25519_signs_under_both_names(impl, signing_key):
    assert impl.sign_compact(signing_key("EdDSA"), "Ed25519", HEADER, b"") == impl.sign_compact(
        signing_key("Ed25519"), "EdDSA", HEADER, b""
    )


# sign_compact_with

LENGTHS = {"ES256": 64, "ES384": 96, "ES512": 132, "ES256K": 64, "EdDSA": 64, "Ed25519": 64}


@pytest.mark.parametrize("algorithm", forge.PUBLIC_KEY_ALGORITHMS)
def test_an_external_signer(impl, verifier, algorithm):
    asked = []

    def external(signing_input):
        asked.append(signing_input)
        return forge.signature(algorithm, signing_input, forge.material(algorithm))

    token = impl.sign_compact_with(external, algorithm, forge.dump({"alg": algorithm}), forge.dump(forge.CLAIMS))
    assert asked == [token.rpartition(".")[0].encode()]
    assert type(asked[0]) is bytes
    assert verifier(algorithm).decode(token) == forge.CLAIMS


@pytest.mark.parametrize(("algorithm", "length"), LENGTHS.items())
def test_an_external_signature_has_the_algorithms_length(impl, algorithm, length):
    assert impl.sign_compact_with(lambda _: bytes(length), algorithm, b"", b"")
    for wrong in (0, 1, length - 1, length + 1, length * 2):
        with refused("external_signature"):
            impl.sign_compact_with(lambda _, wrong=wrong: bytes(wrong), algorithm, b"", b"")


@pytest.mark.parametrize("algorithm", ["RS256", "PS512"])
def test_an_external_rsa_signature_has_a_length_of_a_modulus(impl, algorithm):
    for length in (256, 384, 512, 1024):
        assert impl.sign_compact_with(lambda _, length=length: bytes(length), algorithm, b"", b"")
    for wrong in (0, 1, 64, 128, 255, 1025):
        with refused("external_signature"):
            impl.sign_compact_with(lambda _, wrong=wrong: bytes(wrong), algorithm, b"", b"")


@pytest.mark.parametrize(
    "answer",
    [None, "x" * 64, bytearray(64), memoryview(bytes(64)), [0] * 64, 64],
    ids=lambda answer: type(answer).__name__,
)
def test_an_external_signature_is_bytes(impl, answer):
    with refused("external_signature"):
        impl.sign_compact_with(lambda _: answer, "ES256", b"", b"")


@pytest.mark.parametrize("error", [KeyError("kms"), ValueError("kms"), KeyboardInterrupt()])
def test_what_an_external_signer_raises_passes_through(impl, error):
    def external(signing_input):
        raise error

    with pytest.raises(type(error)) as caught:
        impl.sign_compact_with(external, "ES256", b"", b"")
    assert caught.value is error


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_no_external_hmac(impl, algorithm):
    with pytest.raises(ValueError, match=r"^algorithm must not be"):
        impl.sign_compact_with(lambda _: bytes(32), algorithm, b"", b"")


# Signer


@pytest.mark.parametrize("algorithm", forge.ALGORITHMS)
def test_signer(signer, verifier, algorithm):
    token = signer(algorithm).sign({"sub": "user-1"})
    assert read(token) == ({"alg": algorithm, "typ": "JWT"}, {"sub": "user-1", "iat": NOW, "exp": NOW + 600})
    assert verifier(algorithm).decode(token)["sub"] == "user-1"


def test_everything_a_signer_adds(signer, signing_key):
    full = signer(
        signing_key("ES256", kid="k"),
        issuer="i",
        audience=["a", "b"],
        typ="at+jwt",
        jti=lambda: "id-1",
        headers={"x": [1]},
    )
    header, claims = read(full.sign({}))
    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": "k", "x": [1]}
    assert claims == {"iss": "i", "aud": ["a", "b"], "iat": NOW, "exp": NOW + 600, "jti": "id-1"}


def test_expires_in_is_mandatory(impl, signing_key):
    with pytest.raises(TypeError, match="expires_in"):
        impl.Signer(signing_key("HS256"))


def test_a_token_that_does_not_expire(signer, verifier):
    token = signer(expires_in=None).sign({})
    assert read(token)[1] == {"iat": NOW}
    with refused("claim_missing", claim="exp"):
        verifier().decode(token)


def test_given_claims_win(signer):
    full = signer(issuer="i", audience="a", jti=True)
    given = {"iss": "other", "aud": ["x"], "exp": NOW + 1, "iat": NOW - 1, "jti": "own", "nbf": NOW, "sub": ""}
    assert read(full.sign(given))[1] == given


def test_given_claims_are_not_changed(signer):
    given = {"sub": "user-1"}
    signer().sign(given)
    assert given == {"sub": "user-1"}


def test_jti_is_random(signer):
    one = signer(jti=True)
    ids = {read(one.sign({}))[1]["jti"] for _ in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch("[0-9a-f]{32}", jti) for jti in ids)


def test_iat_is_whole_and_exp_as_long_as_asked(signer):
    assert read(signer(clock=lambda: NOW + 0.75).sign({}))[1] == {"iat": NOW, "exp": NOW + 600}
    assert read(signer(expires_in=0.5).sign({}))[1]["exp"] == NOW + 0.5


def test_kid(signer, signing_key):
    assert "kid" not in read(signer().sign({}))[0]
    assert read(signer(signing_key("HS256", kid="own")).sign({}))[0]["kid"] == "own"
    assert read(signer(signing_key("HS256", kid="own"), kid="other").sign({}))[0]["kid"] == "other"


def test_typ_may_be_left_out(signer):
    assert read(signer(typ=None).sign({}))[0] == {"alg": "HS256"}


def test_header_members_for_one_token(signer):
    some = signer(headers={"a": 1, "b": 1}, typ="JWT")
    assert read(some.sign({}, headers={"b": 2, "c": 2, "typ": "x", "kid": "k"}))[0] == {
        "alg": "HS256", "typ": "x", "a": 1, "b": 2, "c": 2, "kid": "k"
    }  # fmt: skip
    assert read(some.sign({}))[0] == {"alg": "HS256", "typ": "JWT", "a": 1, "b": 1}


@pytest.mark.parametrize("name", ["alg", "crit", "b64"])
def test_header_members_that_are_not_the_callers(signer, name):
    with pytest.raises(ValueError, match=rf"^headers must not have {name}$"):
        signer(headers={name: "HS256"})
    with pytest.raises(ValueError, match=rf"^headers must not have {name}$"):
        signer().sign({}, headers={name: "HS256"})


def test_a_key_for_several_algorithms_needs_one(impl, signer):
    free = impl.Key.from_pem(forge.material("RS256").pem(private=True))
    with pytest.raises(ValueError, match=r"^algorithm must be given"):
        signer(free)
    assert read(signer(free, algorithm="PS384").sign({}))[0]["alg"] == "PS384"


def test_a_key_and_another_algorithm(signer, signing_key):
    with refused("key_algorithm"):
        signer("RS256", algorithm="PS256")
    with pytest.raises(ValueError, match=r"^algorithm is unknown: 'none'$"):
        signer(algorithm="none")
    assert read(signer("EdDSA", algorithm="Ed25519").sign({}))[0]["alg"] == "Ed25519"


def test_a_public_key_makes_no_signer(signer, key):
    with refused("key_public"):
        signer(key("ES256"))


def test_a_key_of_the_other_half_makes_no_signer(both):
    for one, other in (both, both[::-1]):
        with pytest.raises(TypeError, match=r"^key must be a Key or a callable, not Key$"):
            one.Signer(other.Key.generate("HS256"), expires_in=1)


def test_an_external_key(signer, verifier):
    external = signer(
        lambda text: forge.signature("ES256", text, forge.material("ES256")), algorithm="ES256", kid="kms"
    )
    token = external.sign({"sub": "user-1"})
    assert read(token)[0] == {"alg": "ES256", "typ": "JWT", "kid": "kms"}
    assert verifier("ES256").decode(token)["sub"] == "user-1"


def test_an_external_key_needs_an_algorithm_of_public_keys(signer):
    with pytest.raises(ValueError, match=r"^algorithm must be given"):
        signer(len)
    with pytest.raises(ValueError, match=r"^algorithm must not be HS"):
        signer(len, algorithm="HS256")


DATE = dt.datetime(2027, 1, 15, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def test_dates_as_datetime(signer):
    token = signer().sign({"exp": DATE + dt.timedelta(hours=1), "nbf": DATE, "iat": DATE})
    assert read(token)[1] == {"exp": NOW + 3600, "nbf": NOW, "iat": NOW}


def test_a_datetime_without_zone(signer):
    with pytest.raises(ValueError, match=r"^claim exp must not be a datetime without a time zone$"):
        signer().sign({"exp": dt.datetime(2027, 1, 15)})  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in ("exp", "nbf", "iat") for value in ("1", True, None, [])]
)
def test_dates_that_no_verifier_would_accept(signer, name, value):
    with pytest.raises(TypeError, match=rf"^claim {name} must be a number or a datetime, not {type(value).__name__}$"):
        signer().sign({name: value})


@pytest.mark.parametrize("name", ["iss", "sub", "jti"])
def test_strings_that_are_none(signer, name):
    with pytest.raises(TypeError, match=rf"^claim {name} must be a string, not int$"):
        signer().sign({name: 1})


@pytest.mark.parametrize("aud", [1, ["a", 1], None, {"a": 1}])
def test_aud_that_is_none(signer, aud):
    with pytest.raises(TypeError, match=r"^claim aud must be"):
        signer().sign({"aud": aud})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "\ud800"], ids=repr)
def test_values_that_json_cannot_hold(signer, value):
    with pytest.raises(ValueError, match=r"."):
        signer().sign({"x": value})
    with pytest.raises(ValueError, match=r"."):
        signer().sign({}, headers={"x": value})


@pytest.mark.parametrize("value", [b"x", {1}, object, {"a": b"x"}], ids=repr)
def test_types_that_json_has_not(signer, value):
    with pytest.raises(TypeError):
        signer().sign({"x": value})


def test_names_are_strings(signer):
    for claims in ({1: 1}, {"x": {None: 1}}, {"x": [{True: 1}]}):
        with pytest.raises(TypeError, match=r"^names in claims must be strings"):
            signer().sign(claims)


@pytest.mark.parametrize("claims", [None, [], "{}", 1])
def test_claims_are_a_mapping(signer, claims):
    with pytest.raises(TypeError, match=r"^claims must be a mapping, not"):
        signer().sign(claims)


@pytest.mark.parametrize(
    ("option", "value", "error"),
    [
        ("expires_in", "600", TypeError),
        ("expires_in", True, TypeError),
        ("expires_in", 0, ValueError),
        ("expires_in", -1, ValueError),
        ("expires_in", math.nan, ValueError),
        ("expires_in", math.inf, ValueError),
        ("expires_in", 10**400, ValueError),
        ("algorithm", 1, TypeError),
        ("kid", 1, TypeError),
        ("issuer", ["i"], TypeError),
        ("audience", 1, TypeError),
        ("audience", ["a", 1], TypeError),
        ("audience", [], ValueError),
        ("typ", 1, TypeError),
        ("jti", 1, TypeError),
        ("jti", "id", TypeError),
        ("headers", [], TypeError),
        ("headers", {"kid": 1}, TypeError),
        ("headers", {"typ": None}, TypeError),
        ("clock", 1, TypeError),
    ],
)
def test_options(signer, option, value, error):
    with pytest.raises(error, match=option if option != "headers" else "head"):
        signer(**{option: value})


@pytest.mark.parametrize("now", ["x", True, None, math.nan, math.inf])
def test_the_clock_of_a_signer(signer, now):
    with pytest.raises((TypeError, ValueError), match=r"^clock must return a"):
        signer(clock=lambda: now).sign({})


def test_text_is_utf_8_and_compact(signer):
    token = signer(expires_in=None).sign({"name": "\u00e9\u20ac", "iat": 1})
    assert forge.unb64(token.split(".")[1]) == '{"name":"\u00e9\u20ac","iat":1}'.encode()


def test_repr_of_a_signer(signer, signing_key):
    assert repr(signer()) == "<Signer alg=HS256>"
    assert repr(signer(signing_key("ES256", kid="k"))) == "<Signer alg=ES256 kid='k'>"


def test_both_halves_sign_the_same(both):
    said = []
    for half in both:
        key = half.Key.from_secret(forge.material("HS256").secret, algorithm="HS256", kid="k")
        one = half.Signer(key, expires_in=600, issuer="i", audience="a", jti=lambda: "id", clock=lambda: NOW)
        said.append(one.sign({"sub": "\u00e9", "scope": "a b", "x": [1, 2.5, None, True]}))
    assert said[0] == said[1]
